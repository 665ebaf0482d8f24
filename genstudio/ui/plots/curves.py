"""Curves that grow while a model learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import gate
from genstudio.ui.plots.clear_label import ClearLabel
from genstudio.ui.plots.marks import Marks
from genstudio.ui.plots.paint import retheme_legend
from genstudio.ui.plots.plot import Plot
from genstudio.ui.plots.ranges import settled_top, steady_range
from genstudio.ui.plots.series import Series
from genstudio.ui.theme import Theme
from genstudio.ui.values import show_number

# The dock of the curves is low.
_NAMES_A_COLUMN = 4
# Steps keep coming; an axis that moved with each would be restless.
_ROOM_AHEAD = 0.25
# The beginning is left out of sight where it would take more than a third of the height.
_OUT_OF_PROPORTION = 1.5


class Curves(Plot):
    """Named curves over steps, appended to while they are seen.

    The axes follow the data in rounded steps until the person zooms; "home" makes them follow again. Values at the
    beginning that dwarf all later ones are left out of sight; "home" shows them, and leaves them out again.

    Arguments:
        x_label, y_label: with units.
    """

    def __init__(self, theme: Theme, name: str = "curves", x_label: str = "step", y_label: str = "nats",
                 parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent, side_tools=True)
        self._series: dict[str, Series] = {}
        self._floors: dict[str, pg.InfiniteLine] = {}
        self._following, self._whole = True, False
        self._log = {"x": False, "y": False}
        self._legend = self.item.addLegend(offset=(-12, 8), labelTextSize="9pt")
        self._cross, self._moment = (pg.InfiniteLine(angle=90, movable=False) for _ in range(2))
        self._marks = Marks()
        for item in (self._cross, self._moment, self._marks):
            self.item.addItem(item, ignoreBounds=True)
        self._cross.hide()
        self._moment.hide()
        self._moment_step = 0.0
        self.set_labels(x_label, y_label)
        self.box.disableAutoRange()
        self.box.sigRangeChangedManually.connect(self._on_zoomed)
        self.hovered.connect(self._on_hovered)
        self.unhovered.connect(self._on_unhovered)
        for axis in ("x", "y"):
            tool = self.add_tool(f"log_{axis}", f"log{axis}", f"Logarithmic {axis} axis", checkable=True)
            tool.toggled.connect(lambda on, axis=axis: self.set_log(axis, on))
        self.retheme()

    def add_series(
        self, key: str, title: str, role: str = "train", colour: int | None = None, smooth: bool = False
    ) -> None:
        """Begin a curve; one of the same key is begun anew.

        Arguments:
            key: names it to `append` and in exports.
            title: plain text for the legend.
            role: one of `series.DASHES`; "train" is drawn solid, "valid" dashed.
            colour: number of a series colour; runs that are compared share one a run. None: the next.
            smooth: draw the running mean over about 1/200 of the curve over its points.
        """
        self.remove_series(key)
        series = Series(self.item, title, role, len(self._series) if colour is None else colour, smooth)
        series.set_log(self._log["x"], self._log["y"])
        series.draw_pens(self.theme.tokens)
        self._series[key] = series
        self._legend.setColumnCount(1 + (len(self._series) - 1) // _NAMES_A_COLUMN)

    def append(self, key: str, steps: ArrayLike, values: ArrayLike) -> None:
        """Add points at the end of a curve, shape (n,) each; those that are not finite are left out."""
        series = self._series[key]
        x, y = gate.columns(steps, values, series.title)
        if len(x):
            series.extend(x, y, self.theme.tokens)
            self._follow()

    def remove_series(self, key: str) -> None:
        """Take a curve away, if it is there."""
        if key in self._series:
            self._series.pop(key).remove()

    def series_keys(self) -> tuple[str, ...]:
        """The curves, in the order in which they came."""
        return tuple(self._series)

    def set_floor(self, value: float | None, label: str = "entropy of the truth") -> None:
        """Draw a dashed line that curves cannot honestly pass, or none."""
        for line in self._floors.values():
            self.item.removeItem(line)
        self._floors.clear()
        if value is not None and np.isfinite(value):
            line = pg.InfiniteLine(angle=0, movable=False)
            line.label = ClearLabel(line, f"{label} {value:.4g}", f"{value:.4g}", self._legend)
            self._floors["floor"] = line
            self.item.addItem(line, ignoreBounds=True)
            self._place_floor(value)
            self.retheme()
        self._follow()

    def set_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Mark steps at the foot, each with what happened there, which is read out under the mouse."""
        self._marks.set_marks(marks)

    def set_moment(self, step: float | None) -> None:
        """Draw an upright line at a step, or none."""
        self._moment.setVisible(step is not None)
        if step is not None:
            self._moment_step = step
            self._moment.setValue(np.log10(max(step, 1.0)) if self._log["x"] else step)

    def clear(self) -> None:
        """Take everything away."""
        for key in self.series_keys():
            self.remove_series(key)
        self.set_floor(None)
        self.set_marks(())
        self._following, self._whole = True, False

    def set_log(self, axis: str, on: bool) -> None:
        """Make an axis ("x" or "y") logarithmic, or linear; values that are not positive drop out."""
        floor = self._floor_value()
        self._log[axis] = on
        self.item.setLogMode(x=self._log["x"], y=self._log["y"])
        for series in self._series.values():
            series.set_log(self._log["x"], self._log["y"])
        self._marks.set_log(self._log["x"])
        if self._moment.isVisible():
            self.set_moment(self._moment_step)
        if floor is not None:
            self._place_floor(floor)
        self._following = True
        self._follow(afresh=True)

    def fit_view(self) -> None:
        """Show all, and follow what comes; once more: without high values at the beginning, or with them."""
        self._whole = self._following and not self._whole
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
        self._moment.setPen(pg.mkPen(tokens.accent, width=2))
        self._marks.set_colour(tokens.warning)
        for line in self._floors.values():
            line.setPen(pg.mkPen(tokens.success, width=1.5, style=Qt.PenStyle.DashLine))
            line.label.setColor(tokens.success)
        for series in self._series.values():
            series.draw_pens(tokens)

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
        spans = [span for s in self._series.values() if (span := self._span(s)) is not None]
        if not spans:
            return
        found = np.array(spans)
        lows, highs = found[:, 0].min(axis=0), found[:, 1].max(axis=0)
        floor = [float(line.value()) for line in self._floors.values() if line.isVisible()]
        x = (lows[0], highs[0])
        y = (min([lows[1], *floor]), max([self._top(lows[1], highs[1]), *floor]))
        shown_x, shown_y = (None, None) if afresh else self.box.viewRange()
        _, right = steady_range(*x, shown_x, room=_ROOM_AHEAD)
        # Steps begin at the left edge: there is nothing before them.
        left = x[0] - 0.01 * (right - x[0])
        self.box.setRange(xRange=(left, right), yRange=steady_range(*y, shown_y), padding=0)

    def _top(self, low: float, high: float) -> float:
        """The highest value to be seen: of all, or of what came after the beginning."""
        if self._whole or self._log["y"]:
            return high
        last = max(series.data.x[-1] for series in self._series.values() if len(series.data))
        tops = [settled_top(s.data.x, s.data.y, last) for s in self._series.values() if len(s.data)]
        top = max(tops)
        return top if top > low and high - low > _OUT_OF_PROPORTION * (top - low) else high

    def _span(self, series: Series) -> Any:
        """Lowest and highest of both columns as drawn, shape (2, 2), or None."""
        data = series.data
        if len(data) == 0:
            return None
        ends = np.array([[data.x[0], series.lowest], [data.x[-1], series.highest]])
        for place, (values, axis) in enumerate(((data.x, "x"), (data.y, "y"))):
            if self._log[axis]:
                kept = values[values > 0]
                if len(kept) == 0:
                    return None
                ends[:, place] = np.log10([kept.min(), kept.max()])
        return ends

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
        self.set_readout("   ".join(self._marks.texts_near(x) or parts))

    def _on_unhovered(self) -> None:
        self._cross.hide()
        self.set_readout("")

