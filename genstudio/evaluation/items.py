"""What is evaluated: rows in data units, with what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.density import TrueDensity
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.preparation import (
    Preparation,
    PreparationSettings,
    SequencePreparation,
    anomalous_code,
    label_codes,
    label_levels,
)
from genstudio.data.table import Table
from genstudio.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Part = Literal["train", "valid", "test"]


@dataclass(frozen=True)
class Items:
    """Rows that a model is judged by.

    Arguments:
        x: shape (N, D), data units.
        part: which rows they are, as a table of figures says it: "test", "valid", "train", or a table's name.
        labels: codes, shape (N,), -1 where missing; None when there are none.
        anomalous: the code that marks anomalies, None when the labels are plain classes.
        truth: the density that the rows were drawn from, where it is known.
        train: the rows that the model learned from, shape (M, D), data units; None when they are not at hand.
        rows: which row of its table each item is, shape (N,).
        lengths: of sequences, the rows of each, shape (S,), which stand one after another; else None.
        train_lengths: those of the rows that the model learned from.
        levels: the words that the codes of labels stand for.
        learned_levels: the words of the classes that the model learned, in their order; None where not known.
    """

    x: Floats
    part: str
    rows: Ints
    labels: Ints | None = None
    anomalous: int | None = None
    truth: TrueDensity | None = None
    train: Floats | None = None
    lengths: Ints | None = None
    train_lengths: Ints | None = None
    levels: tuple[str, ...] = ()
    learned_levels: tuple[str, ...] | None = None

    def known_truth(self) -> TrueDensity:
        """The density that the rows were drawn from.

        Raises:
            DataError: it is not known.
        """
        if self.truth is None:
            raise DataError("The true density of these data is not known.", "Evaluate a synthetic data set.")
        return self.truth

    def learned_from(self) -> Floats:
        """The rows that the model learned from, shape (M, D), data units.

        Raises:
            DataError: they are not at hand.
        """
        if self.train is None:
            raise DataError("The rows that the model learned from are not at hand.", "Open its data again.")
        return self.train

    def each_length(self) -> Ints:
        """The rows of each sequence, shape (S,).

        Raises:
            DataError: the rows are no sequences.
        """
        if self.lengths is None:
            raise DataError("These rows are no sequences.", "Take them as sequences in the Data panel.")
        return self.lengths


def thinned(items: Items, most: int) -> Items:
    """At most so many of the items, evenly spaced; of sequences whole ones, or else the beginning of the first."""
    if len(items.x) <= most:
        return items
    if items.lengths is not None:
        return _fewer_sequences(items, items.lengths, most)
    return _some(items, np.linspace(0, len(items.x) - 1, most).astype(np.int64))


def _some(items: Items, places: Ints) -> Items:
    labels = None if items.labels is None else items.labels[places]
    return replace(items, x=items.x[places], rows=items.rows[places], labels=labels)


def _fewer_sequences(items: Items, lengths: Ints, most: int) -> Items:
    """Every second, every third … sequence, so that at most so many rows are left."""
    apart = -(-len(items.x) // most)
    chosen = np.arange(len(lengths)) % apart == 0
    within = chosen & (np.cumsum(np.where(chosen, lengths, 0)) <= most)
    if not within.any():
        return replace(_some(items, np.arange(most)), lengths=np.array([most], dtype=np.int64))
    return replace(_some(items, np.flatnonzero(np.repeat(within, lengths))), lengths=lengths[within])


def from_dataset(data: Dataset, part: Part | None = None) -> Items:
    """The rows of one part of a data set.

    Arguments:
        part: the test rows when None; where there are none, those held out for validation, else those of training.

    Raises:
        DataError: the part that was asked for has no rows.
    """
    parts: dict[Part, tuple[Floats, Ints]] = {
        "test": (data.test, data.rows[2]), "valid": (data.valid, data.rows[1]), "train": (data.train, data.rows[0]),
    }
    filled: list[Part] = [name for name, (items, _) in parts.items() if len(items)]
    chosen = part or (filled or ["train"])[0]
    items, rows = parts[chosen]
    lengths = dict(zip(("train", "valid", "test"), data.lengths or (None,) * 3, strict=True))
    levels = () if data.labels is None else data.labels.levels
    if not len(items):
        raise DataError(f"{data.name} has no {chosen} rows to evaluate.", "Evaluate another part.")
    train = data.preparation.to_data(data.train)
    return Items(
        x=train if chosen == "train" else data.preparation.to_data(items), part=chosen, rows=rows,
        labels=None if data.labels is None else getattr(data.labels, chosen),
        anomalous=None if data.labels is None else data.labels.anomalous,
        truth=data.truth, train=train, lengths=lengths[chosen], train_lengths=lengths["train"],
        levels=levels, learned_levels=levels,
    )


def from_raw(raw: Raw, preparation: Preparation, settings: PreparationSettings) -> Items:
    """The items of other data than those that were learned from.

    Arguments:
        settings: those of the recipe; they say which column is the label and what marks an anomaly. A table
            without that column has no labels.

    Raises:
        DataError: a column that the model learned from is missing, or no row has a value in each; or these are
            pictures of another shape.
    """
    x, lengths, rows = _rows(raw, preparation)
    if not len(rows):
        raise DataError(
            f"No row of {raw.name} can be evaluated: each lacks a value in {_listed(preparation.names)}.",
            "Fill the gaps, or choose another file.",
        )
    labels, anomalous, levels = _labels(raw, settings, rows)
    return Items(
        x=x, part=raw.name, rows=rows, labels=labels, anomalous=anomalous, truth=_truth(raw, preparation.names),
        lengths=lengths, levels=levels,
    )


def _rows(raw: Raw, preparation: Preparation) -> tuple[Floats, Ints | None, Ints]:
    """Data units, the rows of each sequence where these are sequences, and which rows of the raw data they are."""
    if isinstance(preparation, SequencePreparation):
        return preparation.series(raw)
    x, rows = preparation.rows(raw)
    return x, None, rows


def _truth(raw: Raw, names: tuple[str, ...]) -> TrueDensity | None:
    if isinstance(raw, Pictures):
        return None
    numeric = tuple(column.name for column in raw.columns if column.numeric)
    return raw.truth if numeric == names else None


def _labels(
    raw: Raw, settings: PreparationSettings, rows: Ints
) -> tuple[Ints | None, int | None, tuple[str, ...]]:
    """Codes, the one that marks anomalies, and the words that they stand for."""
    codes, levels = _picture_codes(raw, settings) if isinstance(raw, Pictures) else _row_codes(raw, settings, rows)
    if codes is None:
        return None, None, ()
    if settings.anomalous is not None and settings.anomalous not in levels:
        # Data may hold no anomaly at all: then the word's code is one that no item has.
        return codes, len(levels), levels
    code = anomalous_code(levels, settings.anomalous)
    return codes, code if code >= 0 else None, levels


def _picture_codes(pictures: Pictures, settings: PreparationSettings) -> tuple[Ints | None, tuple[str, ...]]:
    return None if settings.label == "" else pictures.codes, pictures.levels


def _row_codes(table: Table, settings: PreparationSettings, rows: Ints) -> tuple[Ints | None, tuple[str, ...]]:
    name = table.label if settings.label is None else settings.label
    if not name or name not in table.names:
        return None, ()
    column = table.column(name)
    return label_codes(column, rows), label_levels(column)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
