"""Tables that were read from one file each, put together as sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes, listed, number_column, unique_names, word_column
from genstudio.data.readers._archive import refuse_oversized
from genstudio.data.readers._members import Member, classes
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table

Ints = NDArray[np.int64]


class UnlikeError(Exception):
    """Says in a few words why a file does not go with those before it."""


@dataclass
class Together:
    """Files that go together, as they come in.

    Arguments:
        name: of the folder or zip.
    """

    name: str
    tables: list[Table] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    rows: int = 0

    def add(self, table: Table, member: Member) -> None:
        """Take one more file.

        Raises:
            UnlikeError: its columns are others than those of the first.
            DataError: all of them would fill the memory.
        """
        if self.tables:
            _compare(table, self.tables[0])
        self.rows += len(table)
        refuse_oversized(self.name, 8.0 * self.rows * len(table.columns))
        self.tables.append(table)
        self.members.append(member)

    def sequences(self, notes: Notes) -> Sequences:
        """One sequence a file, called by its name; the folders are the classes."""
        first = self.tables[0]
        lengths = np.array([len(table) for table in self.tables], np.int64)
        columns = [_joined([table.column(name) for table in self.tables], notes) for name in first.names]
        label = self._class_column(lengths, first.names)
        columns += [label] if label else []
        table = Table(self.name, tuple(columns), label.name if label else first.label, notes=notes.sentences())
        keys = unique_names([PurePosixPath(member.shown.replace("\\", "/")).stem for member in self.members], Notes())
        timed = [table for table in self.tables if isinstance(table, Sequences) and table.times is not None]
        if len(timed) < len(self.tables):
            return sequences(table, lengths, keys)
        times = np.concatenate([table.times for table in timed if table.times is not None])
        return sequences(table, lengths, keys, times, timed[0].time_name, dated=timed[0].dated)

    def _class_column(self, lengths: Ints, taken: Sequence[str]) -> Column | None:
        codes, levels = classes(self.members)
        if not levels:
            return None
        values = np.repeat(np.where(np.array(codes) < 0, np.nan, codes), lengths)
        name = "class"
        while name in taken:
            name += "_"
        return Column(name, ColumnType.CATEGORY, values, levels)


def _compare(table: Table, first: Table) -> None:
    if set(table.names) != set(first.names):
        other = sorted(set(table.names) ^ set(first.names))
        raise UnlikeError(f"it has other columns than the first, such as {listed(other, 1)}")
    for name in first.names:
        kinds = {_kind(found) for found in (table.column(name), first.column(name))} - {"nothing"}
        if len(kinds) > 1:
            raise UnlikeError(f"its column {listed([name])} does not hold {_kind(first.column(name))}")


def _kind(column: Column) -> str:
    if column.levels:
        return "words"
    if column.missing == len(column.values):
        return "nothing"
    return "dates" if column.type is ColumnType.DATE else "numbers"


def _joined(columns: Sequence[Column], notes: Notes) -> Column:
    """The same column of all files, whose words may differ from file to file."""
    name = columns[0].name
    words = sorted({word for column in columns for word in column.levels})
    if not words:
        kinds = {column.type for column in columns if _kind(column) != "nothing"}
        kind = kinds.pop() if len(kinds) == 1 else ColumnType.NUMBER
        return number_column(name, np.concatenate([column.values for column in columns]), notes, kind)
    places = {word: float(place) for place, word in enumerate(words)}
    codes = np.concatenate([_translated(column, places) for column in columns])
    if all(column.type is ColumnType.CATEGORY for column in columns if column.levels):
        return Column(name, ColumnType.CATEGORY, codes, tuple(words))
    return word_column(name, codes, words, notes)


def _translated(column: Column, places: dict[str, float]) -> NDArray[np.float64]:
    # The last is what a missing value is looked up as.
    meaning = np.array([*(places[word] for word in column.levels), np.nan])
    return meaning[np.where(np.isnan(column.values), -1, column.values).astype(np.int64)]
