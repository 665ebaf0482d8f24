"""Samples of a model as a table that reads like the one the model learned from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation import Preparation
from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.export import check_format, free_name, write_csv, write_npz

Array = NDArray[Any]

COMPONENT = "component"


def sampled_table(preparation: Preparation, x: Array, component: Array) -> Table:
    """Samples in data units as a table: categories as their nearest word, flags as the nearer of no and yes.

    Arguments:
        x: shape (N, D), data units.
        component: which component each came from, shape (N,); a last column counts them from 1 unless all are -1.
    """
    columns = [sampled_column(known, x[:, i]) for i, known in enumerate(preparation.columns)]
    if (component >= 0).any():
        columns.append(Column(COMPONENT, ColumnType.NUMBER, component + 1.0))
    return Table("samples", tuple(columns))


def beside_table(preparation: Preparation, x: Array, other: Array, row: Array | None = None) -> Table:
    """Rows beside what a model makes of them: each column, then the same again.

    Arguments:
        x, other: shape (N, D), data units.
        row: of the raw data, shape (N,), counted from 1 in a first column.
    """
    columns = [] if row is None else [Column("row", ColumnType.NUMBER, row + 1.0)]
    for i, known in enumerate(preparation.columns):
        columns.append(sampled_column(known, x[:, i]))
        columns.append(replace(sampled_column(known, other[:, i]), name=f"{known.name} again"))
    return Table("reconstructions", tuple(columns))


def write_beside(path: Path, preparation: Preparation, x: Array, other: Array, row: Array) -> None:
    """Rows and what a model makes of them as CSV (columns as `beside_table`) or NPZ (`x`, `reconstruction`, `row`).

    Raises:
        DataError: the file's name ends otherwise.
        ArchiveError: the file cannot be written.
    """
    check_format(path)
    if path.suffix.lower() == ".npz":
        write_npz(path, {"x": x, "reconstruction": other, "row": row, "columns": np.array(preparation.names, str)})
        return
    columns: dict[str, Array] = {"row": row + 1}
    for i, name in enumerate(preparation.names):
        columns[free_name(name, columns)] = x[:, i]
        columns[free_name(f"{name} again", columns)] = other[:, i]
    write_csv(path, columns)


def sampled_column(known: Column, values: Array) -> Column:
    """A column of samples; a model knows no words, so that codes come out between and beyond them."""
    if known.levels:
        values = np.clip(np.rint(values), 0, len(known.levels) - 1)
    elif known.type is ColumnType.FLAG:
        values = (values > 0.5).astype(np.float64)
    return Column(known.name, known.type, values, known.levels)
