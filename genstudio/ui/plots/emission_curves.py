"""One column of sequences: how its values are spread, and which share of that each hidden state explains."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import gate
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.plot import Plot
from genstudio.ui.plots.state_colours import state_colour
from genstudio.ui.theme import Theme

Floats = NDArray[np.float64]
_BINS = 60


class EmissionCurves(Plot):
    """A histogram that encloses an area of 1, and a curve a state; the curves add up to the density of all rows."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._edges, self._heights = np.array([0.0, 1.0]), np.zeros(1)
        self._x, self._densities = np.empty(0), np.empty((0, 0))
        self._bars = pg.PlotCurveItem(self._edges, self._heights, stepMode="center", fillLevel=0)
        self._curves: list[pg.PlotCurveItem] = []
        self.item.addItem(self._bars)
        self.box.disableAutoRange()
        self.retheme()

    def set_values(self, values: ArrayLike, name: str) -> None:
        """Show how the values of a column, shape (N,), are spread."""
        known = gate.column(values, name)
        self._heights, self._edges = np.histogram(known[np.isfinite(known)], _BINS, density=len(known) > 0)
        self._bars.setData(self._edges, np.nan_to_num(self._heights))
        self.set_labels(name, "density")
        self.fit_view()

    def set_densities(self, x: ArrayLike, densities: ArrayLike) -> None:
        """Show what each state explains: densities of shape (K, P) at places x of shape (P,)."""
        first = not len(self._x)
        self._x = gate.column(x, "emissions, x")
        self._densities = np.array([gate.column(line, "emissions") for line in np.asarray(densities, float)])
        while len(self._curves) < len(self._densities):
            curve = pg.PlotCurveItem()
            self._curves.append(curve)
            self.item.addItem(curve, ignoreBounds=True)
        while len(self._curves) > len(self._densities):
            self.item.removeItem(self._curves.pop())
        for curve, line in zip(self._curves, self._densities, strict=True):
            curve.setData(self._x, line, fillLevel=0)
        self._draw_pens()
        if first:
            self.fit_view()

    def fit_view(self) -> None:
        """Show all values, and the highest of the curves."""
        top = max(float(self._heights.max(initial=0.0)), float(self._densities.max(initial=0.0)), 1e-12)
        spare = 0.08 * (self._edges[-1] - self._edges[0])
        self.set_bounds((self._edges[0] - spare, self._edges[-1] + spare, 0.0, 1.15 * top))

    def arrays(self) -> dict[str, Floats]:
        """Bin edges and heights, and the curves."""
        found = {"edges": self._edges, "height": self._heights}
        return found | ({"x": self._x, "density": self._densities.T} if len(self._x) else {})

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        self._bars.setPen(pg.mkPen(faded(tokens.muted, 0.6)))
        self._bars.setBrush(pg.mkBrush(faded(tokens.muted, 0.25)))
        self._draw_pens()

    def _draw_pens(self) -> None:
        for state, curve in enumerate(self._curves):
            colour = state_colour(self.theme.tokens, state)
            curve.setPen(pg.mkPen(colour, width=2))
            colour.setAlphaF(0.18)
            curve.setBrush(pg.mkBrush(colour))
