"""What a plot over time shows of a table: its rows as sequences, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.labelling import label_codes, label_column, label_levels
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.reader import Watch, unwatched
from genstudio.data.sequences import Sequences, as_sequences, bounds
from genstudio.data.table import ColumnType, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTS = ("train", "valid", "test")
MIXED, NOWHERE = -2, -1
"""Instead of a code: of several, and of none."""


@dataclass(frozen=True)
class SeriesGlance:
    """Sequences with names.

    Arguments:
        names: of the columns that are shown; `hidden` is how many more there are.
        values: shape (N, len(names)), as they were read; NaN where missing.
        ends: the lowest and the highest value of each column, NaN where it has none, shape (len(names), 2).
        levels: the words of columns whose numbers are codes, by name.
        lengths: rows of each sequence, shape (S,).
        times: shape (N,), or None where rows are only counted; `dated`: seconds since 1970-01-01 UTC.
        classes: codes of the label into `words`, shape (N,), -1 where it is missing; None without a label.
        parts: of each sequence, a place in `PARTS`, `MIXED` or `NOWHERE`, shape (S,).
        gaps: rows of each sequence that miss a value, shape (S,).
    """

    names: tuple[str, ...]
    hidden: int
    values: Floats
    ends: Floats
    levels: dict[str, tuple[str, ...]]
    keys: tuple[str, ...]
    lengths: Ints
    times: Floats | None
    time_name: str
    dated: bool
    classes: Ints | None
    words: tuple[str, ...]
    parts: Ints
    gaps: Ints

    @property
    def bounds(self) -> Ints:
        """Where each sequence begins, and where the last one ends, shape (S + 1,)."""
        return bounds(self.lengths)

    @property
    def sequence_classes(self) -> Ints:
        """The class of each sequence, `MIXED` where its rows differ, `NOWHERE` without a label, shape (S,)."""
        if self.classes is None:
            return np.full(len(self.lengths), NOWHERE)
        return _common(self.classes, self.lengths)


def glance_series(
    table: Table, data: Dataset, settings: PreparationSettings, most: int, watch: Watch = unwatched
) -> SeriesGlance:
    """The rows of a table as the sequences that were prepared from it.

    Arguments:
        most: show no more columns than these, the first that are learned from.

    Raises:
        DataError: the settings do not fit the table.
    """
    watch(0.0, "Ordering the rows")
    ordered, order = as_sequences(table, settings)
    watch(0.5, "Looking for gaps")
    learned = data.preparation.names
    columns = [ordered.column(name) for name in learned]
    missing = np.zeros(len(ordered), bool)
    for column in columns:
        missing |= np.isnan(column.values)
    classes, words = _classes(ordered, settings)
    values = np.column_stack([column.values for column in columns[:most]])
    return SeriesGlance(
        names=learned[:most], hidden=max(0, len(learned) - most), values=values,
        ends=np.column_stack([np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)]),
        levels={c.name: c.levels for c in columns[:most] if c.type is ColumnType.CATEGORY},
        keys=ordered.keys, lengths=ordered.lengths, times=ordered.times, time_name=ordered.time_name,
        dated=ordered.dated, classes=classes, words=words,
        parts=_common(_parts(data, len(table))[order], ordered.lengths),
        gaps=np.add.reduceat(missing.astype(np.int64), bounds(ordered.lengths)[:-1]),
    )


def lengths_of(table: Table, settings: PreparationSettings) -> Ints:
    """How many rows each sequence of a table has, shape (S,), without ordering them."""
    if settings.sequence is None:
        return table.lengths if isinstance(table, Sequences) else np.array([len(table)])
    values = table.column(settings.sequence).values
    low, high = values.min(), values.max()
    whole = high - low <= len(values) and bool((values == np.floor(values)).all())
    counts = np.bincount((values - low).astype(np.int64)) if whole else np.unique(values, return_counts=True)[1]
    return counts[counts > 0].astype(np.int64)


def counted(lengths: Sequence[int] | Ints) -> str:
    """How many sequences there are, and how long they are, in words."""
    shortest, longest = (int(found) for found in (np.min(lengths), np.max(lengths)))
    if len(lengths) == 1:
        return f"one sequence of {longest:,} rows"
    span = f"{shortest:,} rows each" if shortest == longest else f"{shortest:,} to {longest:,} rows each"
    return f"{len(lengths):,} sequences of {span}"


def _classes(ordered: Sequences, settings: PreparationSettings) -> tuple[Ints | None, tuple[str, ...]]:
    label = label_column(ordered, settings)
    if label is None:
        return None, ()
    return label_codes(label, np.arange(len(ordered))), label_levels(label)


def _parts(data: Dataset, rows: int) -> Ints:
    found = np.full(rows, NOWHERE)
    for part, places in enumerate(data.rows):
        found[places] = part
    return found


def _common(codes: Ints, lengths: Ints) -> Ints:
    """The code that all rows of a sequence share, `MIXED` where they differ, shape (S,)."""
    starts = bounds(lengths)[:-1]
    low, high = np.minimum.reduceat(codes, starts), np.maximum.reduceat(codes, starts)
    return np.where(low == high, low, MIXED)
