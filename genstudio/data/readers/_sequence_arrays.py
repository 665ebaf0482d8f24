"""Arrays as sequences: rows without their padding, and what is known of each row and each sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes, unique_names
from genstudio.data.readers._array_columns import array_columns, class_column
from genstudio.data.readers._sequence_choice import SequenceSet
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

Array = NDArray[Any]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def sequences_of(where: str, arrays: Mapping[str, Array], chosen: SequenceSet, notes: Notes) -> Sequences:
    """Sequences from arrays that were read.

    Arguments:
        where: name of the file, for messages.
        arrays: those that `chosen` names.

    Raises:
        DataError: lengths that do not fit the rows, no rows, or values that no column holds.
    """
    frame = _frame(where, arrays[chosen.points], None if chosen.lengths is None else arrays[chosen.lengths])
    if not len(frame.lengths):
        raise DataError(f"{where} has no rows.", "Choose a file that holds some.")
    empty = int((frame.all_lengths == 0).sum())
    if empty:
        notes.add(f"{empty:,} of {len(frame.all_lengths):,} sequences are empty and were left out.")
    columns = array_columns(_points(frame, arrays, chosen), where, notes)
    label, split = (frame.beside(arrays, name) for name in (chosen.label, chosen.split))
    if label is not None:
        columns.append(_free(class_column(str(chosen.label), label, where, notes), columns))
    if split is not None:
        columns.append(_free(_split(str(chosen.split), split, where, notes), columns))
    names = [column.name for column in columns]
    at = len(names) - (split is not None)
    table = Table(
        where, tuple(columns), None if label is None else names[at - 1], notes=notes.sentences(),
        split=None if split is None else names[-1],
    )
    times, dated = _times(frame, arrays, chosen, where)
    time_name = chosen.times or "step"
    if times is None and chosen.rate:
        times, time_name = _seconds(frame, arrays[chosen.rate], where), "time in s"
    keys = _keys(arrays[chosen.keys][frame.all_lengths > 0]) if chosen.keys else ()
    return sequences(table, frame.lengths, keys, times, time_name, dated=dated)


@dataclass(frozen=True)
class _Frame:
    """Which cells of an array are rows.

    Arguments:
        rows: what is seen, shape (N, D).
        all_lengths: of the sequences, the empty ones too, shape (S,).
        inside: which cells of (S, T) are rows; None where the rows stood one after another.
    """

    rows: Array
    all_lengths: Ints
    inside: Bools | None

    @property
    def lengths(self) -> Ints:
        """Of the sequences that hold something."""
        return self.all_lengths[self.all_lengths > 0]

    def beside(self, arrays: Mapping[str, Array], name: str | None) -> Array | None:
        """The values of each row, shape (N,), of an array that has one for each row or each sequence."""
        if name is None:
            return None
        values = arrays[name]
        if values.shape == (len(self.all_lengths), 1):
            values = values.reshape(-1)
        if self.inside is not None and values.shape == self.inside.shape:
            return values[self.inside]
        if self.inside is not None and values.shape == self.inside.shape[1:] != self.all_lengths.shape:
            return np.broadcast_to(values, self.inside.shape)[self.inside]
        one_each = values.shape == self.all_lengths.shape and len(values) != len(self.rows)
        return np.repeat(values, self.all_lengths) if one_each else values


def _frame(where: str, points: Array, lengths: Array | None) -> _Frame:
    if lengths is not None:
        counts = _checked(lengths, where)
        if points.ndim == 3 or (len(counts) == len(points) and points.ndim == 2 and counts.sum() != len(points)):
            return _padded(where, points, counts)
        if counts.sum() != len(points):
            raise DataError(
                f"The lengths of {where} add up to {counts.sum():,}, but there are {len(points):,} rows.",
                "Save lengths that belong to the rows.",
            )
        return _Frame(_flat(points), counts, None)
    if points.ndim < 3:
        return _Frame(_flat(points), np.array([len(points)]), None)
    return _padded(where, points, _until_nan(points))


def _checked(lengths: Array, where: str) -> Ints:
    if (lengths < 0).any() or (lengths > np.iinfo(np.int32).max).any():
        raise DataError(f"A length of {where} is negative or beyond all bounds.", "Save lengths that count rows.")
    return lengths.astype(np.int64)


def _padded(where: str, points: Array, counts: Ints) -> _Frame:
    steps = points.shape[1]
    if counts.max(initial=0) > steps:
        row = int(counts.argmax())
        raise DataError(
            f"Sequence {row + 1:,} of {where} is said to have {counts[row]:,} rows, but there is room for {steps:,}.",
            "Save lengths that belong to the rows.",
        )
    inside = np.arange(steps) < counts[:, None]
    return _Frame(_flat(points[inside]), counts, inside)


def _flat(rows: Array) -> Array:
    return rows if rows.ndim == 2 else rows[:, None]


def _until_nan(points: Array) -> Ints:
    """Rows of each sequence without those at its end that hold nothing."""
    if points.dtype.kind not in "fc":
        return np.full(len(points), points.shape[1], dtype=np.int64)
    held: Bools = np.logical_not(np.isnan(points).all(axis=2))
    last = points.shape[1] - np.argmax(held[:, ::-1], axis=1)
    return np.where(held.any(axis=1), last, 0).astype(np.int64)


def _points(frame: _Frame, arrays: Mapping[str, Array], chosen: SequenceSet) -> dict[str, Array]:
    if not chosen.columns:
        alone = arrays[chosen.points].ndim == 1
        return {chosen.points: frame.rows[:, 0]} if alone else {"x": frame.rows}
    names = unique_names(_words(arrays[chosen.columns]), Notes())
    return {name: frame.rows[:, place] for place, name in enumerate(names)}


def _words(values: Array) -> list[str]:
    if values.dtype.kind == "S":
        values = np.char.decode(values, "latin-1")
    return [str(value) for value in values.tolist()]


def _free(column: Column, columns: Sequence[Column]) -> Column:
    taken, name = {other.name for other in columns}, column.name
    while name in taken:
        name += "_"
    return Column(name, column.type, column.values, column.levels)


def _split(name: str, values: Array, where: str, notes: Notes) -> Column:
    (column,) = array_columns({name: values}, where, notes)
    flags = column.type is ColumnType.NUMBER and bool(np.isin(column.values, (0.0, 1.0)).all())
    return Column(column.name, ColumnType.FLAG if flags else column.type, column.values, column.levels)


def _times(
    frame: _Frame, arrays: Mapping[str, Array], chosen: SequenceSet, where: str
) -> tuple[NDArray[np.float64] | None, bool]:
    """When each row was; None where the times do not rise within the sequences, for they order nothing then."""
    values = frame.beside(arrays, chosen.times)
    if values is None:
        return None, False
    (column,) = array_columns({str(chosen.times): values}, where, Notes())
    first = np.zeros(len(values), dtype=bool)
    first[np.cumsum(frame.lengths)[:-1]] = True
    rising = bool((np.diff(column.values) > 0)[~first[1:]].all()) and not column.missing
    return (column.values if rising and column.numeric else None), column.type is ColumnType.DATE


def _seconds(frame: _Frame, rate: Array, where: str) -> NDArray[np.float64]:
    """When each row was since its sequence began."""
    if rate.dtype.kind not in "iuf" or not 0 < float(rate) < np.inf:
        raise DataError(f"The rate of {where} is no number above 0.", "Save the rows a second as a number.")
    begins = np.cumsum(frame.lengths) - frame.lengths
    return (np.arange(len(frame.rows)) - np.repeat(begins, frame.lengths)) / float(rate)


def _keys(values: Array) -> tuple[str, ...]:
    return tuple(unique_names(_words(values), Notes()))
