from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.applications.anomaly import StrangeRow
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import Column, ColumnType, Table, points_table
from genstudio.errors import ArchiveError, DataError
from genstudio.runs.export import (
    check_format,
    harmless,
    original_cells,
    write_csv,
    write_flagged,
    write_npz,
    write_recipe,
    write_samples,
)
from genstudio.runs.recipe import read_recipe, recipe_from_values


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@given(st.lists(st.floats(allow_nan=False)))
def test_numbers_read_back_exactly(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    path = tmp_path_factory.mktemp("numbers") / "a.csv"
    write_csv(path, {"x": np.array(values, float)})
    assert np.array_equal([float(row[0]) for row in rows(path)[1:]], values)


def test_columns_with_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, {"x": np.array([1.0, np.nan]), "größe, m": np.array([3, -4]), "word": ['say "hi"', "two\nlines"]})
    assert rows(path) == [["x", "größe, m", "word"], ["1.0", "3", 'say "hi"'], ["", "-4", "two\nlines"]]
    write_csv(tmp_path / "gaps.csv", {"x": np.array([np.nan, 1.0, np.nan])})
    assert rows(tmp_path / "gaps.csv") == [["x"], [""], ["1.0"], [""]]
    with pytest.raises(ValueError, match="make no table"):
        write_csv(path, {"x": np.zeros(2), "y": np.zeros(3)})
    assert len(rows(path)) == 3  # the former file


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"), ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+49 123", "'+49 123"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("-", "'-"), ("--1", "'--1"), ("-1e5x", "'-1e5x"),
        ("-5", "-5"), ("+3.25", "+3.25"), ("-1.5e-300", "-1.5e-300"), ("-.5", "-.5"), ("plain", "plain"), ("", ""),
        ("a=b", "a=b"), ("٣", "٣"), ("-٣", "'-٣"),
    ],
)
def test_cells_that_a_spreadsheet_would_run(tmp_path: Path, text: str, cell: str) -> None:
    assert harmless(text) == cell
    path = tmp_path / "a.csv"
    write_csv(path, {text: [text], "n": np.array([-1.5])})
    assert rows(path) == [[cell, "n"], [cell, "-1.5"]]


def test_arrays_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    arrays = {"file": np.arange(3.0), "words": np.array(["a", "ß"]), "matrix": np.eye(2)}
    write_npz(path, arrays)
    with np.load(path, allow_pickle=False) as found:
        assert set(found) == set(arrays)
        for name, array in arrays.items():
            assert np.array_equal(found[name], array)
    with pytest.raises(ValueError, match="pickle"):
        write_npz(path, {"a": np.array([object()])})
    with np.load(path) as found:
        assert "file" in found


def test_long_columns_are_written_whole(tmp_path: Path) -> None:
    n = 25_001
    write_csv(tmp_path / "a.csv", {"i": np.arange(n), "word": [str(i) for i in range(n)]})
    assert rows(tmp_path / "a.csv")[1:] == [[str(i), str(i)] for i in range(n)]


def test_samples(tmp_path: Path) -> None:
    x = np.array([[1.0, -2.0], [3.0, 4.0]])
    table = points_table("p", np.random.default_rng(0).normal(size=(20, 2)), names=["=a", "component"])
    preparation = prepare(table, PreparationSettings(), 0).preparation
    write_samples(tmp_path / "s.csv", preparation, x, np.array([0, 1]))
    assert rows(tmp_path / "s.csv") == [
        ["'=a", "component", "component_"], ["1.0", "-2.0", "0"], ["3.0", "4.0", "1"],
    ]
    write_samples(tmp_path / "s.csv", preparation, x, np.array([-1, -1]))
    assert rows(tmp_path / "s.csv")[0] == ["'=a", "component"]
    write_samples(tmp_path / "s.NPZ", preparation, x, np.array([0, 1]))
    with np.load(tmp_path / "s.NPZ") as found:
        assert np.array_equal(found["x"], x)
        assert found["columns"].tolist() == ["=a", "component"]


@pytest.mark.parametrize("name", ["a.xlsx", "a", ".csv.gz"])
def test_formats_that_are_not_written(name: str) -> None:
    with pytest.raises(DataError, match="End it with"):
        check_format(Path(name))


def test_flagged_rows_keep_their_original_columns(tmp_path: Path) -> None:
    table = Table("t", (
        Column("x", ColumnType.NUMBER, np.array([1.0, np.nan, -3.0])),
        Column("kind", ColumnType.CATEGORY, np.array([0.0, 1.0, np.nan]), ("=evil", "-5")),
        Column("when", ColumnType.DATE, np.array([0.0, np.nan, 86400.5])),
        Column("row", ColumnType.FLAG, np.array([0.0, 1.0, 1.0])),
    ))
    flagged = [
        StrangeRow(2, 9.5, np.array([4.0]), np.array([1.0]), "x is surprising"),
        StrangeRow(0, np.inf, np.array([np.inf]), np.array([1.0]), "=none"),
    ]
    write_flagged(tmp_path / "f.csv", table, flagged, ["x"])
    assert rows(tmp_path / "f.csv") == [
        ["row", "x", "kind", "when", "row_", "anomaly_score", "contribution_x", "reason"],
        ["3", "-3.0", "", "1970-01-02 00:00:00.500000", "1.0", "9.5", "4.0", "x is surprising"],
        ["1", "1.0", "'=evil", "1970-01-01", "0.0", "inf", "inf", "'=none"],
    ]
    write_flagged(tmp_path / "f.csv", table, [], ["x"])
    assert len(rows(tmp_path / "f.csv")) == 1


def test_dates_before_the_epoch_and_far_away() -> None:
    column = Column("when", ColumnType.DATE, np.array([-86400.0, 4e9, 1e15, -1e15]))
    assert original_cells(column) == ["1969-12-31", "2096-10-02 07:06:40", "1000000000000000.0", "-1000000000000000.0"]


def test_a_recipe(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    recipe = recipe_from_values({"data": {"source": "two_moons"}, "model": {"name": "gmm", "n_components": 3}})
    write_recipe(path, recipe)
    assert read_recipe(path) == recipe
    with pytest.raises(ArchiveError, match="Save as"):
        write_recipe(tmp_path / "nowhere" / "r.toml", recipe)
