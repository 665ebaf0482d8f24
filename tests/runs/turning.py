"""Models whose ways are known by heart: rows that turn as they grow, and noise that fades into pictures."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.models.contract import Model, ModelInfo
from genstudio.models.fitted import Fitted
from genstudio.runs.question import Subject
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe
from genstudio.runs.run import Run
from genstudio.runs.status import Reached, Status
from genstudio.runs.work import job_of
from genstudio.settings import Settings, setting, validate
from genstudio.training.events import Event, LiveSettings, Progress

TURN, GROWTH = 1.2, 0.7
"""Radians, and what the logarithm of the size grows by, from base to data, after the first step."""
STATIONS = 9


class TurningSettings(Settings):
    """How to reckon."""

    steps: int = setting(STATIONS - 1, "Stations on the way.", ge=1, le=64)


class Turning(Model):
    """Rows of any width; the first two coordinates turn, all grow."""

    info = ModelInfo("turning", "Turning", "Turns.", frozenset({Kind.TABLE}))
    Settings = Settings

    def __init__(self, settings: Any = None, width: int = 2, choices: TurningSettings | None = None) -> None:
        super().__init__(settings or Settings())
        self.width, self.choices = width, choices or TurningSettings()
        self.turn = TURN

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Any = None
    ) -> Generator[Event, None, None]:
        for step in range(1, 1_000_000):
            self.turn = TURN + 0.01 * step
            yield Progress(step, None, {"train": float(step)}, items=1)

    def state(self) -> dict[str, Any]:
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        pass

    @classmethod
    def steering(cls) -> type[Settings]:
        return TurningSettings

    def steered(self, choices: Mapping[str, Any]) -> Self:
        found = type(self)(self.settings, self.width, validate(TurningSettings, choices, "the test"))
        found.turn = self.turn
        return found

    @property
    def latent_dim(self) -> int:
        return self.width

    def matrix(self, time: float) -> Any:
        """What brings the base to a time, shape (D, D)."""
        found = np.eye(self.width)
        if self.width > 1:
            cos, sin = np.cos(self.turn * time), np.sin(self.turn * time)
            found[:2, :2] = [[cos, -sin], [sin, cos]]
        return np.exp(GROWTH * time) * found

    def stations(self) -> Any:
        return np.linspace(0.0, 1.0, self.choices.steps + 1)

    def carry(self, z: Any, labels: Any = None) -> Any:
        return np.stack([z @ self.matrix(time).T for time in self.stations()])

    def carry_back(self, x: Any, labels: Any = None) -> tuple[Any, Any]:
        way = self.carry(x @ np.linalg.inv(self.matrix(1.0)).T)
        return way, np.full((len(way) - 1, len(x)), -GROWTH * self.width / (len(way) - 1))

    def encode(self, x: Any, labels: Any = None) -> tuple[Any, Any]:
        z = self.carry_back(x, labels)[0][0].reshape(len(x), -1)
        return z, np.zeros_like(z)

    def decode(self, z: Any, labels: Any = None) -> Any:
        return self.carry(z, labels)[-1]

    def velocity(self, x: Any, time: float, labels: Any = None) -> Any:
        turned = np.zeros_like(x)
        turned[:, 0], turned[:, 1] = -x[:, 1], x[:, 0]
        return GROWTH * x + self.turn * turned

    def guess(self, x: Any, time: float, labels: Any = None) -> Any:
        return x @ (self.matrix(1.0) @ np.linalg.inv(self.matrix(time))).T

    def log_prob(self, x: Any) -> Any:
        z = x @ np.linalg.inv(self.matrix(1.0)).T
        return -0.5 * (z**2).sum(axis=1) - self.width * (0.5 * np.log(2 * np.pi) + GROWTH)


class Layered(Turning):
    """The same in layers instead of times, without a velocity, and with nothing to choose."""

    info = replace(Turning.info, key="layered", title="Layered")
    velocity = guess = steering = steered = None  # type: ignore[assignment]

    def stations(self) -> Any:
        return np.arange(STATIONS, dtype=float)

    def carry(self, z: Any, labels: Any = None) -> Any:
        return np.stack([z @ self.matrix(layer / (STATIONS - 1)).T for layer in self.stations()])


class Parted(Turning):
    """The same, and it knows two classes; the second turns the other way round."""

    def n_conditions(self) -> int:
        return 2

    def carry(self, z: Any, labels: Any = None) -> Any:
        way = super().carry(z)
        other = super().carry(z * (1.0, -1.0)) * (1.0, -1.0)
        return np.where(self.second(labels), other, way)

    def carry_back(self, x: Any, labels: Any = None) -> tuple[Any, Any]:
        inward = np.linalg.inv(self.matrix(1.0)).T
        z = np.where(self.second(labels)[0], (x * (1.0, -1.0)) @ inward * (1.0, -1.0), x @ inward)
        return self.carry(z, labels), np.full((STATIONS - 1, len(x)), -GROWTH * self.width / (STATIONS - 1))

    def second(self, labels: Any) -> Any:
        return (np.atleast_1d(labels) == 1)[None, :, None]


class Fading(Turning):
    """Pictures of two classes: noise fades straight into a flat picture as bright as the class says."""

    info = ModelInfo("fading", "Fading", "Fades.", frozenset({Kind.IMAGES}))
    shape = (1, 6, 6)

    @property
    def latent_dim(self) -> int:
        return int(np.prod(self.shape))

    def n_conditions(self) -> int:
        return 2

    def brightness(self, labels: Any) -> Any:
        return np.where(labels == 1, 0.9, 0.2)[:, None, None, None]

    def carry(self, z: Any, labels: Any = None) -> Any:
        noise, end = z.reshape(-1, *self.shape), np.broadcast_to(self.brightness(labels), (len(z), *self.shape))
        return np.stack([(1 - time) * noise + time * end for time in self.stations()])

    def carry_back(self, x: Any, labels: Any = None) -> tuple[Any, Any]:
        noise = np.random.default_rng(0).standard_normal(x.shape)
        way = np.stack([(1 - time) * noise + time * x for time in self.stations()])
        return way, np.zeros((len(way) - 1, len(x)))

    def guess(self, x: Any, time: float, labels: Any = None) -> Any:
        return np.broadcast_to(self.brightness(labels), x.shape)


@dataclass(frozen=True)
class TurningWork:
    """What a job does with such a model."""

    data: Dataset
    model: Model

    def subject(self) -> Subject:
        return Subject(Fitted(self.model, self.data.preparation), self.data)

    def restore(self, subject: Subject) -> None:
        pass

    def reached(self) -> Reached:
        return Reached(Status.WAITING)

    def learning(self, subject: Subject, live: LiveSettings) -> Generator[Event, None, None]:
        return self.model.fit(self.data, live, 0)


class TurningRun(Run):
    """A run of a model that no list of models knows."""

    @property
    def model(self) -> type[Model]:
        return type(self.turning)

    turning: Model


def turning_run(data: Dataset, model: Model, at_hand: bool = True) -> TurningRun:
    """A run that has begun and is held; `run.job.start` lets it go on."""
    recipe = Recipe(seed=0, data=DataRecipe(source="drawing"), model=ModelRecipe(name=model.info.key, settings={}))
    job = job_of(TurningWork(data, model))
    run = TurningRun(model.info.key, recipe, data.preparation, data if at_hand else None, job)
    run.turning = model
    job.step()
    return run
