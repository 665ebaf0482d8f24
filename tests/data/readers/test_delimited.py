"""Delimited text: what was written is what is read, whatever the separator, decimal sign, encoding and quoting."""

from __future__ import annotations

import csv
import io
import locale
import math
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genstudio.data.files import detect_settings, open_table
from genstudio.data.readers import _gather
from genstudio.data.readers._layout import SEPARATORS
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import Cancelled, DataError

NAN = math.nan
NUMBER, FLAG, CATEGORY, DATE, TEXT = ColumnType


def opened(folder: Path, content: bytes | str, **chosen: object) -> Table:
    path = folder / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, chosen)


def meaning(column: Column) -> list[object]:
    """Values as a person reads them: words for codes, None where missing."""
    words = column.levels
    return [None if math.isnan(v) else words[int(v)] if words else float(v) for v in column.values]


LAYOUTS = [
    ("x,y\n1,2.5\n3,4\n", [1, 3], [2.5, 4]),
    ("x;y\n1,5;2,25\n-3,5e1;4\n", [1.5, -35], [2.25, 4]),
    ("x;y\n1.234,5;2\n12.345.678,25;4\n", [1234.5, 12345678.25], [2, 4]),
    ('x,y\n"1,234",2\n"12,345,678.5",4\n', [1234, 12345678.5], [2, 4]),
    ("x\ty\n1,5\t2\n3,25\t4\n", [1.5, 3.25], [2, 4]),
    ("x|y\n1|2\n3|4\n", [1, 3], [2, 4]),
    ("  x    y\n  1.0  2\n 10.0 -4\n", [1, 10], [2, -4]),
    ("1 2\n3 4\n", [1, 3], [2, 4]),
    ("x,y\r1,2\r3,4\r", [1, 3], [2, 4]),
    ("x,y\r\n1,2\r\n3,4", [1, 3], [2, 4]),
    ("\n\nx,y\n\n1,2\n\n3,4\n\n", [1, 3], [2, 4]),
    ("Measured on Monday\n\nx,y\n1,2\n3,4\n", [1, 3], [2, 4]),
    ("# made by hand\n# with a \"quote\nx,y\n1,2\n# in between\n3,4\n", [1, 3], [2, 4]),
    ("% made by hand\n1,2\n3,4\n", [1, 3], [2, 4]),
    ("# x y\n1.0e0 2.0\n3.0e0 4.0\n", [1, 3], [2, 4]),
    ("#x,y\n1,2\n3,4\n", [1, 3], [2, 4]),
    ('"x","y"\n"1","2"\n"3","4"\n', [1, 3], [2, 4]),
    ('"x, first","y\nsecond"\n1,2\n3,4\n', [1, 3], [2, 4]),
    (" x , y \n 1 , 2 \n +3 , 4 \n", [1, 3], [2, 4]),
]


@pytest.mark.parametrize(("text", "first", "second"), LAYOUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_the_layout_is_found(
    tmp_path: Path, text: str, first: Sequence[float], second: Sequence[float], encoding: str
) -> None:
    table = opened(tmp_path, text.encode(encoding))
    assert len(table.columns) == 2
    assert [column.type for column in table.columns] == [NUMBER, NUMBER]
    assert meaning(table.columns[0]) == first
    assert meaning(table.columns[1]) == second
    assert not table.notes


COLUMNS = [
    ("missing words", ["1", "NA", "n/a", "-", "", "nan", "NULL", "?", "None", "2"], NUMBER, [1, *[None] * 8, 2]),
    ("missing among words", ["red", "-", "NA", "blue", "red"], CATEGORY, ["red", None, None, "blue", "red"]),
    ("padded missing", ["1", " NA ", "2"], NUMBER, [1, None, 2]),
    ("too large", ["1e400", "-inf", "Infinity", "1"], NUMBER, [None, None, None, 1]),
    ("tiny and huge", ["1e-200", "1e200", "5e-324"], NUMBER, [1e-200, 1e200, 5e-324]),
    ("exact", ["0.1", "2.2250738585072e-308", "0.30000000000000004"], NUMBER, [0.1, 2.2250738585072e-308, 0.1 + 0.2]),
    ("beyond 2^64", ["123456789012345678901234", "-1", "2"], NUMBER, [123456789012345678901234.0, -1, 2]),
    ("all missing", ["NA", "", "-"], NUMBER, [None] * 3),
    ("yes and no", ["yes", "No", "", "YES"], FLAG, [1, 0, None, 1]),
    ("true and false", ["true", "FALSE", "NA", "True"], FLAG, [1, 0, None, 1]),
    ("lone letters", ["f", "m", "f", "m"], CATEGORY, ["f", "m", "f", "m"]),
    ("mixed", ["1", "two", "3", "1", "two", "3"], CATEGORY, ["1", "two", "3", "1", "two", "3"]),
    ("mixed flags", ["true", "1", "false", "1", "1", "true"], CATEGORY, ["true", "1", "false", "1", "1", "true"]),
    ("free words", ["ada", "bob", "cyd", "dan"], TEXT, ["ada", "bob", "cyd", "dan"]),
    ("dates", ["1970-01-02", "", "1969-12-31"], DATE, [86400, None, -86400]),
    ("moments", ["1970-01-01 00:00:01", "1970-01-01T00:01:00"], DATE, [1, 60]),
    ("zones", ["1970-01-01T01:00:00+01:00", "1970-01-01T00:00:00Z"], DATE, [0, 0]),
    ("German dates", ["02.01.1970", "31.12.1969"], DATE, [86400, -86400]),
    ("American dates", ["01/02/1970", "12/31/1969"], DATE, [86400, -86400]),
    ("emoji and right to left", ["🎲🎲", "שלום", "🎲🎲", "שלום"], CATEGORY, ["🎲🎲", "שלום", "🎲🎲", "שלום"]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "kind", "values"), [case[1:] for case in COLUMNS], ids=[case[0] for case in COLUMNS])
def test_columns_are_typed_by_their_cells(
    tmp_path: Path, cells: list[str], kind: ColumnType, values: list[object]
) -> None:
    column = opened(tmp_path, "n,thing\n" + "".join(f"7,{cell}\n" for cell in cells)).column("thing")
    assert column.type is kind
    assert meaning(column) == values
    assert column.missing == values.count(None)


def test_levels_of_categories_are_sorted_so_that_row_order_does_not_matter(tmp_path: Path) -> None:
    forth = opened(tmp_path, "c,n\n" + "b,1\na,2\nc,3\n" * 2).columns[0]
    back = opened(tmp_path, "c,n\n" + "c,1\nb,2\na,3\n" * 2).columns[0]
    assert forth.levels == back.levels == ("a", "b", "c")


def test_notes_say_what_a_person_should_know(tmp_path: Path) -> None:
    table = opened(
        tmp_path, "a,a,,big,huge,odd\n1,2,,9007199254740993,inf,1\n2,3\n3,4,,5,1,oops\n4,5,,6\n1,1,,1,1,2\n2,2,,2,2,4\n"
    )
    assert table.names == ("a", "a (2)", "column 3", "big", "huge", "odd")
    said = "\n".join(table.notes)
    assert "2 rows have fewer cells than the 6 columns (first: line 3, 2)" in said
    assert "now called `a (2)`" in said
    assert "Every value is missing in `column 3`" in said
    assert "beyond 2⁵³ are kept to 16 digits in `big`" in said
    assert "taken as missing in `huge`" in said
    assert "`odd` holds numbers, but row 3 says `oops`" in said
    assert len(table.notes) == 6


def test_a_column_that_changes_its_kind_after_the_first_blocks_keeps_its_words(tmp_path: Path) -> None:
    rows = 300_000
    table = opened(tmp_path, "code,n\n" + "007,1\n" * rows + "late,2\n007,3\n")
    column = table.column("code")
    assert column.levels == ("007", "late")
    assert np.array_equal(np.flatnonzero(column.values == 1), [rows])
    assert len(table) == rows + 2
    assert table.column("n").values[-1] == 3


def test_letters_beyond_ascii_that_come_late_are_read_as_windows_1252(tmp_path: Path) -> None:
    table = opened(tmp_path, b"w,n\n" + b"a,1\n" * 300_000 + "é,2\n".encode("cp1252") + b"a,3\n")
    assert table.column("w").levels == ("a", "é")
    assert table.notes == ("The text is not UTF-8 from line 300,002 on and was read as Windows-1252.",)


def test_a_cell_of_a_megabyte_survives(tmp_path: Path) -> None:
    long = "🎲 " * 250_000 + "end"
    table = opened(tmp_path, f'n,w\n1,"{long}"\n2,short\n')
    assert meaning(table.column("w")) == [long, "short"]


def test_quotes_within_words_and_line_ends_within_quotes(tmp_path: Path) -> None:
    cells = ['a 5" pipe', '"two\nlines, ""so""', "plain"]
    body = f'1,{cells[0]}\n2,{cells[1]}"\n3,{cells[2]}\n'
    table = opened(tmp_path, "n,w\n" + body * 60_000)
    column = table.column("w")
    assert len(table) == 180_000
    assert set(column.levels) == {'a 5" pipe', 'two\nlines, "so"', "plain"}
    assert np.array_equal(table.column("n").values, np.tile([1.0, 2.0, 3.0], 60_000))


def test_many_columns_are_read_quickly_and_said(tmp_path: Path) -> None:
    width = 100_000
    header = ",".join(f"c{i}" for i in range(width))
    row = ",".join(["1.5"] * width)
    table = opened(tmp_path, f"{header}\n{row}\n{row}\n")
    assert len(table.columns) == width
    assert table.columns[-1].values.tolist() == [1.5, 1.5]
    assert table.notes == ("The table has 100,000 columns; choose a few, for models get slow with so many.",)


def test_reading_stops_within_a_block_of_being_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"x,y\n" + b"1.25,2.5\n" * 1_000_000)
    told: list[float] = []

    def watch(fraction: float, doing: str) -> None:
        assert "long.csv" in doing
        told.append(fraction)
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_table(path, watch=watch)
    assert len(told) >= 3
    assert told[-1] < 0.5


@pytest.mark.parametrize(
    ("chosen", "names", "first"),
    [
        ({}, ("x", "y"), [1.5, 9]),
        ({"missing_words": ["9"]}, ("x", "y"), [1.5, None]),
        ({"missing_words": []}, ("x", "y"), [1.5, 9]),
        ({"header": False, "skip_rows": 1}, ("column 1", "column 2"), [1.5, 9]),
        ({"skip_rows": 2, "header": False}, ("column 1", "column 2"), [9]),
        ({"separator": "|"}, ("x;y",), ["1,5;2", "9;4"]),
        ({"decimal": "."}, ("x", "y"), ["1,5", "9"]),
    ],
)
def test_what_was_found_can_be_changed(
    tmp_path: Path, chosen: dict[str, object], names: tuple[str, ...], first: list[object]
) -> None:
    table = opened(tmp_path, "x;y\n1,5;2\n9;4\n", **chosen)
    assert table.names == names
    assert meaning(table.columns[0]) == first


def test_what_was_found_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("# hello\ngröße;y\n1,5;2\n".encode("cp1252"))
    found = detect_settings(path).model_dump(exclude={"missing_words", "symbols", "units", "lower_case", "vocabulary"})
    assert found == {
        "separator": ";", "decimal": ",", "encoding": "cp1252", "header": True, "skip_rows": 0, "comment": "#",
        "holds": "table",
    }  # fmt: skip


@pytest.fixture
def _german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process whose C library writes decimal commas, as QApplication makes it on a German desktop."""
    made = shutil.which("localedef") and subprocess.run(
        ["localedef", "-i", "de_DE", "-f", "UTF-8", tmp_path / "de_DE.UTF-8"], check=False, capture_output=True
    )
    if not made or made.returncode > 1:
        pytest.skip("this machine cannot make a German locale")
    monkeypatch.setenv("LOCPATH", str(tmp_path))
    before = locale.setlocale(locale.LC_ALL)
    locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.mark.usefixtures("_german")
def test_numbers_do_not_depend_on_the_locale(tmp_path: Path) -> None:
    assert locale.localeconv()["decimal_point"] == ","
    assert meaning(opened(tmp_path, "x,y\n1.5,2\n2.25,3\n").columns[0]) == [1.5, 2.25]
    assert meaning(opened(tmp_path, "x;y\n1,5;2\n1.002,25;3\n").columns[0]) == [1.5, 1002.25]


@pytest.mark.parametrize(
    ("header", "cells", "label"),
    [("class", "ab", "class"), ("Species", "ab", "Species"), ("y", "01", "y"), ("y", "xyzu", None), ("z", "ab", None)],
)
def test_a_label_is_known_by_its_name_and_its_few_values(
    tmp_path: Path, header: str, cells: str, label: str | None
) -> None:
    rows = "".join(f"{i}.5,{cells[i % len(cells)]}\n" for i in range(4))
    assert opened(tmp_path, f"x,{header}\n{rows}").label == label


# Letters whose Latin-1 bytes are no UTF-8 in any order, so that the encoding can be told from the bytes.
LETTERS = "abcäöüßéñ"
words = st.text(alphabet=LETTERS + ' ",;\t|\n', max_size=12).map(lambda s: "w" + " ".join(s.split(" ")).strip())
numbers = st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0)
cells = st.one_of(st.none(), numbers)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[float | None]], list[str]]:
    rows = draw(st.integers(2, 12))
    values = [draw(st.lists(cells, min_size=rows, max_size=rows)) for _ in range(draw(st.integers(1, 4)))]
    return values, draw(st.lists(words, min_size=rows, max_size=rows))


def written(value: float | str | None, decimal: str, missing: str) -> str:
    if value is None:
        return missing
    return value if isinstance(value, str) else repr(value).replace(".", decimal)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=tables(), separator=st.sampled_from(sorted(SEPARATORS)), decimal=st.sampled_from(".,"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), end=st.sampled_from(["\n", "\r\n", "\r"]),
    missing=st.sampled_from(["NA", "-", "?", "nan"]),
)  # fmt: skip
def test_any_table_comes_back_as_it_was_written(
    *, tmp_path: Path, table: tuple[list[list[float | None]], list[str]], separator: str, decimal: str, encoding: str,
    quoting: int, end: str, missing: str,
) -> None:  # fmt: skip
    columns, texts = table
    out = io.StringIO(newline="")
    # The writer leaves tabs and foreign line ends bare, which these two layouts would cut at.
    quoting = csv.QUOTE_ALL if separator == "space" or end == "\r" else quoting
    writer = csv.writer(out, delimiter=SEPARATORS[separator], quoting=quoting, lineterminator=end)
    writer.writerow([*(f"n{i}" for i in range(len(columns))), "text"])
    for row in zip(*columns, texts, strict=True):
        writer.writerow([written(value, decimal, missing) for value in row])
    chosen = {"separator": separator, "decimal": decimal}
    read = opened(tmp_path, out.getvalue().encode(encoding), **chosen, header=True, skip_rows=0, comment="")
    for column, values in zip(read.columns, columns, strict=False):
        assert meaning(column) == values
    assert meaning(read.columns[-1]) == texts


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.tuples(numbers, numbers, numbers), min_size=4, max_size=12),
    separator=st.sampled_from(sorted(SEPARATORS)), decimal=st.sampled_from(".,"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"]), header=st.booleans(),
)  # fmt: skip
def test_tables_of_numbers_are_understood_without_being_told_anything(
    *, tmp_path: Path, values: list[tuple[float, float, float]], separator: str, decimal: str, encoding: str,
    header: bool,
) -> None:  # fmt: skip
    if separator == ",":
        decimal = "."
    lines = [["a", "b", "c"]] if header else []
    # Whole numbers alone do not tell which decimal sign the file has; halves do.
    halves = [[value + 0.5 if value.is_integer() and abs(value) < 1e9 else value for value in row] for row in values]
    lines += [[written(value, decimal, "") for value in row] for row in halves]
    text = "\n".join(SEPARATORS[separator].join(line) for line in lines)
    read = opened(tmp_path, text.encode(encoding))
    expected = [[float(cell.replace(",", ".")) for cell in line] for line in lines[header:]]
    assert np.array_equal(np.column_stack([column.values for column in read.columns]), expected)
    assert read.names == (("a", "b", "c") if header else ("column 1", "column 2", "column 3"))


def test_empty_cells_are_missing_whatever_the_missing_words_are(tmp_path: Path) -> None:
    assert meaning(opened(tmp_path, "x,y\n1,2\n,3\n", missing_words=["?"]).columns[0]) == [1, None]


def test_words_without_end_are_capped_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_gather, "_MOST_WORDS", 3)
    table = opened(tmp_path, "w,n\n" + "".join(f"word {i},1\n" for i in range(9)))
    assert table.column("w").levels == ("word 0", "word 1", "word 2")
    assert table.column("w").missing == 6
    assert table.notes == ("Only the first 3 different words are kept in `w`.",)


def test_a_file_that_is_only_comments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no lines that could be rows"):
        opened(tmp_path, "# a\n# b\n# c\n")
