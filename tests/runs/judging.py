"""A game that is known by heart: flat pictures, as bright as their noise says, of which bright ones are held real."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.models.contract import Model, ModelInfo
from genstudio.settings import Settings, setting
from genstudio.training.events import Event, LiveSettings, Progress

SHAPE = (1, 6, 6)
LOOKED_AT = (2, 3)
"""The place that the verdict hangs on most."""


class JudgingSettings(Settings):
    """Whether classes are learned."""

    conditional: bool = setting(False, "By class.")


class Judging(Model):
    """Its noise has two coordinates: the first is how bright a picture is, and a step makes all a little brighter."""

    info = ModelInfo("judging", "Judging", "Judges.", frozenset({Kind.IMAGES}), climbs="nothing")
    Settings = JudgingSettings
    latent_dim = 2

    def __init__(self, settings: Any = None, *, classes: int = 0, grown: float | None = None) -> None:
        super().__init__(settings or JudgingSettings())
        self.classes, self.grown = classes, grown
        self.taken = 0

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Any = None
    ) -> Generator[Event, None, None]:
        for step in range(1, 1_000_000):
            self.taken = step
            yield Progress(step, None, figures(step), items=1)

    def state(self) -> dict[str, Any]:
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        pass

    def n_conditions(self) -> int:
        return self.classes

    def growth(self) -> Any:
        return None if self.grown is None else ((3, 3), (6, 6), self.grown)

    def sample(self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None) -> Any:
        z = np.random.default_rng(seed).standard_normal((n, 2))
        return self.decode(temperature * z), np.full(n, -1)

    def encode(self, x: Any, labels: Any = None) -> Any:
        z = np.zeros((len(x), 2))
        return z, z

    def decode(self, z: Any, labels: Any = None) -> Any:
        bright = 1 / (1 + np.exp(-z[:, 0])) * 0.8 + 0.001 * self.taken
        if labels is not None and self.classes:
            bright = 0.1 + 0.2 * labels
        return np.broadcast_to(bright[:, None, None, None], (len(z), *SHAPE)).clip(0.0, 1.0)

    def verdict(self, x: Any, labels: Any = None) -> Any:
        whole = x / 255 if x.dtype == np.uint8 else x
        return whole.mean(axis=(1, 2, 3))

    def pull(self, z: Any, labels: Any = None) -> Any:
        x = self.decode(z, labels)
        return x, np.ones_like(x)

    def attention(self, x: Any, labels: Any = None) -> Any:
        found = np.full(x.shape, 0.25)
        found[:, :, LOOKED_AT[0], LOOKED_AT[1]] = 2.0
        return found


def figures(step: int) -> dict[str, float]:
    """What such a game tells at a step."""
    found = {"loss": 0.7, "discriminator_loss": 1.4, "real_verdict": 0.6, "fake_verdict": 0.4,
             "real_recognised": 0.75, "fake_recognised": 0.7}
    if step % 10 == 0:
        found |= {"distance": 20.0 / step, "recall": 0.8, "precision": 0.9}
    return found


def pictures(count: int = 60, valid: float = 0.2) -> Dataset:
    """Flat pictures of two classes: dark ones and bright ones."""
    codes = np.arange(count) % 2
    pixels = np.broadcast_to(np.where(codes == 1, 204, 51)[:, None, None, None], (count, 6, 6, 1)).astype(np.uint8)
    raw = Pictures("flat", pixels, codes, ("dark", "bright"))
    return prepare(raw, PreparationSettings(valid=valid, test=0.0), 0)
