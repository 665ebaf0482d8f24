"""Normalizing flows: the data bent step by step into a simple distribution, with an exact density."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.models._flow_info import INFO
from genstudio.models._flow_settings import FlowSettings
from genstudio.models._picture_flow import PictureFlow
from genstudio.models._table_flow import TableFlow
from genstudio.models.capabilities import Bound, Density, Outcomes
from genstudio.models.contract import Array, Floats, Ints, Model, ModelInfo
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings

PICTURE_AXES = 3
_KIND_OF: Mapping[type[object], Kind] = {Density: Kind.TABLE, Bound: Kind.IMAGES}
"""Capabilities that go with one kind of data: intensities have probabilities, of which dequantization gives a bound."""


class NormalizingFlow(Model):
    """Invertible layers between the data and a standard normal: one flow for tables, another one for pictures."""

    info: ClassVar[ModelInfo] = INFO
    Settings = FlowSettings
    settings: FlowSettings

    def __init__(self, settings: FlowSettings) -> None:
        super().__init__(settings)
        self._tables, self._pictures = TableFlow(settings), PictureFlow(settings)
        self._flow: TableFlow | PictureFlow = self._tables

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few items, or numbers beyond what squares allow."""
        return super().unsuitable(data) or _family(data.kind).unsuitable(data)

    @classmethod
    def offers(cls, capability: type[object], kind: Kind) -> bool:
        """Of tables the exact density is known, of pictures a bound of the probability of their intensities."""
        return super().offers(capability, kind) and _KIND_OF.get(capability, kind) is kind

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """What suits tables or pictures of that size."""
        return _family(data.kind).recommended(data)

    # Learning.

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn, one gradient step an event, or go on from a checkpoint.

        Raises:
            TrainingError: the data do not suit, figures were not finite, or memory gave out.
        """
        self._flow = self._pictures if data.kind is Kind.IMAGES else self._tables
        yield from self._flow.fit(data, live, seed, budget)

    def state(self) -> dict[str, Array]:
        """All that was learned, by name; empty before any learning."""
        return self._flow.state()

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned, of a table or of pictures.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        self._flow = self._pictures if np.size(state.get("shape", ())) == PICTURE_AXES else self._tables
        self._flow.load_state(state)

    def checkpoint(self) -> dict[str, Array]:
        """Everything that going on needs besides the state; empty where nothing has been trained."""
        return self._flow.checkpoint()

    def load_checkpoint(self, checkpoint: Mapping[str, Array]) -> None:
        """Let the next `fit` go on from here.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        self._flow.load_checkpoint(checkpoint)

    # Answers.

    def n_conditions(self) -> int:
        """Classes that samples can be asked of; 0 where none were learned."""
        return self._flow.n_conditions()

    @property
    def latent_dim(self) -> int:
        """Coordinates of the latent space, as many as the data have."""
        return self._flow.latent_dim

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n items brought from the base to the data; the temperature widens or narrows the base."""
        return self._flow.sample(n, seed, temperature, condition)

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density of rows, nats, shape (N,), model units."""
        return self._tables.log_prob(x)

    def log_prob_bound(self, x: Floats, k: int, seed: int, labels: Ints | None = None) -> Floats:
        """Importance-weighted bound of the log-probability of pictures with k draws of noise, nats, shape (N,)."""
        return self._pictures.log_prob_bound(x, k, seed, labels)

    def outcomes(self) -> Outcomes:
        """The bound is one of pictures of 256 intensities."""
        return self._pictures.outcomes()

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Where items lie in the base, and zeros: a flow leaves no doubt; each shape (N, Z)."""
        return self._flow.encode(x, labels)

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """The items that points of the base stand for, shape (N, *item), model units."""
        return self._flow.decode(z, labels)

    def anomaly_score(self, x: Floats) -> Floats:
        """Minus the log-density, or its bound, nats, shape (N,), model units."""
        return self._flow.anomaly_score(x)

    def contributions(self, x: Floats) -> Floats:
        """How surprising each coordinate is given others, shape (N, D), nats, model units."""
        return self._flow.contributions(x)

    def stations(self) -> Floats:
        """Steps gone from the base, 0, to the data, shape (S,)."""
        return self._flow.stations()

    def carry(self, z: Floats, labels: Ints | None = None) -> Floats:
        """Where points of the base are at each station, shape (S, N, *item), model units."""
        return self._flow.carry(z, labels)

    def carry_back(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Where items are at each station, the base first, and what each part of the way adds to the log-density."""
        return self._flow.carry_back(x, labels)


def _family(kind: Kind) -> type[TableFlow] | type[PictureFlow]:
    return PictureFlow if kind is Kind.IMAGES else TableFlow
