"""The prepared table, or prepared sequences, as a file that others read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Raw
from genstudio.data.preparation import SequencePreparation
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.sequences import as_sequences, bounds, owners
from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.export import original_cells, write_csv, write_npz

Ints = NDArray[np.int64]
PARTS = ("train", "valid", "test")


def write_prepared(path: Path, data: Dataset, raw: Raw | None = None) -> None:
    """The rows that are learned from or held out, in the table's order, as CSV, or as NPZ by the name's ending.

    Columns are the row in the table (from 1), what is learned from (data units, missing values filled),
    the label's word, and the part. Sequences stand one after another, with the name of each and the time of each row
    where `raw` tells them; so they can be opened here again. For the arrays of an NPZ see `prepared_arrays`.

    Raises:
        ArchiveError: the file cannot be written.
    """
    if path.suffix.lower() == ".npz":
        write_npz(path, prepared_arrays(data, raw))
        return
    frame = _Frame.of(data, raw)
    columns: dict[str, NDArray[Any] | Sequence[str]] = {"row": frame.rows + 1}
    if frame.keys is not None:
        columns["sequence"] = [frame.keys[place] for place in frame.owner.tolist()]
        columns[_free(frame.clock.name, columns)] = original_cells(frame.clock)
    for place, column in enumerate(data.preparation.columns):
        name = _free(column.name, columns)
        values = frame.x[:, place]
        columns[name] = _words(values, column.levels) if column.levels else values
    if frame.codes is not None and data.labels is not None:
        words = ("" if code < 0 else data.labels.levels[code] for code in frame.codes.tolist())
        columns[_free("label", columns)] = list(words)
    columns[_free("part", columns)] = frame.parts
    write_csv(path, columns)


def prepared_arrays(data: Dataset, raw: Raw | None = None) -> dict[str, NDArray[Any]]:
    """The same rows as arrays.

    `x` (N, D), data units, codes for words; `columns` (D,); `row` (N,), from 1; `part` (N,); where there are labels
    `label` (N,), words. Of sequences also `lengths` and `keys` (S,), and `time` (N,): which can be opened here again.
    """
    frame = _Frame.of(data, raw)
    arrays: dict[str, NDArray[Any]] = {
        "x": frame.x, "columns": np.array(data.preparation.names, str), "row": frame.rows + 1,
        "part": np.array(frame.parts, str),
    }
    if frame.codes is not None and data.labels is not None:
        # The last stands for those without a label, whose code is -1.
        arrays["label"] = np.array([*data.labels.levels, ""], str)[frame.codes]
    if frame.keys is not None:
        begins = np.flatnonzero(np.diff(frame.owner, prepend=-1))
        arrays |= {
            "lengths": np.diff(begins, append=len(frame.owner)), "time": _moments(frame.clock),
            "keys": np.array([frame.keys[place] for place in frame.owner[begins].tolist()], str),
        }
    return arrays


def _moments(clock: Column) -> NDArray[Any]:
    """The times, as dates where they are dates."""
    dated = clock.type is ColumnType.DATE
    return np.rint(clock.values * 1e6).astype(np.int64).view("datetime64[us]") if dated else clock.values


@dataclass(frozen=True)
class _Frame:
    """All rows in the order of the raw data, or of the sequences that these were taken as.

    Arguments:
        rows: of the raw data, shape (N,).
        x: data units, shape (N, D).
        codes: of the labels, shape (N,), or None.
        parts: which part each row belongs to.
        owner: the sequence of each row, shape (N,); all 0 for other rows than those of sequences.
        keys: of the sequences, or None.
        clock: the times of the rows of sequences.
    """

    rows: Ints
    x: NDArray[np.float64]
    codes: Ints | None
    parts: list[str]
    owner: Ints
    keys: tuple[str, ...] | None
    clock: Column

    @staticmethod
    def of(data: Dataset, raw: Raw | None) -> _Frame:
        rows = np.concatenate(data.rows)
        position, owner, keys, clock = _in_time(data, raw, rows)
        order = np.argsort(position, kind="stable")
        labels = data.labels
        codes = None if labels is None else np.concatenate([labels.train, labels.valid, labels.test])[order]
        parts = np.repeat(PARTS, [len(part) for part in data.rows])[order]
        times = Column(clock.name, clock.type, clock.values[order])
        return _Frame(
            rows[order], data.preparation.to_data(data.everything)[order], codes, parts.tolist(), owner[order], keys,
            times,
        )


def _in_time(data: Dataset, raw: Raw | None, rows: Ints) -> tuple[Ints, Ints, tuple[str, ...] | None, Column]:
    """Where each row stands, its sequence, what the sequences are called, and when it was."""
    preparation = data.preparation
    if not isinstance(preparation, SequencePreparation) or not isinstance(raw, Table):
        return rows, np.zeros(len(rows), np.int64), None, Column("step", ColumnType.NUMBER, np.zeros(len(rows)))
    chosen = PreparationSettings(sequence=preparation.sequence, time=preparation.time)
    ordered, order = as_sequences(raw, chosen)
    position = np.argsort(order, kind="stable")[rows]
    owner = owners(ordered.lengths)[position]
    kind = ColumnType.DATE if ordered.dated else ColumnType.NUMBER
    times = ordered.times[position] if ordered.times is not None else _steps(position, ordered.lengths)
    return position, owner, ordered.keys, Column(ordered.time_name, kind, times)


def _steps(position: Ints, lengths: Ints) -> NDArray[np.float64]:
    """The place of each row in its own sequence, from 1."""
    return (position - bounds(lengths)[owners(lengths)[position]] + 1).astype(np.float64)


def _words(codes: NDArray[np.float64], levels: tuple[str, ...]) -> list[str]:
    # A filled-in mean lies between two codes; the nearest word stands for it. A gap has none.
    places = np.clip(np.rint(np.nan_to_num(codes)), 0, len(levels) - 1).astype(int).tolist()
    return ["" if gap else levels[place] for place, gap in zip(places, np.isnan(codes).tolist(), strict=True)]


def _free(name: str, used: dict[str, Any]) -> str:
    while name in used:
        name += "_"
    return name
