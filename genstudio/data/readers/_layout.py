"""How a delimited text is laid out, judged by its first lines."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from genstudio.data.words import MISSING, spellings

SEPARATORS = {"tab": "\t", ";": ";", "|": "|", ",": ",", "space": " "}
_LINES = 200
_COLUMNS = 100
_COMMENTS = ("#", "%")
_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.ASCII | re.IGNORECASE)
_COMMA = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.ASCII | re.IGNORECASE)
_MISSING = frozenset(spellings(MISSING))

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Layout:
    """What has to be known to cut a text into cells. `separator` is a key of `SEPARATORS`."""

    separator: str = ","
    decimal: str = "."
    header: bool = True
    skip_rows: int = 0
    comment: str = ""


def detect_layout(text: str) -> Layout:
    """The layout that explains the first lines best.

    Arguments:
        text: the beginning of the file, whole lines.
    """
    lines = [line.rstrip("\r\n") for line in io.StringIO(text, newline="") if line.strip()][:_LINES]
    comment = _comment(lines)
    kept = [line for line in lines if not (comment and line.lstrip().startswith(comment))]
    separator = _separator(kept)
    found = Layout(separator, _decimal(rows(kept, separator), separator), comment=comment)
    return _with_header(found, text, kept)


def rows(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Cells of lines, stripped; lines that the csv module cannot take end the look."""
    if separator == "space":
        lines = [" ".join(line.split()) for line in lines]
    found: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=SEPARATORS[separator]):
            if any(cell.strip() for cell in row):
                found.append([cell.strip() for cell in row])
    except csv.Error:
        pass
    return found


def _comment(lines: Sequence[str]) -> str:
    for mark in _COMMENTS:
        marked = [i for i, line in enumerate(lines) if line.lstrip().startswith(mark)]
        if marked and not (marked == [0] and _names_behind(lines, mark)):
            return mark
    return ""


def _names_behind(lines: Sequence[str], mark: str) -> bool:
    """Whether the first line, without its mark, is the header of the rows below (as NumPy writes it)."""
    rest = lines[1:]
    separator = _separator(rest)
    names = rows([lines[0].lstrip().lstrip(mark)], separator)
    below = rows(rest, separator)
    return bool(names and below) and len(names[0]) == len(below[0]) and not any(map(_numeric, names[0]))


def _separator(lines: Sequence[str]) -> str:
    best, found = 0.0, ","
    for separator, letter in SEPARATORS.items():
        if any(letter in line for line in lines):
            score = _score(rows(lines, separator), separator)
            if score > best:
                best, found = score, separator
    return found


def evenness(lines: Sequence[str]) -> float:
    """The greatest share of lines that some separator cuts into equally many cells, of two or more; 0 to 1."""
    found = 0.0
    for separator in SEPARATORS:
        widths = Counter(len(row) for row in rows(lines[:_LINES], separator))
        found = max([found, *(count / len(lines[:_LINES]) for width, count in widths.items() if width > 1)])
    return found


def _score(cells: Rows, separator: str) -> float:
    """How evenly the rows are cut (0 to 1), and up to as much again for cells that are numbers."""
    widths = Counter(len(row) for row in cells)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if width < 2:
        return 0.0
    looked = [cell for row in cells for cell in row[:_COLUMNS]]
    numeric = sum(_numeric(cell, comma=separator != ",") for cell in looked)
    return count / len(cells) * (1 + numeric / len(looked))


def _numeric(cell: str, comma: bool = True) -> bool:
    return bool(cell in _MISSING or _POINT.fullmatch(cell) or (comma and _COMMA.fullmatch(cell)))


def _decimal(cells: Rows, separator: str) -> str:
    if separator == ",":
        return "."
    numbers = [cell for row in cells for cell in row[:_COLUMNS] if re.fullmatch(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?", cell)]
    # One decimal sign a number: 24.12.2024 is a date, and 1.234.567 groups its digits.
    comma = sum(cell.count(",") == 1 and cell.rfind(",") > cell.rfind(".") for cell in numbers)
    point = sum(cell.count(".") == 1 and cell.rfind(".") > cell.rfind(",") for cell in numbers)
    return "," if comma > point else "."


def _with_header(layout: Layout, text: str, kept: Sequence[str]) -> Layout:
    cells = rows(kept, layout.separator)
    titles = _titles(cells)
    header = is_header(cells[titles:])
    if not titles or not header:
        return replace(layout, header=is_header(cells))
    # Skipping counts lines of the file, with the empty ones and the comments above the header.
    everything = list(io.StringIO(text, newline=""))
    skip = next(i for i, line in enumerate(everything) if line.rstrip("\r\n") == kept[titles])
    return replace(layout, skip_rows=skip)


def _titles(cells: Rows) -> int:
    """How many lines above the header hold a single cell, as titles and dates of measurement do."""
    width = Counter(len(row) for row in cells).most_common(1)[0][0] if cells else 0
    if width < 2:
        return 0
    return next(i for i, row in enumerate(cells) if len(row) > 1)


def is_header(cells: Rows) -> bool:
    """Whether the first row names the columns: words above numbers, or words that do not repeat."""
    if not cells:
        return True
    first, below = cells[0], cells[1:]
    if any(not cell for cell in first[:-1]) and not below:
        return False
    votes = 0
    for place, name in enumerate(first[:_COLUMNS]):
        column = [row[place] for row in below if place < len(row) and row[place] not in _MISSING]
        if column and all(map(_numeric, column)):
            votes += -1 if _numeric(name) else 1
    if votes:
        return votes > 0
    return not any(map(_numeric, first)) and len(set(first)) == len(first)
