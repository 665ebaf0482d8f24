"""What plots under a series share: its times along x, as many points as can be seen, and no axis of their own."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtWidgets import QWidget

from genstudio.ui.plots.plot import Plot
from genstudio.ui.plots.prepared_series import PreparedSeries
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.theme import Theme

_FEWEST_BLOCKS = 16


class TimedPlot(Plot):
    """A plot that shows the times which a series above it shows, and moves it along.

    Arguments:
        series: the plot above, whose rows these are.
    """

    def __init__(self, theme: Theme, name: str, series: SeriesPlot, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self.series = series
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=True, y=False)
        self.box.setXLink(series.box)
        # The series above has the numbers of the times, and both axes of y are equally wide.
        self.item.getAxis("bottom").setStyle(showValues=False)
        self.item.showGrid(x=False, y=True, alpha=0.45)
        self.item.getAxis("left").setWidth(series.item.getAxis("left").fixedWidth)
        self.box.sigXRangeChanged.connect(lambda *_: self.redraw())
        self.box.sigResized.connect(lambda *_: self.redraw())

    @property
    def times(self) -> PreparedSeries | None:
        """The rows that the series above shows, or None."""
        return self.series.picture.series

    def redraw(self) -> None:
        """Draw what is in sight."""
        times = self.times
        if times is None or not len(times) or not self.covers(times):
            self.draw_nothing()
            return
        first, last = times.rows_between(*self.box.viewRange()[0])
        if first < last:
            self.draw(times, first, last)

    def fit_view(self) -> None:
        """Show all of the time."""
        self.series.fit_view()

    def blocks(self, rows: int) -> int:
        """So many blocks of rows are drawn at most: one a pixel; where two rows have one, each is drawn."""
        width = max(_FEWEST_BLOCKS, round(float(self.box.width())))
        return max(width, rows) if rows <= 2 * width else width

    @abstractmethod
    def covers(self, times: PreparedSeries) -> bool:
        """Whether there is something to be drawn for each of the rows."""

    @abstractmethod
    def draw(self, times: PreparedSeries, first: int, last: int) -> None:
        """Draw from the row `first` to before the row `last`, at least one."""

    @abstractmethod
    def draw_nothing(self) -> None:
        """There is nothing to be drawn."""
