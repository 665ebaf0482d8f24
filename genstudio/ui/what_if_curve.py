"""The density of one column given others: a curve, its middle half and middle 90 % shaded, mean and median."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import gate
from genstudio.ui.plots.marks import Marks
from genstudio.ui.plots.paint import faded, retheme_legend
from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme

Floats = NDArray[np.float64]

HALF, MOST = (1, 3), (0, 4)
"""Places of the ends of both intervals among the quantiles."""
_HIGHER, _LOWER = 1.08, 0.45
"""The view follows a top that leaves it, or fills less than this share of it."""


class ConditionalPlot(Plot):
    """A density, over what the column is when nothing is fixed."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._x, self._density, self._draws = np.empty(0), np.empty(0), np.empty(0)
        self._marginal_x, self._marginal_density = np.empty(0), np.empty(0)
        self._mean, self._quantiles = float("nan"), np.full(5, np.nan)
        self._span, self._top = (0.0, 1.0), 0.0
        self._most, self._half = (pg.PlotCurveItem(fillLevel=0.0) for _ in range(2))
        self._line, self._marginal = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._lines = {key: pg.InfiniteLine(angle=90) for key in ("mean", "median")}
        self._marks = Marks()
        self._legend = self.item.addLegend(offset=(-12, 8), labelTextSize="9pt")
        for item in (self._most, self._half, self._marginal, self._line, *self._lines.values(), self._marks):
            self.item.addItem(item, ignoreBounds=True)
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=True, y=False)
        self.hovered.connect(self._on_hovered)
        self.unhovered.connect(lambda: self.set_readout(""))
        self.retheme()

    # What is shown.

    def begin(self, name: str, low: float, high: float) -> None:
        """Show another column, named so, whose values lie between these."""
        self.set_labels(name, "density")
        spare = 0.1 * (high - low) or 1.0
        self._span, self._top = (low - spare, high + spare), 0.0
        self.set_marginal(np.empty(0), np.empty(0))
        self.clear()

    def clear(self) -> None:
        """Show no density."""
        self.set_draws(np.empty(0))
        self.set_conditional(np.empty(0), np.empty(0), float("nan"), np.full(5, np.nan))

    def set_conditional(self, x: Floats, density: Floats, mean: float, quantiles: Floats) -> None:
        """Show a density, shape (G,) each, its mean, and its quantiles at 5, 25, 50, 75 and 95 %."""
        self._x, self._density = gate.columns(x, density, "density")
        self._mean, self._quantiles = mean, np.asarray(quantiles, float)
        self._line.setData(self._x, self._density)
        self._shade(self._most, MOST)
        self._shade(self._half, HALF)
        for key, place in (("mean", mean), ("median", float(self._quantiles[2]))):
            self._lines[key].setVisible(bool(np.isfinite(place)))
            if np.isfinite(place):
                self._lines[key].setPos(place)
        self._follow()

    def set_marginal(self, x: Floats, density: Floats) -> None:
        """Show what the column is when nothing is fixed, shape (G,) each; nothing where they are empty."""
        self._marginal_x, self._marginal_density = gate.columns(x, density, "marginal")
        self._marginal.setData(self._marginal_x, self._marginal_density)
        self._fill_legend(len(x) > 0)
        self._follow()

    def set_draws(self, draws: Floats) -> None:
        """Mark draws at the foot, shape (n,)."""
        self._draws = gate.column(draws, "draws")
        self._marks.set_marks([(value, "") for value in self._draws.tolist()])

    def fit_view(self) -> None:
        """Show all of the column, and the top of the density."""
        self._top = self._highest()
        self.set_bounds((*self._wanted(), 0.0, self._top * _HIGHER or 1.0))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Both densities, two columns each; the mean and the quantiles; and the draws."""
        found = {
            "conditional": np.column_stack([self._x, self._density]),
            "marginal": np.column_stack([self._marginal_x, self._marginal_density]),
            "mean": np.array([self._mean]), "quantiles": self._quantiles, "draws": self._draws,
        }
        return {name: array for name, array in found.items() if array.size and np.isfinite(array).any()}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        for item, alpha in ((self._most, 0.18), (self._half, 0.34)):
            item.setPen(pg.mkPen(None))
            item.setBrush(faded(tokens.accent, alpha))
        self._line.setPen(pg.mkPen(tokens.accent, width=2))
        self._marginal.setPen(pg.mkPen(tokens.muted, width=1.5, style=Qt.PenStyle.DotLine))
        self._lines["mean"].setPen(pg.mkPen(tokens.boundary, width=1.5, style=Qt.PenStyle.DashLine))
        self._lines["median"].setPen(pg.mkPen(tokens.text, width=1.5))
        self._marks.set_colour(tokens.series[1])
        self._fill_legend(len(self._marginal_x) > 0)

    # Inner workings.

    def _shade(self, item: pg.PlotCurveItem, ends: tuple[int, int]) -> None:
        low, high = self._quantiles[list(ends)]
        inside = (self._x > low) & (self._x < high)
        if not (np.isfinite([low, high]).all() and len(self._x)):
            item.setData(np.empty(0), np.empty(0))
            return
        x = np.concatenate([[low], self._x[inside], [high]])
        item.setData(x, np.interp(x, self._x, self._density))

    def _highest(self) -> float:
        """The top of the density, without what is cut off: of a very narrow one the marginal would be a line."""
        return max(float(self._density.max(initial=0.0)), float(self._marginal_density.max(initial=0.0)))

    def _wanted(self) -> tuple[float, float]:
        low, high = self._span
        ends = self._quantiles[list(MOST)]
        return (float(min(low, ends[0])), float(max(high, ends[1]))) if np.isfinite(ends).all() else (low, high)

    def _follow(self) -> None:
        """Move the view only where what is shown leaves it, or has become small in it."""
        top, (low, high) = self._highest(), self._wanted()
        x0, x1 = self.bounds()[:2]
        away = self._quantiles[2] < x0 or self._quantiles[2] > x1
        if top > self._top * _HIGHER or top < self._top * _LOWER or self._top == 0 or away:
            self._top = top
            self.set_bounds((low, high, 0.0, top * _HIGHER or 1.0) if away or (x0, x1) == (0.0, 1.0) or x0 >= x1
                            else (min(low, x0), max(high, x1), 0.0, top * _HIGHER or 1.0))

    def _fill_legend(self, marginal: bool) -> None:
        self._legend.clear()
        self._legend.addItem(self._line, "conditional")
        if marginal:
            self._legend.addItem(self._marginal, "nothing fixed")
        for item, name in ((self._half, "middle 50 %"), (self._most, "middle 90 %")):
            # Legends draw lines of curves, and these have none.
            brush = pg.mkBrush(item.opts["brush"])
            self._legend.addItem(pg.ScatterPlotItem(symbol="s", size=12, pen=None, brush=brush), name)
        for key, line in self._lines.items():
            self._legend.addItem(pg.PlotCurveItem(pen=line.pen), key)
        retheme_legend(self._legend, self.theme.tokens)

    def _on_hovered(self, x: float, y: float) -> None:
        if len(self._x):
            height = float(np.interp(x, self._x, self._density, left=0.0, right=0.0))
            self.set_readout(f"{x:.4g}   density {height:.3g}")
