from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError
from genstudio.runs.sequence_export import Drawn, Filled, write_draws, write_filled, write_sequences

NUMBER, WORDS = ColumnType.NUMBER, ColumnType.CATEGORY
KEYS = Column("who", WORDS, np.array([1, 0, 1, 0.0]), ("ann", "bob"))
TABLE = Table("table", (
    KEYS, Column("at", NUMBER, np.array([2, 1, 1, 2.0])), Column("x", NUMBER, np.array([1.5, np.nan, 2.5, 3.5])),
    Column("note", WORDS, np.array([0, np.nan, 0, 0]), ("=so",)),
))
SETTINGS = PreparationSettings(kind="sequences", sequence="who", time="at", columns=("x",), valid=0, test=0)
PREPARATION = prepare(TABLE, SETTINGS, 0).preparation
SYMBOLS = prepare(
    Table("letters", (Column("letter", WORDS, np.array([0, 1, 2.0]), ("a", "b", "c")),)),
    PreparationSettings(kind="sequences", valid=0, test=0), 0,
).preparation


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_sampled_sequences(tmp_path: Path) -> None:
    x, lengths, state = np.array([[1.0], [2.0], [3.0]]), np.array([1, 2]), np.array([0, 1, 0])
    write_sequences(tmp_path / "s.csv", PREPARATION, x, lengths, state)
    assert rows(tmp_path / "s.csv") == [
        ["sequence", "step", "x", "state"], ["1", "1", "1.0", "1"], ["2", "1", "2.0", "2"], ["2", "2", "3.0", "1"],
    ]
    write_sequences(tmp_path / "s.npz", PREPARATION, x, lengths, state)
    with np.load(tmp_path / "s.npz") as arrays:
        np.testing.assert_array_equal(arrays["x"], x)
        assert arrays["lengths"].tolist() == [1, 2]
        assert arrays["state"].tolist() == [0, 1, 0]
        assert arrays["columns"].tolist() == ["x"]


def test_symbols_are_written_as_words(tmp_path: Path) -> None:
    write_sequences(tmp_path / "s.csv", SYMBOLS, np.array([[2.0], [0.0]]), np.array([2]), np.array([-1, -1]))
    assert rows(tmp_path / "s.csv") == [["sequence", "step", "letter"], ["1", "1", "c"], ["1", "2", "a"]]


def test_draws(tmp_path: Path) -> None:
    drawn = Drawn("draw", np.array([7.0, 8.0]), np.arange(4.0).reshape(2, 2, 1), {"middle": np.array([[1.0], [2.0]])})
    write_draws(tmp_path / "d.csv", PREPARATION, drawn)
    # The time has a name of its own even where it is called like the first column.
    assert rows(tmp_path / "d.csv") == [
        ["draw", "draw_", "x"], ["1", "7.0", "0.0"], ["1", "8.0", "1.0"], ["2", "7.0", "2.0"], ["2", "8.0", "3.0"],
    ]
    write_draws(tmp_path / "d.npz", PREPARATION, drawn)
    with np.load(tmp_path / "d.npz") as arrays:
        assert sorted(arrays) == ["columns", "draws", "middle", "times"]


def test_filled_tables_keep_their_rows_and_other_columns(tmp_path: Path) -> None:
    _, _, order = PREPARATION.series(TABLE)
    assert order.tolist() == [2, 0, 1, 3]
    x = np.array([[[2.5], [1.5], [9.0], [3.5]], [[2.5], [1.5], [8.0], [3.5]]])
    drawn = np.array([[False], [False], [True], [False]])
    write_filled(tmp_path / "f.csv", TABLE, PREPARATION, Filled(x[:1], drawn, order))
    assert rows(tmp_path / "f.csv") == [
        ["who", "at", "x", "note"], ["bob", "2.0", "1.5", "'=so"], ["ann", "1.0", "9.0", ""],
        ["bob", "1.0", "2.5", "'=so"], ["ann", "2.0", "3.5", "'=so"],
    ]
    write_filled(tmp_path / "f.csv", TABLE, PREPARATION, Filled(x, drawn, order))
    found = rows(tmp_path / "f.csv")
    assert found[0] == ["draw", "who", "at", "x", "note"]
    assert [row[0] for row in found[1:]] == ["1"] * 4 + ["2"] * 4
    assert [row[3] for row in found[1:]] == ["1.5", "9.0", "2.5", "3.5", "1.5", "8.0", "2.5", "3.5"]
    write_filled(tmp_path / "f.npz", TABLE, PREPARATION, Filled(x, drawn, order))
    with np.load(tmp_path / "f.npz") as arrays:
        np.testing.assert_array_equal(arrays["row"], order)
        np.testing.assert_array_equal(arrays["filled"], drawn)


def test_other_formats_are_refused(tmp_path: Path) -> None:
    nothing = np.empty((1, 1))
    for write in (
        lambda path: write_sequences(path, PREPARATION, nothing, np.array([1]), np.array([0])),
        lambda path: write_draws(path, PREPARATION, Drawn("t", nothing[0], nothing[None], {})),
        lambda path: write_filled(path, TABLE, PREPARATION, Filled(nothing[None], nothing, np.array([0]))),
    ):
        with pytest.raises(DataError, match=r"\.csv or \.npz"):
            write(tmp_path / "a.xlsx")
