"""Columns over time, made ready to be drawn at any zoom. No Qt here, so that it can be done in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genstudio.errors import DataError
from genstudio.ui.plots import gate
from genstudio.ui.plots.pyramid import Pyramid
from genstudio.ui.plots.state_runs import NONE, StateRuns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_COLUMNS = 12
"""More lanes than these cannot be read; the others are left out."""


@dataclass(frozen=True)
class PreparedSeries:
    """Columns that can be drawn.

    Arguments:
        names: of all columns, plain text; the first `MOST_COLUMNS` are drawn.
        times: shape (N,), never falling.
        columns: those that are drawn.
        starts: rows at which a sequence begins, the first aside, shape (S - 1,).
        levels: the words of columns whose numbers are codes, by name.
        symbols: how often each code of these columns occurs, by their places.
    """

    names: tuple[str, ...]
    times: Floats
    columns: tuple[Pyramid, ...]
    starts: Ints
    levels: dict[str, tuple[str, ...]]
    symbols: dict[int, StateRuns]

    def __len__(self) -> int:
        return len(self.times)

    @cached_property
    def step(self) -> float:
        """The shortest time between two rows."""
        steps = np.diff(self.times)
        steps = steps[steps > 0]
        return float(steps.min()) if len(steps) else 1.0

    @property
    def extent(self) -> tuple[float, float]:
        """The first and the last time; of no rows 0 and 1."""
        return (float(self.times[0]), float(self.times[-1])) if len(self) else (0.0, 1.0)

    def row_at(self, time: float) -> int:
        """The row nearest to a time; there must be one."""
        right = min(int(np.searchsorted(self.times, time)), len(self) - 1)
        left = max(right - 1, 0)
        return left if time - self.times[left] < self.times[right] - time else right

    def rows_between(self, first: float, last: float) -> tuple[int, int]:
        """The rows seen between two times, and one more on either side."""
        begin, end = np.searchsorted(self.times, (first, last), "left")
        return max(0, int(begin) - 1), min(len(self), int(end) + 1)

    def edges(self, rows: Ints) -> Floats:
        """When rows begin, halfway from the row before, shape (M,); the row N begins where the last one ends."""
        half = self.step / 2
        before, at = np.maximum(rows - 1, 0), np.minimum(rows, len(self) - 1)
        middles = (self.times[before] + self.times[at]) / 2
        return np.where(rows <= 0, middles - half, np.where(rows >= len(self), middles + half, middles))


def prepare_series(
    values: ArrayLike, names: Sequence[str], times: ArrayLike | None = None, *, lengths: ArrayLike | None = None,
    levels: dict[str, tuple[str, ...]] | None = None,
) -> PreparedSeries:
    """Columns made ready to be drawn; a million values take some 20 ms.

    Arguments:
        values: shape (N, D) or (N,); NaN is a gap.
        names: of the D columns.
        times: shape (N,), finite and never falling; None: the numbers of the rows, from 0.
        lengths: rows of each of the sequences that stand one after another, shape (S,); None: one sequence.
        levels: the words of columns whose numbers are codes, by name.

    Raises:
        DataError: they are no real numbers, differ in length, or the times fall.
    """
    found = np.asarray(values)
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or found.shape[1] != len(names):
        raise DataError(f"Values of the shape {found.shape} cannot be drawn as {len(names)} columns over time.")
    shown = names[:MOST_COLUMNS]
    columns = tuple(Pyramid(gate.column(found[:, place], name)) for place, name in enumerate(shown))
    starts = np.cumsum(np.asarray([] if lengths is None else lengths, dtype=np.int64))[:-1]
    known = dict(levels or {})
    symbols = {place: _symbols(columns[place]) for place, name in enumerate(shown) if name in known}
    return PreparedSeries(tuple(names), _rising(times, len(found)), columns, starts, known, symbols)


def _symbols(column: Pyramid) -> StateRuns:
    return StateRuns(np.where(np.isnan(column.values), NONE, np.nan_to_num(column.values)).astype(np.int64))


def _rising(times: ArrayLike | None, count: int) -> Floats:
    if times is None:
        return np.arange(count, dtype=np.float64)
    found = gate.column(times, "time")
    if len(found) != count:
        raise DataError(f"There are {len(found):,} times for {count:,} rows.")
    # A comparison with NaN is false as well.
    if not (found[1:] >= found[:-1]).all() or (count == 1 and np.isnan(found[0])):
        raise DataError("Times that are missing or go backwards cannot be drawn.", "Choose another column of time.")
    return found
