"""A game whose moves are known by heart: the generator makes a bent ring of noise, the discriminator leans one way."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Literal

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.models.contract import Model, ModelInfo
from genstudio.settings import Settings, setting, validate
from genstudio.training.events import Event, LiveSettings, Progress
from tests.runs.turning import TurningRun, turning_run

SHARPNESS, DRIFT = 1.5, 0.05


class DuelSettings(Settings):
    """Who learns."""

    players: Literal["both", "generator", "discriminator"] = setting("both", "Who learns.", live=True)


class Duel(Model):
    """Each step of the generator moves its items along x; each of the discriminator turns what it holds for real."""

    info = ModelInfo("duel", "Duel", "Duels.", frozenset({Kind.TABLE}), climbs="nothing")
    Settings = DuelSettings

    def __init__(self, settings: Any = None, latent_dim: int = 2, width: int = 2) -> None:
        super().__init__(settings or validate(DuelSettings, {}, "the test"))
        self.latent, self.width = latent_dim, width
        self.generated = self.discriminated = 0
        self.learned: list[str] = []

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Any = None
    ) -> Generator[Event, None, None]:
        for step in range(1, 1_000_000):
            who = live["players"]
            self.learned.append(who)
            self.generated += who != "discriminator"
            self.discriminated += who != "generator"
            yield Progress(step, None, {"loss": 0.7, "discriminator_loss": 1.4}, items=1)

    def state(self) -> dict[str, Any]:
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        pass

    @property
    def latent_dim(self) -> int:
        return self.latent

    def encode(self, x: Any, labels: Any = None) -> tuple[Any, Any]:
        z = np.zeros((len(x), self.latent))
        return z, np.zeros_like(z)

    def decode(self, z: Any, labels: Any = None) -> Any:
        items = np.zeros((len(z), self.width))
        items[:, 0] = 0.5 * z[:, 0] + DRIFT * self.generated
        items[:, 1:2] = 0.5 * z[:, -1:] + 0.1 * z[:, :1] ** 2
        return items

    def slope(self) -> Any:
        """The direction in which items look more real."""
        angle = 0.02 * self.discriminated
        return SHARPNESS * np.eye(self.width)[0] * np.cos(angle) + SHARPNESS * np.eye(self.width)[1] * np.sin(angle)

    def verdict(self, x: Any, labels: Any = None) -> Any:
        return 1.0 / (1.0 + np.exp(-x @ self.slope()))

    def pull(self, z: Any, labels: Any = None) -> tuple[Any, Any]:
        items = self.decode(z)
        return items, (1.0 - self.verdict(items))[:, None] * self.slope()

    def attention(self, x: Any, labels: Any = None) -> Any:
        return np.abs(np.broadcast_to(self.slope(), x.shape))


def duel_run(data: Dataset, model: Duel | None = None, at_hand: bool = True) -> TurningRun:
    """A run that has taken one step and is held."""
    return turning_run(data, model or Duel(), at_hand)  # type: ignore[arg-type]
