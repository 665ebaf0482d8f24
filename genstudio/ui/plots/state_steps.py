"""The state at each time, as a line of steps: one level a state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plots.prepared_series import PreparedSeries
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.state_runs import StateRuns
from genstudio.ui.plots.timed_plot import TimedPlot
from genstudio.ui.theme import Theme

_LONGEST_WORD = 8


class StateSteps(TimedPlot):
    """Runs of each state on its own level; where they are too short to be seen, the commonest state."""

    def __init__(self, theme: Theme, name: str, series: SeriesPlot, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, series, parent)
        self._runs: StateRuns | None = None
        self._words: Sequence[str] = ()
        self._risers = pg.PlotCurveItem(connect="finite")
        self.item.addItem(self._risers, ignoreBounds=True)
        self._levels: list[pg.PlotCurveItem] = []
        self.set_title("State over time")
        self.set_labels("", "")
        self.retheme()

    def show_runs(self, runs: StateRuns | None, colours: Sequence[QColor], words: Sequence[str]) -> None:
        """Show another path, or none.

        Arguments:
            runs: of the path; they are found in the background.
            colours, words: of the K states.
        """
        self._runs = runs
        self._words = words
        while len(self._levels) < len(words):
            self._levels.append(pg.PlotCurveItem(connect="pairs"))
            self.item.addItem(self._levels[-1], ignoreBounds=True)
        for level, colour in zip(self._levels, colours, strict=False):
            level.setPen(pg.mkPen(colour, width=4))
        ticks = [(k, shortened(word, _LONGEST_WORD)) for k, word in enumerate(words)]
        self.item.getAxis("left").setTicks([ticks, []])
        self.box.setYRange(-0.6, max(len(words), 1) - 0.4, padding=0.0)
        self.redraw()

    def covers(self, times: PreparedSeries) -> bool:
        """Whether there is a state for each row."""
        return self._runs is not None and len(self._runs) == len(times)

    def draw(self, times: PreparedSeries, first: int, last: int) -> None:
        """The runs in sight."""
        assert self._runs is not None
        rows, states = self._runs.runs(first, last, self.blocks(last - first))
        x = times.edges(rows)
        ends = np.column_stack([x[:-1], x[1:]])
        levels = np.where(states < 0, np.nan, states)
        self._risers.setData(ends.ravel(), np.repeat(levels, 2))
        for k, level in enumerate(self._levels):
            mine = ends[states == k].ravel()
            level.setData(mine, np.full(len(mine), float(k)))

    def draw_nothing(self) -> None:
        """No steps."""
        for item in (self._risers, *self._levels):
            item.setData([], [])

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Times and states, counted from 0."""
        times = self.times
        if times is None or self._runs is None or not self.covers(times):
            return {}
        return {"time": times.times, "state": self._runs.states.astype(np.float64)}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        self._risers.setPen(pg.mkPen(self.theme.tokens.axis))
