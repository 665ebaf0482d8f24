"""From sequences to a data set: columns, gaps that keep their place, a split by sequences or in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.given_split import given_parts
from genstudio.data.labelling import Marks, chosen_items, column_marks, label_column
from genstudio.data.pictures import Raw
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.scaling import SCALINGS, Scaling
from genstudio.data.sequence_split import sequence_marks, split_rows, stretches
from genstudio.data.sequences import Sequences, as_sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.data.table_preparation import Preparation, bare, fill_values, learned_columns
from genstudio.errors import DataError

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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

    def log_det(self, x: Array) -> Floats:
        """Log of the volume change data → model at each row x (data units), shape (N,), nats; gaps change none."""
        total = np.zeros(len(x))
        for place in range(x.shape[1]):
            known = ~np.isnan(x[:, place])
            total[known] += self.scaling.part([place]).log_det(x[known, place, None])
        return total

    def part(self, columns: Sequence[int]) -> SequencePreparation:
        """The preparation of some of the columns alone."""
        plain = super().part(columns)
        return SequencePreparation(plain.columns, plain.fill, plain.scaling, self.sequence, self.time)

    def series(self, raw: Raw) -> tuple[Floats, Ints, Ints]:
        """Other data's rows.

        Returns:
            Rows in data units, shape (N, D), NaN where a value is missing; the rows of each sequence, shape (S,); and
            which row of the raw data each was, shape (N,).

        Raises:
            DataError: a column that the model learned from is not there, or has no numbers; or these are pictures.
        """
        table = self._own_kind(raw)
        ordered, order = as_sequences(table, self._structure(table))
        x = np.column_stack([self._matching(ordered, column).values for column in self.columns])
        return x, ordered.lengths, order

    def _structure(self, table: Table) -> PreparationSettings:
        # What was read as sequences, say one file each, needs no columns to tell them.
        known = table.names if isinstance(table, Sequences) else (self.sequence, self.time)
        sequence, time = (name if name in known else None for name in (self.sequence, self.time))
        return PreparationSettings(columns=self.names, sequence=sequence, time=time, label="", split="")

    def state(self) -> dict[str, Any]:
        """Plain values (JSON) from which `from_state` makes the same preparation."""
        return {**super().state(), "kind": str(Kind.SEQUENCES), "sequence": self.sequence, "time": self.time}

    @staticmethod
    def from_state(state: Mapping[str, Any]) -> SequencePreparation:
        """The preparation that `state` described.

        Raises:
            TypeError: a name of a column is no text.
        """
        plain = Preparation.from_state(state)
        sequence, time = state["sequence"], state["time"]
        if not all(name is None or isinstance(name, str) for name in (sequence, time)):
            raise TypeError("a column's name is no text")
        return SequencePreparation(plain.columns, plain.fill, plain.scaling, sequence, time)


def prepare_sequences(table: Table, settings: PreparationSettings, seed: int) -> Dataset:
    """A data set from rows in time; `preparation.prepare` says the rest."""
    ordered, order = as_sequences(table, settings)
    label = label_column(ordered, settings)
    columns = _learned(ordered, settings, label)
    x = np.column_stack([column.values for column in columns])
    marks = column_marks(label, np.arange(len(ordered)), settings)
    chosen, marks = _chosen(ordered, marks, settings, seed)
    given = given_parts(ordered, settings)
    parts = split_rows(ordered.lengths, chosen, settings, seed, given=given, marks=marks)
    _refuse_only_gaps(x[parts[0]], ordered.name)
    fill = _fill(x[parts[0]], columns, settings)
    if settings.missing != "drop":
        x = np.where(np.isnan(x), fill, x)
    scaling = _scaling(x, parts[0], fill, columns, settings)
    items = [scaling.forward(x[part]) for part in parts]
    lengths = [stretches(part, ordered.lengths) for part in parts]
    return Dataset(
        name=ordered.name, kind=Kind.SEQUENCES, train=items[0], valid=items[1], test=items[2],
        rows=(order[parts[0]], order[parts[1]], order[parts[2]]),
        labels=None if marks is None else marks.split(*parts),
        preparation=SequencePreparation(
            tuple(bare(c) for c in columns), fill, scaling, settings.sequence, settings.time
        ),
        lengths=(lengths[0], lengths[1], lengths[2]),
    )


def _learned(ordered: Sequences, settings: PreparationSettings, label: Column | None) -> list[Column]:
    """Numeric columns; without any, the first column of words, as symbols."""
    words = [c for c in ordered.columns if c.type is ColumnType.CATEGORY and c is not label]
    apart = (ordered.split, settings.split)
    words = [c for c in words if c.name not in apart]
    numeric = any(c.numeric and c is not label and c.name not in apart for c in ordered.columns)
    if settings.columns is None and not numeric and words:
        return words[:1]
    return learned_columns(ordered, settings, label)


def _chosen(
    ordered: Sequences, marks: Marks | None, settings: PreparationSettings, seed: int
) -> tuple[Ints, Marks | None]:
    """The sequences that the settings let through by their class, and the labels of all rows, of the classes left."""
    if settings.classes is None and not settings.balance:
        return np.arange(len(ordered.lengths)), marks
    whole = None if marks is None else sequence_marks(marks, ordered.lengths)
    if marks is not None and whole is None:
        raise DataError(
            f"The label of {ordered.name} changes within a sequence, so no sequence is of one class.",
            "Use all classes without balance, or take the rows as a table.",
        )
    items, left = chosen_items(whole, len(ordered.lengths), settings, seed, ordered.name)
    return items, None if marks is None or left is None else marks.only(left.levels)


def _refuse_only_gaps(x: Floats, name: str) -> None:
    if np.isnan(x).all():
        raise DataError(
            f"No row of {name} that is to be learned from has a value in the chosen columns.",
            "Choose other columns, or lower the shares that are held out.",
        )


def _fill(x: Floats, columns: Sequence[Column], settings: PreparationSettings) -> Floats:
    fill = fill_values(x, "median" if settings.missing == "median" else "mean")
    for place, column in enumerate(columns):
        codes = x[:, place]
        if column.levels and not np.isnan(codes).all():
            # Between two symbols there is none: the most frequent one stands for what is missing.
            fill[place] = np.bincount(codes[~np.isnan(codes)].astype(np.int64)).argmax()
    return fill


def _scaling(
    x: Floats, train: Ints, fill: Floats, columns: Sequence[Column], settings: PreparationSettings
) -> Scaling:
    """The scaling of each column from its own values, for few rows may be complete; symbols stay codes."""
    symbols = len(columns) == 1 and bool(columns[0].levels)
    kind = SCALINGS["none" if symbols else settings.scaling]
    fitted = [
        kind.fit(_known(x[train, i], fill[i]), [column.name], _known(x[:, i], fill[i]))
        for i, column in enumerate(columns)
    ]
    return kind(**{key: np.concatenate([vars(one)[key] for one in fitted]) for key in vars(fitted[0])})


def _known(values: Floats, otherwise: float) -> Floats:
    """The values that are there, shape (M, 1); one to stand for them where none is."""
    known = values[~np.isnan(values)]
    return (known if len(known) else np.array([otherwise]))[:, None]
