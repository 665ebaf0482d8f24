"""How near samples lie to what was learned from, beside how near that lies to itself."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from genstudio.ui.plots import gate
from genstudio.ui.plots.paint import faded, retheme_legend
from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme

_NAMES = ("this page", "training items")


class Nearness(Plot):
    """Two histograms of distances from the nearest training item, and a line at one distance."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent, side_tools=True)
        self._edges, self._shares = np.array([0.0, 1.0]), np.zeros((2, 1))
        self._bars = [pg.PlotCurveItem() for _ in _NAMES]
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._legend = self.item.addLegend(offset=(4, 2), labelTextSize="8pt")
        for bars, title in zip(self._bars, _NAMES, strict=True):
            self.item.addItem(bars, ignoreBounds=True)
            self._legend.addItem(bars, title)
        self.item.addItem(self._line, ignoreBounds=True)
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=False, y=False)
        self.set_labels("distance", "")
        # Only the shapes count, and it is small.
        self.item.hideAxis("left")
        for tool in self.findChildren(QToolButton):
            tool.hide()
        self.set_chosen(None)
        self.retheme()

    def set_shares(self, edges: ArrayLike, shares: ArrayLike) -> None:
        """Show the shares of the page and of the training items, shape (2, B), over bins of these edges, (B + 1,)."""
        self._edges = gate.column(edges, "edges")
        self._shares = np.asarray(shares, dtype=np.float64)
        for bars, row in zip(self._bars, self._shares, strict=True):
            bars.setData(self._edges, row, stepMode="center", fillLevel=0.0)
        self.fit_view()

    def set_chosen(self, distance: float | None) -> None:
        """Draw a line at a distance, or none."""
        self._line.setVisible(distance is not None)
        if distance is not None:
            self._line.setValue(distance)

    def fit_view(self) -> None:
        """Show all bars."""
        top = float(self._shares.max(initial=0.0)) or 1.0
        self.set_bounds((0.0, float(self._edges[-1]), 0.0, 1.25 * top))

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Bin edges, shape (B + 1,), and the shares, shape (B,) each."""
        return {"edges": self._edges, "page": self._shares[0], "training": self._shares[1]}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        retheme_legend(self._legend, tokens)
        # Dashes tell the two apart where colours do not.
        for bars, colour, style in zip(self._bars, (tokens.accent, tokens.muted),
                                       (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine), strict=True):
            bars.setPen(pg.mkPen(colour, width=1.5, style=style))
            bars.setBrush(pg.mkBrush(faded(colour, 0.3)))
        self._line.setPen(pg.mkPen(tokens.warning, width=2))
