"""Excel workbooks: sheets, headers, titles, and cells of every type."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from genstudio.data.files import detect_settings, open_table
from genstudio.data.table import ColumnType
from genstudio.errors import DataError

NUMBER, FLAG, CATEGORY, DATE, TEXT = ColumnType
NAN = np.nan


def saved(folder: Path, left: int = 0, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                sheet.cell(1 + i, 1 + left + j, cell)
    path = folder / "book.xlsx"
    book.save(path)
    return path


COLUMNS = [
    ([1, 2.5, None], NUMBER, [1, 2.5, NAN], ()),
    ([1, "NA", -3], NUMBER, [1, NAN, -3], ()),
    ([1, "2.5", 3], NUMBER, [1, 2.5, 3], ()),
    ([True, None, False], FLAG, [1, NAN, 0], ()),
    (["yes", None, "no"], FLAG, [1, NAN, 0], ()),
    ([datetime.datetime(1970, 1, 2, 12), None, datetime.date(1970, 1, 1)], DATE, [129600, NAN, 0], ()),
    (["b", "a", "b", "a"], CATEGORY, [1, 0, 1, 0], ("a", "b")),
    ([1, "one", 1, "one"], CATEGORY, [0, 1, 0, 1], ("1", "one")),
    (["=1+1", 5], NUMBER, [NAN, 5], ()),
    (["🎲", "שלום", "🎲", "שלום"], CATEGORY, [1, 0, 1, 0], ("שלום", "🎲")),
]


@pytest.mark.parametrize(("cells", "kind", "values", "levels"), COLUMNS)
def test_columns_are_typed_by_their_cells(
    tmp_path: Path, cells: list[object], kind: ColumnType, values: list[float], levels: tuple[str, ...]
) -> None:
    path = saved(tmp_path, data=[["n", "thing"], *([7, cell] for cell in cells)])
    column = open_table(path).column("thing")
    assert column.type is kind
    assert np.array_equal(column.values, values, equal_nan=True)
    assert column.levels == levels


def test_the_first_sheet_that_holds_something_is_read_and_another_can_be_chosen(tmp_path: Path) -> None:
    path = saved(tmp_path, empty=[], first=[["a"], [1]], second=[["b"], [2], [3]])
    assert open_table(path).names == ("a",)
    assert detect_settings(path).model_dump() == {"sheet": "first", "header": True, "skip_rows": 0}
    assert len(open_table(path, {"sheet": "second"})) == 2
    with pytest.raises(DataError, match=r"no sheet `secnd` \(did you mean `second`"):
        open_table(path, {"sheet": "secnd"})
    with pytest.raises(DataError, match="Sheet `empty` of"):
        open_table(path, {"sheet": "empty"})


def test_titles_empty_rows_and_an_offset_are_passed_over(tmp_path: Path) -> None:
    rows = [["Measured on Monday"], [], ["x", "y"], [1, 2], [], [3, 4]]
    table = open_table(saved(tmp_path, left=2, data=rows))
    assert table.names == ("x", "y")
    assert table.column("y").values.tolist() == [2, 4]


def test_a_sheet_without_header(tmp_path: Path) -> None:
    path = saved(tmp_path, data=[[1, 2], [3, 4]])
    assert open_table(path).names == ("column 1", "column 2")
    assert open_table(path, {"header": True}).names == ("1", "2")


def test_a_column_that_changes_its_kind_late_is_read_as_words(tmp_path: Path) -> None:
    path = saved(tmp_path, data=[["x"], *([i % 3] for i in range(1200)), ["late"]])
    column = open_table(path).column("x")
    assert column.levels == ("0", "1", "2", "late")
    assert column.values[-1] == 3


def test_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(700, 3)) * [1, 1e-200, 1e200]
    table = open_table(saved(tmp_path, data=[["a", "b", "c"], *values.tolist()]))
    read = np.column_stack([column.values for column in table.columns])
    # The writer of the test keeps 16 digits.
    np.testing.assert_allclose(read, values, rtol=1e-15, atol=0)
