"""A studio that is open while figures are taken of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from genstudio.data.pictures import Raw
from genstudio.data.preparation import prepare
from genstudio.runs.learning import learn
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run
from genstudio.runs.work import new_model
from genstudio.runs.workers import Workers
from genstudio.training.events import Progress
from genstudio.ui.app import Studio, application
from genstudio.ui.data_loading import Loaded

TICK_MS = 4


class Delays:
    """How late a timer fires that should fire every few milliseconds."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._last = 0.0

    def begin(self) -> None:
        """Forget the time since the last tick."""
        self._last = time.perf_counter()

    def tick(self) -> None:
        """The timer fired."""
        now = time.perf_counter()
        self.late_ms.append(max(0.0, 1000 * (now - self._last) - TICK_MS))
        self._last = now

    def percentile(self, share: float) -> float:
        """Of the delays, ms."""
        return float(np.percentile(self.late_ms, share))


@dataclass
class Compared:
    """Steps per second of the same training without a window and with one, round by round."""

    alone: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median over the rounds of the second by the first."""
        return median(shown / alone for alone, shown in zip(self.alone, self.shown, strict=True))


class Window:
    """A studio that trains one recipe again and again.

    Arguments:
        raw: the rows or pictures that it learns from.
    """

    def __init__(self, recipe: Recipe, raw: Raw) -> None:
        self.studio = Studio(application(), Workers())
        self.model = self.studio.model
        self.preview_share = 0.0
        self.studio.open()
        self.until(lambda: self.model.models is not None and self.model.data is not None)
        self.recipe, self.data = recipe, prepare(raw, recipe.data.preparation, recipe.data_seed)
        self.model.adopt(Loaded(recipe, raw, self.data, ()))
        self.pass_seconds(1.0)

    def drained_alone(self, seconds: float) -> float:
        """Steps per second of the generator, with the event loop at rest."""
        model = new_model(self.recipe, self.data)
        limited = self.recipe.model_copy(
            update={"training": self.recipe.training.model_copy(update={"seconds": seconds})}
        )
        events = learn(model, self.data, limited, model.live_settings())
        began, steps = 0.0, 0
        for event in events:
            if isinstance(event, Progress) and event.step >= 1:
                began = began or time.perf_counter()
                steps = event.step
        return max(0, steps - 1) / (time.perf_counter() - began)

    def trained_in_window(self, seconds: float, delays: Delays | None = None) -> float:
        """Steps per second of a run that is shown; `delays` tick meanwhile, which takes time of its own."""
        self.model.train()
        run = self.model.current
        assert run is not None
        self.until(lambda: run.history.step >= 1)
        timer = QTimer()
        if delays is not None:
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(delays.tick)
            delays.begin()
            timer.start(TICK_MS)
        first, began = self.counted(run)
        self.pass_seconds(seconds)
        last, ended = self.counted(run)
        rate = (last - first) / (ended - began)
        timer.stop()
        self.model.stop()
        self.until(lambda: run.status.ended)
        self.preview_share = run.job.preview_seconds / run.job.training_seconds
        self.model.remove_run(run)
        return rate

    def compared(self, seconds: float, rounds: int) -> Compared:
        """Both in turn, each the first as often as the other: a machine that grows slower or quicker favours none."""
        found = Compared()
        pair = [(self.drained_alone, found.alone), (self.trained_in_window, found.shown)]
        for place in range(rounds):
            for measure, rates in pair if place % 2 == 0 else pair[::-1]:
                rates.append(measure(seconds))
        return found

    def counted(self, run: Run) -> tuple[int, float]:
        """Steps taken, and since when, s: a run in another process is counted where it reports."""
        known, found = run.history.step, list[tuple[int, float]]()

        def grown() -> bool:
            assert not run.status.ended, "the training was over too soon to be measured"
            if run.history.step > known:
                found.append((run.history.step, time.perf_counter()))
            return bool(found)

        self.until(grown)
        return found[0]

    def until(self, done: Callable[[], bool]) -> None:
        """Let the event loop turn until something is so."""
        loop, poll = QEventLoop(), QTimer()
        poll.timeout.connect(lambda: loop.quit() if done() else None)
        poll.start(5)
        loop.exec()

    def pass_seconds(self, seconds: float) -> None:
        """Let the event loop turn for so long."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def close(self) -> None:
        """End every thread."""
        self.studio.window.close()
        QObject.deleteLater(self.studio.window)
