"""What a hidden state shows: the contract of emissions, and of the rows that they are learned from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from genstudio.models._hmm_passes import Frames, Markov

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Expected rows below which a state, or a Gaussian of one, has nothing to learn from.
EMPTY = 1e-8


class Emission(ABC):
    """The law of a row given its state, for K states and rows of D numbers; NaN is missing and integrated out."""

    @property
    @abstractmethod
    def n_states(self) -> int:
        """Hidden states."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Numbers of a row."""

    @property
    def n_features(self) -> int:
        """What hmmlearn calls features: numbers of a row, or symbols where a row is one."""
        return self.dimension

    @abstractmethod
    def log_prob(self, x: Floats) -> Floats:
        """Log-density of each row in each state, nats, shape (N, K), of rows (N, D)."""

    @abstractmethod
    def sample(self, states: Ints, rng: np.random.Generator, temperature: float = 1.0) -> Floats:
        """A row of each state, shape (N, D), of states (N,); the temperature widens or narrows what they show."""

    @abstractmethod
    def fill(self, x: Floats, states: Ints, rng: np.random.Generator) -> Floats:
        """Rows with each NaN drawn given the row's state and all else of it, shape (N, D)."""

    @abstractmethod
    def n_parameters(self) -> int:
        """Free parameters."""

    @abstractmethod
    def parameters(self) -> dict[str, Floats]:
        """The parameters as `sequential.Chain` names them; copies."""

    @abstractmethod
    def state(self) -> dict[str, Floats]:
        """The parameters as they are kept in files; copies."""


@dataclass(frozen=True)
class HiddenMarkov:
    """All parameters of a hidden Markov model."""

    chain: Markov
    emission: Emission

    def frames(self, x: Floats) -> Frames:
        """How well each state explains rows x, shape (N, D)."""
        return Frames.of(self.emission.log_prob(x))


E = TypeVar("E", bound=Emission)


class Observations(ABC, Generic[E]):
    """Rows that an emission learns from."""

    @abstractmethod
    def start(self, labels: Ints | None, seed: int) -> E:
        """The emission to start from.

        Arguments:
            labels: the state that each row is taken to be of at first, shape (N,); found by the emission itself when
                None.
        """

    @abstractmethod
    def overall(self) -> E:
        """All states as all rows are; known at once."""

    @abstractmethod
    def frames(self, emission: E) -> Frames:
        """How well each state explains each row."""

    @abstractmethod
    def maximized(self, emission: E, posteriors: Floats) -> E:
        """The emission that explains rows best whose states have these probabilities, shape (N, K).

        Arguments:
            emission: that of the posteriors; a state without rows stays as it is there.
        """

    @abstractmethod
    def renewed(self, emission: E, state: int, random: np.random.RandomState) -> E:
        """The emission with one state begun anew, on a row drawn at random."""

    def remarks(self) -> Mapping[str, int]:
        """How much there is of what a person should know: Gaussians that are `opened` or `idle`."""
        return {}


def choose(shares: Floats, rng: np.random.Generator) -> Ints:
    """One of K of each row of shares (N, K), shape (N,); what has no share is never chosen."""
    edges = shares.cumsum(axis=1)
    chosen: Ints = (rng.random((len(shares), 1)) * edges[:, -1:] >= edges[:, :-1]).sum(axis=1)
    return chosen


def patterns(x: Floats) -> Iterator[tuple[Ints, Any]]:
    """The columns that are there and the rows of which that is so, for each set of them; x has shape (N, D)."""
    missing = np.isnan(x)
    if not missing.any():
        yield np.arange(x.shape[1]), slice(None)
        return
    sets, which = np.unique(missing, axis=0, return_inverse=True)
    for i, lacking in enumerate(sets):
        yield np.flatnonzero(~lacking), np.flatnonzero(which.reshape(-1) == i)
