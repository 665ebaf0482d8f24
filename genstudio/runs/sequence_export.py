"""Sequences as files that others read: sampled ones, forecasts, and tables whose gaps are filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation import Preparation
from genstudio.data.table import Column, Table
from genstudio.runs.export import Cells, check_format, free_name, original_cells, write_csv, write_npz
from genstudio.runs.sampled import sampled_column

Array = NDArray[Any]


@dataclass(frozen=True)
class Drawn:
    """Draws of T rows in time.

    Arguments:
        axis: what the times are.
        times: shape (T,).
        x: shape (draws, T, D), data units.
        told: more arrays for an NPZ, by name.
    """

    axis: str
    times: Array
    x: Array
    told: Mapping[str, Array]


@dataclass(frozen=True)
class Filled:
    """Rows with their gaps filled.

    Arguments:
        x: shape (draws, N, D), data units.
        drawn: which values were drawn, shape (N, D).
        rows: the row of the table that each is, shape (N,).
    """

    x: Array
    drawn: Array
    rows: Array


def write_sequences(path: Path, preparation: Preparation, x: Array, lengths: Array, state: Array) -> None:
    """Sampled sequences as CSV (`sequence`, `step`, the columns, `state`, all counted from 1) or NPZ.

    Arguments:
        x: rows of one sequence after another, shape (N, D), data units; `lengths` of each, shape (S,).
        state: shape (N,); -1 where there is none.

    Raises:
        DataError: the file's name ends otherwise.
        ArchiveError: the file cannot be written.
    """
    check_format(path)
    if path.suffix.lower() == ".npz":
        names = np.array(preparation.names, str)
        write_npz(path, {"x": x, "lengths": lengths, "state": state, "columns": names})
        return
    lengths = np.asarray(lengths)
    firsts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    columns: dict[str, Array | Cells] = {
        "sequence": np.repeat(np.arange(len(lengths)), lengths) + 1, "step": np.arange(len(x)) - firsts + 1,
    }
    _add(columns, preparation, x)
    if (state >= 0).any():
        columns[free_name("state", columns)] = state + 1
    write_csv(path, columns)


def write_draws(path: Path, preparation: Preparation, drawn: Drawn) -> None:
    """Draws of rows in time as CSV (`draw` from 1, the time, the columns) or NPZ with all that is known of them.

    Raises:
        DataError: the file's name ends otherwise.
        ArchiveError: the file cannot be written.
    """
    check_format(path)
    if path.suffix.lower() == ".npz":
        names = np.array(preparation.names, str)
        write_npz(path, {**drawn.told, "draws": drawn.x, "times": drawn.times, "columns": names})
        return
    count, steps, width = drawn.x.shape
    columns: dict[str, Array | Cells] = {"draw": np.repeat(np.arange(count), steps) + 1}
    columns[free_name(drawn.axis, columns)] = np.tile(drawn.times, count)
    _add(columns, preparation, drawn.x.reshape(-1, width))
    write_csv(path, columns)


def write_filled(path: Path, table: Table, preparation: Preparation, filled: Filled) -> None:
    """A table whose gaps are filled as CSV, once for each draw, or NPZ (`x`, `filled`, `row`, `columns`).

    With several draws a first column `draw` counts them from 1. Columns that were not learned from stay as they are.

    Arguments:
        table: as it was read.

    Raises:
        DataError: the file's name ends otherwise.
        ArchiveError: the file cannot be written.
    """
    check_format(path)
    if path.suffix.lower() == ".npz":
        names = np.array(preparation.names, str)
        write_npz(path, {"x": filled.x, "filled": filled.drawn, "row": filled.rows, "columns": names})
        return
    back = np.argsort(filled.rows, kind="stable")
    pieces = [_filled_columns(table, preparation, x[back]) for x in filled.x]
    columns: dict[str, Array | Cells] = {}
    if len(pieces) > 1:
        name = free_name("draw", dict.fromkeys(table.names))
        columns[name] = np.repeat(np.arange(len(pieces)), len(table)) + 1
    columns |= {name: [cell for piece in pieces for cell in piece[name]] for name in pieces[0]}
    write_csv(path, columns)


def _filled_columns(table: Table, preparation: Preparation, x: Array) -> dict[str, Cells]:
    """The cells of a table, those of the columns that were learned from as they are in x, shape (N, D)."""
    filled = {known.name: sampled_column(known, x[:, i]) for i, known in enumerate(preparation.columns)}
    return {column.name: original_cells(filled.get(column.name, column)) for column in table.columns}


def _add(columns: dict[str, Array | Cells], preparation: Preparation, x: Array) -> None:
    for place, known in enumerate(preparation.columns):
        column: Column = sampled_column(known, x[:, place])
        columns[free_name(known.name, columns)] = original_cells(column)
