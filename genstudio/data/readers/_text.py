"""Text files as blocks of whole records: decoded, cut outside quotes, with their line numbers."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes
from genstudio.errors import DataError

HEAD_BYTES = 1 << 16
LONGEST_RECORD = 1 << 26
# The default of the csv module, 128 KiB, would refuse long cells that the fast parser accepts.
csv.field_size_limit(LONGEST_RECORD)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))


def detect_encoding(head: bytes) -> str:
    """The encoding that the first bytes of a text suggest; UTF-8 where nothing speaks against it."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 6 and min(even, odd) <= len(head) // 100:
        return "utf-16-le" if odd > even else "utf-16-be"
    if _decodes(head, "utf-8"):
        return "utf-8"
    return "cp1252" if _decodes(head, "cp1252") else "latin-1"


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def is_text(head: bytes) -> bool:
    """Whether bytes look like text: hardly any control characters, once decoded."""
    if detect_encoding(head).startswith(("utf-16", "utf-32")):
        return True
    return len(head) - len(head.translate(None, _CONTROLS)) <= len(head) // 50


def head_text(path: Path, encoding: str = "") -> tuple[str, str]:
    """The beginning of a file, cut after a whole line where it has one, and its encoding.

    Arguments:
        encoding: detected when empty.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        # Tables of 100,000 columns have lines longer than the usual look; a few of them are enough.
        while head.count(b"\n") + head.count(b"\r") < 4 and len(head) < 64 * HEAD_BYTES:
            more = file.read(len(head))
            if not more:
                break
            head += more
        whole = not file.read(1)
    encoding = encoding or detect_encoding(head)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head).removeprefix("\ufeff")
    end = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
    return (text if whole or not end else text[:end]), encoding


@dataclass(frozen=True)
class Block:
    """Whole records of a text.

    Arguments:
        data: UTF-8.
        line: number of its first line, from 1.
        done: share of the file's bytes read so far, 0 to 1.
    """

    data: bytes
    line: int
    done: float


def blocks(path: Path, encoding: str, separator: str, size: int, notes: Notes) -> Iterator[Block]:
    """The text as blocks of about `size` bytes, each made of whole records.

    Raises:
        DataError: bytes that do not fit the encoding, NUL bytes, a quote without end, a record without end.
    """
    decoder = _Decoder(path.name, encoding, notes)
    total = max(path.stat().st_size, 1)
    rest, line = b"", 1
    with path.open("rb") as file:
        while piece := file.read(size):
            rest += decoder.feed(piece, line + _lines(rest))
            end = record_end(rest, separator)
            if end:
                yield Block(_checked(rest[:end], path.name, line), line, min(file.tell() / total, 1.0))
                line, rest = line + _lines(rest[:end]), rest[end:]
            elif len(rest) > LONGEST_RECORD:
                raise _endless(path.name, rest, separator, line)
    rest += decoder.feed(b"", line + _lines(rest), final=True)
    if open_quote(rest, separator) >= 0:
        raise _endless(path.name, rest, separator, line)
    if rest:
        yield Block(_checked(rest, path.name, line), line, 1.0)


class _Decoder:
    """Turns pieces of a file into UTF-8."""

    def __init__(self, name: str, encoding: str, notes: Notes) -> None:
        self._name, self._encoding, self._notes = name, encoding, notes
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._plain = True
        self._begun = False

    def feed(self, piece: bytes, line: int, final: bool = False) -> bytes:
        """The piece as UTF-8; `line` is where it begins."""
        held = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            text = self._decoded_otherwise(held + piece, error, line)
        self._plain = self._plain and text.isascii()
        if text and not self._begun:
            self._begun, text = True, text.removeprefix("\ufeff")
        return text.encode("utf-8", "replace")

    def _decoded_otherwise(self, piece: bytes, error: UnicodeDecodeError, line: int) -> str:
        line += piece[: error.start].decode(self._encoding, "ignore").count("\n")
        if self._encoding != "utf-8" or not (self._plain and piece[: error.start].isascii()):
            raise DataError(
                f"Line {line:,} of {self._name} does not fit the encoding {self._encoding}.",
                "Choose another encoding, or save the file anew as UTF-8.",
            ) from error
        # Plain ASCII up to here says nothing about the encoding, so the first letter beyond it decides.
        self._notes.add(f"The text is not UTF-8 from line {line:,} on and was read as Windows-1252.")
        self._encoding = "cp1252"
        self._decoder = codecs.getincrementaldecoder("cp1252")("replace")
        return self._decoder.decode(piece)


def _lines(data: bytes) -> int:
    return data.count(b"\n") or data.count(b"\r")


def _checked(data: bytes, name: str, line: int) -> bytes:
    place = data.find(b"\0")
    if place >= 0:
        raise DataError(
            f"Line {line + _lines(data[:place]):,} of {name} holds a NUL byte, which no text has.",
            "The file may be damaged, or in an encoding such as UTF-16: choose the encoding, or save it anew.",
        )
    return data


def _endless(name: str, data: bytes, separator: str, line: int) -> DataError:
    opened = open_quote(data, separator)
    if opened < 0:
        return DataError(
            f"Line {line:,} of {name} is longer than {LONGEST_RECORD >> 20} MB.", "Choose a table with shorter lines."
        )
    return DataError(
        f'The quote (") opened in line {line + _lines(data[:opened]):,} of {name} is never closed.',
        "Close it or remove it in that line, then open the file again.",
    )


def record_end(data: bytes, separator: str) -> int:
    """Where the last whole record ends, 0 when none does; line ends within quotes do not count."""
    end = _line_end(data, len(data))
    if b'"' not in data:
        return end
    opened, closed = _quoted(data, separator)
    while end:
        i = int(np.searchsorted(opened, end)) - 1
        if i < 0 or (i < len(closed) and closed[i] < end):
            return end
        end = _line_end(data, int(opened[i]) + 1)
    return 0


def open_quote(data: bytes, separator: str) -> int:
    """Where a quote is opened and never closed, or -1."""
    opened, closed = _quoted(data, separator)
    return int(opened[-1]) if len(opened) > len(closed) else -1


def _line_end(data: bytes, stop: int) -> int:
    # A carriage return at the very end may be the first half of a line end.
    return max(data.rfind(b"\n", 0, stop), data.rfind(b"\r", 0, stop - 1)) + 1


def _quoted(data: bytes, separator: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of opening quotes and of closing ones; the last one opened may lack its close."""
    letters = np.frombuffer(data, dtype=np.uint8)
    marks = np.flatnonzero(letters == ord('"'))
    edges = np.frombuffer(b'\n\r"' + separator.encode(), dtype=np.uint8)
    opened, closed = marks[0::2], marks[1::2]
    before = letters[np.maximum(opened - 1, 0)]
    after = letters[np.minimum(closed + 1, len(letters) - 1)]
    if np.isin(before[opened > 0], edges).all() and np.isin(after, edges).all():
        return opened, closed
    return _walked(data, marks.tolist(), edges.tobytes().replace(b'"', b""))


def _walked(data: bytes, marks: list[int], edges: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same one quote at a time, for texts with quotes inside of words (a 5" pipe)."""
    opened: list[int] = []
    closed: list[int] = []
    skip = -1
    for mark in marks:
        if mark == skip:
            continue
        if len(opened) == len(closed):
            if mark == 0 or data[mark - 1] in edges:
                opened.append(mark)
        elif data[mark + 1 : mark + 2] == b'"':
            skip = mark + 1
        else:
            closed.append(mark)
    return np.array(opened, dtype=np.int64), np.array(closed, dtype=np.int64)
