"""Sequences of several classes: the class is drawn once for each, and an HMM of its own makes the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.special import logsumexp, softmax

from genstudio.data.sequences import bounds
from genstudio.models.contract import Floats, Ints
from genstudio.models.hmm import HiddenMarkovModel


@dataclass(frozen=True)
class ClassMixture:
    """p(sequence) = Σ_c p(c) p(sequence | c); everything in model units.

    Arguments:
        priors: probability of each class, shape (C,), sum 1; 0 of those that were never seen.
        chains: an HMM for each class that is possible, by its code.
        rows: of a usual sequence.
    """

    priors: Floats = field(default_factory=lambda: np.zeros(0))
    chains: Mapping[int, HiddenMarkovModel] = field(default_factory=dict)
    rows: int = 1

    def joint(self, x: Floats, lengths: Ints) -> Floats:
        """log p(class) + log p(sequence | class), nats, shape (S, C)."""
        found = np.full((len(lengths), len(self.priors)), -np.inf)
        for code, chain in self.chains.items():
            found[:, code] = np.log(self.priors[code]) + sums(chain.step_log_prob(x, lengths), lengths)
        return found

    def posterior(self, x: Floats, lengths: Ints) -> Floats:
        """Probability of each class given each sequence, shape (S, C); the priors where none is possible."""
        joint = self.joint(x, lengths)
        possible = np.isfinite(joint).any(axis=1)
        found = np.tile(self.priors, (len(lengths), 1))
        found[possible] = softmax(joint[possible], axis=1)
        return found

    def step_log_prob(self, x: Floats, lengths: Ints) -> Floats:
        """Log-density of each row given those before it, nats, shape (N,)."""
        priors = np.log(self.priors[list(self.chains)])
        steps = np.array([chain.step_log_prob(x, lengths) for chain in self.chains.values()])
        found = np.empty(len(x))
        for first, end in pairwise(bounds(lengths).tolist()):
            found[first:end] = _mixed(steps[:, first:end], priors)
        return found

    def drawn_classes(self, n: int, rng: np.random.Generator) -> Ints:
        """Classes of n sequences."""
        return rng.choice(len(self.priors), size=n, p=self.priors).astype(np.int64)

    def sample(self, lengths: Ints, codes: Ints, rng: np.random.Generator, temperature: float) -> Floats:
        """One sequence after another, each of its class, shape (N, D)."""
        drawn = [self._any().sample_sequences(np.zeros(1, dtype=np.int64), 0)[0]]
        for length, code in zip(lengths, codes.tolist(), strict=True):
            own = np.array([length], dtype=np.int64)
            drawn.append(self.chains[code].sample_sequences(own, _seed(rng), temperature)[0])
        return np.concatenate(drawn)

    def forecast(self, x: Floats, steps: int, draws: int, rng: np.random.Generator) -> Floats:
        """Draws of how one sequence goes on, shape (draws, steps, D): each of a class that is drawn given the rows."""
        posterior = self.posterior(x, np.array([len(x)]))[0]
        codes = rng.choice(len(self.priors), size=draws, p=posterior)
        found = np.empty((draws, steps, x.shape[1]))
        for code in np.unique(codes).tolist():
            own = codes == code
            found[own] = self.chains[code].forecast(x, steps, int(own.sum()), _seed(rng))
        return found

    def fill(self, x: Floats, lengths: Ints, draws: int, rng: np.random.Generator) -> Floats:
        """Sequences with each NaN drawn, shape (draws, N, D): each by a class that is drawn given what is there."""
        posterior = self.posterior(x, lengths)
        codes = [rng.choice(len(self.priors), size=draws, p=row) for row in posterior]
        chosen = np.array(codes, dtype=np.int64).reshape(len(lengths), draws)
        found = np.tile(x, (draws, 1, 1))
        for code in np.unique(chosen).tolist():
            some = (chosen == code).any(axis=1)
            rows = np.flatnonzero(np.repeat(some, lengths))
            filled = self.chains[code].fill(x[rows], lengths[some], draws, _seed(rng))
            own = np.repeat(chosen[some] == code, lengths[some], axis=0).T
            draw, row = np.nonzero(own)
            found[draw, rows[row]] = filled[draw, row]
        return found

    def _any(self) -> HiddenMarkovModel:
        return next(iter(self.chains.values()))


def sums(values: Floats, lengths: Ints) -> Floats:
    """The sum over each sequence, shape (S,), of a number a row, shape (N,)."""
    owner = np.repeat(np.arange(len(lengths)), lengths)
    return np.bincount(owner, weights=values, minlength=len(lengths)).astype(np.float64)


def _mixed(steps: Floats, priors: Floats) -> Floats:
    """Log-densities of the rows of one sequence given those before, where its class is drawn once, shape (T,).

    Arguments:
        steps: the same of each class, shape (C, T).
        priors: log-probability of each class, shape (C,).
    """
    so_far = logsumexp(priors[:, None] + np.cumsum(steps, axis=1), axis=0)
    before = np.concatenate([[0.0], so_far[:-1]])
    # After what is impossible nothing is any less possible.
    return np.asarray(np.where(np.isneginf(before), 0.0, so_far - np.where(np.isneginf(before), 0.0, before)))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))
