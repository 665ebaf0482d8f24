"""What a plot of a table shows: a pair of columns, several at once, or principal components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import label_codes, label_levels
from genstudio.data.projection import project
from genstudio.data.reader import Watch, unwatched
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_ROWS = 200_000
_MOST_CLASSES = 16


@dataclass(frozen=True)
class Glance:
    """Points with names.

    Arguments:
        names: what each coordinate is, plain text.
        points: shape (N, len(names)), finite.
        classes: codes into `levels`, shape (N,), or None where there is no label, or one of many values.
        sentence: what is shown, and what is not.
    """

    names: tuple[str, ...]
    points: Floats
    classes: Ints | None
    levels: tuple[str, ...]
    sentence: str


def glance_columns(table: Table, names: Sequence[str], label: str | None, watch: Watch = unwatched) -> Glance:
    """Columns as they were read; a single one is seen along the rows.

    Raises:
        DataError: a column is not there, or holds text.
    """
    watch(0.0, "Looking")
    columns = [_plottable(table, name) for name in names]
    rows = _some_rows(len(table))
    x = np.column_stack([column.values[rows] for column in columns])
    titles = tuple(names)
    if len(columns) == 1:
        x, titles = np.column_stack([rows + 1.0, x]), ("row", *titles)
    good = np.isfinite(x).all(axis=1)
    classes, levels = _classes(table, label, rows[good])
    sentence = _counted(len(table), len(rows), int((~good).sum()))
    return Glance(titles, x[good], classes, levels, sentence)


def glance_components(table: Table, data: Dataset, label: str | None, watch: Watch = unwatched) -> Glance:
    """The two directions of greatest variance of the columns that are learned from.

    Raises:
        DataError: there are too few columns or rows, or none of them varies.
    """
    watch(0.0, "Looking")
    rows = np.sort(np.concatenate(data.rows))
    some = rows[_some_rows(len(rows))]
    wanted = data.preparation.names
    x = np.column_stack([table.column(name).values[some] for name in wanted])
    x = np.where(np.isfinite(x), x, data.preparation.fill)
    found = project(x, watch=watch)
    classes, levels = _classes(table, label, some)
    shares = [f"{100 * share:.1f} %" for share in found.explained]
    names = tuple(f"component {i} ({share})" for i, share in enumerate(shares, 1))
    total = f"{100 * float(found.explained.sum()):.1f} %"
    part = "" if len(found.columns) == len(wanted) else f" of {len(found.columns):,} among {len(wanted):,} columns"
    fitted = "" if found.fitted == len(rows) else f"; found from {found.fitted:,} of {len(rows):,} rows"
    sentence = f"Two components hold {total} of the variance{part}, each column at deviation 1{fitted}."
    return Glance(names, found.points, classes, levels, sentence)


def _plottable(table: Table, name: str) -> Column:
    column = table.column(name)
    if column.type is ColumnType.TEXT:
        raise DataError(f"Column `{name}` of {table.name} holds text and cannot be plotted.", "Choose another column.")
    return column


def _some_rows(count: int) -> Ints:
    return np.arange(0, count, max(1, -(-count // MOST_ROWS)))


def _classes(table: Table, label: str | None, rows: Ints) -> tuple[Ints | None, tuple[str, ...]]:
    if label is None or label not in table.names:
        return None, ()
    column = table.column(label)
    levels = label_levels(column)
    if len(levels) > _MOST_CLASSES:
        return None, ()
    codes = label_codes(column, rows)
    if (codes < 0).any():
        codes, levels = np.where(codes < 0, len(levels), codes), (*levels, "no label")
    return codes, levels


def _counted(total: int, looked_at: int, incomplete: int) -> str:
    shown = f"All {total:,} rows"
    if looked_at < total or incomplete:
        shown = f"{looked_at - incomplete:,} of {total:,} rows"
    why = [f"every {-(-total // MOST_ROWS)}th row"] if looked_at < total else []
    why += [f"{incomplete:,} with missing values left out"] if incomplete else []
    return f"{shown}{': ' + ', '.join(why) if why else ''}."
