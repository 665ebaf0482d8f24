"""The window while a model learns: event-loop delay, throughput beside the same generator alone, first paint.

The mixture of `bench_mixture` (100,000 x 2, K = 8) learns with the Live panel shown. Without a display the
window is drawn offscreen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median

from genstudio.data.preparation import PreparationSettings
from genstudio.data.table import points_table
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe
from tests.benchmarks.bench_mixture import SETTINGS, clusters, scikit_learn
from tests.benchmarks.desk import Delays, Window
from tests.benchmarks.report import Report

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
    window = Window(recipe(), points_table("clusters", clusters()))
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


def recipe() -> Recipe:
    """The mixture of `bench_mixture`, which goes on until it is stopped."""
    return Recipe(
        seed=0, data=DataRecipe(source="drawing", preparation=PreparationSettings(valid=0, test=0)),
        model=ModelRecipe(name="gmm", settings={**SETTINGS, "max_iter": MOST_STEPS}),
    )


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
