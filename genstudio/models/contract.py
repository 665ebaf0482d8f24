"""The contract of a model; what more it may be capable of stands in `models.capabilities`.

Models know model units only. `fitted.Fitted` turns their answers into data units, so that the
log-determinant of the preparation is accounted for in one place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind
from genstudio.settings import Settings, describe
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_PLURALS = {
    Kind.TABLE: "tables", Kind.IMAGES: "pictures", Kind.SEQUENCES: "sequences", Kind.TEXT: "text",
    Kind.IMAGE_PAIRS: "pairs of pictures", Kind.TEXT_PAIRS: "pairs of texts",
}


Climbs = Literal["log-likelihood", "bound", "nothing"]


@dataclass(frozen=True)
class ModelInfo:
    """What a list of models shows.

    Arguments:
        key: the name recipes use.
        summary: one line for a student.
        step_name: what one step is called ("EM step", "bandwidth").
        climbs: what the figures `train` and `valid` are: an exact log-likelihood, a lower bound of it, or nothing, as
            neither is told of at each step.
        presets: titles to settings that differ from the defaults.
        references: authors, year, title.
    """

    key: str
    title: str
    summary: str
    kinds: frozenset[Kind]
    order: int = 100
    step_name: str = "step"
    climbs: Climbs = "log-likelihood"
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    references: tuple[str, ...] = ()


class Model(ABC):
    """Settings and learning of one family."""

    info: ClassVar[ModelInfo]
    Settings: ClassVar[type[Settings]]

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why the model cannot learn these data, or None when it can."""
        if data.kind not in cls.info.kinds:
            known = " or ".join(sorted(_PLURALS[kind] for kind in cls.info.kinds))
            return f"{cls.info.title} learns from {known}, not from {_PLURALS[data.kind]}."
        return None

    @classmethod
    def offers(cls, capability: type[object], kind: Kind) -> bool:
        """Whether a model that learned from data of a kind has a capability of `models.capabilities`."""
        return issubclass(cls, capability)

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """Settings that suit these data better than the defaults do, by name."""
        return {}

    @abstractmethod
    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn, one step an event, until the model is satisfied or the budget is used up.

        Between two events anyone may ask the model anything, change `live`, or close the generator.
        Metrics named `train` and `valid` are mean log-likelihoods, or bounds of them as `info.climbs` says, nats per
        item, model units; so is `bound`, a bound on something else than either. Where nothing climbs, `loss` and
        `valid_loss` stand in their place, lower being better; where no loss tells how good a model is, as in a game,
        `distance` does. Other names are the model's own.
        """

    @abstractmethod
    def state(self) -> dict[str, Array]:
        """All that was learned, as named arrays; copies."""

    @abstractmethod
    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """

    def live_settings(self) -> LiveSettings:
        """The model's live settings at the values it was made with."""
        return LiveSettings({s.name: getattr(self.settings, s.name) for s in describe(self.Settings) if s.live})
