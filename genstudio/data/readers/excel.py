"""Excel workbooks."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pyarrow as pa
import python_calamine as calamine

from genstudio.data.columns import Notes, likely_label, unique_names
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._archive import members
from genstudio.data.readers._gather import gather
from genstudio.data.readers._layout import is_header
from genstudio.data.readers._sheet_extent import refuse_far_cells
from genstudio.data.table import Table
from genstudio.data.words import MISSING, spellings
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import nearest, setting

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BATCH_ROWS = 500
_HEAD_ROWS = 50
_MARK = "xl/workbook.xml"

Row = Sequence[Any]
T = TypeVar("T")


class ExcelReader(Reader):
    """Reads one sheet of a workbook; formulas count as their last value."""

    info: ClassVar[ReaderInfo] = ReaderInfo(
        "excel", "Excel workbook", (".xlsx", ".xlsm", ".xls"), order=20
    )

    class Settings(BaseSettings):
        """Which sheet, and how it begins."""

        sheet: str = setting("", "Name of the sheet; the first one that holds something when empty.")
        header: bool = setting(True, "Whether the first row names the columns.")
        skip_rows: int = setting(0, "Rows above the header, or above the first row, to pass over.", ge=0, unit="rows")

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is an old binary workbook, or an archive with the parts of a new one."""
        if head.startswith(_OLE):
            return True
        return head.startswith(b"PK") and _MARK in members(path)

    def detect(self, path: Path) -> ExcelReader.Settings:
        """The first sheet that holds something, and whether its first row is a header."""
        with _Workbook(path) as book:
            sheet = book.sheet("")
            head = [[_word(cell) for cell in row] for row in islice(sheet.iter_rows(), _HEAD_ROWS)]
            titles = _titles(head)
            return self.Settings(
                sheet=sheet.name, skip_rows=titles, header=is_header([row for row in head[titles:] if any(row)])
            )

    def read(self, path: Path, settings: ExcelReader.Settings, watch: Watch = unwatched) -> Table:
        """The sheet as a table.

        Raises:
            DataError: a damaged or locked workbook, an unknown or empty sheet.
            Cancelled: raised by `watch`.
        """
        watch(0.0, f"Opening {path.name}")
        with _Workbook(path) as book:
            return _table(path.name, book.sheet(settings.sheet), settings, watch)


class _Workbook:
    """A workbook that is open; what its parser raises becomes a sentence."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        if members(path):
            refuse_far_cells(path)
        self._book = self._asked(lambda: calamine.load_workbook(str(path)))

    def __enter__(self) -> _Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def sheet(self, name: str) -> calamine.CalamineSheet:
        """A sheet by its name; the first one that holds something when the name is empty."""
        names = self._book.sheet_names
        if name and name not in names:
            raise DataError(f"{self._name} has no sheet `{name}` ({nearest(name, names)}).", "Choose another sheet.")
        for candidate in [name] if name else names:
            sheet = self._parsed(candidate)
            if sheet.end is not None:
                return sheet
        where = f"Sheet `{name}` of {self._name}" if name else self._name
        raise DataError(f"{where} is empty.", "Choose a sheet that holds a table.")

    def _parsed(self, name: str) -> calamine.CalamineSheet:
        return self._asked(lambda: self._book.get_sheet_by_name(name))

    def _asked(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except BaseException as error:
            # A panic of the Rust parser is no Exception, and must not end the program.
            if isinstance(error, Exception) or type(error).__module__ == "pyo3_runtime":
                raise DataError(
                    f"{self._name} is no whole workbook: it is damaged, cut short or locked by a password.",
                    "Save it anew, without a password, or export the sheet as CSV.",
                ) from error
            raise


def _table(name: str, sheet: calamine.CalamineSheet, settings: ExcelReader.Settings, watch: Watch) -> Table:
    notes = Notes()
    head = next(_rows(sheet, settings.skip_rows), None)
    if head is None:
        raise DataError(f"{name} has no rows below those passed over.", "Pass over fewer rows.")
    names = unique_names(map(_word, head) if settings.header else [""] * len(head), notes)
    first = settings.skip_rows + (1 if settings.header else 0)

    def pieces(places: Sequence[int] | None) -> Iterator[list[pa.Array]]:
        rows = _rows(sheet, settings.skip_rows)
        if settings.header:
            next(rows)
        done = first
        while batch := list(islice(rows, _BATCH_ROWS)):
            done += len(batch)
            watch(min(done / max(sheet.total_height, 1), 1.0), f"Reading {name}")
            columns = list(zip(*batch, strict=True))
            yield [_array(column) for column in columns] if places is None else [_words(columns[i]) for i in places]

    columns = gather(names, pieces, notes, spellings(MISSING))
    if not len(columns[0].values):
        raise DataError(f"{name} has a header but no rows below it.", "Choose a sheet with rows.")
    return Table(name, tuple(columns), likely_label(columns), notes=notes.sentences())


def _rows(sheet: calamine.CalamineSheet, skip: int) -> Iterator[Row]:
    """The rows that hold something."""
    return (row for row in islice(sheet.iter_rows(), skip, None) if any(cell != "" for cell in row))


def _titles(head: Sequence[Row]) -> int:
    """How many rows above the header hold a single cell, as titles do."""
    filled = [sum(map(bool, row)) for row in head]
    if sorted(filled)[len(filled) // 2] < 2:
        return 0
    return next(i for i, count in enumerate(filled) if count > 1)


def _array(cells: Row) -> pa.Array:
    kinds = {type(cell) for cell in cells if cell != ""}
    if kinds <= {int, float}:
        return pa.array([None if cell == "" else float(cell) for cell in cells], pa.float64())
    if kinds == {bool}:
        return pa.array([None if cell == "" else cell for cell in cells], pa.bool_())
    if kinds <= {datetime.date, datetime.datetime}:
        return pa.array([None if cell == "" else _moment(cell) for cell in cells], pa.timestamp("us"))
    return _words(cells)


def _words(cells: Row) -> pa.Array:
    return pa.array([_word(cell) for cell in cells], pa.string())


def _moment(day: datetime.date) -> datetime.datetime:
    return day if isinstance(day, datetime.datetime) else datetime.datetime.combine(day, datetime.time())


def _word(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.strip() if isinstance(cell, str) else str(cell)
