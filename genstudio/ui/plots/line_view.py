"""One column: how its values are spread, and the model's density over them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import gate
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme

BINS = 60


class LineView(Plot):
    """A histogram scaled to enclose an area of 1, so that a density can be drawn over it."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._edges, self._heights = np.array([0.0, 1.0]), np.zeros(1)
        self._x, self._density = np.empty(0), np.empty(0)
        self._bars = pg.PlotCurveItem(self._edges, self._heights, stepMode="center", fillLevel=0)
        self._line = pg.PlotCurveItem()
        self.item.addItem(self._bars)
        self.item.addItem(self._line)
        self.retheme()

    def set_values(self, values: ArrayLike, name: str) -> None:
        """Show how the values of a column, shape (N,), are spread."""
        known = gate.column(values, name)
        self._heights, self._edges = np.histogram(known[np.isfinite(known)], BINS, density=True)
        self._bars.setData(self._edges, self._heights)
        self.set_labels(name, "density")
        self.fit_view()

    def set_density(self, x: ArrayLike, log_density: ArrayLike) -> None:
        """Show a density along the column, shape (N,) each, log-density in nats."""
        self._x, values = gate.columns(x, np.exp(np.asarray(log_density, float)), "density")
        self._density = values
        self._line.setData(self._x, self._density)

    def set_samples(self, values: ArrayLike) -> None:
        """Show how a model's samples, shape (N,), are spread over the bins of the values, as a line of steps."""
        known = gate.column(values, "samples")
        counts, edges = np.histogram(known, self._edges)
        # Those beyond the values count too: what is drawn need not enclose all of an area of 1.
        heights = counts / (max(len(known), 1) * np.diff(edges))
        self._x, self._density = np.repeat(edges, 2)[1:-1], np.repeat(heights, 2)
        self._line.setData(self._x, self._density)

    def fit_view(self) -> None:
        """Show all values and the density's top."""
        top = max(float(self._heights.max(initial=0.0)), float(self._density.max(initial=0.0)), 1e-12)
        spare = 0.08 * (self._edges[-1] - self._edges[0])
        self.set_bounds((self._edges[0] - spare, self._edges[-1] + spare, 0.0, 1.15 * top))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Bin edges and heights, and the density's line."""
        return {"edges": self._edges, "height": self._heights, "x": self._x, "density": self._density}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        self._bars.setPen(pg.mkPen(tokens.muted))
        self._bars.setBrush(pg.mkBrush(faded(tokens.muted, 0.35)))
        self._line.setPen(pg.mkPen(tokens.accent, width=2))
