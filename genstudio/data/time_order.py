"""Whether the rows of a table stand in time: which column looks like a time, and which names sequences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genstudio.data.sequences import Sequences
from genstudio.data.table import Column, ColumnType, Table

Ints = NDArray[np.int64]

_TIMES = frozenset({
    "t", "time", "times", "timestamp", "date", "datetime", "step", "frame", "tick", "seconds", "sec", "ms", "hour",
    "day", "month", "year",
})
_SEQUENCES = frozenset({
    "sequence", "sequence_id", "seq", "seq_id", "series", "series_id", "subject", "patient", "trial", "session",
    "utterance", "track", "track_id", "trajectory", "episode", "recording",
})
# These name sequences only beside a time that rises within each; else they name rows.
_NUMBERS = frozenset({"id", "group", "unit", "key", "name", "device", "sensor", "user"})
_FEWEST_ROWS = 10


def likely_order(table: Table) -> tuple[str | None, str | None] | None:
    """The columns of sequence and time that a table in long form seems to have; None where its rows know no time."""
    if isinstance(table, Sequences) or len(table) < _FEWEST_ROWS:
        return None
    times = [column for column in table.columns if _like_time(column)]
    for sequence in (c for c in table.columns if _like_sequence(c, bool(times))):
        owner = np.unique(sequence.values, return_inverse=True)[1].astype(np.int64)
        rising = [column.name for column in times if column is not sequence and _rises(column, owner)]
        if rising:
            return sequence.name, rising[0]
        if sequence.name.strip().lower() in _SEQUENCES and _together(owner):
            return sequence.name, None
    alone = [column.name for column in times if _rises(column, np.zeros(len(table), np.int64))]
    return (None, alone[0]) if alone else None


def _like_time(column: Column) -> bool:
    named = column.type is ColumnType.NUMBER and column.name.strip().lower() in _TIMES
    return (named or column.type is ColumnType.DATE) and not column.missing


def _like_sequence(column: Column, timed: bool) -> bool:
    name = column.name.strip().lower()
    if not (name in _SEQUENCES or (timed and name in _NUMBERS)) or column.missing:
        return False
    if column.type is ColumnType.DATE or not (column.values == np.floor(column.values)).all():
        return False
    count = len(np.unique(column.values))
    return 2 <= count <= len(column.values) // 2


def _rises(time: Column, owner: Ints) -> bool:
    """Whether times rise within each sequence, as the rows stand."""
    order = np.argsort(owner, kind="stable")
    same = np.diff(owner[order]) == 0
    return bool(same.any() and (np.diff(time.values[order])[same] > 0).all())


def _together(owner: Ints) -> bool:
    """Whether the rows of each sequence stand together."""
    return int((np.diff(owner) != 0).sum()) + 1 == int(owner.max()) + 1
