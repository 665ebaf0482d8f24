"""The records of one delimited text: its names, and its rows as Arrow arrays."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from genstudio.data.columns import MANY_COLUMNS, Notes, unique_names
from genstudio.data.reader import Watch
from genstudio.data.readers._layout import SEPARATORS, Layout
from genstudio.data.readers._text import Block, blocks, head_text
from genstudio.data.words import number
from genstudio.errors import DataError

# One block keeps the interpreter lock for a few milliseconds at most, so that a window goes on painting.
_BLOCK_BYTES = 1 << 20
_LARGEST_BLOCK = 1 << 26
_DATES = (pacsv.ISO8601, "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
_QUOTED_OR_BLANKS = re.compile(rb'("[^"]*")|[ \t]*(\r\n|\n|\r)[ \t]*|[ \t]+')
_LINE_END = re.compile(rb"\r\n|\n|\r")


class Records:
    """Cuts a text into records and checks that each has as many cells as the header.

    Arguments:
        missing: the spellings that stand for a missing value.

    Raises:
        DataError: also while iterating; names the line.
    """

    def __init__(self, path: Path, layout: Layout, encoding: str, missing: Sequence[str], watch: Watch) -> None:
        self._path, self._layout, self._encoding, self._watch = path, layout, encoding, watch
        self._letter = SEPARATORS[layout.separator]
        self._block_bytes = self._fitting_block()
        self._short: dict[int, int] = {}
        self.missing = missing
        self.notes = Notes()
        tidied = self._tidied(Notes())
        names, rest = self._first_record(tidied)
        self.names = unique_names(names if layout.header else [""] * len(names), self.notes)
        self._numbers = self._likely_numbers(chain([rest], tidied))

    def pieces(self, places: Sequence[int] | None) -> Iterator[list[pa.Array]]:
        """The arrays of each block; as strings where places of columns are given."""
        # Reading a second time is rare, so the first counts for nine tenths of the progress.
        begin, share = (0.0, 0.9) if places is None else (0.9, 0.1)
        tidied = self._tidied(self.notes if places is None else Notes())
        if self._layout.header:
            _, rest = self._first_record(tidied)
            tidied = chain([rest], tidied)
        for block in tidied:
            self._watch(begin + share * block.done, f"Reading {self._path.name}")
            yield from self._arrays(block, places)

    def ragged_notes(self) -> tuple[str, ...]:
        """How many rows were shorter than the header, and the first of them."""
        if not self._short:
            return ()
        line, cells = min(self._short.items())
        count = len(self._short)
        rows = "1 row has" if count == 1 else f"{count:,} rows have"
        return (
            f"{rows} fewer cells than the {len(self.names)} columns (first: line {line:,}, {cells}); "
            "their last cells are taken as missing.",
        )

    def _fitting_block(self) -> int:
        sample, _ = head_text(self._path, self._encoding)
        longest = max(map(len, sample.splitlines()), default=0)
        # Each block costs a little a column, so wide tables take more rows at a time.
        return min(max(_BLOCK_BYTES, 64 * longest), _LARGEST_BLOCK)

    def _likely_numbers(self, tidied: Iterator[Block]) -> dict[str, pa.DataType]:
        """Types to try first: in wide tables, finding out the type of each column takes longer than reading it."""
        if len(self.names) <= MANY_COLUMNS:
            return {}
        row, _ = self._first_record(tidied)
        spelled = (number(cell.strip(), self._layout.decimal) for cell in row)
        return {str(place): pa.float64() for place, value in enumerate(spelled) if value is not None}

    def _tidied(self, notes: Notes) -> Iterator[Block]:
        """Blocks without skipped lines, comments and repeated spaces."""
        skip = self._layout.skip_rows
        for block in blocks(self._path, self._encoding, self._letter, self._block_bytes, notes):
            data, skipped = _without_lines(block.data, skip)
            skip -= skipped
            if self._layout.comment:
                data = _without_comments(data, self._layout.comment)
            if self._layout.separator == "space":
                data = _squeezed(data)
            yield Block(data, block.line + skipped, block.done)

    def _first_record(self, tidied: Iterator[Block]) -> tuple[list[str], Block]:
        """The first record's cells, and what follows it in its block."""
        for block in tidied:
            lines = list(io.StringIO(block.data.decode(), newline=""))
            reader = csv.reader(lines, delimiter=self._letter)
            for row in _rows(reader, block, self._path.name):
                if any(cell.strip() for cell in row):
                    rest = "".join(lines[reader.line_num :]).encode()
                    names = self._named(row)
                    return names, replace(block, data=rest, line=block.line + reader.line_num)
        raise DataError(f"{self._path.name} has no lines that could be rows.", "Choose a file that holds a table.")

    def _named(self, row: list[str]) -> list[str]:
        # NumPy and others put a mark before the names, which belongs to none of them.
        first = row[0].lstrip()
        if self._layout.header and first.startswith("#"):
            first = first.lstrip("# ")
            return [first, *row[1:]] if first else row[1:]
        return row

    def _arrays(self, block: Block, places: Sequence[int] | None) -> Iterator[list[pa.Array]]:
        if not block.data.strip():
            return
        try:
            table = self._parsed(block.data, places)
        except pa.ArrowInvalid:
            # With types inferred, only rows of the wrong width are left to complain of.
            table = self._parsed(self._mended(block), places)
        if len(table):
            yield [column.combine_chunks() for column in table.columns]

    def _parsed(self, data: bytes, places: Sequence[int] | None) -> pa.Table:
        if places is not None:
            return self._typed(data, {str(place): pa.string() for place in places}, [str(place) for place in places])
        try:
            return self._typed(data, self._numbers)
        except pa.ArrowInvalid:
            return self._typed(data, {})

    def _typed(self, data: bytes, types: dict[str, pa.DataType], only: list[str] | None = None) -> pa.Table:
        """The data with the given types of columns; other types are inferred.

        Raises:
            ArrowInvalid: a row is wider or shorter than the header, or a cell does not fit its type.
        """
        names = [str(place) for place in range(len(self.names))]
        return pacsv.read_csv(
            pa.py_buffer(data),
            read_options=pacsv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            parse_options=pacsv.ParseOptions(delimiter=self._letter, newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                null_values=self.missing, strings_can_be_null=True, true_values=[], false_values=[],
                decimal_point=self._layout.decimal, timestamp_parsers=_DATES, include_columns=only, column_types=types,
            ),
        )

    def _mended(self, block: Block) -> bytes:
        """The block with short rows filled up; slow, and only for blocks that need it."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self._letter, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        reader = csv.reader(io.StringIO(block.data.decode(), newline=""), delimiter=self._letter)
        begun, width = 0, len(self.names)
        for row in _rows(reader, block, self._path.name):
            line, begun = block.line + begun, reader.line_num
            if len(row) > width:
                raise self._too_wide(line, len(row))
            if any(cell.strip() for cell in row):
                if len(row) < width:
                    self._short[line] = len(row)
                writer.writerow(row + [""] * (width - len(row)))
        return out.getvalue().encode()

    def _too_wide(self, line: int, cells: int) -> DataError:
        than = "the header" if self._layout.header else "the first row"
        return DataError(
            f"Line {line:,} of {self._path.name} has {cells:,} cells where {than} has {len(self.names):,}.",
            "Mend that line, choose another separator or decimal sign, or pass over lines above the header.",
        )


def _rows(reader: Iterator[list[str]], block: Block, name: str) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise DataError(
            f"The lines of {name} from {block.line:,} on cannot be cut into cells ({error}).",
            "Check its quotes, or choose another separator.",
        ) from error


def _without_lines(data: bytes, count: int) -> tuple[bytes, int]:
    """The data without its first lines, and how many those were."""
    for skipped in range(count):
        end = _LINE_END.search(data)
        if not end:
            return (b"", skipped + 1) if data else (data, skipped)
        data = data[end.end() :]
    return data, count


def _without_comments(data: bytes, mark: str) -> bytes:
    """Comment lines made empty, so that lines keep their numbers."""
    return re.sub(rb"(?m)(?:^|(?<=\r))[ \t]*" + re.escape(mark.encode()) + rb"[^\r\n]*", b"", data)


def _squeezed(data: bytes) -> bytes:
    """Each run of blanks as one space, none at the ends of lines; quoted text stays as it is."""
    if b'"' in data:
        return _QUOTED_OR_BLANKS.sub(lambda found: found[1] or found[2] or b" ", data).strip(b" ")
    return b"\n".join(b" ".join(line.split()) for line in _LINE_END.split(data))
