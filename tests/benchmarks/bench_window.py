"""The window while a model learns: event-loop delay, throughput beside the same generator alone, first paint.

The mixture of `bench_mixture` (100,000 x 2, K = 8) learns with the Live panel shown. Without a display the
window is drawn offscreen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.runs.learning import learn
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe, TrainingRecipe
from genstudio.runs.run import Run
from genstudio.runs.work import new_model
from genstudio.runs.workers import Workers
from genstudio.training.events import Progress
from genstudio.ui.app import Studio, application
from genstudio.ui.data_loading import Loaded
from tests.benchmarks.bench_mixture import SETTINGS, clusters, scikit_learn
from tests.benchmarks.report import Report

TICK_MS = 4
MOST_STEPS = 1_000_000
PAINT_RUNS = 5

# As `genstudio` without a command does it.
PAINT = """
import gc, sys, time
gc.disable()
from genstudio.runs.workers import Workers
from genstudio.ui.app import Studio, application
app = application()
studio = Studio(app, Workers())
def painted():
    print(time.time())
    sys.stdout.flush()
    __import__("os")._exit(0)
studio.window.painted.connect(painted)
studio.open()
app.exec()
"""

BARE = """
import sys, time
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QMainWindow
class Plot(pg.PlotWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.time())
        sys.stdout.flush()
        __import__("os")._exit(0)
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(Plot())
window.show()
app.exec()
"""


def run(report: Report) -> None:
    """Measure all three."""
    os.environ.setdefault("QT_QPA_PLATFORM", "" if os.environ.get("DISPLAY") else "offscreen")
    first_paint(report)
    # Many short rounds in turn: machines that are shared change their speed from one to the next.
    seconds, rounds = (2.0, 2) if report.short else (3.0, 10)
    window = Window()
    try:
        alone, shown, delays = [], [], Delays()
        for _ in range(rounds):
            alone.append(window.drained_alone(seconds))
            shown.append(window.trained_in_window(seconds))
            window.trained_in_window(seconds, delays)
    finally:
        window.close()
    report("steps_per_second_with_live_plots", median(shown), "1/s", reference=median(alone),
           ratio=median(a / b for a, b in zip(shown, alone, strict=True)))
    one_shot = scikit_learn(clusters(), 10)[0]
    report("em_with_live_plots_beside_scikit_learn_alone", median(shown), "1/s", reference=one_shot,
           ratio=median(shown) / one_shot)
    report("event_loop_delay_p50", delays.percentile(50), "ms")
    report("event_loop_delay_p99", delays.percentile(99), "ms")
    report("event_loop_delay_max", delays.percentile(100), "ms")
    report("preview_share_of_training", window.preview_share, "1")


def first_paint(report: Report) -> None:
    """From starting Python to the first paint, beside a bare window of the same libraries; warm, alternating."""
    ours, bare = [], []
    for _ in range(2 if report.short else PAINT_RUNS + 1):
        ours.append(seconds_to_paint(PAINT))
        bare.append(seconds_to_paint(BARE))
    reference = median(bare[1:])
    report("first_paint", median(ours[1:]), "s", reference=reference, ratio=reference / median(ours[1:]))


def seconds_to_paint(program: str) -> float:
    """From starting Python in a fresh process until the program prints the time."""
    # As on a person's machine, where compiled files are kept.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.time()
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(ended.stdout.split()[-1]) - started


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


class Window:
    """A studio whose data are the benchmark's clusters."""

    def __init__(self) -> None:
        self.studio = Studio(application(), Workers())
        self.model = self.studio.model
        self.preview_share = 0.0
        self.studio.open()
        self.until(lambda: self.model.models is not None and self.model.data is not None)
        table = points_table("clusters", clusters())
        preparation = PreparationSettings(valid=0, test=0)
        self.recipe = Recipe(
            seed=0, data=DataRecipe(source="drawing", preparation=preparation),
            model=ModelRecipe(name="gmm", settings={**SETTINGS, "max_iter": MOST_STEPS}), training=TrainingRecipe(),
        )
        self.data = prepare(table, preparation, 0)
        self.model.adopt(Loaded(self.recipe, table, self.data, ()))
        self.pass_seconds(1.0)

    def drained_alone(self, seconds: float) -> float:
        """Steps per second of the generator, with the event loop at rest."""
        model = new_model(self.recipe, self.data)
        events = learn(model, self.data, TrainingRecipe(seconds=seconds), model.live_settings(), 0)
        began, steps = 0.0, 0
        for event in events:
            if isinstance(event, Progress) and event.step >= 1:
                began = began or time.perf_counter()
                steps += 1
        return (steps - 1) / (time.perf_counter() - began)

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
        rate = (last - first) / len(self.data.train) / (ended - began)
        timer.stop()
        self.model.stop()
        self.until(lambda: run.status.ended)
        self.preview_share = run.job.preview_seconds / run.job.training_seconds
        self.model.remove_run(run)
        return rate

    def counted(self, run: Run) -> tuple[int, float]:
        """Items gone through, and since when, s: a run in another process is counted where it reports."""
        known, found = run.job.items, list[tuple[int, float]]()

        def grown() -> bool:
            assert not run.status.ended, "the training was over too soon to be measured"
            if run.job.items > known:
                found.append((run.job.items, time.perf_counter()))
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
