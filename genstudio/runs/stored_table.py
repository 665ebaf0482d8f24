"""A table, or sequences, as members of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import ArchiveError
from genstudio.runs import strict_json, tensors
from genstudio.runs.container import Members

LARGEST_BYTES = 64 << 20


def fits(table: Table) -> bool:
    """Whether the table is small enough to be kept inside a file."""
    words = sum(len(word) for column in table.columns for word in column.levels)
    arrays = [column.values for column in table.columns]
    if isinstance(table, Sequences):
        words += sum(map(len, table.keys))
        arrays.extend(_time_arrays(table).values())
    return sum(array.nbytes for array in arrays) + words <= LARGEST_BYTES


def to_members(table: Table, folder: str) -> Members:
    """The members that hold a table."""
    described: dict[str, Any] = {
        "name": table.name, "label": table.label, "notes": list(table.notes),
        "columns": [{"name": c.name, "type": str(c.type), "levels": list(c.levels)} for c in table.columns],
    }
    if table.split is not None:
        described["split"] = table.split
    arrays = {"values": np.array([column.values for column in table.columns])}
    if isinstance(table, Sequences):
        described["sequences"] = {"keys": list(table.keys), "time_name": table.time_name, "dated": table.dated}
        arrays |= _time_arrays(table)
    return {
        f"{folder}/table.json": strict_json.encode(described),
        f"{folder}/values.safetensors": tensors.encode(arrays),
    }


def from_members(members: Mapping[str, bytes], folder: str) -> Table:
    """The table that `to_members` stored.

    Raises:
        ArchiveError: a member is missing, or they do not belong together.
    """
    names = f"{folder}/table.json", f"{folder}/values.safetensors"
    if not all(name in members for name in names):
        raise ArchiveError("The data inside the file are damaged.", "Open them again.")
    described = strict_json.parse(members[names[0]], names[0])
    arrays = tensors.decode(members[names[1]], names[1])
    try:
        table = _table(described, arrays.get("values"))
        return _sequences(table, described["sequences"], arrays) if "sequences" in described else table
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveError(f"{names[0]} is damaged or was made to mislead ({error}).") from None


def _table(described: Mapping[str, Any], values: Any) -> Table:
    columns = described["columns"]
    if values is None or values.dtype != np.float64 or values.ndim != 2 or len(values) != len(columns):
        raise ValueError("its columns and its values differ")
    made = tuple(_column(column, row) for column, row in zip(columns, values, strict=True))
    label, split = described["label"], described.get("split")
    table = Table(_text(described["name"]), made, label, None, tuple(map(_text, described["notes"])), split)
    if not all(name is None or name in table.names for name in (label, split)):
        raise ValueError("its label or its split is none of its columns")
    return table


def _time_arrays(table: Sequences) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {"lengths": table.lengths}
    return arrays if table.times is None else {**arrays, "times": table.times}


def _sequences(table: Table, described: Mapping[str, Any], arrays: Mapping[str, Any]) -> Sequences:
    lengths, times = arrays["lengths"], arrays.get("times")
    keys = tuple(map(_text, described["keys"]))
    if lengths.dtype != np.int64 or lengths.shape != (len(keys),) or not (lengths > 0).all():
        raise ValueError("its sequences have no sound lengths")
    # Of huge numbers the sum may overflow, but not their sum as Python has it.
    if sum(lengths.tolist()) != len(table):
        raise ValueError("its sequences and its rows differ")
    if times is not None and (times.dtype != np.float64 or times.shape != (len(table),) or np.isnan(times).any()):
        raise ValueError("its times and its rows differ")
    name = _text(described["time_name"])
    return sequences(table, lengths, keys, times, name, dated=described["dated"] is True)


def _column(described: Mapping[str, Any], values: Any) -> Column:
    levels = tuple(map(_text, described["levels"]))
    present = values[~np.isnan(values)]
    if np.isinf(present).any():
        raise ValueError("a value is infinite")
    if levels and len(present) and not (present.min() >= 0 and present.max() < len(levels)):
        raise ValueError("a code stands for no word")
    return Column(_text(described["name"]), ColumnType(described["type"]), values, levels)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is no text")
    return value
