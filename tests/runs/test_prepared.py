"""The prepared table leaves the program as it is learned from."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import ArchiveError
from genstudio.runs.prepared import write_prepared


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
