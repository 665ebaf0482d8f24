"""A table as it was read or synthesized: typed columns, before any preparation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from genstudio.data.density import TrueDensity
from genstudio.errors import DataError
from genstudio.settings import nearest

Floats = NDArray[np.float64]


class ColumnType(StrEnum):
    """What the values of a column mean."""

    NUMBER = "number"
    FLAG = "flag"  # yes or no, as 1 and 0
    CATEGORY = "category"  # codes into levels
    DATE = "date"  # seconds since 1970-01-01 UTC
    TEXT = "text"  # free words: codes into levels, cannot be learned from as they are


@dataclass(frozen=True)
class Column:
    """One column.

    Arguments:
        values: shape (N,), float64; NaN where missing. Categories and texts hold codes into `levels`.
        levels: the words that codes stand for.
    """

    name: str
    type: ColumnType
    values: Floats
    levels: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether a model can learn from the values as they are."""
        return self.type in (ColumnType.NUMBER, ColumnType.FLAG, ColumnType.DATE)

    @property
    def missing(self) -> int:
        """How many values are missing."""
        return int(np.isnan(self.values).sum())


@dataclass(frozen=True)
class Table:
    """Columns of equal length, and what is known of where they came from.

    Arguments:
        label: the column that names a class or marks anomalies, where the data have one.
        truth: the exact density of the numeric columns, where the data are synthetic.
        notes: what a reader noticed and a person should know, one sentence each.
        split: the column that says which rows are to be learned from, where the data come with a split.
    """

    name: str
    columns: tuple[Column, ...]
    label: str | None = None
    truth: TrueDensity | None = None
    notes: tuple[str, ...] = field(default=())
    split: str | None = None

    def __len__(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """One column by its name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise DataError(f"{self.name} has no column `{name}` ({nearest(name, self.names)}).")

    def take(self, rows: NDArray[np.int64]) -> Table:
        """The same table with only the given rows, in the given order."""
        columns = tuple(Column(c.name, c.type, c.values[rows], c.levels) for c in self.columns)
        return Table(self.name, columns, self.label, self.truth, self.notes, self.split)


def points_table(
    name: str,
    points: Floats,
    labels: NDArray[np.int64] | None = None,
    *,
    levels: Sequence[str] = (),
    label_name: str = "component",
    names: Sequence[str] = (),
    truth: TrueDensity | None = None,
) -> Table:
    """A table from an array of points.

    Arguments:
        points: shape (N, D).
        labels: codes into `levels`, shape (N,), or None; without levels they are called 1, 2, …
        names: column names; x, y, z or x1 … xD when empty.
    """
    dimension = points.shape[1]
    if not names:
        names = "xyz"[:dimension] if dimension <= 3 else [f"x{i + 1}" for i in range(dimension)]
    columns = [
        Column(column, ColumnType.NUMBER, np.ascontiguousarray(points[:, i], dtype=np.float64))
        for i, column in enumerate(names)
    ]
    if labels is None:
        return Table(name, tuple(columns), None, truth)
    # Counted from 1: the words 0 and 1 would read as "normal" and "anomalous".
    words = tuple(levels) or tuple(str(i + 1) for i in range(int(labels.max(initial=-1)) + 1))
    columns.append(Column(label_name, ColumnType.CATEGORY, labels.astype(np.float64), words))
    return Table(name, tuple(columns), label_name, truth)
