"""Scores as bars, with a threshold that is dragged."""

from __future__ import annotations

import html

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import gate
from genstudio.ui.plots.paint import faded, retheme_legend
from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme
from genstudio.ui.values import show_number

_MOST_BINS = 120
# Where a count of none is drawn on a logarithmic axis: half a row.
_LOG_GROUND = float(np.log10(0.5))
_KEY_SHARE = 1 / 200


class Histogram(Plot):
    """Counts of values, of one or two classes, and a threshold.

    `threshold_moved(value)` while it is dragged or moved by arrow keys, `threshold_released(value)` after.

    Arguments:
        flagged_above: values above the threshold are the flagged ones; else those below.
    """

    threshold_moved = Signal(float)
    threshold_released = Signal(float)

    def __init__(self, theme: Theme, name: str = "histogram", x_label: str = "score", flagged_above: bool = True,
                 parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._flagged_above = flagged_above
        self._edges = np.array([0.0, 1.0])
        self._counts = np.zeros((1, 1))
        self._log = False
        self._silent = False
        self._bars = [self._add_bars() for _ in range(2)]
        self._legend = self.item.addLegend(offset=(-12, 8), labelTextSize="9pt")
        self.line = self._add_line()
        self.region = self._add_region()
        self.set_labels(x_label, "count")
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=True, y=False)
        tool = self.add_tool("log_count", "logy", "Logarithmic counts", checkable=True)
        tool.toggled.connect(self.set_log)
        self.view_changed.connect(lambda _: self._shade())
        self.retheme()

    def set_values(self, values: ArrayLike, classes: ArrayLike | None = None, names: tuple[str, ...] = ()) -> None:
        """Show how values are spread.

        Arguments:
            values: shape (N,); those that are not finite are left out.
            classes: 0 or 1, shape (N,); their bars lie over each other.
            names: what the two classes are called, plain text.
        """
        known = gate.column(values, "scores")
        good = np.isfinite(known)
        labels = np.zeros(len(known)) if classes is None else gate.column(classes, "classes")
        edges = _edges(known[good])
        groups = [known[good & (labels == place)] for place in range(1 if classes is None else 2)]
        self.set_counts(edges, np.array([np.histogram(group, edges)[0] for group in groups]), names)

    def set_counts(self, edges: ArrayLike, counts: ArrayLike, names: tuple[str, ...] = ()) -> None:
        """Show what was counted elsewhere, as for millions of values.

        Arguments:
            edges: of the bins, finite and rising, shape (B + 1,).
            counts: one row a class, shape (1, B) or (2, B).
            names: what the two classes are called, plain text.
        """
        self._edges = gate.column(edges, "edges")
        self._counts = np.asarray(counts, dtype=np.float64)
        self._fill_legend(names)
        self._draw()
        self.fit_view()

    def set_threshold(self, value: float) -> None:
        """Put the threshold somewhere, silently."""
        if np.isfinite(value):
            self._silent = True
            self.line.setValue(float(value))
            self._silent = False
            self._shade()

    def threshold(self) -> float:
        """Where the threshold stands."""
        return float(self.line.value())

    def set_log(self, on: bool) -> None:
        """Make counts logarithmic, so that single strange rows are seen."""
        self._log = on
        self.item.getAxis("left").setLogMode(x=False, y=on)
        self._draw()
        self.fit_view()

    def fit_view(self) -> None:
        """Show all bars."""
        ground = _LOG_GROUND if self._log else 0.0
        top = max(float(self._heights().max(initial=0.0)), ground + 0.5)
        self.set_bounds((self._edges[0], self._edges[-1], ground, ground + 1.06 * (top - ground)))

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Bin edges, shape (B + 1,), and counts, shape (B,) a class."""
        return {"edges": self._edges, **{f"count.{place}": row for place, row in enumerate(self._counts)}}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        retheme_legend(self._legend, tokens)
        for bars, colour in zip(self._bars, (tokens.series[0], tokens.series[1]), strict=True):
            bars.setPen(pg.mkPen(colour))
            bars.setBrush(pg.mkBrush(faded(colour, 0.45)))
        self.line.setPen(pg.mkPen(tokens.danger, width=2))
        self.line.setHoverPen(pg.mkPen(tokens.text, width=3))
        self.line.label.setColor(tokens.text)
        self.line.label.fill = pg.mkBrush(tokens.surface)
        self.region.setBrush(pg.mkBrush(faded(tokens.danger, 0.13)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move the threshold."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        self.line.setValue(self.threshold() + way * _KEY_SHARE * (self._edges[-1] - self._edges[0]))
        self.threshold_released.emit(self.threshold())

    def _add_bars(self) -> pg.PlotCurveItem:
        bars = pg.PlotCurveItem()
        self.item.addItem(bars, ignoreBounds=True)
        return bars

    def _add_line(self) -> pg.InfiniteLine:
        line = pg.InfiniteLine(
            angle=90, movable=True, label="0",
            labelOpts={"position": 0.9, "anchors": [(0, 0.5), (1, 0.5)], "movable": False},
        )
        line.setZValue(20)
        line.setCursor(Qt.CursorShape.SizeHorCursor)
        line.sigPositionChanged.connect(self._on_moved)
        line.sigPositionChangeFinished.connect(lambda: self.threshold_released.emit(self.threshold()))
        self.item.addItem(line, ignoreBounds=True)
        return line

    def _add_region(self) -> pg.LinearRegionItem:
        region = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        region.setZValue(-5)
        self.item.addItem(region, ignoreBounds=True)
        return region

    def _heights(self) -> NDArray[np.float64]:
        return np.log10(np.maximum(self._counts, 0.5)) if self._log else self._counts

    def _draw(self) -> None:
        heights = self._heights()
        for place, bars in enumerate(self._bars):
            row = heights[place] if place < len(heights) else np.zeros(0)
            bars.setVisible(len(row) > 0)
            if len(row):
                bars.setData(self._edges, row, stepMode="center", fillLevel=_LOG_GROUND if self._log else 0.0)
        self._shade()

    def _shade(self) -> None:
        x0, x1, _, _ = self.bounds()
        beyond = x1 - x0
        here = self.threshold()
        ends = (here, max(x1, here) + beyond) if self._flagged_above else (min(x0, here) - beyond, here)
        self.region.setRegion(ends)
        self.line.label.setFormat(f"{here:.4g}".replace("-", "−"))

    def _fill_legend(self, names: tuple[str, ...]) -> None:
        self._legend.clear()
        for bars, name in zip(self._bars[: len(self._counts)], names, strict=False):
            self._legend.addItem(bars, html.escape(name))

    def _on_moved(self) -> None:
        if not self._silent:
            self._shade()
            self.setAccessibleDescription(f"Threshold at {show_number(self.threshold())}")
            self.threshold_moved.emit(self.threshold())


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of bins as wide as the spread of the middle half suggests, shape (B + 1,)."""
    if len(values) == 0:
        return np.array([0.0, 1.0])
    low, high = float(values.min()), float(values.max())
    if not high > low:
        spare = max(abs(low) * 0.1, 0.5)
        return np.linspace(low - spare, high + spare, 12)
    quarter, three = np.percentile(values, [25, 75])
    width = 2 * (three - quarter) / len(values) ** (1 / 3)
    bins = _MOST_BINS if width <= 0 else int(np.clip((high - low) / width, 10, _MOST_BINS))
    return np.linspace(low, high, bins + 1)
