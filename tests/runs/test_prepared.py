"""The prepared table leaves the program as it is learned from."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from genstudio.data.files import open_raw
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.proposal import propose
from genstudio.data.sequences import Sequences, as_sequences, sequences
from genstudio.data.table import Column, ColumnType, Table, points_table
from genstudio.errors import ArchiveError
from genstudio.runs.prepared import prepared_arrays, write_prepared


@pytest.fixture
def table() -> Table:
    x = np.arange(20.0)
    x[4] = np.nan
    kind = Column("kind", ColumnType.CATEGORY, np.arange(20.0) % 2, ("=cmd()", "ok"))
    return Table("some", (Column("-x", ColumnType.NUMBER, x), Column("part", ColumnType.NUMBER, x * 2), kind), "kind")


def test_rows_stand_in_order_in_data_units_with_their_part(table: Table, tmp_path: Path) -> None:
    data = prepare(table, PreparationSettings(scaling="standard"), 3)
    write_prepared(tmp_path / "out.csv", data)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["row"]) for row in rows] == [i + 1 for i in range(20) if i != 4]
    np.testing.assert_allclose([float(row["'-x"]) for row in rows], [i for i in range(20) if i != 4], atol=1e-12)
    assert {row["label"] for row in rows} == {"'=cmd()", "ok"}
    parts = [row["part_"] for row in rows]
    assert [parts.count(part) for part in ("train", "valid", "test")] == [len(r) for r in data.rows]


def test_a_former_file_survives_a_failure(table: Table, tmp_path: Path) -> None:
    data = prepare(table, PreparationSettings(), 0)
    with pytest.raises(ArchiveError):
        write_prepared(tmp_path, data)


def reread(path: Path) -> Sequences:
    found = open_raw(path)
    if not isinstance(found, Sequences):
        settings, _ = propose(found)
        found, _ = as_sequences(found, settings)
    return found


def long_form() -> Table:
    """Two sequences on mixed rows, with a gap and a class each."""
    who = Column("who", ColumnType.CATEGORY, np.tile([1.0, 0], 10), ("=a", "b"))
    when = Column("when", ColumnType.DATE, 86_400 * np.arange(20.0)[::-1])
    x = np.where(np.arange(20) == 6, np.nan, np.arange(20.0) ** 2)
    return Table("long", (who, when, Column("x", ColumnType.NUMBER, x), Column("y", ColumnType.NUMBER, -x)), "who")


ORDER = PreparationSettings(kind="sequences", sequence="who", time="when", scaling="standard")


@pytest.mark.parametrize("suffix", ["csv", "npz"])
def test_sequences_can_be_opened_again_as_they_were_prepared(suffix: str, tmp_path: Path) -> None:
    table = long_form()
    data = prepare(table, ORDER, 3)
    write_prepared(tmp_path / f"out.{suffix}", data, table)
    found, (expected, order) = reread(tmp_path / f"out.{suffix}"), as_sequences(table, ORDER)
    assert (found.lengths.tolist(), found.dated) == ([10, 10], True)
    assert [key.lstrip("'") for key in found.keys] == ["b", "=a"]
    for name in ("x", "y"):
        np.testing.assert_allclose(found.column(name).values, expected.column(name).values, atol=1e-9)
    np.testing.assert_array_equal(found.times, expected.times)
    np.testing.assert_array_equal(found.column("row").values if suffix == "csv" else order + 1, order + 1)


def test_the_part_comes_back_as_the_split(tmp_path: Path) -> None:
    table = long_form()
    data = prepare(table, ORDER, 3)
    write_prepared(tmp_path / "out.npz", data, table)
    found = open_raw(tmp_path / "out.npz")
    assert isinstance(found, Sequences)
    assert (found.split, found.label) == ("part", "label")
    again = prepare(found, PreparationSettings(scaling="standard"), 0)
    for one, other in zip((data.train, data.valid, data.test), (again.train, again.valid, again.test), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_rows_of_sequences_are_counted_where_they_have_no_times(tmp_path: Path) -> None:
    raw = sequences(points_table("walk", np.arange(5.0)[:, None]), np.array([3, 2]), ("a", "b"))
    arrays = prepared_arrays(prepare(raw, PreparationSettings(valid=0, test=0), 0), raw)
    assert arrays["time"].tolist() == [1, 2, 3, 1, 2]
    assert arrays["lengths"].tolist() == [3, 2]
    assert arrays["keys"].tolist() == ["a", "b"]


def test_gaps_of_symbols_are_empty_cells(tmp_path: Path) -> None:
    letters = Column("letter", ColumnType.CATEGORY, np.array([0, np.nan, 1.0]), ("a", "b"))
    raw = sequences(Table("text", (letters,)), np.array([3]))
    write_prepared(tmp_path / "out.csv", prepare(raw, PreparationSettings(valid=0, test=0), 0), raw)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert [row["letter"] for row in csv.DictReader(file)] == ["a", "", "b"]


def test_without_the_raw_data_sequences_are_rows(tmp_path: Path) -> None:
    data = prepare(long_form(), ORDER, 3)
    assert set(prepared_arrays(data)) == {"x", "columns", "row", "part", "label"}
