"""Labels of items: which column holds them, their codes, which classes are kept and how many items of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Labels
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

Ints = NDArray[np.int64]

ANOMALOUS_WORDS = frozenset({"anomalous", "anomaly", "outlier", "abnormal", "fraud", "defect", "1", "yes", "true"})
NORMAL_WORDS = frozenset({"normal", "inlier", "ok", "good", "0", "no", "false"})
# Drawing equally many of each class must not change how the rows are split.
_BALANCE_STREAM = 1


@dataclass(frozen=True)
class Marks:
    """The labels of items before they are split.

    Arguments:
        levels: what the codes stand for.
        codes: shape (N,); -1 where the label is missing.
        anomalous: the code that marks anomalies, -1 when none does.
    """

    levels: tuple[str, ...]
    codes: Ints
    anomalous: int

    def take(self, items: Ints) -> Marks:
        """The labels of some items."""
        return Marks(self.levels, self.codes[items], self.anomalous)

    def only(self, levels: Sequence[str]) -> Marks:
        """The same items with these levels alone; all other labels count as missing."""
        places = {level: code for code, level in enumerate(levels)}
        # The last entry is what a missing label, -1, is looked up as.
        codes = np.array([*(places.get(level, -1) for level in self.levels), -1], np.int64)
        return Marks(tuple(levels), codes[self.codes], int(codes[self.anomalous]))

    def split(self, train: Ints, valid: Ints, test: Ints) -> Labels:
        """The labels of the three parts."""
        anomalous = self.anomalous if self.anomalous >= 0 else None
        return Labels(self.levels, self.codes[train], self.codes[valid], self.codes[test], anomalous)


def chosen_items(
    marks: Marks | None, n: int, settings: PreparationSettings, seed: int, name: str
) -> tuple[Ints, Marks | None]:
    """Which of n items the settings let through by their class, in their order, and the labels of these.

    Arguments:
        marks: the labels of all n; None where there are none.
        name: of the data, for messages.

    Raises:
        DataError: there are no labels to choose by, an unknown class, or no item of the classes chosen.
    """
    if settings.classes is None and not settings.balance:
        return np.arange(n), marks
    if marks is None:
        raise DataError(f"{name} has no label to choose or balance classes by.", "Name the label, or use all items.")
    if settings.classes is not None:
        marks = marks.only(_known_classes(marks.levels, settings.classes))
    items = np.flatnonzero(marks.codes >= 0)
    if not len(items):
        raise DataError(f"{name} has no items of the chosen classes.", "Choose other classes.")
    if settings.balance:
        items = items[_balanced(marks.codes[items], seed)]
    return items, marks.take(items)


def _known_classes(levels: Sequence[str], chosen: Sequence[str]) -> list[str]:
    for word in chosen:
        if word not in levels:
            raise _unknown(word, levels)
    return [level for level in levels if level in chosen]


def _balanced(codes: Ints, seed: int) -> Ints:
    """Places of equally many items of each class that occurs."""
    random = np.random.default_rng([seed, _BALANCE_STREAM])
    counts = np.bincount(codes)
    fewest = int(counts[counts > 0].min())
    drawn = [random.permutation(np.flatnonzero(codes == code))[:fewest] for code in np.flatnonzero(counts)]
    return np.sort(np.concatenate(drawn))


def column_marks(label: Column | None, rows: Ints, settings: PreparationSettings) -> Marks | None:
    """The labels of some rows of a table, None where no column is the label."""
    if label is None:
        return None
    levels = label_levels(label)
    return Marks(levels, label_codes(label, rows), anomalous_code(levels, settings.anomalous))


def label_column(table: Table, settings: PreparationSettings) -> Column | None:
    """The column that is a label under these settings, or None."""
    name = table.label if settings.label is None else settings.label
    return table.column(name) if name else None


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
            raise _unknown(chosen, levels)
        return list(levels).index(chosen)
    words = [level.strip().lower() for level in levels]
    if len(words) == 2:
        for code, word in enumerate(words):
            if word in ANOMALOUS_WORDS and words[1 - code] in NORMAL_WORDS:
                return code
    return -1


def _unknown(word: str, levels: Sequence[str]) -> DataError:
    return DataError(f"The label has no value `{word}`.", f"It has: {', '.join(levels[:20])}.")
