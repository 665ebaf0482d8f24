"""A split that comes with the data: a column that says which rows are to be learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

Ints = NDArray[np.int64]

TRAIN, VALID, TEST = range(3)

_WORDS = {
    TRAIN: ("train", "training", "learn", "fit"),
    VALID: ("valid", "validation", "validate", "val", "dev", "development"),
    TEST: ("test", "testing", "eval", "evaluation", "holdout"),
}
_PARTS = {word: part for part, words in _WORDS.items() for word in words}


def split_column(table: Table, settings: PreparationSettings) -> Column | None:
    """The column that says which rows train under these settings, or None."""
    name = table.split if settings.split is None else settings.split
    return table.column(name) if name else None


def given_parts(table: Table, settings: PreparationSettings) -> Ints | None:
    """The part of each row, shape (N,): `TRAIN`, `VALID` or `TEST`; None where no column says it.

    Raises:
        DataError: a value that means none of them, a row without a value, or no row that trains.
    """
    column = split_column(table, settings)
    if column is None:
        return None
    if column.missing:
        row = int(np.isnan(column.values).argmax()) + 1
        raise DataError(
            f"Column `{column.name}` of {table.name} does not say to which part row {row:,} belongs.",
            "Fill it, or draw the split with the seed.",
        )
    parts = _of_words(column) if column.levels else _of_flags(column)
    if not (parts == TRAIN).any():
        raise DataError(f"No row of {table.name} trains by its column `{column.name}`.", "Choose another column.")
    return parts


def likely_split(columns: Sequence[Column]) -> str | None:
    """The name of the column that says which rows train, judged by its own name and its values."""
    for column in columns:
        name = column.name.strip().lower()
        words = {word.strip().lower() for word in column.levels}
        if name in ("split", "set", "part", "subset", "partition") and words and words <= set(_PARTS):
            return column.name
        if name in ("train", "is_train", "test", "is_test") and column.type is ColumnType.FLAG:
            return column.name
    return None


def _of_words(column: Column) -> Ints:
    parts = [_PARTS.get(word.strip().lower()) for word in column.levels]
    used = np.unique(column.values.astype(np.int64))
    unknown = next((column.levels[code] for code in used.tolist() if parts[code] is None), None)
    if unknown is not None:
        raise DataError(
            f"Column `{column.name}` says `{unknown[:40]}`, which is none of train, valid and test.",
            "Write these words, or choose another column.",
        )
    codes = np.array([-1 if part is None else part for part in parts], np.int64)
    return codes[column.values.astype(np.int64)]


def _of_flags(column: Column) -> Ints:
    if not np.isin(column.values, (0.0, 1.0)).all():
        raise DataError(
            f"Column `{column.name}` holds other numbers than 0 and 1, so it does not say which rows train.",
            "Choose a column of flags, or of the words train, valid and test.",
        )
    # Flags mark what the column is called by; most mark the rows that train.
    marked = _PARTS.get(column.name.strip().lower().removeprefix("is_"), TRAIN)
    others = TEST if marked == TRAIN else TRAIN
    return np.where(column.values == 1.0, marked, others).astype(np.int64)
