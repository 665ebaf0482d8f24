"""What leaves the program as files that others read: numbers as CSV and NPZ, flagged rows, recipes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.anomaly import StrangeRow
from genstudio.atomic import replacing, write_text
from genstudio.data.preparation import Preparation
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError
from genstudio.runs.recipe import Recipe, to_toml

Array = NDArray[Any]
Cells = Sequence[str]

# What a spreadsheet would take for a formula; plain numbers may begin with a sign.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_QUOTED = re.compile(r'[,"\r\n]')
_PIECE = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_csv(path: Path, columns: Mapping[str, Array | Cells]) -> None:
    """Columns of equal length as CSV with a header; every number is written so that it reads back exactly.

    Arguments:
        columns: numbers, shape (N,), or words; NaN becomes an empty cell.

    Raises:
        ArchiveError: the file cannot be written.
        ValueError: the columns differ in length.
    """
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns of {sorted(lengths)} rows make no table")
    with replacing(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        text.write(_line([harmless(name) for name in columns]))
        # Piece by piece, so that no one call keeps the window waiting.
        for start in range(0, max(lengths, default=0), _PIECE):
            piece = [_cells(values[start:start + _PIECE]) for values in columns.values()]
            text.writelines(map(_line, zip(*piece, strict=True)))
        text.flush()
        text.detach()


def write_npz(path: Path, arrays: Mapping[str, Array]) -> None:
    """Arrays by name as NPZ.

    Raises:
        ArchiveError: the file cannot be written.
    """
    # Not by `numpy.savez`, which takes some names for arguments of its own.
    with replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)


def check_format(path: Path) -> None:
    """Make sure that a file's name says a format that numbers are written in.

    Raises:
        DataError: it does not.
    """
    if path.suffix.lower() not in (".csv", ".npz"):
        raise DataError(f"{path.name} is no name for exported numbers.", "End it with .csv or .npz.")


def write_samples(path: Path, preparation: Preparation, x: Array, component: Array) -> None:
    """Samples as CSV (a column each, and the component where there are any) or NPZ (`x`, `component`, `columns`).

    Arguments:
        x: shape (N, D), data units.
        component: shape (N,); -1 where a sample came from none.

    Raises:
        DataError: the file's name ends otherwise.
        ArchiveError: the file cannot be written.
    """
    check_format(path)
    if path.suffix.lower() == ".npz":
        write_npz(path, {"x": x, "component": component, "columns": np.array(preparation.names, str)})
        return
    columns: dict[str, Array | Cells] = {name: x[:, i] for i, name in enumerate(preparation.names)}
    if (component >= 0).any():
        columns[free_name("component", columns)] = component
    write_csv(path, columns)


def write_recipe(path: Path, recipe: Recipe) -> None:
    """The recipe as TOML.

    Raises:
        ArchiveError: the file cannot be written.
    """
    write_text(path, to_toml(recipe))


def write_flagged(path: Path, table: Table, flagged: Sequence[StrangeRow], names: Sequence[str]) -> None:
    """Flagged rows as CSV: where they stood (from 1), their original columns, how strange they are, why.

    Arguments:
        table: the rows before preparation.
        flagged: strangest first.
        names: of the columns that were learned from.

    Raises:
        ArchiveError: the file cannot be written.
    """
    rows = np.array([row.row for row in flagged], dtype=np.int64)
    columns: dict[str, Array | Cells] = {"row": rows + 1}
    for column in table.take(rows).columns:
        columns[free_name(column.name, columns)] = original_cells(column)
    columns[free_name("anomaly_score", columns)] = np.array([row.score for row in flagged])
    if all(len(row.contributions) for row in flagged):
        for i, name in enumerate(names):
            columns[free_name(f"contribution_{name}", columns)] = np.array([row.contributions[i] for row in flagged])
    columns[free_name("reason", columns)] = [row.reason for row in flagged]
    write_csv(path, columns)


def original_cells(column: Column) -> Cells:
    """The values of a column as they stood in the file: words, dates, numbers."""
    if column.levels:
        return ["" if np.isnan(code) else column.levels[int(code)] for code in column.values.tolist()]
    if column.type is ColumnType.DATE:
        return ["" if np.isnan(value) else _moment(value) for value in column.values.tolist()]
    return list(_cells(column.values))


def free_name(name: str, used: Mapping[str, Any]) -> str:
    """The name, marked where a column of that name is there already."""
    while name in used:
        name += "_"
    return name


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay as they are."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _line(cells: Sequence[str]) -> str:
    # The csv module leaves a lone carriage return unquoted, and its own reader then breaks the row there.
    quoted = ['"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell for cell in cells]
    # A row of one empty cell would be an empty line, which readers pass over.
    return (",".join(quoted) or '""') + "\n"


def _cells(values: Array | Cells) -> Iterable[str]:
    if not isinstance(values, np.ndarray):
        return [harmless(value) for value in values]
    if values.dtype.kind == "f":
        return ["" if value != value else repr(value) for value in values.tolist()]  # noqa: PLR0124 - NaN
    return [harmless(str(value)) for value in values.tolist()]


def _moment(seconds: float) -> str:
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:  # beyond the year 9999
        return repr(seconds)
    at_midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    return moment.date().isoformat() if at_midnight else moment.replace(tzinfo=None).isoformat(" ")
