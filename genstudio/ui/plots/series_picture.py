"""What a plot of columns over time shows: lines, bands, draws, states, intervals. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genstudio.errors import DataError
from genstudio.ui.plots import gate
from genstudio.ui.plots.lanes import Lane, lay_out
from genstudio.ui.plots.prepared_series import PreparedSeries
from genstudio.ui.plots.state_runs import NONE, StateRuns

Floats = NDArray[np.float64]
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Band:
    """What a column may be, from `low` to `high` about `middle`, at some times; shape (T,) each."""

    column: int
    times: Floats
    low: Floats
    middle: Floats
    high: Floats


@dataclass(frozen=True)
class Draws:
    """Lines that might be: values of shape (R, T) of a column at T times."""

    column: int
    times: Floats
    values: Floats


@dataclass
class SeriesPicture:
    """All of it; what is not there is None or empty.

    Arguments:
        intervals: first and last time of each stretch that is shaded.
        scales: lowest and highest value of each column's lane; None: of what is shown.
    """

    series: PreparedSeries | None = None
    states: StateRuns | None = None
    words: tuple[str, ...] = ()
    bands: list[Band] = field(default_factory=list)
    draws: list[Draws] = field(default_factory=list)
    intervals: tuple[Bounds, ...] = ()
    scales: tuple[Bounds, ...] | None = None

    @property
    def has_states(self) -> bool:
        """Whether there is a state for each row."""
        return self.states is not None and self.series is not None and len(self.states) == len(self.series)

    def state_at(self, row: int) -> int:
        """The state of a row; -1 where there is none."""
        return int(self.states.states[row]) if self.has_states and self.states is not None else NONE

    @property
    def extent(self) -> Bounds:
        """The first and the last time of all that is shown."""
        ends = [*self._times_beside()] + ([self.series.extent] if self.series is not None and len(self.series) else [])
        if not ends:
            return 0.0, 1.0
        return min(first for first, _ in ends), max(last for _, last in ends)

    def lanes(self, height: float) -> tuple[Lane, ...]:
        """A lane for each column, in axes so many pixels high."""
        if self.series is None:
            return ()
        ends = [self._ends(place) for place in range(len(self.series.columns))]
        levels = {name: len(words) for name, words in self.series.levels.items()}
        return lay_out(self.series.names[:len(ends)], ends, height, levels)

    def arrays(self, time_name: str) -> dict[str, NDArray[Any]]:
        """Times, columns, states, bands and draws, as they are exported."""
        if self.series is None:
            return {}
        names = self.series.names
        found: dict[str, NDArray[Any]] = {time_name: self.series.times}
        found |= {name: column.values for name, column in zip(names, self.series.columns, strict=False)}
        if self.has_states and self.states is not None:
            found["state"] = self.states.states
        for band in self.bands:
            parts = [band.times, band.low, band.middle, band.high]
            found[f"{names[band.column]} time, low, middle, high"] = np.column_stack(parts)
        for draws in self.draws:
            found[f"{names[draws.column]} draws"] = draws.values.T
        return found

    def _ends(self, column: int) -> Bounds:
        assert self.series is not None
        pyramid = self.series.columns[column]
        scaled = self.scales is not None and column < len(self.scales)
        own = self.scales[column] if self.scales is not None and scaled else (pyramid.low, pyramid.high)
        beside = [part for band in self.bands if band.column == column for part in (band.low, band.high)]
        beside += [draw.values.ravel() for draw in self.draws if draw.column == column]
        values = np.concatenate([own, *beside])
        values = values[np.isfinite(values)]
        return (float(values.min()), float(values.max())) if len(values) else (np.nan, np.nan)

    def _times_beside(self) -> list[Bounds]:
        parts = [band.times for band in self.bands] + [draw.times for draw in self.draws]
        return [(float(times[0]), float(times[-1])) for times in parts if len(times)]


def make_band(times: ArrayLike, low: ArrayLike, middle: ArrayLike, high: ArrayLike, column: int) -> Band:
    """A band that can be drawn.

    Raises:
        DataError: the four differ in length or are no numbers.
    """
    parts = [gate.column(part, name) for part, name in
             ((times, "time"), (low, "lower bound"), (middle, "middle"), (high, "upper bound"))]
    if len({len(part) for part in parts}) != 1:
        raise DataError("A band needs as many times as lower bounds, middles and upper bounds.")
    return Band(column, *parts)


def make_draws(times: ArrayLike, values: ArrayLike) -> list[Draws]:
    """Draws that can be drawn: values (R, T, D) at T times, column by column.

    Raises:
        DataError: the shapes do not fit, or they are no numbers.
    """
    moments, found = gate.column(times, "time"), np.asarray(values)
    if found.ndim != 3 or found.shape[1] != len(moments):
        raise DataError(f"Draws of the shape {found.shape} cannot be drawn at {len(moments)} times.")
    drawable = gate.column(found.reshape(-1), "draws").reshape(found.shape)
    return [Draws(column, moments, drawable[:, :, column]) for column in range(found.shape[2])]


def rows_in(times: Floats, first: float, last: float) -> slice:
    """What of rising times lies in sight, and one more on either side."""
    begin, end = np.searchsorted(times, (first, last))
    return slice(max(0, int(begin) - 1), int(end) + 1)


def merged(intervals: Sequence[Bounds], least: float) -> list[Bounds]:
    """Intervals in order, those nearer to each other than `least` as one: thousands of them fall on few pixels."""
    found: list[Bounds] = []
    for first, last in sorted(intervals):
        if found and first - found[-1][1] < least:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
