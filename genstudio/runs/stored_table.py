"""A table as members of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import ArchiveError
from genstudio.runs import strict_json, tensors
from genstudio.runs.container import Members

LARGEST_BYTES = 64 << 20


def fits(table: Table) -> bool:
    """Whether the table is small enough to be kept inside a file."""
    words = sum(len(word) for column in table.columns for word in column.levels)
    return sum(column.values.nbytes for column in table.columns) + words <= LARGEST_BYTES


def to_members(table: Table, folder: str) -> Members:
    """The members that hold a table."""
    described = {
        "name": table.name, "label": table.label, "notes": list(table.notes),
        "columns": [{"name": c.name, "type": str(c.type), "levels": list(c.levels)} for c in table.columns],
    }
    values = np.array([column.values for column in table.columns])
    return {
        f"{folder}/table.json": strict_json.encode(described),
        f"{folder}/values.safetensors": tensors.encode({"values": values}),
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
    values = tensors.decode(members[names[1]], names[1]).get("values")
    try:
        return _table(described, values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveError(f"{names[0]} is damaged or was made to mislead ({error}).") from None


def _table(described: Mapping[str, Any], values: Any) -> Table:
    columns = described["columns"]
    if values is None or values.dtype != np.float64 or values.ndim != 2 or len(values) != len(columns):
        raise ValueError("its columns and its values differ")
    made = tuple(_column(column, row) for column, row in zip(columns, values, strict=True))
    label = described["label"]
    table = Table(_text(described["name"]), made, label, None, tuple(map(_text, described["notes"])))
    if label is not None and label not in table.names:
        raise ValueError("its label is none of its columns")
    return table


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
