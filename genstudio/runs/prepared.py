"""The prepared table as a file that others read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.runs.export import write_csv

PARTS = ("train", "valid", "test")


def write_prepared(path: Path, data: Dataset) -> None:
    """The rows that are learned from or held out, in the table's order, as CSV.

    Columns are the row in the table (from 1), what is learned from (data units, missing values filled),
    the label's word, and the part.

    Raises:
        ArchiveError: the file cannot be written.
    """
    rows = np.concatenate(data.rows)
    order = np.argsort(rows, kind="stable")
    values = data.preparation.to_data(data.everything)[order]
    columns: dict[str, NDArray[Any] | Sequence[str]] = {"row": rows[order] + 1}
    for place, column in enumerate(data.preparation.columns):
        name = _free(column.name, columns)
        columns[name] = _words(values[:, place], column.levels) if column.levels else values[:, place]
    if data.labels is not None:
        codes = np.concatenate([data.labels.train, data.labels.valid, data.labels.test])[order]
        columns[_free("label", columns)] = ["" if code < 0 else data.labels.levels[code] for code in codes.tolist()]
    parts = np.repeat(PARTS, [len(part) for part in data.rows])[order]
    columns[_free("part", columns)] = parts.tolist()
    write_csv(path, columns)


def _words(codes: NDArray[np.float64], levels: tuple[str, ...]) -> list[str]:
    # A filled-in mean lies between two codes; the nearest word stands for it.
    return [levels[code] for code in np.clip(np.rint(codes), 0, len(levels) - 1).astype(int).tolist()]


def _free(name: str, used: dict[str, Any]) -> str:
    while name in used:
        name += "_"
    return name
