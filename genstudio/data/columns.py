"""From raw values to typed columns: one place where every reader decides what a column is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from genstudio.data.table import Column, ColumnType
from genstudio.data.words import dates, flags

Floats = NDArray[np.float64]

MANY_COLUMNS = 2000
_MOST_CATEGORIES = 100
_LONGEST_CATEGORY = 100
_EXACT = 2.0**53
_LABELS = frozenset({"label", "labels", "class", "target", "y", "species", "anomaly", "outlier", "is_anomaly"})


@dataclass
class Notes:
    """What a person should know of the columns, gathered by sentence so that 1,000 columns give one note.

    Sentences are templates with `{columns}` where the names go.
    """

    _columns: dict[str, list[str]] = field(default_factory=dict)

    def add(self, sentence: str, *columns: str) -> None:
        """One more column (or none) that a sentence is true of."""
        self._columns.setdefault(sentence, []).extend(columns)

    def sentences(self) -> tuple[str, ...]:
        """The notes, in the order in which they first came up."""
        return tuple(text.replace("{columns}", listed(names)) for text, names in self._columns.items())


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first few names, quoted and cut short, and how many more there are."""
    shown = ", ".join(f"`{name if len(name) <= 40 else name[:39] + '…'}`" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def unique_names(raw: Iterable[str], notes: Notes) -> list[str]:
    """Names without blanks around them; empty ones numbered, repeated ones told apart."""
    names: list[str] = []
    taken: set[str] = set()
    for place, given in enumerate(raw, 1):
        wanted = " ".join(given.split()) or f"column {place}"
        name = _free(wanted, taken)
        if name != wanted:
            notes.add("Columns share a name; the later ones are now called {columns}.", name)
        taken.add(name)
        names.append(name)
    if len(names) > MANY_COLUMNS:
        notes.add(f"The table has {len(names):,} columns; choose a few, for models get slow with so many.")
    return names


def _free(wanted: str, taken: set[str]) -> str:
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted} ({count})"
    return name


def number_column(name: str, values: Floats, notes: Notes, kind: ColumnType = ColumnType.NUMBER) -> Column:
    """A column of numbers, dates or flags.

    Infinite values become missing, because no model and no plot can place them; a note says so.
    """
    infinite = np.isinf(values)
    if infinite.any():
        values = np.where(infinite, np.nan, values)
        notes.add("Infinite values, or values too large for a number, are taken as missing in {columns}.", name)
    present = values[~np.isnan(values)]
    if not len(present):
        notes.add("Every value is missing in {columns}.", name)
    elif kind is ColumnType.NUMBER and _rounded(present):
        notes.add("Whole numbers beyond 2⁵³ are kept to 16 digits in {columns}.", name)
    return Column(name, kind, np.ascontiguousarray(values, dtype=np.float64))


def _rounded(present: Floats) -> bool:
    large = present[np.abs(present) >= _EXACT]
    # Measurements such as 1e200 are whole numbers too, but nobody counts that far.
    return bool(len(large) and (np.abs(large) < 1e40).all() and (large == np.floor(large)).all())


def word_column(name: str, codes: Floats, words: Sequence[str], notes: Notes) -> Column:
    """A column of words: flags, dates, a category when few words repeat, free text otherwise.

    Arguments:
        codes: shape (N,); indices into `words`, NaN where missing.
    """
    for kind, meaning in ((ColumnType.FLAG, flags(words)), (ColumnType.DATE, dates(words))):
        if meaning is not None:
            return number_column(name, _looked_up(codes, meaning), notes, kind)
    if not words:
        return number_column(name, codes, notes)
    if not _repeats(codes, words):
        return Column(name, ColumnType.TEXT, codes, tuple(words))
    order = sorted(range(len(words)), key=words.__getitem__)
    place = np.empty(len(words))
    place[order] = np.arange(len(words))
    return Column(name, ColumnType.CATEGORY, _looked_up(codes, place), tuple(words[i] for i in order))


def _repeats(codes: Floats, words: Sequence[str]) -> bool:
    present = len(codes) - int(np.isnan(codes).sum())
    few = len(words) <= min(_MOST_CATEGORIES, max(2, present // 2))
    return few and max(map(len, words)) <= _LONGEST_CATEGORY


def _looked_up(codes: Floats, meaning: Floats) -> Floats:
    missing = np.isnan(codes)
    found = meaning[np.where(missing, 0, codes).astype(np.int64)]
    found[missing] = np.nan
    return found


def likely_label(columns: Sequence[Column]) -> str | None:
    """The name of the column that names a class, judged by its own name and by how few values it has."""
    for column in columns:
        if column.name.lower() in _LABELS and _is_classes(column):
            return column.name
    return None


def _is_classes(column: Column) -> bool:
    if column.type is not ColumnType.NUMBER:
        return column.type in (ColumnType.CATEGORY, ColumnType.FLAG)
    # A sample tells counts from measurements; sorting ten million values would not tell more.
    values = np.unique(column.values[:10_000])
    values = values[~np.isnan(values)]
    return 0 < len(values) <= min(_MOST_CATEGORIES, max(2, len(column.values) // 2)) and bool(
        (values == np.floor(values)).all()
    )
