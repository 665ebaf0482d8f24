"""A few series over a common axis: ROC, precision and recall, BIC over the number of components."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import binning, gate
from genstudio.ui.plots.paint import retheme_legend, series_colour, series_symbol
from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme

# Longer series are curves: symbols would run into a band.
_SYMBOLS_AT_MOST = 60


@dataclass(frozen=True)
class LineSeries:
    """One line.

    Arguments:
        name: plain text for the legend.
        x, y: shape (N,) each.
        best: place of the point to be marked, or None.
        faint: a line to compare with (chance), drawn dashed and grey.
    """

    name: str
    x: ArrayLike
    y: ArrayLike
    best: int | None = None
    faint: bool = False


class Lines(Plot):
    """Lines with symbols, and the best point of each marked."""

    def __init__(self, theme: Theme, name: str, x_label: str, y_label: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._series: tuple[LineSeries, ...] = ()
        self._wanted: binning.Bounds | None = None
        self._legend = self.item.addLegend(offset=(-12, 8), labelTextSize="9pt")
        self.set_labels(x_label, y_label)
        self.box.disableAutoRange()
        self.hovered.connect(lambda x, y: self.set_readout(f"{x:.4g}   {y:.4g}"))
        self.unhovered.connect(lambda: self.set_readout(""))
        self.retheme()

    def set_series(self, series: Sequence[LineSeries], bounds: binning.Bounds | None = None) -> None:
        """Show these lines instead of the former ones.

        Arguments:
            bounds: the view (x0, x1, y0, y1); None: what the lines span.
        """
        self._series = tuple(series)
        self._wanted = bounds
        self._draw()
        self.fit_view()

    def place_legend(self, offset: tuple[int, int]) -> None:
        """Put the legend this many pixels from the left or top; negative: from the right or bottom."""
        self._legend.setOffset(offset)

    def fit_view(self) -> None:
        """Show all lines."""
        extent = self._spanned() if self._wanted is None else self._wanted
        if extent is not None:
            self.set_bounds(extent)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Two columns a line: x and y."""
        return {s.name: np.column_stack(gate.columns(s.x, s.y, s.name)) for s in self._series}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        retheme_legend(self._legend, self.theme.tokens)
        self._draw()

    def _spanned(self) -> binning.Bounds | None:
        parts = [np.column_stack(gate.columns(s.x, s.y, s.name)) for s in self._series]
        return binning.extent(np.concatenate(parts)) if parts else None

    def _draw(self) -> None:
        self.item.clear()
        self._legend.clear()
        for place, series in enumerate(self._series):
            self._draw_line(place, series)
            if series.best is not None:
                self._mark_best(place, series)

    def _draw_line(self, place: int, series: LineSeries) -> None:
        tokens = self.theme.tokens
        x, y = gate.columns(series.x, series.y, series.name)
        if series.faint:
            pen = pg.mkPen(tokens.axis, width=1, style=Qt.PenStyle.DashLine)
            self.item.plot(x, y, pen=pen, name=html.escape(series.name))
            return
        colour = series_colour(tokens, place)
        symbol = series_symbol(place) if len(x) <= _SYMBOLS_AT_MOST else None
        self.item.plot(
            x, y, pen=pg.mkPen(colour, width=1.5), name=html.escape(series.name), symbol=symbol, symbolSize=6,
            symbolBrush=colour, symbolPen=pg.mkPen(tokens.plot),
        )

    def _mark_best(self, place: int, series: LineSeries) -> None:
        x, y = gate.column(series.x, series.name), gate.column(series.y, series.name)
        ring = pg.ScatterPlotItem(
            [x[series.best]], [y[series.best]], size=16, symbol="o", brush=None,
            pen=pg.mkPen(series_colour(self.theme.tokens, place), width=2),
        )
        self.item.addItem(ring)
