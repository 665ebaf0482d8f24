"""Sequences as they were before they were split: all their rows, when each was, and what it was used for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.data.sequences import as_sequences, bounds
from genstudio.data.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNUSED, TRAIN, VALID, TEST = -1, 0, 1, 2


@dataclass(frozen=True)
class WholeSequence:
    """One sequence.

    Arguments:
        key: what it is called.
        x: data units, shape (N, D), NaN where a value is missing.
        clock: when each row was, shape (N,), rising.
        use: whether a row was learned from or held out, shape (N,): `TRAIN`, `VALID`, `TEST`, or `UNUSED`.
    """

    key: str
    x: Floats
    clock: Floats
    use: Ints

    def __len__(self) -> int:
        return len(self.x)

    @property
    def step(self) -> float:
        """The usual time from one row to the next."""
        return float(np.median(np.diff(self.clock))) if len(self) > 1 else 1.0

    def times(self, first: int, count: int) -> Floats:
        """When rows are, shape (count,), also those beyond the last."""
        rows = np.arange(first, first + count)
        beyond = np.maximum(rows - (len(self) - 1), 0) * self.step
        return self.clock[np.minimum(rows, len(self) - 1)] + beyond

    def row_at(self, time: float) -> int:
        """The row nearest to a time."""
        right = min(int(np.searchsorted(self.clock, time)), len(self) - 1)
        left = max(right - 1, 0)
        return left if time - self.clock[left] < self.clock[right] - time else right


@dataclass(frozen=True)
class WholeSeries:
    """All sequences of a run's data.

    Arguments:
        names: of the columns, (D,).
        levels: the words of columns whose numbers are codes, by name.
        axis: what the clock shows, with its unit; `dates`: seconds since 1970-01-01 UTC.
    """

    names: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]
    x: Floats
    lengths: Ints
    keys: tuple[str, ...]
    clock: Floats
    use: Ints
    axis: str
    dates: bool = False

    def sequence(self, place: int) -> WholeSequence:
        """One of them."""
        first, end = bounds(self.lengths)[place:place + 2]
        rows = slice(int(first), int(end))
        return WholeSequence(self.keys[place], self.x[rows], self.clock[rows], self.use[rows])

    def most_telling(self) -> int:
        """The sequence to begin with: the first that is held out, or is at its end."""
        last = self.use[bounds(self.lengths)[1:] - 1]
        for use in (TEST, VALID):
            if (last == use).any():
                return int(np.argmax(last == use))
        return 0


def whole_series(preparation: SequencePreparation, table: Table, data: Dataset | None) -> WholeSeries:
    """The sequences that a table holds.

    Arguments:
        data: what was prepared from the table; None where none of it was learned from.

    Raises:
        DataError: a column that was learned from is not there.
    """
    x, lengths, order = preparation.series(table)
    settings = PreparationSettings(kind="sequences", sequence=preparation.sequence, time=preparation.time)
    ordered, _ = as_sequences(table, settings)
    use = np.full(len(table), UNUSED, np.int64)
    for code, rows in enumerate(() if data is None else data.rows):
        use[rows] = code
    return WholeSeries(
        preparation.names, {c.name: c.levels for c in preparation.columns if c.levels}, x, lengths, ordered.keys,
        counted(lengths) if ordered.times is None else ordered.times, use[order], ordered.time_name,
        ordered.dated,
    )


def counted(lengths: Ints) -> Floats:
    """Rows of each sequence counted from 0, shape (N,)."""
    edges = bounds(lengths)
    return (np.arange(edges[-1]) - np.repeat(edges[:-1], lengths)).astype(np.float64)
