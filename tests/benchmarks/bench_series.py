"""Series of a million rows: frames a second while they are scrolled and zoomed, and how long they take to prepare.

Each frame moves the view as a person does and paints the whole plot, axes and strip of states included. The reference
is pyqtgraph's own line of the same values, which is thinned to peaks and clipped to the view.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from genstudio.ui.app import application
from genstudio.ui.plots.prepared_series import prepare_series
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.state_runs import StateRuns
from genstudio.ui.theme import Theme
from tests.benchmarks.report import Report

ROWS = 1_000_000
SIZE = (1200, 700)
COLUMNS = (1, 3, 12)
Frame = Callable[[int], None]


def run(report: Report) -> None:
    """Prepare, scroll and zoom 1, 3 and 12 columns with a strip of states."""
    os.environ.setdefault("QT_QPA_PLATFORM", "" if os.environ.get("DISPLAY") else "offscreen")
    app = application()
    assert isinstance(app, QApplication)
    theme = Theme(app, "dark")
    theme.apply()
    frames = 12 if report.short else 120
    plain = PlainLine(series(1)[0][:, 0])
    for columns in (1,) if report.short else COLUMNS:
        values, states = series(columns)
        names = [f"column {place}" for place in range(columns)]
        began = time.perf_counter()
        prepare_series(values, names)
        StateRuns(states)
        report(f"prepare_{columns}_columns", time.perf_counter() - began, "s")
        plot = SeriesPlot(theme, f"series{columns}")
        plot.show_series(values, names)
        plot.show_states(states)
        beside = plain if columns == 1 else None
        for name, frame in (("scroll", partial(scrolled, plot)), ("zoom", partial(zoomed, plot))):
            told(report, f"{name}_{columns}_columns", plot, frame, beside, frames)
    wheel_is_heard(report)


def told(
    report: Report, name: str, plot: SeriesPlot, frame: Frame, beside: PlainLine | None, frames: int
) -> None:
    """Report the frames a second of ours, in turn with the reference; the slowest one in twenty; processor time."""
    shown(plot)
    ours, theirs, busy = [], [], []
    for place in range(frames):
        began = time.thread_time()
        ours.append(seconds(plot, frame, place / frames))
        busy.append(time.thread_time() - began)
        if beside is not None:
            theirs.append(seconds(beside.widget, beside.zoom if "zoom" in name else beside.scroll, place / frames))
    # What a frame takes of the processor is what it takes on a machine that does nothing else.
    report(f"{name}_frame_cpu", 1000 * median(busy), "ms")
    rate = 1 / median(ours)
    reference = 1 / median(theirs) if theirs else None
    report(f"{name}_frames_per_second", rate, "1/s", reference=reference,
           ratio=None if reference is None else rate / reference)
    report(f"{name}_slow_frames_per_second", 1 / float(np.percentile(ours, 95)), "1/s")
    plot.hide()


def wheel_is_heard(report: Report) -> None:
    """Turn the wheel over a million rows, through the event and all that follows from it."""
    theme = Theme(application(), "dark")
    plot = SeriesPlot(theme, "wheel")
    values, states = series(3)
    plot.show_series(values, ["a", "b", "c"])
    plot.show_states(states)
    shown(plot)
    taken = [seconds(plot, partial(turned, plot), place / 20) for place in range(20)]
    first, last = plot.visible_range()
    assert last - first < ROWS / 2, "the wheel did not zoom"
    report("wheel_3_columns_frames_per_second", 1 / median(taken), "1/s")


class PlainLine:
    """The library's own line of one column, set up as its makers advise for long ones."""

    def __init__(self, values: NDArray[np.float64]) -> None:
        self.widget = pg.PlotWidget()
        curve = self.widget.plot(values, pen=pg.mkPen(width=1))
        curve.setDownsampling(auto=True, method="peak")
        curve.setClipToView(True)
        shown(self.widget)

    def scroll(self, share: float) -> None:
        """Move on through the middle half."""
        self.widget.setXRange(*scroll_range(share), padding=0)

    def zoom(self, share: float) -> None:
        """Close in on the middle."""
        self.widget.setXRange(*zoom_range(share), padding=0)


def series(columns: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Noise about levels that depend on a state, with a gap; shapes (N, D) and (N,)."""
    random = np.random.default_rng(0)
    states = np.repeat(random.integers(0, 6, ROWS // 200), 200)
    values = random.normal(size=(ROWS, columns)) + states[:, None] * np.arange(1, columns + 1)
    values[ROWS // 3:ROWS // 3 + 20_000] = np.nan
    return values, states


def scroll_range(share: float) -> tuple[float, float]:
    """Half of the rows, further on with a growing share."""
    return ROWS * share / 2, ROWS * (0.5 + share / 2)


def zoom_range(share: float) -> tuple[float, float]:
    """From all rows down to some hundred about the middle."""
    half = ROWS / 2 * 10 ** (-4 * share)
    return ROWS / 2 - half, ROWS / 2 + half


def scrolled(plot: SeriesPlot, share: float) -> None:
    """Show another half of the rows."""
    plot.box.setXRange(*scroll_range(share), padding=0)


def zoomed(plot: SeriesPlot, share: float) -> None:
    """Show fewer rows about the middle."""
    plot.box.setXRange(*zoom_range(share), padding=0)


def turned(plot: SeriesPlot, share: float) -> None:
    """One notch of the wheel in the middle."""
    viewport = plot.graph.viewport()
    middle = viewport.rect().center()
    event = QWheelEvent(
        QPointF(middle), QPointF(viewport.mapToGlobal(middle)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )
    QApplication.sendEvent(viewport, event)


def seconds(widget: QWidget, frame: Callable[[float], Any], share: float) -> float:
    """What one change of the view and its painting take."""
    began = time.perf_counter()
    frame(share)
    widget.grab()
    return time.perf_counter() - began


def shown(widget: QWidget) -> None:
    """Show it as large as in a window, and let it lay itself out."""
    widget.resize(*SIZE)
    widget.show()
    widget.grab()
