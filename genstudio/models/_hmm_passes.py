"""The passes over time of hidden Markov models, by hmmlearn's compiled code.

Densities are divided by the largest of each row before they are passed on with scaling, which then underflows only
where the states that explain a row cannot be reached; such sequences are passed in logarithms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hmmlearn import _hmmc
from numpy.typing import NDArray

from genstudio.data.sequences import bounds
from genstudio.models._gaussians import CHUNK_ROWS, log_sum

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Where no path explains a sequence at all, densities this far below a row's largest are taken for the least there are.
FLOOR = -700.0


@dataclass(frozen=True)
class Markov:
    """A chain of K states.

    Arguments:
        startprob: probability of each state at the first row, shape (K,).
        transmat: from the state of the row to that of the column, shape (K, K).
    """

    startprob: Floats
    transmat: Floats


@dataclass(frozen=True)
class Frames:
    """How well each state explains each row.

    Arguments:
        prob: densities divided by the largest of each row, shape (N, K).
        top: log of that largest one, nats, shape (N,); -inf where no state explains a row.
        exact: log-densities (n, K) of a stretch of rows, however small.
    """

    prob: Floats
    top: Floats
    exact: Callable[[slice], Floats]

    @staticmethod
    def of(log_prob: Floats) -> Frames:
        """Frames from log-densities, shape (N, K)."""
        top = log_prob.max(axis=1)
        explained = np.isfinite(top)
        prob = np.exp(log_prob - np.where(explained, top, 0.0)[:, None])
        prob[~explained] = 1.0
        return Frames(prob, top, lambda rows: log_prob[rows])

    def logarithms(self, rows: slice) -> Floats:
        """Logarithms of `prob`, without underflow."""
        top = self.top[rows, None]
        explained = np.isfinite(top)
        log_prob: Floats = np.where(explained, self.exact(rows) - np.where(explained, top, 0.0), 0.0)
        return log_prob


@dataclass(frozen=True)
class Smoothed:
    """What sequences say of their states.

    Arguments:
        log_prob: log-likelihood of all rows, nats.
        posteriors: probability of each state at each row, shape (N, K).
        starts: expected sequences that begin in each state, shape (K,).
        transitions: expected transitions, shape (K, K).
    """

    log_prob: float
    posteriors: Floats
    starts: Floats
    transitions: Floats


def stretches(lengths: Ints) -> Iterator[slice]:
    """The rows of each sequence."""
    for first, end in pairwise(bounds(lengths).tolist()):
        yield slice(first, end)


def smooth(chain: Markov, frames: Frames, lengths: Ints) -> Smoothed:
    """Forward and backward through each sequence."""
    posteriors = []
    starts, transitions = np.zeros(len(chain.startprob)), np.zeros(chain.transmat.shape)
    log_prob = float(frames.top.sum())
    for rows in stretches(lengths):
        passed = _scaled(chain, frames.prob[rows]) or _logged(chain, frames.logarithms(rows))
        log_prob += passed.log_prob
        posteriors.append(passed.posteriors)
        starts += passed.starts
        transitions += passed.transitions
    return Smoothed(log_prob, _joined(posteriors, frames.prob), starts, transitions)


def filtered(chain: Markov, frames: Frames, lengths: Ints) -> tuple[Floats, Floats]:
    """Forward through each sequence.

    Returns:
        Probability of each state given the rows so far, shape (N, K), and log-density of each row given those before
        it, nats, shape (N,).
    """
    states, steps = np.empty(frames.prob.shape), np.empty(len(frames.prob))
    for rows in stretches(lengths):
        states[rows], steps[rows] = _forward(chain, frames, rows)
    return states, steps + frames.top


def log_likelihood(chain: Markov, frames: Frames, lengths: Ints) -> float:
    """Log-likelihood of all rows, nats."""
    return float(filtered(chain, frames, lengths)[1].sum())


def viterbi(chain: Markov, log_prob: Floats, lengths: Ints) -> Ints:
    """The most likely path of states, shape (N,), of log-densities (N, K)."""
    frames = Frames.of(log_prob)
    path = np.empty(len(log_prob), dtype=np.int64)
    for rows in stretches(lengths):
        logarithms = frames.logarithms(rows)
        best, path[rows] = _hmmc.viterbi(chain.startprob, chain.transmat, logarithms)
        if not np.isfinite(best):
            path[rows] = _hmmc.viterbi(chain.startprob, chain.transmat, np.maximum(logarithms, FLOOR))[1]
    return path


def _joined(parts: list[Floats], like: Floats) -> Floats:
    # One sequence alone, which may be long, is not copied.
    return parts[0] if len(parts) == 1 else np.concatenate([like[:0], *parts])


def _forward(chain: Markov, frames: Frames, rows: slice) -> tuple[Floats, Floats]:
    try:
        _, forward, scaling = _hmmc.forward_scaling(chain.startprob, chain.transmat, frames.prob[rows])
        return forward, -np.log(scaling)
    except ValueError:  # hmmlearn's word for underflow
        logarithms = frames.logarithms(rows)
    _, lattice = _hmmc.forward_log(chain.startprob, chain.transmat, logarithms)
    reached = log_sum(lattice.T)
    if not np.isfinite(reached).all():
        _, lattice = _hmmc.forward_log(chain.startprob, chain.transmat, np.maximum(logarithms, FLOOR))
    floored = log_sum(lattice.T)
    steps = np.diff(floored, prepend=0.0)
    steps[np.flatnonzero(~np.isfinite(reached))[:1]] = -np.inf
    return np.exp(lattice - floored[:, None]), steps


def _scaled(chain: Markov, prob: Floats) -> Smoothed | None:
    """One sequence with scaling; None where that underflows."""
    try:
        log_prob, forward, scaling = _hmmc.forward_scaling(chain.startprob, chain.transmat, prob)
    except ValueError:  # hmmlearn's word for underflow
        return None
    backward = _hmmc.backward_scaling(chain.startprob, chain.transmat, prob, scaling)
    # Whatever leaves the range of float64 on the way back spoils all that is before it.
    if not np.isfinite(backward[0]).all():
        return None
    posteriors, transitions = backward, np.zeros(chain.transmat.shape)
    for first in range(0, len(prob), CHUNK_ROWS):
        part = slice(first, first + CHUNK_ROWS)
        arrived = prob[part] * backward[part]
        left = slice(max(first - 1, 0), first + len(arrived) - 1)
        transitions += forward[left].T @ arrived[first == 0 :]
        posteriors[part] *= forward[part]
        posteriors[part] /= scaling[part, None]
    return Smoothed(log_prob, posteriors, posteriors[0], transitions * chain.transmat)


def _logged(chain: Markov, logarithms: Floats) -> Smoothed:
    """One sequence in logarithms; where no path explains it, as if each state could show anything."""
    log_prob, forward = _hmmc.forward_log(chain.startprob, chain.transmat, logarithms)
    if not np.isfinite(log_prob):
        floored = _logged(chain, np.maximum(logarithms, FLOOR))
        return Smoothed(-np.inf, floored.posteriors, floored.starts, floored.transitions)
    backward = _hmmc.backward_log(chain.startprob, chain.transmat, logarithms)
    posteriors = np.exp(forward + backward - log_prob)
    posteriors /= posteriors.sum(axis=1, keepdims=True)
    transitions = np.zeros(chain.transmat.shape)
    if len(logarithms) > 1:
        transitions = np.exp(_hmmc.compute_log_xi_sum(forward, chain.transmat, backward, logarithms))
    return Smoothed(log_prob, posteriors, posteriors[0], transitions)
