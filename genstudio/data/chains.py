"""Markov chains with Gaussian emissions that are known exactly: what synthetic sequences are drawn from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class GaussianChain:
    """A hidden Markov model with K states and Gaussian emissions of D numbers.

    Arguments:
        startprob: shape (K,); sums to 1.
        transmat: from the state of the row to that of the column, shape (K, K); rows sum to 1.
        means: shape (K, D).
        covars: shape (K, D, D).
    """

    startprob: Floats
    transmat: Floats
    means: Floats
    covars: Floats

    def sample(self, n: int, rng: np.random.Generator) -> tuple[Floats, Ints]:
        """One sequence: what is seen, shape (n, D), and the states behind it, shape (n,)."""
        states = self.walk(n, rng)
        x = np.empty((n, self.means.shape[1]))
        for state, (mean, covar) in enumerate(zip(self.means, self.covars, strict=True)):
            here = states == state
            x[here] = mean + rng.standard_normal((int(here.sum()), len(mean))) @ np.linalg.cholesky(covar).T
        return x, states

    def walk(self, n: int, rng: np.random.Generator) -> Ints:
        """The states alone, shape (n,)."""
        ends = [_ends(row) for row in self.transmat]
        states, state_ends = np.empty(n, dtype=np.int64), _ends(self.startprob)
        for step, chance in enumerate(rng.random(n).tolist()):
            states[step] = state = bisect_right(state_ends, chance)
            state_ends = ends[state]
        return states


def _ends(probabilities: Floats) -> list[float]:
    """Where each state's share of [0, 1) ends; the last is left out, so that rounding cannot lead beyond it."""
    # What can never come must not come by rounding either.
    last = int(np.flatnonzero(probabilities)[-1])
    ends: list[float] = np.cumsum(probabilities)[:last].tolist()
    return ends


TEXTBOOK = GaussianChain(
    startprob=np.array([0.6, 0.3, 0.1]),
    transmat=np.array([[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.3, 0.3, 0.4]]),
    means=np.array([[0.0, 0.0], [3.0, -3.0], [5.0, 10.0]]),
    covars=np.tile(np.eye(2), (3, 1, 1)),
)
"""The textbook's three states on the plane."""
