"""States that show counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from genstudio.models._hmm_emission import EMPTY, Emission, Observations
from genstudio.models._hmm_passes import Frames

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What a mean count of 0 is taken for, so that it has a logarithm.
LEAST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class PoissonEmission(Emission):
    """Counts, independent of each other given the state.

    Arguments:
        lambdas: mean counts, shape (K, D).
    """

    lambdas: Floats

    @property
    def n_states(self) -> int:
        """Hidden states."""
        return len(self.lambdas)

    @property
    def dimension(self) -> int:
        """Numbers of a row."""
        return int(self.lambdas.shape[1])

    def log_prob(self, x: Floats) -> Floats:
        """Log-probability of each row in each state, nats, shape (N, K); -inf of what is no count."""
        return self.joined(*counted(x))

    def joined(self, counts: Floats, known: Floats, constant: Floats) -> Floats:
        """The same of what `counted` gives."""
        joint: Floats = counts @ np.log(np.maximum(self.lambdas, LEAST)).T - known @ self.lambdas.T
        joint -= constant[:, None]
        return joint

    def sample(self, states: Ints, rng: np.random.Generator, temperature: float = 1.0) -> Floats:
        """Counts of each state, shape (N, D); the temperature multiplies their distance from the mean."""
        means = self.lambdas[states]
        drawn = rng.poisson(means).astype(np.float64)
        if temperature == 1.0:
            return drawn
        return np.maximum(np.rint(means + temperature * (drawn - means)), 0.0)

    def fill(self, x: Floats, states: Ints, rng: np.random.Generator) -> Floats:
        """Each missing count drawn from that of its state, shape (N, D)."""
        return np.where(np.isnan(x), self.sample(states, rng), x)

    def n_parameters(self) -> int:
        """Free parameters."""
        return self.lambdas.size

    def parameters(self) -> dict[str, Floats]:
        """`lambdas` (K, D)."""
        return {"lambdas": self.lambdas.copy()}

    def state(self) -> dict[str, Floats]:
        """`lambdas` (K, D)."""
        return self.parameters()


class PoissonObservations(Observations[PoissonEmission]):
    """Rows of counts, NaN where missing; shape (N, D)."""

    def __init__(self, x: Floats, n_components: int) -> None:
        self.x, self.n_components = x, n_components
        self.counts, self.known, self.constant = counted(x)

    def start(self, labels: Ints | None, seed: int) -> PoissonEmission:
        """hmmlearn's start, drawn from the gamma law of the moments of all counts; or means where states are given."""
        if labels is None:
            return PoissonEmission(self._drawn(np.random.RandomState(seed), self.n_components))
        ones = (labels[:, None] == np.arange(self.n_components)).astype(float)
        return self.maximized(PoissonEmission(self._drawn(np.random.RandomState(seed), self.n_components)), ones)

    def overall(self) -> PoissonEmission:
        """All states with the mean counts of all rows."""
        means = self.counts.sum(axis=0) / np.maximum(self.known.sum(axis=0), 1.0)
        return PoissonEmission(np.tile(means, (self.n_components, 1)))

    def frames(self, emission: PoissonEmission) -> Frames:
        """How well each state explains each row."""
        return Frames.of(emission.joined(self.counts, self.known, self.constant))

    def maximized(self, emission: PoissonEmission, posteriors: Floats) -> PoissonEmission:
        """Expected mean counts."""
        total = posteriors.T @ self.known
        means = (posteriors.T @ self.counts) / np.maximum(total, EMPTY)
        return PoissonEmission(np.where(total < EMPTY, emission.lambdas, means))

    def renewed(self, emission: PoissonEmission, state: int, random: np.random.RandomState) -> PoissonEmission:
        """One state with mean counts at random."""
        lambdas = emission.lambdas.copy()
        lambdas[state] = self._drawn(random, 1)[0]
        return PoissonEmission(lambdas)

    def _drawn(self, random: np.random.RandomState, k: int) -> Floats:
        present = self.counts[self.known > 0]
        mean, variance = present.mean(), present.var()
        size = (k, self.x.shape[1])
        if not 0 < variance < np.inf:
            return np.full(size, mean)
        return np.asarray(random.gamma(shape=mean**2 / variance, scale=variance / mean, size=size))


def counted(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Counts with 0 where missing, where they are known (1 or 0), both (N, D), and Σ log(count!), shape (N,).

    The last is infinite where a row holds what is no count.
    """
    known = ~np.isnan(x)
    counts = np.where(known, x, 0.0)
    wrong = (counts < 0) | (counts != np.floor(counts))
    counts = np.where(wrong, 0.0, counts)
    constant = np.where(wrong.any(axis=1), np.inf, gammaln(counts + 1.0).sum(axis=1))
    return counts, known.astype(np.float64), constant
