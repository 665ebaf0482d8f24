"""Curves that grow while a model learns."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import gate
from genstudio.ui.plots.growing import GrowingColumns
from genstudio.ui.plots.paint import retheme_legend, series_colour
from genstudio.ui.plots.plot import Plot
from genstudio.ui.plots.ranges import steady_range
from genstudio.ui.theme import Theme
from genstudio.ui.values import show_number

_STYLES = {"train": Qt.PenStyle.SolidLine, "valid": Qt.PenStyle.DashLine}

_THICK_AT_MOST = 1_000
# The dock of the curves is low.
_NAMES_A_COLUMN = 4
# Steps keep coming; an axis that moved with each would be restless.
_ROOM_AHEAD = 0.25


@dataclass
class _Series:
    title: str
    style: Qt.PenStyle
    colour: int
    data: GrowingColumns
    curve: pg.PlotDataItem


class Curves(Plot):
    """Named curves over steps, appended to while they are seen.

    The axes follow the data in rounded steps until the person zooms; "home" makes them follow again.

    Arguments:
        x_label, y_label: with units.
    """

    def __init__(self, theme: Theme, name: str = "curves", x_label: str = "step", y_label: str = "nats",
                 parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent, side_tools=True)
        self._series: dict[str, _Series] = {}
        self._floors: dict[str, pg.InfiniteLine] = {}
        self._following = True
        self._log = {"x": False, "y": False}
        self._legend = self.item.addLegend(offset=(-12, 8), labelTextSize="9pt")
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        self.item.addItem(self._cross, ignoreBounds=True)
        self.set_labels(x_label, y_label)
        self.box.disableAutoRange()
        self.box.sigRangeChangedManually.connect(self._on_zoomed)
        self.hovered.connect(self._on_hovered)
        self.unhovered.connect(self._on_unhovered)
        for axis in ("x", "y"):
            tool = self.add_tool(f"log_{axis}", f"log{axis}", f"Logarithmic {axis} axis", checkable=True)
            tool.toggled.connect(lambda on, axis=axis: self.set_log(axis, on))
        self.retheme()

    def add_series(self, key: str, title: str, role: str = "train", colour: int | None = None) -> None:
        """Begin a curve; one of the same key is begun anew.

        Arguments:
            key: names it to `append` and in exports.
            title: plain text for the legend.
            role: "train" is drawn solid, "valid" dashed.
            colour: number of a series colour; runs that are compared share one a run. None: the next.
        """
        self.remove_series(key)
        curve = pg.PlotDataItem(name=html.escape(title))
        self.item.addItem(curve, ignoreBounds=True)
        # Only an item that is on a plot keeps these two.
        curve.setDownsampling(auto=True, method="peak")
        curve.setClipToView(True)
        curve.setLogMode(self._log["x"], self._log["y"])
        # A few validation points must not hide behind a noisy training curve.
        curve.setZValue(5 if role == "valid" else 0)
        number = len(self._series) if colour is None else colour
        self._series[key] = _Series(title, _STYLES[role], number, GrowingColumns(), curve)
        self._draw_pen(self._series[key])
        self._legend.setColumnCount(1 + (len(self._series) - 1) // _NAMES_A_COLUMN)

    def append(self, key: str, steps: ArrayLike, values: ArrayLike) -> None:
        """Add points at the end of a curve, shape (n,) each; those that are not finite are left out."""
        series = self._series[key]
        x, y = gate.columns(steps, values, series.title)
        if len(x):
            before = len(series.data)
            series.data.extend(x, y)
            if before <= _THICK_AT_MOST < len(series.data):
                self._draw_pen(series)
            series.curve.setData(series.data.x, series.data.y)
            self._follow()

    def set_series(self, key: str, steps: ArrayLike, values: ArrayLike) -> None:
        """Replace all points of a curve, shape (N,) each."""
        self._series[key].data = GrowingColumns()
        self._series[key].curve.setData(np.empty(0), np.empty(0))
        self.append(key, steps, values)

    def remove_series(self, key: str) -> None:
        """Take a curve away, if it is there."""
        if key in self._series:
            self.item.removeItem(self._series.pop(key).curve)

    def series_keys(self) -> tuple[str, ...]:
        """The curves, in the order in which they came."""
        return tuple(self._series)

    def set_floor(self, value: float | None, label: str = "entropy of the truth") -> None:
        """Draw a dashed line that curves cannot honestly pass, or none."""
        for line in self._floors.values():
            self.item.removeItem(line)
        self._floors.clear()
        if value is not None and np.isfinite(value):
            # Above the line, as one below would be cut at the bottom; at the right, where curves have yet to come.
            options = {"position": 0.99, "anchors": [(1, 1), (1, 1)]}
            line = pg.InfiniteLine(angle=0, movable=False, label=f"{label} {value:.4g}", labelOpts=options)
            self._floors["floor"] = line
            self.item.addItem(line, ignoreBounds=True)
            self._place_floor(value)
            self.retheme()
        self._follow()

    def clear(self) -> None:
        """Take everything away."""
        for key in self.series_keys():
            self.remove_series(key)
        self.set_floor(None)
        self._following = True

    def set_log(self, axis: str, on: bool) -> None:
        """Make an axis ("x" or "y") logarithmic, or linear; values that are not positive drop out."""
        floor = self._floor_value()
        self._log[axis] = on
        self.item.setLogMode(x=self._log["x"], y=self._log["y"])
        for series in self._series.values():
            series.curve.setLogMode(self._log["x"], self._log["y"])
        if floor is not None:
            self._place_floor(floor)
        self.fit_view()

    def fit_view(self) -> None:
        """Show all, and follow what comes."""
        self._following = True
        self._follow(afresh=True)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Two columns a curve: step and value."""
        return {key: np.column_stack([s.data.x, s.data.y]) for key, s in self._series.items()}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        retheme_legend(self._legend, tokens)
        self._cross.setPen(pg.mkPen(tokens.border_strong))
        for line in self._floors.values():
            line.setPen(pg.mkPen(tokens.success, width=1.5, style=Qt.PenStyle.DashLine))
            line.label.setColor(tokens.success)
        for series in self._series.values():
            self._draw_pen(series)

    def _draw_pen(self, series: _Series) -> None:
        dashed = series.style == Qt.PenStyle.DashLine
        # Thick antialiased pens cost hundreds of milliseconds on long, noisy curves.
        thick = len(series.data) <= _THICK_AT_MOST
        pen = pg.mkPen(series_colour(self.theme.tokens, series.colour), width=2 if thick else 1)
        if dashed:
            pen.setDashPattern([5, 2])
        series.curve.setPen(pen)

    def _floor_value(self) -> float | None:
        for line in self._floors.values():
            value = float(line.value())
            return 10.0**value if self._log["y"] else value
        return None

    def _place_floor(self, value: float) -> None:
        for line in self._floors.values():
            line.setVisible(value > 0 or not self._log["y"])
            line.setValue(np.log10(value) if self._log["y"] and value > 0 else value)

    def _follow(self, afresh: bool = False) -> None:
        if not self._following:
            return
        spans = [span for s in self._series.values() if (span := self._span(s.data)) is not None]
        if not spans:
            return
        found = np.array(spans)
        lows, highs = found[:, 0].min(axis=0), found[:, 1].max(axis=0)
        floor = [float(line.value()) for line in self._floors.values() if line.isVisible()]
        x = (lows[0], highs[0])
        y = (min([lows[1], *floor]), max([highs[1], *floor]))
        shown_x, shown_y = (None, None) if afresh else self.box.viewRange()
        _, right = steady_range(*x, shown_x, room=_ROOM_AHEAD)
        # Steps begin at the left edge: there is nothing before them.
        left = x[0] - 0.01 * (right - x[0])
        self.box.setRange(xRange=(left, right), yRange=steady_range(*y, shown_y), padding=0)

    def _span(self, data: GrowingColumns) -> Any:
        """Lowest and highest of both columns as drawn, shape (2, 2), or None."""
        drawn = []
        for values, axis in ((data.x, "x"), (data.y, "y")):
            kept = values[values > 0] if self._log[axis] else values
            if len(kept) == 0:
                return None
            ends = np.array([kept.min(), kept.max()])
            drawn.append(np.log10(ends) if self._log[axis] else ends)
        return np.array(drawn).T

    def _on_zoomed(self, *_: object) -> None:
        self._following = False

    def _on_hovered(self, x: float, _y: float) -> None:
        step = 10.0**x if self._log["x"] else x
        parts = [f"step {show_number(round(step))}"] if self._series else []
        for series in self._series.values():
            if len(series.data):
                nearest = min(int(np.searchsorted(series.data.x, step)), len(series.data) - 1)
                parts.append(f"{series.title} {series.data.y[nearest]:.4f}")
        self._cross.setValue(x)
        self._cross.setVisible(bool(parts))
        self.set_readout("   ".join(parts))

    def _on_unhovered(self) -> None:
        self._cross.hide()
        self.set_readout("")

