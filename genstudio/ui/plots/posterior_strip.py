"""The probabilities of states over time, stacked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots.prepared_series import PreparedSeries
from genstudio.ui.plots.pyramid import rows_a_block
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.timed_plot import TimedPlot
from genstudio.ui.theme import Theme

Floats = NDArray[np.float64]


class PosteriorStrip(TimedPlot):
    """A band of each state's colour, as high as its probability; of many rows their mean."""

    def __init__(self, theme: Theme, name: str, series: SeriesPlot, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, series, parent)
        self._sums = np.zeros((1, 0))
        self._words: Sequence[str] = ()
        self._bands: list[pg.PlotCurveItem] = []
        self.set_title("Posterior probability of each state")
        self.set_labels("", "")
        self.box.setYRange(0.0, 1.0, padding=0.0)
        self.hovered.connect(self._on_hovered)
        self.unhovered.connect(lambda: self.set_readout(""))
        self.retheme()

    def show_posteriors(self, sums: Floats | None, colours: Sequence[QColor], words: Sequence[str]) -> None:
        """Show other probabilities, or none.

        Arguments:
            sums: posteriors cumulated over the rows, beginning with zeros, shape (N + 1, K).
            colours, words: of the K states.
        """
        self._sums = np.zeros((1, 0)) if sums is None else sums
        self._words = words
        while len(self._bands) < self._sums.shape[1]:
            self._bands.append(pg.PlotCurveItem(pen=None, antialias=False))
            self.item.addItem(self._bands[-1], ignoreBounds=True)
        for band, colour in zip(self._bands, colours, strict=False):
            band.setBrush(pg.mkBrush(colour))
        self.redraw()

    def covers(self, times: PreparedSeries) -> bool:
        """Whether there are probabilities of each row."""
        return len(self._sums) == len(times) + 1

    def draw(self, times: PreparedSeries, first: int, last: int) -> None:
        """The bands of the rows in sight, the last state's on the ground of all."""
        rows = rows_a_block(last - first, self.blocks(last - first))
        edges = np.minimum(np.arange(first // rows, -(-last // rows) + 1) * rows, len(times))
        means = np.diff(self._sums[edges], axis=0) / np.diff(edges)[:, None]
        tops = np.cumsum(means, axis=1)
        x, states = times.edges(edges), self._sums.shape[1]
        for k, band in enumerate(self._bands):
            band.setVisible(k < states)
            if k < states:
                band.setZValue(-k)
                band.setData(x, np.clip(tops[:, k], 0.0, 1.0), stepMode="center", fillLevel=0.0)

    def draw_nothing(self) -> None:
        """Hide all bands."""
        for band in self._bands:
            band.setVisible(False)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Times, and the probabilities of all rows, shape (N, K)."""
        times = self.times
        if times is None or not self.covers(times):
            return {}
        return {"time": times.times, "posterior": np.diff(self._sums, axis=0)}

    def _on_hovered(self, x: float, _y: float) -> None:
        times = self.times
        if times is None or not len(times) or not self.covers(times):
            return
        row = times.row_at(x)
        known = self._sums[row + 1] - self._sums[row]
        order = np.argsort(-known)[:3]
        self.set_readout("   ".join(f"{self._words[k]} {known[k]:.3f}" for k in order))
