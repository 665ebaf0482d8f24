"""Pieces of Arrow arrays gathered into columns; columns that change their kind on the way are read again as words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genstudio.data.columns import Notes, listed, number_column, word_column
from genstudio.data.table import Column, ColumnType
from genstudio.data.words import number, numbers

Floats = NDArray[np.float64]
Pieces = Callable[[Sequence[int] | None], Iterator[Sequence[pa.Array]]]
"""Arrays of the columns at the given places (all when None), piece by piece; as strings where places are given."""

# Free text cannot be learned from; what is kept of it is for looking at.
_MOST_WORDS = 200_000
_MOST_LETTERS = 1 << 28
_SAMPLE = 10_000


class _Kind(Enum):
    NUMBER = auto()
    DATE = auto()
    FLAG = auto()
    WORDS = auto()


_TYPES = {_Kind.NUMBER: ColumnType.NUMBER, _Kind.DATE: ColumnType.DATE, _Kind.FLAG: ColumnType.FLAG}


def gather(
    names: Sequence[str], pieces: Pieces, notes: Notes, missing: Iterable[str], decimal: str = "."
) -> list[Column]:
    """Columns from pieces that are read one after the other.

    Arguments:
        names: of the columns, unique.
        missing: words that stand for a missing value.
    """
    absent = frozenset(missing)
    gathered = [_Gathering(name, absent, decimal) for name in names]
    for arrays in pieces(None):
        for gathering, array in zip(gathered, arrays, strict=True):
            gathering.add(array)
    mixed = [place for place, gathering in enumerate(gathered) if gathering.mixed]
    if mixed:
        _gather_again(gathered, mixed, pieces)
    # Each gathering is let go as its column is made, so that memory holds one copy, not two.
    gathered.reverse()
    return [gathered.pop().column(notes) for _ in names]


def _gather_again(gathered: list[_Gathering], mixed: Sequence[int], pieces: Pieces) -> None:
    for place in mixed:
        gathered[place] = gathered[place].as_words()
    for arrays in pieces(mixed):
        for place, array in zip(mixed, arrays, strict=True):
            gathered[place].add(array)


@dataclass
class _Gathering:
    """What has been read of one column."""

    name: str
    absent: frozenset[str]
    decimal: str
    only_words: bool = False
    mixed: bool = False
    kind: _Kind | None = None
    parts: list[Floats] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    letters: int = 0
    dropped: int = 0

    def as_words(self) -> _Gathering:
        return _Gathering(self.name, self.absent, self.decimal, only_words=True)

    def add(self, array: pa.Array) -> None:
        if self.mixed:
            return
        kind, values = self._values(array)
        if kind is not None and self.kind not in (None, kind):
            self.mixed = True
            self.parts.clear()
            return
        self.kind = self.kind or kind
        self.parts.append(values)

    def column(self, notes: Notes) -> Column:
        values = np.concatenate(self.parts) if self.parts else np.empty(0)
        self.parts.clear()
        if self.kind is _Kind.WORDS:
            return self._word_column(values, notes)
        return number_column(self.name, values, notes, _TYPES.get(self.kind or _Kind.NUMBER, ColumnType.NUMBER))

    def _word_column(self, codes: Floats, notes: Notes) -> Column:
        if self.dropped:
            notes.add(f"Only the first {_MOST_WORDS:,} different words are kept in {{columns}}.", self.name)
        words = list(self.places)
        stray = _stray(words, self.decimal)
        if stray is not None:
            row = int(np.argmax(codes == stray)) + 1
            notes.add(
                f"{{columns}} holds numbers, but row {row:,} says {listed([words[stray]])}, so it was read as words; "
                "add that to the missing words to read the numbers.", self.name,
            )
        return word_column(self.name, codes, words, notes)

    def _values(self, array: pa.Array) -> tuple[_Kind | None, Floats]:
        if array.null_count == len(array):
            return None, np.full(len(array), np.nan)
        kind = arrow_kind(array.type)
        if kind is _Kind.WORDS:
            return self._word_values(array)
        return kind, _floats(array)

    def _word_values(self, array: pa.Array) -> tuple[_Kind | None, Floats]:
        encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        words = ["" if word is None else word.strip() for word in encoded.dictionary.to_pylist()]
        codes = _floats(encoded.indices)
        absent = np.array([word in self.absent for word in words], dtype=bool)
        present = [word for word in words if word not in self.absent]
        if not present:
            return None, np.full(len(array), np.nan)
        meaning = None if self.only_words or self.kind is _Kind.WORDS else numbers(present, self.decimal)
        places = np.full(len(words), np.nan)
        places[~absent] = self._places(present) if meaning is None else meaning
        known = ~np.isnan(codes)
        values = np.full(len(codes), np.nan)
        values[known] = places[codes[known].astype(np.int64)]
        return (_Kind.WORDS if meaning is None else _Kind.NUMBER), values

    def _places(self, words: Sequence[str]) -> Floats:
        return np.array([self._place(word) for word in words])

    def _place(self, word: str) -> float:
        if word not in self.places:
            if len(self.places) >= _MOST_WORDS or self.letters > _MOST_LETTERS:
                self.dropped += 1
                return np.nan
            self.places[word] = len(self.places)
            self.letters += len(word)
        return self.places[word]


def _stray(words: Sequence[str], decimal: str) -> int | None:
    """Where the first word stands that is no number, when most words are numbers."""
    spelled = [number(word, decimal) is not None for word in words[:_SAMPLE]]
    return spelled.index(False) if 2 * sum(spelled) > len(spelled) and not all(spelled) else None


def arrow_kind(kind: pa.DataType) -> _Kind | None:
    """What values of an Arrow type are read as; None for types that no column can hold."""
    types = pa.types
    if types.is_boolean(kind):
        return _Kind.FLAG
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return _Kind.NUMBER
    if types.is_date(kind) or types.is_timestamp(kind):
        return _Kind.DATE
    if types.is_time(kind) or types.is_duration(kind):
        return _Kind.NUMBER
    if types.is_dictionary(kind):
        return _Kind.WORDS if _is_words(kind.value_type) else None
    return _Kind.WORDS if _is_words(kind) else None


def _is_words(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _floats(array: pa.Array) -> Floats:
    """The values as float64, NaN where missing; times in seconds."""
    kind, scale = array.type, 1.0
    if pa.types.is_date(kind):
        array = array.cast(pa.timestamp("s"))
    elif pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_time(kind):
        scale = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
    if not pa.types.is_floating(array.type):
        array = _whole(array)
    values = array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.asarray(values / scale if scale != 1.0 else values, dtype=np.float64)


def _whole(array: pa.Array) -> pa.Array:
    if pa.types.is_time32(array.type):
        return array.cast(pa.int32())
    if pa.types.is_temporal(array.type):
        return array.cast(pa.int64())
    return array
