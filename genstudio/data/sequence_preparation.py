"""From sequences to a data set: columns, gaps that keep their place, a split by sequences or in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.labelling import column_marks, label_column
from genstudio.data.pictures import Raw
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.scaling import SCALINGS
from genstudio.data.sequences import Sequences, as_sequences, bounds
from genstudio.data.table import Column, ColumnType, Table
from genstudio.data.table_preparation import Preparation, bare, fill_values, learned_columns
from genstudio.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEW = 3
"""Fewer sequences than these are cut in time; more are held out whole."""


@dataclass(frozen=True)
class SequencePreparation(Preparation):
    """The way between data units and model units of rows in time; missing values are gaps.

    Arguments:
        sequence, time: the columns that name the sequence and the time of each row, in tables that need them.
    """

    sequence: str | None = None
    time: str | None = None

    @property
    def kind(self) -> Kind:
        """What is prepared."""
        return Kind.SEQUENCES

    def series(self, raw: Raw) -> tuple[Floats, Ints, Ints]:
        """Other data's rows.

        Returns:
            Rows in data units, shape (N, D), NaN where a value is missing; the rows of each sequence, shape (S,); and
            which row of the raw data each was, shape (N,).

        Raises:
            DataError: a column that the model learned from is not there, or has no numbers; or these are pictures.
        """
        ordered, order = as_sequences(
            self._own_kind(raw), PreparationSettings(sequence=self.sequence, time=self.time)
        )
        x = np.column_stack([self._matching(ordered, column).values for column in self.columns])
        return x, ordered.lengths, order

    def state(self) -> dict[str, Any]:
        """Plain values (JSON) from which `from_state` makes the same preparation."""
        return {**super().state(), "kind": str(Kind.SEQUENCES), "sequence": self.sequence, "time": self.time}

    @staticmethod
    def from_state(state: Mapping[str, Any]) -> SequencePreparation:
        """The preparation that `state` described."""
        plain = Preparation.from_state(state)
        return SequencePreparation(plain.columns, plain.fill, plain.scaling, state["sequence"], state["time"])


def prepare_sequences(table: Table, settings: PreparationSettings, seed: int) -> Dataset:
    """A data set from rows in time; `preparation.prepare` says the rest."""
    ordered, order = as_sequences(table, settings)
    label = label_column(ordered, settings)
    columns = _learned(ordered, settings, label)
    x = np.column_stack([column.values for column in columns])
    parts = _split(ordered.lengths, settings, seed)
    rows = [_rows(part) for part in parts]
    marks = column_marks(label, np.arange(len(ordered)), settings)
    fill = fill_values(x[rows[0]], "median" if settings.missing == "median" else "mean")
    if settings.missing != "drop":
        x = np.where(np.isnan(x), fill, x)
    present = x[np.isfinite(x).all(axis=1)]
    train = x[rows[0]]
    scaling = SCALINGS[settings.scaling].fit(
        train[np.isfinite(train).all(axis=1)], [c.name for c in columns], present
    )
    items = [scaling.forward(x[part]) for part in rows]
    return Dataset(
        name=ordered.name, kind=Kind.SEQUENCES, train=items[0], valid=items[1], test=items[2],
        rows=(order[rows[0]], order[rows[1]], order[rows[2]]),
        labels=None if marks is None else marks.split(*rows),
        preparation=SequencePreparation(
            tuple(bare(c) for c in columns), fill, scaling, settings.sequence, settings.time
        ),
        lengths=(_lengths(parts[0]), _lengths(parts[1]), _lengths(parts[2])),
    )


def _learned(ordered: Sequences, settings: PreparationSettings, label: Column | None) -> list[Column]:
    """Numeric columns; without any, the first column of words, as symbols."""
    words = [c for c in ordered.columns if c.type is ColumnType.CATEGORY and c is not label]
    numeric = any(c.numeric and c is not label for c in ordered.columns)
    if settings.columns is None and not numeric and words:
        return words[:1]
    return learned_columns(ordered, settings, label)


Stretch = tuple[int, int]
"""The first row of a stretch of one sequence, and the row after its last."""


def _split(lengths: Ints, settings: PreparationSettings, seed: int) -> tuple[list[Stretch], ...]:
    """Stretches to learn from, for validation and for the test: whole sequences, or few cut in time."""
    edges = bounds(lengths)
    if len(lengths) < FEW:
        cut = [_cut(int(a), int(b), settings) for a, b in pairwise(edges)]
        return tuple([s[part] for s in cut if s[part][0] < s[part][1]] for part in range(3))
    valid, test = round(len(lengths) * settings.valid), round(len(lengths) * settings.test)
    order = np.arange(len(lengths))
    if valid + test:
        order = np.random.default_rng(seed).permutation(len(lengths))
    chosen = np.sort(order[valid + test:]), np.sort(order[:valid]), np.sort(order[valid:valid + test])
    if not len(chosen[0]):
        raise DataError(f"No sequence of {len(lengths)} is left to learn from.", "Lower the two shares.")
    return tuple([(int(edges[i]), int(edges[i + 1])) for i in part] for part in chosen)


def _cut(first: int, end: int, settings: PreparationSettings) -> tuple[Stretch, Stretch, Stretch]:
    n = end - first
    test, valid = round(n * settings.test), round(n * settings.valid)
    return (first, end - test - valid), (end - test - valid, end - test), (end - test, end)


def _lengths(part: list[Stretch]) -> Ints:
    return np.array([b - a for a, b in part], dtype=np.int64)


def _rows(part: list[Stretch]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(a, b, dtype=np.int64) for a, b in part)])
