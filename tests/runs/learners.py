"""Small stand-ins for what a job carries out, and waiting for what it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.models.contract import Model, ModelInfo
from genstudio.models.fitted import Fitted
from genstudio.runs.job import Job
from genstudio.runs.questions import Subject
from genstudio.settings import Settings
from genstudio.training.events import Event, LiveSettings, Progress

PATIENCE_S = 10.0


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about."""
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        pause.wait(0.002)


class Counter(Model):
    """Learns to count; `state` tells how far it came."""

    info = ModelInfo("counter", "Counter", "Counts.", frozenset({Kind.TABLE}))
    Settings = Settings

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings or Settings())
        self.count = 0

    def fit(self, data: Dataset | None, live: LiveSettings, seed: int) -> Generator[Event, None, None]:
        yield Progress(0, None, {}, items=5)
        while True:
            self.count += 1
            yield Progress(self.count, None, {"train": float(self.count)}, items=10)

    def state(self) -> dict[str, Any]:
        return {"count": np.array([self.count])}

    def load_state(self, state: Mapping[str, Any]) -> None:
        self.count = int(state["count"][0])


def small_data(n: int = 40) -> Dataset:
    return prepare(points_table("points", np.random.default_rng(0).normal(size=(n, 2))), PreparationSettings(), 0)


def counting_job(
    learning: Callable[[Counter, LiveSettings], Generator[Event, None, None]] | None = None, **live: Any
) -> Job:
    counter, settings, data = Counter(), LiveSettings(live), small_data()
    events = counter.fit(data, settings, 0) if learning is None else learning(counter, settings)
    return Job(Subject(Fitted(counter, data.preparation), data), events, settings)


def count(job: Job) -> int:
    """How far the counter came, as the job itself says."""
    return int(job.ask("state").result(PATIENCE_S)["count"][0])
