"""From a table to a data set: columns, missing rows, seeded split, scaling; every step invertible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.given_split import given_parts
from genstudio.data.labelling import chosen_items, column_marks, label_column
from genstudio.data.pictures import Raw
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.scaling import SCALINGS, Scaling
from genstudio.data.splitting import split
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Preparation:
    """The way between data units and model units, known once the training rows are.

    Arguments:
        columns: the columns learned from, shapes and words as in the table, without their values.
        fill: what stands for a missing value, shape (D,), data units.
        scaling: the scaling that was fitted to the training rows.
    """

    columns: tuple[Column, ...]
    fill: Floats
    scaling: Scaling

    @property
    def kind(self) -> Kind:
        """What is prepared."""
        return Kind.TABLE

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the coordinates."""
        return tuple(column.name for column in self.columns)

    def to_model(self, x: Array) -> Array:
        """Model units, shape (N, D), from data units."""
        return self.scaling.forward(x)

    def to_data(self, z: Array) -> Array:
        """Data units, shape (N, D), from model units."""
        return self.scaling.inverse(z)

    def log_det(self, x: Array) -> Floats:
        """Log of the volume change data → model at each point x (data units), shape (N,), nats."""
        return self.scaling.log_det(x)

    def part(self, columns: Sequence[int]) -> Preparation:
        """The preparation of some of the columns alone."""
        chosen = list(columns)
        return Preparation(tuple(self.columns[i] for i in chosen), self.fill[chosen], self.scaling.part(chosen))

    def rows(self, raw: Raw) -> tuple[Array, Ints]:
        """Other data's items in data units, and which of its rows could be used.

        Raises:
            DataError: a column that the model learned from is not there, or has no numbers; or these are pictures.
        """
        table = self._own_kind(raw)
        columns = [self._matching(table, column) for column in self.columns]
        x = np.column_stack([column.values for column in columns])
        usable = np.flatnonzero(np.isfinite(x).all(axis=1))
        return x[usable], usable

    def _own_kind(self, raw: Raw) -> Table:
        if isinstance(raw, Table):
            return raw
        raise DataError(f"{raw.name} holds pictures, but the model learned from a table.", "Choose a table.")

    def _matching(self, table: Table, known: Column) -> Column:
        column = table.column(known.name)
        if column.levels == known.levels:
            return column
        if not known.levels or not column.levels:
            holds, learned = ("words", "numbers") if column.levels else ("numbers", "words")
            raise DataError(
                f"Column `{column.name}` of {table.name} holds {holds}, but the model learned from {learned}.",
                "Choose a file whose columns are like those that were learned from.",
            )
        codes = {word: code for code, word in enumerate(known.levels)}
        translate = np.array([codes.get(word, np.nan) for word in column.levels])
        present = ~np.isnan(column.values)
        values = np.full(len(column.values), np.nan)
        values[present] = translate[column.values[present].astype(np.int64)]
        return Column(column.name, known.type, values, known.levels)

    def state(self) -> dict[str, Any]:
        """Plain values (JSON) from which `from_state` makes the same preparation."""
        return {
            "columns": [{"name": c.name, "type": str(c.type), "levels": list(c.levels)} for c in self.columns],
            "fill": self.fill.tolist(),
            "scaling": {"name": self.scaling.name, **self.scaling.state()},
        }

    @staticmethod
    def from_state(state: Mapping[str, Any]) -> Preparation:
        """The preparation that `state` described."""
        nothing = np.empty(0)
        columns = tuple(
            Column(c["name"], ColumnType(c["type"]), nothing, tuple(c["levels"])) for c in state["columns"]
        )
        scaling = dict(state["scaling"])
        return Preparation(columns, np.array(state["fill"], float), SCALINGS[scaling.pop("name")].from_state(scaling))


def prepare_table(table: Table, settings: PreparationSettings, seed: int) -> Dataset:
    """A data set from a table; `preparation.prepare` says the rest."""
    label = label_column(table, settings)
    columns = learned_columns(table, settings, label)
    x = np.column_stack([column.values for column in columns])
    kept = _without_missing(x, settings, table.name)
    items, marks = chosen_items(column_marks(label, kept, settings), len(kept), settings, seed, table.name)
    kept = kept[items]
    given = given_parts(table, settings)
    parts = split(len(kept), settings, seed, marks, None if given is None else given[kept])
    x, train = x[kept], parts[0]
    fill = fill_values(x[train], "median" if settings.missing == "median" else "mean")
    x = np.where(np.isnan(x), fill, x)
    scaling = SCALINGS[settings.scaling].fit(x[train], [c.name for c in columns], x)
    items_of = [scaling.forward(x[part]) for part in parts]
    return Dataset(
        name=table.name, kind=Kind.TABLE, train=items_of[0], valid=items_of[1], test=items_of[2],
        rows=(kept[parts[0]], kept[parts[1]], kept[parts[2]]),
        labels=None if marks is None else marks.split(*parts),
        preparation=Preparation(tuple(bare(c) for c in columns), fill, scaling),
        truth=_truth(table, columns, settings),
    )


def learned_columns(table: Table, settings: PreparationSettings, label: Column | None) -> list[Column]:
    """The columns that a model learns from under these settings.

    Raises:
        DataError: none is left, or one holds free text.
    """
    if settings.columns is not None:
        chosen = [table.column(name) for name in settings.columns]
    else:
        apart = (table.split, settings.split)
        chosen = [c for c in table.columns if c.numeric and c is not label and c.name not in apart]
        chosen = [c for c in chosen if c.missing < len(c.values)]
    for column in chosen:
        if column.type is ColumnType.TEXT:
            raise DataError(f"Column `{column.name}` of {table.name} holds text, not numbers.", "Leave it out.")
        if column.missing == len(column.values):
            raise DataError(f"Column `{column.name}` of {table.name} has no values at all.", "Leave it out.")
    if not chosen:
        raise DataError(f"{table.name} has no numeric column to learn from.", "Choose other columns or another file.")
    return chosen


def bare(column: Column) -> Column:
    """The column without its values."""
    return Column(column.name, column.type, np.empty(0), column.levels)


def _without_missing(x: Floats, settings: PreparationSettings, name: str) -> Ints:
    complete = np.isfinite(x).all(axis=1) if settings.missing == "drop" else ~np.isnan(x).all(axis=1)
    kept = np.flatnonzero(complete)
    if not len(kept):
        raise DataError(
            f"No row of {name} can be used: each has missing values in the chosen columns.",
            "Leave out the columns with most missing values, or fill them with the mean.",
        )
    return kept


def fill_values(x: Floats, how: str) -> Floats:
    """The median or the mean of what is finite in each column, shape (D,); 0 where nothing is."""
    with np.errstate(all="ignore"):
        present = np.isfinite(x).any(axis=0)
        values = np.where(present, x, 0.0)
        return np.nanmedian(values, axis=0) if how == "median" else np.nanmean(values, axis=0)


def _truth(table: Table, columns: Sequence[Column], settings: PreparationSettings) -> Any:
    as_drawn = not settings.normal_only and settings.classes is None and not settings.balance
    whole = [c.name for c in columns] == [c.name for c in table.columns if c.numeric]
    return table.truth if as_drawn and whole else None
