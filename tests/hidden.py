"""A model of sequences whose answers are known beforehand: two levels, and the state of a row is the nearer one."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.models.contract import Array, Floats, Ints, Model, ModelInfo
from genstudio.settings import Settings, setting
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings, Progress

FAR = 1e3


class LevelSettings(Settings):
    steps: int = setting(1, "Steps that it takes to learn nothing.", ge=1)


class TwoLevels(Model):
    """State 0 below 0, state 1 above; how likely a row is hangs on its first column alone. Gaps are in state 0."""

    info = ModelInfo("two_levels", "Two levels", "Below or above 0.", frozenset({Kind.SEQUENCES}))
    Settings = LevelSettings

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        for step in range(1, self.settings.steps + 1):
            yield Progress(step, self.settings.steps, {"train": -1.0}, items=len(data.train))

    def n_states(self) -> int:
        return 2

    def states(self, x: Floats, lengths: Ints) -> Ints:
        return (x[:, 0] > 0).astype(np.int64)

    def posteriors(self, x: Floats, lengths: Ints) -> Floats:
        high = 1 / (1 + np.exp(-np.nan_to_num(x[:, 0])))
        return np.column_stack([1 - high, high])

    def step_log_prob(self, x: Floats, lengths: Ints) -> Floats:
        return np.nan_to_num(-np.abs(x[:, 0]))

    def chain(self) -> dict[str, Floats]:
        return {"startprob": np.array([0.5, 0.5]), "transmat": np.array([[0.9, 0.1], [0.25, 0.75]])}

    def set_chain(self, parameters: Mapping[str, Floats]) -> None:
        raise NotImplementedError

    def state(self) -> dict[str, Array]:
        return {}

    def load_state(self, state: Mapping[str, Array]) -> None:
        pass


def two_levels(settings: dict[str, Any] | None = None) -> TwoLevels:
    return TwoLevels(LevelSettings(**(settings or {})))
