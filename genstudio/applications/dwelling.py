"""How long hidden states last: stays in a path, their histogram, and the geometric law of a Markov chain.

References:
    Rabiner (1989), A Tutorial on Hidden Markov Models and Selected Applications in Speech Recognition, section III.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_BARS = 60


@dataclass(frozen=True)
class Stays:
    """Unbroken stretches of one state, in the order of time.

    Arguments:
        state: shape (R,).
        start: the row each begins at, shape (R,).
        steps: how many rows each lasts, shape (R,), at least 1.
        cut: whether the sequence ends before the stay does, shape (R,).
    """

    state: Ints
    start: Ints
    steps: Ints
    cut: NDArray[np.bool_]

    def whole(self, k: int) -> Ints:
        """How many steps each stay in a state lasts that the end of its sequence does not cut off."""
        whole: Ints = self.steps[(self.state == k) & ~self.cut]
        return whole

    def cut_off(self, k: int) -> int:
        """How many stays in a state the end of a sequence cuts off."""
        return int(((self.state == k) & self.cut).sum())


@dataclass(frozen=True)
class DwellTimes:
    """How long the stays in one state are, beside what the chain's law says.

    Arguments:
        edges: of the bars, in steps, shape (B + 1,): a bar holds the stays of a whole number of lengths.
        counts: stays in each bar, shape (B,).
        law: stays that the geometric law expects in each bar, shape (B,); NaN where it is not known.
        mean: of the stays, steps; NaN without any.
        expected: 1 / (1 - a_kk), steps; NaN where it is not known, inf where the state is never left.
        stays: how many are counted.
        cut: how many are left out, as the end of their sequence cuts them off.
    """

    edges: Floats
    counts: Ints
    law: Floats
    mean: float
    expected: float
    stays: int
    cut: int


def stays_of(states: Ints, lengths: Ints) -> Stays:
    """The stays of a path through sequences that stand one after another; a new sequence begins a new stay.

    Arguments:
        states: shape (N,).
        lengths: rows of each sequence, shape (S,), with the sum N.
    """
    ends = np.cumsum(lengths)
    begins = np.flatnonzero(np.diff(states)) + 1
    start = np.unique(np.concatenate([[0], begins, ends[:-1]])).astype(np.int64)[:len(states)]
    steps = np.diff(np.append(start, len(states)))
    return Stays(states[start], start, steps, np.isin(start + steps, ends))


def dwell_times(stays: Stays, k: int, stay: float = float("nan")) -> DwellTimes:
    """How long the stays in state k are; those that a sequence's end cuts off would count as too short.

    Arguments:
        stay: the chain's probability a_kk to stay for one more step; NaN where it is not known.
    """
    steps = stays.whole(k)
    expected = mean_stay(stay)
    # The axis reaches at least over most of what the law expects, which may be more than was seen.
    usual = 3 * expected if np.isfinite(expected) else 0.0
    longest = int(max(steps.max(initial=1), min(usual, 10 * steps.max(initial=1)), 1))
    width = -(-longest // MOST_BARS)
    edges = np.arange(-(-longest // width) + 1) * width + 1
    counts = np.histogram(steps, edges)[0].astype(np.int64)
    law = len(steps) * geometric_between(stay, edges[:-1], edges[1:])
    mean = float(steps.mean()) if len(steps) else float("nan")
    return DwellTimes(edges.astype(np.float64) - 0.5, counts, law, mean, expected, len(steps), stays.cut_off(k))


def geometric_law(stay: float, steps: Ints) -> Floats:
    """The probability (1 - a) a^(d - 1) that a chain stays for just d steps, shape as `steps`, all at least 1."""
    law: Floats = (1.0 - stay) * np.power(stay, steps.astype(np.float64) - 1.0)
    return law


def geometric_between(stay: float, low: Ints, high: Ints) -> Floats:
    """The probability that a chain stays for `low` steps or more, but less than `high`; both shape (B,), from 1."""
    law: Floats = np.power(stay, low.astype(np.float64) - 1.0) - np.power(stay, high.astype(np.float64) - 1.0)
    return law


def mean_stay(stay: float) -> float:
    """1 / (1 - a), steps: how long a chain stays on average; inf where it never leaves."""
    return float("inf") if stay >= 1.0 else 1.0 / (1.0 - stay)


def shares(states: Ints, n_states: int) -> Floats:
    """The share of the rows spent in each state, shape (K,)."""
    counts = np.bincount(states, minlength=n_states)
    found: Floats = counts / max(len(states), 1)
    return found
