"""States that show one of several symbols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.models._hmm_emission import EMPTY, Emission, Observations, choose
from genstudio.models._hmm_passes import Frames

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class CategoricalEmission(Emission):
    """Symbols, coded from 0.

    Arguments:
        emissionprob: probability of each symbol in each state, shape (K, F).
    """

    emissionprob: Floats

    @property
    def n_states(self) -> int:
        """Hidden states."""
        return len(self.emissionprob)

    @property
    def dimension(self) -> int:
        """A row is one symbol."""
        return 1

    @property
    def n_features(self) -> int:
        """Symbols."""
        return int(self.emissionprob.shape[1])

    def log_prob(self, x: Floats) -> Floats:
        """Log-probability of each symbol in each state, shape (N, K); -inf of symbols that there are not."""
        with np.errstate(divide="ignore"):
            return np.log(self._table()[_codes(x, self.emissionprob.shape[1])])

    def frames(self, codes: Ints) -> Frames:
        """How well each state explains each symbol; `codes` as `_codes` gives them."""
        with np.errstate(divide="ignore"):
            table = Frames.of(np.log(self._table()))
        return Frames(table.prob[codes], table.top[codes], lambda rows: table.exact(slice(None))[codes[rows]])

    def sample(self, states: Ints, rng: np.random.Generator, temperature: float = 1.0) -> Floats:
        """A symbol of each state, shape (N, 1); a low temperature leaves only the likeliest."""
        drawn = choose(_tempered(self.emissionprob, temperature)[states], rng)
        return np.asarray(drawn[:, None], dtype=np.float64)

    def fill(self, x: Floats, states: Ints, rng: np.random.Generator) -> Floats:
        """Each missing symbol drawn from that of its state, shape (N, 1)."""
        return np.where(np.isnan(x), self.sample(states, rng), x)

    def n_parameters(self) -> int:
        """Free parameters."""
        return int(self.emissionprob.size) - len(self.emissionprob)

    def parameters(self) -> dict[str, Floats]:
        """`emissionprob` (K, F)."""
        return {"emissionprob": self.emissionprob.copy()}

    def state(self) -> dict[str, Floats]:
        """`emissionprob` (K, F)."""
        return self.parameters()

    def _table(self) -> Floats:
        """Probabilities of what a code of `_codes` stands for, shape (F + 2, K): symbols, a gap, no symbol at all."""
        k = self.n_states
        return np.concatenate([self.emissionprob.T, np.ones((1, k)), np.zeros((1, k))])


class CategoricalObservations(Observations[CategoricalEmission]):
    """Rows of one symbol each, NaN where missing.

    Arguments:
        x: shape (N, 1).
        n_features: how many symbols there are.
    """

    def __init__(self, x: Floats, n_components: int, n_features: int) -> None:
        self.n_components, self.n_features = n_components, n_features
        self.codes = _codes(x, n_features)

    def start(self, labels: Ints | None, seed: int) -> CategoricalEmission:
        """hmmlearn's start, anything at random; or by the shares of the symbols where states are given."""
        if labels is None:
            drawn = np.random.RandomState(seed).rand(self.n_components, self.n_features)
        else:
            # One more of each, so that no symbol is ruled out from the first.
            drawn = self._counted((labels[:, None] == np.arange(self.n_components)).astype(float)) + 1.0
        return CategoricalEmission(drawn / drawn.sum(axis=1, keepdims=True))

    def overall(self) -> CategoricalEmission:
        """All states with the shares of all rows."""
        shares = np.bincount(self.codes, minlength=self.n_features + 2)[: self.n_features] + 1.0
        return CategoricalEmission(np.tile(shares / shares.sum(), (self.n_components, 1)))

    def frames(self, emission: CategoricalEmission) -> Frames:
        """How well each state explains each row."""
        return emission.frames(self.codes)

    def maximized(self, emission: CategoricalEmission, posteriors: Floats) -> CategoricalEmission:
        """Expected shares of the symbols."""
        counts = self._counted(posteriors)
        total = counts.sum(axis=1, keepdims=True)
        return CategoricalEmission(np.where(total < EMPTY, emission.emissionprob, counts / np.maximum(total, EMPTY)))

    def renewed(self, emission: CategoricalEmission, state: int, random: np.random.RandomState) -> CategoricalEmission:
        """One state with probabilities at random."""
        emissionprob = emission.emissionprob.copy()
        emissionprob[state] = random.dirichlet(np.ones(self.n_features))
        return CategoricalEmission(emissionprob)

    def _counted(self, posteriors: Floats) -> Floats:
        size = self.n_features + 2
        counts = [np.bincount(self.codes, weights=own, minlength=size) for own in np.ascontiguousarray(posteriors.T)]
        return np.asarray(np.stack(counts)[:, : self.n_features], dtype=np.float64)


def _codes(x: Floats, n_features: int) -> Ints:
    """Codes of symbols (N, 1); F where missing, F + 1 where there is no such symbol."""
    values = x[:, 0]
    missing = np.isnan(values)
    codes = np.where(missing, n_features, values).astype(np.int64)
    foreign = ~missing & ((codes < 0) | (codes >= n_features) | (codes != values))
    return np.where(foreign, n_features + 1, codes)


def _tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities to the power of 1 / temperature, rows of sum 1; the likeliest alone where that is 0."""
    if temperature == 1.0:
        return probabilities
    top = probabilities.max(axis=1, keepdims=True)
    if temperature <= 0.0:
        return np.asarray(probabilities == top, dtype=np.float64)
    powers: Floats = (probabilities / top) ** (1.0 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
