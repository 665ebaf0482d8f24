"""A score over time under its series, and a threshold on it that is dragged."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.prepared_series import PreparedSeries
from genstudio.ui.plots.pyramid import Pyramid
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.timed_plot import TimedPlot
from genstudio.ui.theme import Theme
from genstudio.ui.values import show_number

_KEY_SHARE = 1 / 100
_SPARE = 0.06


class ScorePlot(TimedPlot):
    """The score as a line, filled where it is beyond the threshold.

    Signals:
        threshold_moved: where it stands, while it is dragged or moved by the arrow keys up and down.
    """

    threshold_moved = Signal(float)

    def __init__(self, theme: Theme, name: str, series: SeriesPlot, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, series, parent)
        self._scores: Pyramid | None = None
        self._reach = (0.0, 1.0)
        self._silent = False
        self._curve = pg.PlotCurveItem(connect="finite", antialias=False)
        self._beyond = pg.PlotCurveItem(antialias=False)
        self.line = pg.InfiniteLine(angle=0, movable=True)
        self.line.setZValue(20)
        self.line.setCursor(Qt.CursorShape.SizeVerCursor)
        for item in (self._beyond, self._curve, self.line):
            self.item.addItem(item, ignoreBounds=True)
        self.line.sigPositionChanged.connect(self._on_moved)
        self.hovered.connect(self._on_hovered)
        self.unhovered.connect(lambda: self.set_readout(""))
        self.retheme()

    def show_scores(self, scores: Pyramid | None, reach: tuple[float, float]) -> None:
        """Show other scores, or none.

        Arguments:
            scores: one a row; infinite ones are drawn at the top.
            reach: the lowest and the highest that is worth showing.
        """
        self._scores, self._reach = scores, reach
        low, high = reach
        spare = _SPARE * (high - low)
        self.box.setYRange(low - spare, high + 2 * spare, padding=0.0)
        self.redraw()

    def set_threshold(self, value: float) -> None:
        """Put the threshold somewhere, silently."""
        self._silent = True
        self.line.setValue(value)
        self._silent = False
        self.setAccessibleDescription(f"Threshold at {show_number(value)}")
        self.redraw()

    def covers(self, times: PreparedSeries) -> bool:
        """Whether there is a score for each row."""
        return self._scores is not None and len(self._scores.values) == len(times)

    def draw(self, times: PreparedSeries, first: int, last: int) -> None:
        """The lowest and highest scores of each block, and the ground beyond the threshold."""
        assert self._scores is not None
        outline = self._scores.outline(first, last, self.blocks(last - first))
        ends = np.minimum(outline.starts + outline.rows, len(times)) - 1
        x = (times.times[outline.starts] + times.times[ends]) / 2
        y = np.column_stack([outline.lows, outline.highs])
        # Up one block and down the next: the line does not run to and fro.
        y[1::2] = y[1::2, ::-1]
        top = self.bounds()[3]
        self._curve.setData(np.repeat(x, 2), np.minimum(y.ravel(), top))
        level = float(self.line.value())
        self._beyond.setFillLevel(level)
        self._beyond.setData(np.repeat(x, 2), np.clip(np.nan_to_num(y.ravel(), nan=level, posinf=top), level, None))

    def draw_nothing(self) -> None:
        """No line."""
        for curve in (self._curve, self._beyond):
            curve.setData([], [])

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Times and scores."""
        times = self.times
        if times is None or self._scores is None or not self.covers(times):
            return {}
        return {"time": times.times, "score": self._scores.values}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        self._curve.setPen(pg.mkPen(tokens.series[0]))
        self._beyond.setPen(pg.mkPen(None))
        self._beyond.setBrush(pg.mkBrush(faded(tokens.danger, 0.4)))
        self.line.setPen(pg.mkPen(tokens.danger, width=2))
        self.line.setHoverPen(pg.mkPen(tokens.text, width=3))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down move the threshold."""
        way = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        self.line.setValue(float(self.line.value()) + way * _KEY_SHARE * (self._reach[1] - self._reach[0]))

    def _on_moved(self) -> None:
        if not self._silent:
            self.redraw()
            self.threshold_moved.emit(float(self.line.value()))

    def _on_hovered(self, x: float, _y: float) -> None:
        times = self.times
        if times is not None and self._scores is not None and len(times) and self.covers(times):
            self.set_readout(f"score {self._scores.values[times.row_at(x)]:.4g}".replace("nan", "none"))
