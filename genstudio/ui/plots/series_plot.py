"""Columns over time: a lane each, with states, bands and intervals, at any zoom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from genstudio.ui.plots.background import AT_ONCE, Background
from genstudio.ui.plots.export import save
from genstudio.ui.plots.plot import Plot
from genstudio.ui.plots.prepared_series import PreparedSeries, prepare_series
from genstudio.ui.plots.series_cursor import SeriesCursor
from genstudio.ui.plots.series_drawing import SeriesDrawing
from genstudio.ui.plots.series_picture import Bounds, SeriesPicture, make_band, make_draws
from genstudio.ui.plots.series_words import lane_ticks
from genstudio.ui.plots.state_legend import StateLegend
from genstudio.ui.plots.state_runs import StateRuns
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.plots.time_axis import TimeAxis
from genstudio.ui.plots.travel import Travel
from genstudio.ui.pump import Pump
from genstudio.ui.theme import Theme

_AXIS_PX = 62
_RANGE_MS = 30
_MARGIN = 0.01
_FEWEST_STEPS = 4
_PREPARING = "Preparing…"


class SeriesPlot(Plot):
    """Lines under each other on one axis of time; wheel and drag zoom and move along it.

    Keys: Left, Right, Page up and Page down move, Up, Down, + and − zoom, Home shows all, End the last of it.
    All axes have one width on the left, so that plots under each other have their times under each other.

    Arguments:
        pump: prepares long series in the background; None: at once.
        legend: say under the plot what the colours of states mean, where they have words.

    Signals:
        visible_range_changed: first and last time in sight; at most every 30 ms.
        prepared: the series that were asked for are shown.
    """

    visible_range_changed = Signal(float, float)
    prepared = Signal()

    def __init__(
        self, theme: Theme, name: str, parent: QWidget | None = None, *, pump: Pump | None = None, legend: bool = False
    ) -> None:
        super().__init__(theme, name, parent)
        self._background = Background(pump, name)
        self._time_name, self._failure, self._home = "step", "", (0.0, 1.0)
        self._axis = TimeAxis("bottom")
        self._travel = Travel(self.box, self._whole)
        self.item.setAxisItems({"bottom": self._axis})
        self.item.getAxis("left").setWidth(_AXIS_PX)
        self.drawing = SeriesDrawing(self.box, theme.tokens)
        self._cursor = SeriesCursor(self, self.drawing, self._axis)
        self._behind = self.add_tool("behind", "classes", "States behind the lines as well", checkable=True)
        self._behind.hide()
        self._legend = StateLegend(theme, f"{name}.legend") if legend else None
        if self._legend is not None:
            cast(QGridLayout, self.layout()).addWidget(self._legend, 2, 0, 1, 2)
        self._range = Throttle(lambda: self.visible_range_changed.emit(*self.visible_range()), _RANGE_MS, self)
        self._style_axes()
        self.box.setMouseEnabled(x=True, y=False)
        self.box.disableAutoRange()
        self.box.setYRange(0.0, 1.0, padding=0.0)
        self._connect()
        self.retheme()

    @property
    def picture(self) -> SeriesPicture:
        """What is shown."""
        return self.drawing.picture

    # What is shown.

    def show_series(
        self, values: ArrayLike, names: Sequence[str], times: ArrayLike | None = None, time_name: str = "step", *,
        lengths: ArrayLike | None = None, levels: dict[str, tuple[str, ...]] | None = None, dates: bool = False,
    ) -> None:
        """Show other columns; of more than 12 the first ones. The view stays where they span the same time.

        Arguments:
            values: shape (N, D) or (N,); NaN is a gap.
            names: of the D columns, plain text.
            times: shape (N,), never falling; None: the numbers of the rows, from 0.
            time_name: what the axis of time is called.
            lengths: rows of each of the sequences that stand one after another, shape (S,).
            levels: the words of columns whose numbers are codes, by name.
            dates: times are seconds since 1970-01-01 UTC.

        Raises:
            DataError: they are no real numbers, differ in length, or the times fall.
        """
        self._time_name = self._cursor.time_name = time_name
        self._axis.set_dates(dates)
        self.set_labels(time_name, "")
        if self.picture.series is None and np.size(values) > AT_ONCE:
            self.set_hint(_PREPARING)
        work = partial(prepare_series, values, names, times, lengths=lengths, levels=levels)
        self._background.prepare("series", np.size(values), work, self.show_prepared, self._on_failed)

    def show_prepared(self, series: PreparedSeries | None) -> None:
        """Show columns that were made ready before, or none."""
        former = self.picture.extent
        self.picture.series = series
        # An owner's own hint stays.
        if self.hint.text() in (_PREPARING, self._failure):
            self.set_hint("")
        self.graph.setAccessibleDescription("" if series is None else ", ".join(series.names))
        self._grown()
        if self.picture.extent != former:
            self.fit_view()
        self.prepared.emit()

    def show_states(
        self, states: ArrayLike | None, colours: Sequence[QColor | str] | None = None, words: Sequence[str] = ()
    ) -> None:
        """Show a strip of states at the foot, or none.

        Arguments:
            states: shape (N,), from 0; -1 where there is none. They are seen while there are as many rows.
            colours: one a state; None: those that states have everywhere.
            words: what the states are called; 1, 2, … where there is none.

        Raises:
            DataError: the states are no column of whole numbers.
        """
        self.drawing.colours = None if colours is None else [QColor(colour) for colour in colours]
        self.picture.words = tuple(words)
        if states is None:
            self._take_states(None)
        else:
            self._background.prepare("states", np.size(states), lambda: StateRuns(states), self._take_states)

    def show_bands(
        self, times: ArrayLike, low: ArrayLike, middle: ArrayLike, high: ArrayLike, column: int = 0
    ) -> None:
        """Show what a column may be at some times, shape (T,) each, in place of its former band.

        Raises:
            DataError: the four differ in length or are no numbers.
        """
        band = make_band(times, low, middle, high, column)
        self.picture.bands = [*(other for other in self.picture.bands if other.column != column), band]
        self._grown()

    def show_draws(self, times: ArrayLike, draws: ArrayLike) -> None:
        """Show lines that might be: draws of shape (R, T, D) of all columns at T times; former ones go.

        Raises:
            DataError: the shapes do not fit, or they are no numbers.
        """
        self.picture.draws = make_draws(times, draws)
        self._grown()

    def clear_bands(self) -> None:
        """Take bands and draws away."""
        self.picture.bands, self.picture.draws = [], []
        self._grown()

    def show_intervals(self, intervals: Sequence[Bounds]) -> None:
        """Shade stretches of time, from first to last each; none when empty."""
        self.picture.intervals = tuple((float(first), float(last)) for first, last in intervals)
        self._refresh()

    def show_scales(self, ends: ArrayLike | None) -> None:
        """Keep the lowest and highest values of the lanes, shape (D, 2); None: those of what is shown."""
        self.picture.scales = None if ends is None else tuple(map(tuple, np.asarray(ends, np.float64).tolist()))
        self._refresh()

    def clear(self) -> None:
        """Show nothing."""
        self._background.cancel()
        self.drawing.picture = SeriesPicture()
        self.show_prepared(None)

    # The view.

    def visible_range(self) -> Bounds:
        """First and last time in sight."""
        first, last = self.box.viewRange()[0]
        return float(first), float(last)

    def centre_on(self, first: float, last: float) -> None:
        """Bring a stretch of time into the middle of the view, which is widened where the stretch is longer."""
        self._travel.centre_on(first, last)

    def link_to(self, other: SeriesPlot) -> None:
        """Show the times that another plot shows, and move it along."""
        self.box.setXLink(other.box)

    def fit_view(self) -> None:
        """Show all of the time."""
        self._travel.show_all()
        self._home = self.visible_range()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Times, columns, states, bands, draws."""
        return self.picture.arrays(self._time_name)

    def export(self, path: Path) -> None:
        """Write what is shown; numbers of long series in the background."""
        arrays = self.arrays()
        if path.suffix.lower() not in (".csv", ".npz"):
            super().export(path)
            return
        size = sum(array.size for array in arrays.values())
        self._background.prepare("export", size, lambda: save(path, self.graph, lambda: arrays), lambda done: None)

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        self._cursor.retheme(self.theme.tokens.border_strong)
        self.drawing.retheme(self.theme.tokens)
        self._tell_colours()

    # What the person does.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and zoom along time."""
        if not self._travel.press(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A wheel that is turned sideways, or with Shift, moves along time."""
        if event.type() == QEvent.Type.Wheel and self._travel.turn(cast(QWheelEvent, event)):
            return True
        return super().eventFilter(watched, event)

    # Inner workings.

    def _connect(self) -> None:
        self.box.sigRangeChanged.connect(lambda *_: self._on_range())
        self.box.sigResized.connect(lambda *_: self._on_resized())
        self._behind.toggled.connect(self.drawing.set_behind)

    def _on_failed(self, error: BaseException) -> None:
        """What cannot be drawn is said in its place."""
        self.show_prepared(None)
        self._failure = str(error)
        self.set_hint(self._failure)

    def _take_states(self, states: StateRuns | None) -> None:
        self.picture.states = states
        self._refresh()

    def _grown(self) -> None:
        self._refresh()
        self._limit()

    def _refresh(self) -> None:
        self._behind.setVisible(self.picture.has_states)
        self.drawing.refresh()
        self._tell_colours()
        height = max(self.box.height(), 1.0)
        axis = self.item.getAxis("left")
        levels = {} if self.picture.series is None else self.picture.series.levels
        axis.setTicks([lane_ticks(axis, self.drawing.lanes, height, levels), []])

    def _tell_colours(self) -> None:
        if self._legend is not None:
            words = self.picture.words if self.picture.has_states else ()
            self._legend.show_states([self.drawing.colour(state) for state in range(len(words))], words)

    def _limit(self) -> None:
        first, last = self._whole()
        step = 1.0 if self.picture.series is None else self.picture.series.step
        least = min(_FEWEST_STEPS * step, last - first)
        self.box.setLimits(xMin=first, xMax=last, minXRange=least)

    def _whole(self) -> Bounds:
        first, last = self.picture.extent
        spare = _MARGIN * (last - first) or 0.5
        names = self.drawing.title_px / max(self.box.width() - self.drawing.title_px, 1.0) * (last - first + spare)
        return first - max(spare, names), last + spare

    def _on_resized(self) -> None:
        whole = self._home == self.visible_range()
        self._grown()
        if whole:
            self.fit_view()

    def _on_range(self) -> None:
        self.drawing.update()
        self._range()
