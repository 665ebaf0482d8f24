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
    """

    lengths: Ints = field(default_factory=_no_lengths)
    keys: tuple[str, ...] = ()
    times: Floats | None = None
    time_name: str = "step"

    def take(self, rows: Ints) -> Sequences:
        """Only the given rows, which rise; sequences of which none is left are left out."""
        owner = np.repeat(np.arange(len(self.lengths)), self.lengths)[rows]
        left, lengths = np.unique(owner, return_counts=True)
        table = super().take(rows)
        times = None if self.times is None else self.times[rows]
        keys = tuple(self.keys[i] for i in left)
        return sequences(table, lengths.astype(np.int64), keys, times, self.time_name)


def sequences(
    table: Table, lengths: Ints, keys: Sequence[str] = (), times: Floats | None = None, time_name: str = "step"
) -> Sequences:
    """A table whose rows stand in order already, as sequences; without keys they are called 1, 2, …"""
    words = tuple(keys) or tuple(str(i + 1) for i in range(len(lengths)))
    return Sequences(
        table.name, table.columns, table.label, table.truth, table.notes, lengths, words, times, time_name
    )


def bounds(lengths: Ints) -> Ints:
    """Where each sequence begins, and where the last one ends, shape (S + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def wanted(table: Table, settings: PreparationSettings) -> bool:
    """Whether these rows are to be taken as sequences."""
    return settings.kind == "sequences" or (settings.kind == "auto" and isinstance(table, Sequences))


def as_sequences(table: Table, settings: PreparationSettings) -> tuple[Sequences, Ints]:
    """The rows of a table, sorted by sequence and time, as the settings say.

    Without a column of sequences all rows are one; without one of time their order stays.

    Returns:
        The sequences, and for each of their rows that of the table, shape (N,).

    Raises:
        DataError: there is no such column, or a time is missing.
    """
    order = np.arange(len(table))
    if isinstance(table, Sequences) and settings.sequence is None and settings.time is None:
        return table, order
    time = None if settings.time is None else _times(table, settings.time)
    owner, keys = _owners(table, settings.sequence)
    order = np.lexsort((order if time is None else time, owner))
    lengths = np.bincount(owner, minlength=len(keys)).astype(np.int64)
    columns = tuple(c for c in table.columns if c.name not in (settings.sequence, settings.time))
    rest = Table(table.name, columns, table.label, table.truth, table.notes).take(order)
    times = None if time is None else time[order]
    return sequences(rest, lengths, keys, times, settings.time or "step"), order


def _times(table: Table, name: str) -> Floats:
    column = table.column(name)
    if not column.numeric:
        raise DataError(f"Column `{name}` of {table.name} holds words, not times.", "Choose another column of time.")
    if column.missing:
        raise DataError(f"Column `{name}` of {table.name} has rows without a time.", "Fill them, or leave it out.")
    return column.values


def _owners(table: Table, name: str | None) -> tuple[Ints, tuple[str, ...]]:
    """The sequence of each row, counted in the order in which they first appear, and their keys."""
    if name is None:
        return np.zeros(len(table), dtype=np.int64), (table.name,)
    column = table.column(name)
    if column.missing:
        raise DataError(f"Column `{name}` of {table.name} has rows without a sequence.", "Fill them, or leave it out.")
    values, first, inverse = np.unique(column.values, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return rank[inverse].astype(np.int64), tuple(_key(column, value) for value in values[np.argsort(first)])


def _key(column: Column, value: float) -> str:
    if column.levels:
        return column.levels[int(value)]
    return f"{value:.15g}" if column.type is not ColumnType.DATE else str(np.datetime64(int(value), "s"))
