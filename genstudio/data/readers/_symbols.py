"""Plain text as sequences of symbols: characters or words."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes
from genstudio.data.reader import Watch
from genstudio.data.readers._archive import refuse_oversized
from genstudio.data.readers._layout import evenness
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

Ints = NDArray[np.int64]
Symbols = Literal["characters", "words"]
Units = Literal["lines", "paragraphs", "whole"]

SPACE = "␣"
"""What stands for a space, which nobody could see."""
OTHERS = "…"
"""What stands for the symbols that are too rare to be told apart."""

_PIECE_BYTES = 1 << 20
_EVERY = 4096
_WORD = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_LEAST_LETTERS = 0.7
_LEAST_EVEN = 0.6


@dataclass(frozen=True)
class SymbolSettings:
    """What counts as a symbol, and where a sequence ends.

    Arguments:
        most: symbols that are told apart; rarer ones become `OTHERS`.
    """

    symbols: Symbols = "characters"
    units: Units = "lines"
    lower_case: bool = False
    most: int = 1000


def is_prose(text: str) -> bool:
    """Whether the beginning of a text is to be read, rather than a table of cells."""
    lines = [line for line in text.splitlines() if line.strip()]
    visible = "".join(text.split())
    if not lines or sum(map(str.isalpha, visible)) < _LEAST_LETTERS * len(visible):
        return False
    if len(lines) == 1:
        return " " in lines[0].strip()
    # Words that come again and again, one a line, are a column of a table.
    one_each = not any(character in line.strip() for line in lines for character in " \t,;|")
    return len(set(lines)) > len(lines) / 2 if one_each else evenness(lines) < _LEAST_EVEN


def units_of(text: str) -> Units:
    """Where sequences end in a text like this: at empty lines where it has some between longer ones."""
    paragraphs = [part for part in _PARAGRAPH.split(text) if part.strip()]
    return "paragraphs" if any("\n" in part.strip() for part in paragraphs) and len(paragraphs) > 1 else "lines"


def read_symbols(path: Path, encoding: str, settings: SymbolSettings, watch: Watch) -> Sequences:
    """A text as sequences of one column of symbols.

    Raises:
        DataError: there is nothing to read, or it would fill the memory.
        Cancelled: raised by `watch`.
    """
    notes = Notes()
    text = _text(path, encoding, notes, watch)
    refuse_oversized(path.name, 8.0 * len(text))
    codes, levels, lengths = _coded(list(_units(text, settings, path.name, watch)), settings.symbols)
    if not len(codes):
        raise DataError(f"{path.name} has no letters to read.", "Choose a text that holds some.")
    codes, levels = _most_frequent(codes, levels, settings.most, notes)
    name = "character" if settings.symbols == "characters" else "word"
    column = Column(name, ColumnType.CATEGORY, codes.astype(np.float64), tuple(levels))
    return sequences(Table(path.name, (column,), notes=notes.sentences()), lengths)


def _text(path: Path, encoding: str, notes: Notes, watch: Watch) -> str:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    total, pieces = max(path.stat().st_size, 1), []
    # Of each byte a code of eight bytes is made at the most.
    refuse_oversized(path.name, 8.0 * total)
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            pieces.append(decoder.decode(piece))
            watch(0.5 * min(file.tell() / total, 1.0), f"Reading {path.name}")
    text = ("".join(pieces) + decoder.decode(b"", final=True)).removeprefix("\ufeff")
    if "\0" in text:
        raise DataError(f"{path.name} holds zero bytes, so it is no plain text.", "Choose another encoding or file.")
    if "\ufffd" in text:
        notes.add(f"{text.count(chr(0xFFFD)):,} letters do not fit the encoding and are shown as \ufffd.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _units(text: str, settings: SymbolSettings, name: str, watch: Watch) -> Iterator[str]:
    """The stretches of text that are sequences, each on one line; empty ones are passed over."""
    ends = {"lines": re.compile("\n"), "paragraphs": _PARAGRAPH, "whole": None}[settings.units]
    parts = [text] if ends is None else ends.split(text)
    for place, part in enumerate(parts):
        if place % _EVERY == 0:
            watch(0.5 + 0.4 * place / len(parts), f"Reading {name}")
        plain = " ".join(part.split())
        if plain:
            yield plain.lower() if settings.lower_case else plain


def _coded(units: Sequence[str], symbols: Symbols) -> tuple[Ints, list[str], Ints]:
    """Codes into the levels, the levels in order, and how many codes each unit has."""
    if symbols == "words":
        return _coded_words([_WORD.findall(unit) for unit in units])
    lengths = np.array([len(unit) for unit in units], np.int64)
    points = np.frombuffer("".join(units).encode("utf-32-le"), "<u4")
    found, codes = np.unique(points, return_inverse=True)
    levels = [SPACE if point == ord(" ") else chr(point) for point in found.tolist()]
    return codes.astype(np.int64), levels, lengths


def _coded_words(units: Sequence[Sequence[str]]) -> tuple[Ints, list[str], Ints]:
    units = [unit for unit in units if unit]
    levels = sorted({word for unit in units for word in unit})
    places = {word: place for place, word in enumerate(levels)}
    codes = np.array([places[word] for unit in units for word in unit], np.int64)
    return codes, levels, np.array([len(unit) for unit in units], np.int64)


def _most_frequent(codes: Ints, levels: Sequence[str], most: int, notes: Notes) -> tuple[Ints, list[str]]:
    if len(levels) <= most:
        return codes, list(levels)
    kept = np.sort(np.argsort(-np.bincount(codes), kind="stable")[: most - 1]).tolist()
    notes.add(
        f"Of {len(levels):,} different symbols the {len(kept):,} most frequent are told apart; the others are {OTHERS}."
    )
    places = np.full(len(levels), len(kept), np.int64)
    places[kept] = np.arange(len(kept))
    return places[codes], [*(levels[place] for place in kept), OTHERS]
