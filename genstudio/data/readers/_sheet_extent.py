"""How far the sheets of a workbook reach, found before its parser is let at it.

The parser lays every sheet out as a full rectangle and ends the whole program when memory cannot hold it,
which one stray cell in the last corner of a sheet is enough for.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from genstudio.data.readers._archive import members, refuse_oversized
from genstudio.errors import DataError

_MOST_CELLS = 1 << 26
_PIECE_BYTES = 1 << 16
_OVERLAP = 32
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")


def refuse_far_cells(path: Path) -> None:
    """Refuses a workbook with a sheet whose rectangle of cells is too large, or a part larger than it declares.

    Raises:
        DataError: also for an archive that is damaged or unpacks to too much.
    """
    sheets = members(path)
    refuse_oversized(path.name, sum(info.file_size for info in sheets.values()))
    with zipfile.ZipFile(path) as archive:
        for name, info in sheets.items():
            columns, rows = _extent(archive, info)
            # Words of cells may look like references; elsewhere only sheets have any that reach far.
            if columns * rows > _MOST_CELLS and not name.lower().endswith("sharedstrings.xml"):
                raise DataError(
                    f"A sheet of {path.name} reaches over {columns:,} columns and {rows:,} rows.",
                    "Delete what stands far out (Ctrl+End goes there), or export the table as CSV.",
                )


def _extent(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """The last column and row that are named in a part of the workbook; reading it checks its length and checksum."""
    letters: set[bytes] = set()
    rows, tail = 0, b""
    try:
        with archive.open(info) as sheet:
            while piece := sheet.read(_PIECE_BYTES):
                # References may lie across two pieces.
                piece = tail + piece
                for column, row in _REFERENCE.findall(piece):
                    letters.add(column)
                    rows = max(rows, int(row))
                tail = piece[-_OVERLAP:]
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise DataError(f"{info.filename} in the workbook is damaged.", "Get a fresh copy of the file.") from error
    return max(map(_column_number, letters), default=0), rows


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
