"""A model that is asked in several ways: points on a ring, as exact as the steps that are chosen."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Literal, Self

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.models.contract import Array, Floats, Ints, Model, ModelInfo
from genstudio.settings import Settings, setting, validate
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings, Progress


class Steering(Settings):
    solver: Literal["euler", "midpoint"] = setting("midpoint", "How each step is taken.")
    steps: int = setting(8, "Steps from noise to data.", ge=1, le=1000)
    guidance: float = setting(1.0, "How strongly a class is insisted on.", ge=0.0, le=2.0)


class Steerable(Model):
    """Samples lie at the radius `steps`, turned by `guidance`: they tell how they were asked for.

    The density is a round Gaussian's, wrong by one over the steps.
    """

    info = ModelInfo("steerable", "Steerable", "Asked in several ways.", frozenset({Kind.TABLE}), climbs="nothing")
    Settings = Settings

    def __init__(self, settings: Any, choices: Steering | None = None) -> None:
        super().__init__(settings)
        self.choices = choices or Steering()

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        yield Progress(1, 1, {"train": -1.0}, items=len(data.train))

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, n) + self.choices.guidance
        return self.choices.steps * np.column_stack([np.cos(angle), np.sin(angle)]), np.full(n, -1)

    def log_prob(self, x: Floats) -> Floats:
        return -0.5 * (x**2).sum(axis=1) - np.log(2 * np.pi) + self.log_prob_error(x)

    def log_prob_error(self, x: Floats, labels: Ints | None = None) -> Floats:
        return np.full(len(x), 1 / self.choices.steps)

    @classmethod
    def steering(cls) -> type[Steering]:
        return Steering

    def steered(self, choices: Mapping[str, Any]) -> Self:
        return type(self)(self.settings, validate(Steering, choices, "drawing"))

    def state(self) -> dict[str, Array]:
        return {}

    def load_state(self, state: Mapping[str, Array]) -> None:
        pass
