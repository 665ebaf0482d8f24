"""How long the stays in one state are, beside the geometric law of its chain."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from genstudio.applications.dwelling import DwellTimes
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme

# Of more bars symbols would run into a band.
_SYMBOLS_AT_MOST = 24
_HELP = (
    "Bars: how many stays in the state are so long. Line: what the geometric law (1 − a) aᵈ⁻¹ of the chain expects, "
    "where a is the probability to stay. Upright: the mean, solid as seen, dashed by the law."
)


class DwellPlot(Plot):
    """Bars of stays in the state's colour, what the law expects as a line, and the mean of either; its title says which
    state it is, and the means in numbers.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._found: DwellTimes | None = None
        self._colour = QColor(theme.tokens.muted)
        self._bars = pg.PlotCurveItem()
        self._law = pg.PlotDataItem(symbol="o", symbolSize=5)
        self._means = [pg.InfiniteLine(angle=90, movable=False) for _ in range(2)]
        for item in (self._bars, self._law, *self._means):
            self.item.addItem(item, ignoreBounds=True)
        self.box.disableAutoRange()
        self.set_labels("stay in steps", "stays")
        self.graph.setToolTip(_HELP)
        self.retheme()

    def show_dwelling(self, found: DwellTimes | None, title: str, colour: QColor) -> None:
        """Show the stays in another state, or none.

        Arguments:
            title: of the plot, plain text.
        """
        self._found, self._colour = found, colour
        self.set_title(title)
        never = found is not None and not found.stays
        self.set_hint(_why_none(found) if never and found is not None else "")
        self._draw()
        self.fit_view()

    def fit_view(self) -> None:
        """Show all bars and the law's top."""
        found = self._found
        if found is not None and found.stays:
            top = max(float(found.counts.max(initial=0)), float(np.nanmax(found.law, initial=0.0)))
            self.set_bounds((float(found.edges[0]), float(found.edges[-1]), 0.0, 1.1 * max(top, 1.0)))

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Edges of the bars in steps, stays in each, and what the law expects."""
        found = self._found
        if found is None:
            return {}
        return {"edges": found.edges, "stays": found.counts.astype(np.float64), "law": found.law}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        self._law.setPen(pg.mkPen(tokens.text, width=1.5))
        self._law.setSymbolBrush(pg.mkBrush(tokens.text))
        self._law.setSymbolPen(pg.mkPen(tokens.plot))
        self._means[0].setPen(pg.mkPen(tokens.text, width=2))
        self._means[1].setPen(pg.mkPen(tokens.text, width=1.5, style=Qt.PenStyle.DashLine))
        self._draw()

    def _draw(self) -> None:
        found = self._found
        shown = found is not None and found.stays > 0
        for item in (self._bars, self._law, *self._means):
            item.setVisible(shown)
        if found is None or not shown:
            return
        self._bars.setPen(pg.mkPen(self._colour))
        self._bars.setBrush(pg.mkBrush(faded(self._colour.name(), 0.5)))
        self._bars.setData(found.edges, found.counts.astype(np.float64), stepMode="center", fillLevel=0.0)
        self._law.setSymbolSize(5 if len(found.law) <= _SYMBOLS_AT_MOST else 0)
        self._law.setData((found.edges[:-1] + found.edges[1:]) / 2, np.nan_to_num(found.law))
        self._law.setVisible(bool(np.isfinite(found.law).all()))
        self._mark_means(found)

    def _mark_means(self, found: DwellTimes) -> None:
        for line, mean in zip(self._means, (found.mean, found.expected), strict=True):
            line.setVisible(math.isfinite(mean))
            if math.isfinite(mean):
                line.setValue(mean)


def _why_none(found: DwellTimes) -> str:
    if found.cut:
        return "Each stay in this state is cut off by the end of its sequence, so none has a known length."
    return "The path never comes to this state."
