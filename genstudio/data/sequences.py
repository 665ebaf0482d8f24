"""Sequences: rows in the order of time, one sequence after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _no_lengths() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Sequences(Table):
    """A table whose rows stand in the order of time, one sequence after another.

    Arguments:
        lengths: rows of each sequence, shape (S,), each at least 1; they add up to the rows.
        keys: what the sequences are called.
        times: when each row was taken, shape (N,), rising within a sequence; None where rows are only counted.
        time_name: what the times are, with their unit: "time in s".
        dated: the times are moments, in seconds since 1970-01-01 UTC.
    """

    lengths: Ints = field(default_factory=_no_lengths)
    keys: tuple[str, ...] = ()
    times: Floats | None = None
    time_name: str = "step"
    dated: bool = False

    def take(self, rows: Ints) -> Table:
        """Only the given rows; sequences where the rows rise, without those of which none is left."""
        table = super().take(rows)
        if (np.diff(rows) <= 0).any():
            return table
        left, lengths = np.unique(owners(self.lengths)[rows], return_counts=True)
        times = None if self.times is None else self.times[rows]
        keys = tuple(self.keys[i] for i in left)
        return sequences(table, lengths.astype(np.int64), keys, times, self.time_name, dated=self.dated)


def sequences(
    table: Table, lengths: Ints, keys: Sequence[str] = (), times: Floats | None = None, time_name: str = "step",
    *, dated: bool = False,
) -> Sequences:
    """A table whose rows stand in order already, as sequences; without keys they are called 1, 2, …"""
    words = tuple(keys) or tuple(str(i + 1) for i in range(len(lengths)))
    return Sequences(
        table.name, table.columns, table.label, table.truth, table.notes, table.split,
        lengths=lengths, keys=words, times=times, time_name=time_name, dated=dated,
    )


def bounds(lengths: Ints) -> Ints:
    """Where each sequence begins, and where the last one ends, shape (S + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def owners(lengths: Ints) -> Ints:
    """The place of the sequence that each row belongs to, shape (N,)."""
    return np.repeat(np.arange(len(lengths)), lengths)


def wanted(table: Table, settings: PreparationSettings) -> bool:
    """Whether these rows are to be taken as sequences."""
    return settings.kind == "sequences" or (settings.kind == "auto" and isinstance(table, Sequences))


def as_sequences(table: Table, settings: PreparationSettings) -> tuple[Sequences, Ints]:
    """The rows of a table, sorted by sequence and time, as the settings say.

    Sequences that were read as such stay apart where no column says otherwise; of a table all rows are one then.
    Without a column of time the order of the rows stays. Rows of one time keep their order.

    Returns:
        The sequences, and for each of their rows that of the table, shape (N,).

    Raises:
        DataError: there is no such column, or a row has no sequence or no time.
    """
    order = np.arange(len(table))
    if isinstance(table, Sequences) and settings.sequence is None and settings.time is None:
        return table, order
    time = None if settings.time is None else _time_column(table, settings.time)
    owner, keys = _owners(table, settings.sequence)
    order = np.lexsort((order if time is None else time.values, owner))
    lengths = np.bincount(owner, minlength=len(keys)).astype(np.int64)
    rest = Table.take(_rest(table, settings), order)
    if time is None:
        return sequences(rest, lengths, keys), order
    dated = time.type is ColumnType.DATE
    return sequences(rest, lengths, keys, time.values[order], time.name, dated=dated), order


def _rest(table: Table, settings: PreparationSettings) -> Table:
    """The table without the columns of sequence and time, unless they are chosen for something else, too."""
    label = table.label if settings.label is None else settings.label
    split = table.split if settings.split is None else settings.split
    apart = {settings.sequence, settings.time} - {label, split, *(settings.columns or ())}
    columns = tuple(column for column in table.columns if column.name not in apart)
    names = {column.name for column in columns}
    return Table(
        table.name, columns, table.label if table.label in names else None, table.truth, table.notes,
        table.split if table.split in names else None,
    )


def _time_column(table: Table, name: str) -> Column:
    column = table.column(name)
    if not column.numeric:
        raise DataError(f"Column `{name}` of {table.name} holds words, not times.", "Choose another column of time.")
    _refuse_missing(table, column, "time")
    return column


def _owners(table: Table, name: str | None) -> tuple[Ints, tuple[str, ...]]:
    """The sequence of each row, counted in the order in which they first appear, and their keys."""
    if name is None and isinstance(table, Sequences):
        return owners(table.lengths), table.keys
    if name is None:
        return np.zeros(len(table), dtype=np.int64), (table.name,)
    column = table.column(name)
    _refuse_missing(table, column, "sequence")
    values, first, inverse = np.unique(column.values, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return rank[inverse].astype(np.int64), tuple(_key(column, value) for value in values[np.argsort(first)])


def _refuse_missing(table: Table, column: Column, what: str) -> None:
    if column.missing:
        row = int(np.isnan(column.values).argmax()) + 1
        count = f"{column.missing:,} row" + "s" * (column.missing != 1)
        raise DataError(
            f"Column `{column.name}` of {table.name} leaves {count} without a {what} (first: row {row:,}).",
            "Fill them in the file, or choose another column.",
        )


def _key(column: Column, value: float) -> str:
    if column.levels:
        return column.levels[int(value)]
    return f"{value:.15g}" if column.type is not ColumnType.DATE else str(np.datetime64(int(value), "s"))
