"""What a learning model tells the world: frozen, NumPy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Progress:
    """One step was taken.

    Arguments:
        step: steps taken so far, from 1; 0 for the state before any.
        total: the step at which training would end by itself, where that is known.
        metrics: figures of this step by name, nats per item in model units unless said otherwise.
        items: training items that the step went through.
        epoch: passes through the training items so far, with fractions, where they are counted.
    """

    step: int
    total: int | None
    metrics: Mapping[str, float]
    items: int = 0
    epoch: float | None = None


@dataclass(frozen=True)
class Preview:
    """How something looks at a step: the answer to a watched question."""

    name: str
    step: int
    answer: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Note:
    """Something a person should know, in plain words.

    Arguments:
        text: what is seen.
        remedy: what usually helps.
        badge: a word or two to show beside what the note is about ("not converged"), or "".
        offer: settings of the model, by name, that usually help: another training may be begun with them.
    """

    level: Literal["info", "warning", "alarm"]
    text: str
    remedy: str = ""
    badge: str = ""
    offer: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Changed:
    """A live setting was changed; recorded so that the run can be repeated."""

    step: int
    name: str
    value: Any


Event = Progress | Preview | Note | Changed


@dataclass
class LiveSettings:
    """The settings that may change while training goes on; `fit` reads them at every step.

    Only the thread that trains may touch it.
    """

    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def set(self, name: str, value: Any) -> None:
        """Change one live setting from the next step on."""
        if name not in self.values:
            raise KeyError(name)
        self.values[name] = value


def finite(metrics: Mapping[str, float]) -> bool:
    """Whether every figure is a finite number."""
    return bool(np.isfinite(list(metrics.values())).all())
