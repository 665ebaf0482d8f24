"""Small stand-ins for what a job carries out, here or in another process, and waiting for what it does."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.models.contract import Model, ModelInfo
from genstudio.models.fitted import Fitted
from genstudio.runs.job import Job
from genstudio.runs.joblike import JobLike
from genstudio.runs.question import Subject, question
from genstudio.runs.remote import RemoteJob
from genstudio.runs.status import Reached, Status
from genstudio.runs.work import job_of
from genstudio.runs.workers import Workers
from genstudio.settings import Settings
from genstudio.training.events import Event, LiveSettings, Progress
from tests.patience import PATIENCE_S


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about."""
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        pause.wait(0.002)


class Counter(Model):
    """Learns to count; `state` tells how far it came, and `seen` what a live setting was at each step."""

    info = ModelInfo("counter", "Counter", "Counts.", frozenset({Kind.TABLE}))
    Settings = Settings

    def __init__(self, settings: Any = None, live: Mapping[str, Any] | None = None) -> None:
        super().__init__(settings or Settings())
        self.count = 0
        self.seen: list[float] = []
        self.live = dict(live or {})

    def fit(
        self, data: Dataset | None, live: LiveSettings, seed: int, budget: Any = None
    ) -> Generator[Event, None, None]:
        yield Progress(0, None, {}, items=5)
        while budget is None or not budget.reached(self.count, self.count):
            self.count += 1
            self.seen.append(live.values.get("rate", 0.0))
            yield Progress(self.count, None, {"train": float(self.count)}, items=10)

    def state(self) -> dict[str, Any]:
        return {"count": np.array([self.count]), "seen": np.array(self.seen)}

    def load_state(self, state: Mapping[str, Any]) -> None:
        self.count, self.seen = int(state["count"][0]), list(state["seen"])

    def live_settings(self) -> LiveSettings:
        return LiveSettings(dict(self.live))


Learning = Callable[[Counter, LiveSettings], Generator[Event, None, None]]


def counting(counter: Counter, live: LiveSettings) -> Generator[Event, None, None]:
    return counter.fit(None, live, 0)


def _raising(error: BaseException, counter: Counter, live: LiveSettings) -> Generator[Event, None, None]:
    counter.count = 1
    yield Progress(1, None, {"train": 1.0})
    raise error


def raising(error: BaseException) -> Learning:
    """Takes a step, then fails."""
    return partial(_raising, error)


def stubborn(counter: Counter, live: LiveSettings) -> Generator[Event, None, None]:
    """Cannot even be stopped."""
    try:
        while True:
            yield Progress(1, None, {})
    finally:
        raise ValueError("not now")


def once(counter: Counter, live: LiveSettings) -> Generator[Event, None, None]:
    """Ends after a step."""
    counter.count = 1
    yield Progress(1, 1, {}, items=10)


def endless_step(counter: Counter, live: LiveSettings) -> Generator[Event, None, None]:
    """Takes one step, and is never heard of again."""
    yield Progress(1, None, {})
    threading.Event().wait()


def gated(gate: Path, counter: Counter, live: LiveSettings) -> Generator[Event, None, None]:
    """Takes one step, and a second that ends when a file is there."""
    yield from once(counter, live)
    pause = threading.Event()
    while not gate.exists():
        pause.wait(0.001)
    counter.count = 2
    yield Progress(2, 2, {"train": 2.0})


def distracted(counter: Counter, live: LiveSettings) -> Generator[Event, None, None]:
    """Leaves behind a thread that goes on for ever."""
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    yield from once(counter, live)


def unspeakable(counter: Counter, live: LiveSettings) -> Generator[Event, None, None]:
    """Tells what cannot be sent."""
    yield Progress(1, None, {"train": lambda: 1.0})  # type: ignore[dict-item]


@dataclass(frozen=True)
class CountingWork:
    """Counting, as it can be sent to another process."""

    data: Dataset
    way: Learning = counting
    live: Mapping[str, Any] = field(default_factory=dict)

    def subject(self) -> Subject:
        return Subject(Fitted(Counter(live=self.live), self.data.preparation), self.data)

    def restore(self, subject: Subject) -> None:
        pass

    def reached(self) -> Reached:
        return Reached(Status.WAITING)

    def learning(self, subject: Subject, live: LiveSettings) -> Generator[Event, None, None]:
        counter = subject.fitted.model
        assert isinstance(counter, Counter)
        return self.way(counter, live)


@question
def slow(subject: Subject, watch: Any, begun: Path, go: Path, value: int = 0) -> dict[str, Any]:
    """Says that it has begun, then waits until it is let go, and reports progress."""
    begun.touch()
    pause = threading.Event()
    while not go.exists():
        watch(0.5, "Thinking")
        pause.wait(0.001)
    return {"value": np.array(value)}


@question
def foreign_modules(subject: Subject, watch: Any) -> dict[str, Any]:
    """What of the window's libraries is imported where the question is answered."""
    found = [name for name in sys.modules if name.partition(".")[0] in ("PySide6", "pyqtgraph")]
    return {"names": np.array(found, str)}


def small_data(n: int = 40) -> Dataset:
    return prepare(points_table("points", np.random.default_rng(0).normal(size=(n, 2))), PreparationSettings(), 0)


def counting_job(way: Learning = counting, **live: Any) -> Job:
    return job_of(CountingWork(small_data(), way, live))


def remote_counting_job(workers: Workers, way: Learning = counting, **live: Any) -> RemoteJob:
    return RemoteJob(CountingWork(small_data(), way, live), workers)


def count(job: JobLike) -> int:
    """How far the counter came, as the job itself says."""
    return int(job.ask("state").result(PATIENCE_S)["count"][0])
