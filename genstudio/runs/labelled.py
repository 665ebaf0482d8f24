"""Sequences with their hidden states, as files that others read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.pictures import Raw
from genstudio.data.preparation import Preparation
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.data.sequences import Sequences, as_sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError
from genstudio.runs.export import Cells, check_format, free_name, original_cells, write_csv, write_npz
from genstudio.runs.state_marks import StateMarks

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def sequence_preparation(preparation: Preparation, title: str) -> SequencePreparation:
    """The preparation, of a model that learned from sequences.

    Arguments:
        title: of the model, for the message.

    Raises:
        DataError: it learned from something else.
    """
    if isinstance(preparation, SequencePreparation):
        return preparation
    raise DataError(f"{title} did not learn from sequences, so it knows no states.", "Choose a run that did.")


def ordered_rows(preparation: SequencePreparation, raw: Raw) -> Sequences:
    """Raw data as sequences, their rows in the order that `preparation.series` gives them."""
    assert isinstance(raw, Table), "`series` refuses others"
    settings = PreparationSettings(kind="sequences", sequence=preparation.sequence, time=preparation.time)
    return as_sequences(raw, settings)[0]


def write_labelling(path: Path, ordered: Sequences, found: Mapping[str, Array], marks: StateMarks) -> None:
    """The states of sequences as CSV or NPZ.

    CSV has a line a row: its sequence, its time, what its state is called, and the posterior of each state. NPZ holds
    `sequence` (S,), `lengths` (S,), `time` (N,), `states` (N,) from 0, `posteriors` (N, K), `names` (K,).

    Arguments:
        found: what the question `labelling` answered of the rows of `ordered`.

    Raises:
        DataError: the file's name ends otherwise.
        ArchiveError: the file cannot be written.
    """
    check_format(path)
    posteriors, states = found["posteriors"], found["states"]
    names = marks.words(posteriors.shape[1])
    times = _times(ordered)
    if path.suffix.lower() == ".npz":
        write_npz(path, {
            "sequence": np.array(ordered.keys, str), "lengths": ordered.lengths, "time": times, "states": states,
            "posteriors": posteriors, "names": np.array(names, str),
        })
        return
    columns: dict[str, Array | Cells] = {"sequence": _each(ordered.keys, np.repeat(
        np.arange(len(ordered.lengths)), ordered.lengths))}
    moments = Column(ordered.time_name, ColumnType.DATE, times)
    columns[free_name(ordered.time_name, columns)] = original_cells(moments) if ordered.dated else times
    columns[free_name("state", columns)] = _each(names, states)
    for k, name in enumerate(names):
        columns[free_name(f"posterior_{name}", columns)] = posteriors[:, k]
    write_csv(path, columns)


def _times(ordered: Sequences) -> Array:
    if ordered.times is not None:
        return ordered.times
    starts = np.repeat(np.cumsum(ordered.lengths) - ordered.lengths, ordered.lengths)
    return np.arange(len(starts)) - starts


def _each(words: tuple[str, ...], places: Ints) -> Cells:
    return [words[place] for place in places.tolist()]
