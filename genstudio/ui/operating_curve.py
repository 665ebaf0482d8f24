"""A curve over all thresholds, with the one in force ringed."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme

Floats = NDArray[np.float64]

# Room for a ring at the ends.
_UNIT_SQUARE = (-0.05, 1.05, -0.05, 1.07)


class OperatingCurve(Plot):
    """ROC, or precision over recall: rates from 0 to 1, quick enough to follow a training and a hand.

    Arguments:
        title: what the curve is called, plain text.
    """

    def __init__(self, theme: Theme, name: str, x_label: str, y_label: str, title: str) -> None:
        super().__init__(theme, name)
        self._curve, self._chance = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._ring = pg.ScatterPlotItem(size=16, symbol="o", brush=None)
        for depth, item in enumerate((self._chance, self._curve, self._ring)):
            item.setZValue(depth)
            self.item.addItem(item, ignoreBounds=True)
        self.box.disableAutoRange()
        self.set_title(title)
        self.set_labels(x_label, y_label)
        self.setToolTip("The ring is the threshold in force; dashed is what chance would reach")
        self.setMinimumWidth(140)
        self.hovered.connect(lambda x, y: self.set_readout(f"{x:.3f}   {y:.3f}"))
        self.unhovered.connect(lambda: self.set_readout(""))
        self.retheme()
        self.fit_view()

    def set_curve(self, x: Floats, y: Floats, chance: tuple[float, float]) -> None:
        """Show another curve.

        Arguments:
            x, y: rates, shape (T,) each.
            chance: the y that chance reaches at x = 0 and at x = 1.
        """
        self._curve.setData(x, y)
        self._chance.setData(np.array([0.0, 1.0]), np.array(chance))

    def set_point(self, x: float, y: float) -> None:
        """Ring the rates at the threshold in force."""
        self._ring.setData([x], [y])

    def point(self) -> tuple[float, float]:
        """The rates that are ringed."""
        x, y = self._ring.getData()
        return float(x[0]), float(y[0])

    def fit_view(self) -> None:
        """Show all rates."""
        self.set_bounds(_UNIT_SQUARE)

    def arrays(self) -> dict[str, Floats]:
        """The curve and the ringed point, shape (T, 2) and (1, 2)."""
        shown = {"curve": self._curve.getData(), "threshold": self._ring.getData()}
        return {key: np.column_stack(data) for key, data in shown.items() if data[0] is not None}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        self._curve.setPen(pg.mkPen(tokens.series[0], width=1.5))
        self._chance.setPen(pg.mkPen(tokens.axis, style=Qt.PenStyle.DashLine))
        self._ring.setPen(pg.mkPen(tokens.danger, width=2.5))
