"""From a table to a data set: columns, missing rows, seeded split, scaling; every step invertible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind, Labels
from genstudio.data.scaling import SCALINGS, Scaling
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError
from genstudio.settings import Settings, setting

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ANOMALOUS_WORDS = frozenset({"anomalous", "anomaly", "outlier", "abnormal", "fraud", "defect", "1", "yes", "true"})
NORMAL_WORDS = frozenset({"normal", "inlier", "ok", "good", "0", "no", "false"})


class PreparationSettings(Settings):
    """How a table becomes items to learn from."""

    columns: tuple[str, ...] | None = setting(
        None, "Columns to learn from; all numeric columns but the label when left out.", hidden=True
    )
    label: str | None = setting(
        None, "Column that names a class or marks anomalies; never learned from. The data's own when left out, "
        "\"\" for none.", hidden=True,
    )
    anomalous: str | None = setting(None, "The label's word that marks an anomaly; guessed when left out.", hidden=True)
    scaling: Literal["none", "standard", "minmax", "logit"] = setting(
        "none", "How columns are scaled before learning: to mean 0 and deviation 1, to the range 0 to 1, or by the "
        "logit of that range. Figures stay in the data's own units.",
    )
    missing: Literal["drop", "mean", "median"] = setting(
        "drop", "What happens to rows with missing values: left out, or filled with the column's mean or median."
    )
    normal_only: bool = setting(False, "Learn from the rows labelled normal only; the others are tested.")
    valid: float = setting(0.1, "Share of the rows held out to watch training.", ge=0, le=0.9, label="Validation share")
    test: float = setting(0.2, "Share of the rows held out for the final figures.", ge=0, le=0.9, label="Test share")


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
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the coordinates."""
        return tuple(column.name for column in self.columns)

    def to_model(self, x: Floats) -> Floats:
        """Model units, shape (N, D), from data units."""
        return self.scaling.forward(x)

    def to_data(self, z: Floats) -> Floats:
        """Data units, shape (N, D), from model units."""
        return self.scaling.inverse(z)

    def log_det(self, x: Floats) -> Floats:
        """Log of the volume change data → model at each point x (data units), shape (N,), nats."""
        return self.scaling.log_det(x)

    def part(self, columns: Sequence[int]) -> Preparation:
        """The preparation of some of the columns alone."""
        chosen = list(columns)
        return Preparation(tuple(self.columns[i] for i in chosen), self.fill[chosen], self.scaling.part(chosen))

    def rows(self, table: Table) -> tuple[Floats, Ints]:
        """Another table's rows in data units, and which rows of it could be used.

        Raises:
            DataError: a column that the model learned from is not there, or has no numbers.
        """
        columns = [self._matching(table, column) for column in self.columns]
        x = np.column_stack([column.values for column in columns])
        usable = np.flatnonzero(np.isfinite(x).all(axis=1))
        return x[usable], usable

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


def prepare(table: Table, settings: PreparationSettings, seed: int) -> Dataset:
    """A data set from a table.

    With `valid` and `test` both 0 every usable row trains, in the table's order.

    Raises:
        DataError: no column or no row to learn from, or shares that leave no training rows.
    """
    label = label_column(table, settings)
    columns = learned_columns(table, settings, label)
    x = np.column_stack([column.values for column in columns])
    x, kept = _without_missing(x, settings, table.name)
    codes = np.full(len(kept), -1) if label is None else label_codes(label, kept)
    anomalous = -1 if label is None else anomalous_code(label_levels(label), settings.anomalous)
    train, valid, test = _split(len(x), settings, seed, codes == anomalous if settings.normal_only else None)
    fill = _fill_values(x[train], "median" if settings.missing == "median" else "mean")
    x = np.where(np.isnan(x), fill, x)
    scaling = SCALINGS[settings.scaling].fit(x[train], [c.name for c in columns], x)
    preparation = Preparation(tuple(_bare(c) for c in columns), fill, scaling)
    parts = [scaling.forward(x[part]) for part in (train, valid, test)]
    return Dataset(
        name=table.name, kind=Kind.TABLE, train=parts[0], valid=parts[1], test=parts[2],
        rows=(kept[train], kept[valid], kept[test]),
        labels=None if label is None else Labels(label_levels(label), codes[train], codes[valid], codes[test],
                                                 anomalous if anomalous >= 0 else None),
        preparation=preparation, truth=_truth(table, columns, settings),
    )


def label_column(table: Table, settings: PreparationSettings) -> Column | None:
    """The column that is a label under these settings, or None."""
    name = table.label if settings.label is None else settings.label
    return table.column(name) if name else None


def learned_columns(table: Table, settings: PreparationSettings, label: Column | None) -> list[Column]:
    """The columns that a model learns from under these settings.

    Raises:
        DataError: none is left, or one holds free text.
    """
    if settings.columns is not None:
        chosen = [table.column(name) for name in settings.columns]
    else:
        chosen = [c for c in table.columns if c.numeric and c is not label and c.missing < len(c.values)]
    for column in chosen:
        if column.type is ColumnType.TEXT:
            raise DataError(f"Column `{column.name}` of {table.name} holds text, not numbers.", "Leave it out.")
        if column.missing == len(column.values):
            raise DataError(f"Column `{column.name}` of {table.name} has no values at all.", "Leave it out.")
    if not chosen:
        raise DataError(f"{table.name} has no numeric column to learn from.", "Choose other columns or another file.")
    return chosen


def label_levels(label: Column) -> tuple[str, ...]:
    """The words that the codes of a label stand for; numbers are their own words."""
    if label.levels:
        return label.levels
    if label.type is ColumnType.FLAG:
        return ("0", "1")
    return tuple(f"{value:g}" for value in np.unique(label.values[~np.isnan(label.values)]))


def label_codes(label: Column, rows: Ints) -> Ints:
    """Codes into `label_levels` of some rows of a label, shape (len(rows),); -1 where the label is missing."""
    values = label.values[rows]
    if not label.levels and label.type is not ColumnType.FLAG:
        known = np.unique(label.values[~np.isnan(label.values)])
        values = np.where(np.isnan(values), np.nan, np.searchsorted(known, values))
    return np.where(np.isnan(values), -1, np.nan_to_num(values)).astype(np.int64)


def anomalous_code(levels: Sequence[str], chosen: str | None) -> int:
    """The code that marks anomalies: of the word chosen, or guessed from two opposite words; -1 when none does.

    Raises:
        DataError: the word chosen is not among the levels.
    """
    if chosen is not None:
        if chosen not in levels:
            raise DataError(f"The label has no value `{chosen}`.", f"It has: {', '.join(levels[:20])}.")
        return list(levels).index(chosen)
    words = [level.strip().lower() for level in levels]
    if len(words) == 2:
        for code, word in enumerate(words):
            if word in ANOMALOUS_WORDS and words[1 - code] in NORMAL_WORDS:
                return code
    return -1


def _bare(column: Column) -> Column:
    return Column(column.name, column.type, np.empty(0), column.levels)


def _without_missing(x: Floats, settings: PreparationSettings, name: str) -> tuple[Floats, Ints]:
    complete = np.isfinite(x).all(axis=1) if settings.missing == "drop" else ~np.isnan(x).all(axis=1)
    kept = np.flatnonzero(complete)
    if not len(kept):
        raise DataError(
            f"No row of {name} can be used: each has missing values in the chosen columns.",
            "Leave out the columns with most missing values, or fill them with the mean.",
        )
    return x[kept], kept


def _split(n: int, settings: PreparationSettings, seed: int, excluded: NDArray[np.bool_] | None) -> tuple[Ints, ...]:
    valid, test = round(n * settings.valid), round(n * settings.test)
    if valid + test >= n:
        raise DataError(
            f"{n} rows leave none to learn from when {valid} are held out for validation and {test} for testing.",
            "Lower the two shares, or load more rows.",
        )
    order = np.arange(n)
    if valid + test:
        order = np.random.default_rng(seed).permutation(n)
    parts = [np.sort(part) for part in (order[valid + test:], order[:valid], order[valid:valid + test])]
    if excluded is not None:
        parts = [parts[0][~excluded[parts[0]]], parts[1][~excluded[parts[1]]],
                 np.sort(np.concatenate([parts[2], parts[0][excluded[parts[0]]], parts[1][excluded[parts[1]]]]))]
        if not len(parts[0]):
            raise DataError("No training row is labelled normal.", "Check which value of the label marks anomalies.")
    return tuple(parts)


def _fill_values(x: Floats, how: str) -> Floats:
    with np.errstate(all="ignore"):
        present = np.isfinite(x).any(axis=0)
        values = np.where(present, x, 0.0)
        return np.nanmedian(values, axis=0) if how == "median" else np.nanmean(values, axis=0)


def _truth(table: Table, columns: Sequence[Column], settings: PreparationSettings) -> Any:
    as_drawn = [c.name for c in columns] == [c.name for c in table.columns if c.numeric] and not settings.normal_only
    return table.truth if as_drawn else None
