"""The row under the mouse in a plot of columns over time."""

from __future__ import annotations

import pyqtgraph as pg

from genstudio.ui.plots.lanes import lane_at
from genstudio.ui.plots.plot import Plot
from genstudio.ui.plots.series_drawing import SeriesDrawing
from genstudio.ui.plots.series_words import readout
from genstudio.ui.plots.time_axis import TimeAxis


class SeriesCursor:
    """An upright line at the row under the mouse, and what that holds in words.

    Arguments:
        plot: where the mouse is.
        drawing: what the plot shows.
        axis: says when it was.
    """

    def __init__(self, plot: Plot, drawing: SeriesDrawing, axis: TimeAxis) -> None:
        self.time_name = "step"
        self._plot, self._drawing, self._axis = plot, drawing, axis
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.hide()
        plot.item.addItem(self._line, ignoreBounds=True)
        plot.hovered.connect(self._on_hovered)
        plot.unhovered.connect(self.hide)

    def retheme(self, colour: str) -> None:
        """Take up the theme's colour."""
        self._line.setPen(pg.mkPen(colour))

    def hide(self) -> None:
        """The mouse is elsewhere."""
        self._line.hide()
        self._plot.set_readout("")

    def _on_hovered(self, x: float, y: float) -> None:
        picture = self._drawing.picture
        series = picture.series
        if series is None or not len(series):
            return
        row = series.row_at(x)
        self._line.setValue(series.times[row])
        self._line.show()
        lane, state = lane_at(self._drawing.lanes, (1.0 - y) * self._plot.box.height()), picture.state_at(row)
        time = f"{self.time_name} {self._axis.moment(float(series.times[row]))}"
        self._plot.set_readout(readout(time, series, row, lane, self._drawing.word(state) if state >= 0 else ""))
