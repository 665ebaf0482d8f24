"""Parquet: every type of Arrow that has a meaning as a column."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genstudio.data.files import open_table
from genstudio.data.table import ColumnType, Table

NUMBER, FLAG, CATEGORY, DATE, TEXT = ColumnType
DAY = datetime.date(1970, 1, 2)
NOON = datetime.datetime(1970, 1, 1, 12)


def opened(folder: Path, table: pa.Table, **options: object) -> Table:
    path = folder / "table.parquet"
    pq.write_table(table, path, **options)
    return open_table(path)


TYPES = [
    (pa.array([1, None, 3], pa.int32()), NUMBER, [1, np.nan, 3]),
    (pa.array([2**64 - 1, 0, None], pa.uint64()), NUMBER, [2.0**64, 0, np.nan]),
    (pa.array([1.5, np.inf, None], pa.float32()), NUMBER, [1.5, np.nan, np.nan]),
    (pa.array([1.5, 2.5, None], pa.float16()), NUMBER, [1.5, 2.5, np.nan]),
    (pa.array([Decimal("1.25"), None, Decimal("-3")], pa.decimal128(10, 2)), NUMBER, [1.25, np.nan, -3]),
    (pa.array([None, None, None], pa.null()), NUMBER, [np.nan] * 3),
    (pa.array([True, None, False]), FLAG, [1, np.nan, 0]),
    (pa.array([DAY, None, DAY], pa.date32()), DATE, [86400, np.nan, 86400]),
    (pa.array([DAY, None, DAY], pa.date64()), DATE, [86400, np.nan, 86400]),
    (pa.array([NOON, None, NOON], pa.timestamp("ns")), DATE, [43200, np.nan, 43200]),
    (pa.array([NOON, None, NOON], pa.timestamp("us", "Europe/Berlin")), DATE, [43200, np.nan, 43200]),
    (pa.array([1500, None, 0], pa.duration("ms")), NUMBER, [1.5, np.nan, 0]),
    (pa.array([NOON.time(), None, NOON.time()], pa.time64("us")), NUMBER, [43200, np.nan, 43200]),
    (pa.array([NOON.time(), None, NOON.time()], pa.time32("ms")), NUMBER, [43200, np.nan, 43200]),
    (pa.array(["b", None, "a", "b"]), CATEGORY, [1, np.nan, 0, 1]),
    (pa.array(["b", "NA", "a", "b"], pa.large_string()), CATEGORY, [1, np.nan, 0, 1]),
    (pa.array(["b", None, "a", "b"]).dictionary_encode(), CATEGORY, [1, np.nan, 0, 1]),
    (pa.array([5, None, 5]).dictionary_encode(), NUMBER, [5, np.nan, 5]),
]


@pytest.mark.parametrize(("array", "kind", "values"), TYPES, ids=[str(case[0].type) for case in TYPES])
def test_types_of_values_become_types_of_columns(
    tmp_path: Path, array: pa.Array, kind: ColumnType, values: list[float]
) -> None:
    (column,) = opened(tmp_path, pa.table({"thing": array})).columns
    assert column.type is kind
    assert np.array_equal(column.values, values, equal_nan=True)
    assert column.levels == (("a", "b") if kind is CATEGORY else ())


def test_structures_become_columns_and_lists_are_left_out(tmp_path: Path) -> None:
    table = opened(tmp_path, pa.table({"p": [{"x": 1.5, "y": 2}], "l": [[1, 2]], "b": [b"\0"], "n": [3]}))
    assert table.names == ("p.x", "p.y", "n")
    assert table.notes == ("Lists and bytes cannot be read as a column; left out: `l`, `b`.",)


def test_row_groups_are_joined_in_order(tmp_path: Path) -> None:
    values = np.arange(200_000.0)
    table = opened(tmp_path, pa.table({"x": values, "w": np.where(values % 2, "odd", "even")}), row_group_size=30_000)
    assert np.array_equal(table.column("x").values, values)
    assert np.array_equal(table.column("w").values, values % 2)
    assert table.column("w").levels == ("even", "odd")


def test_what_pandas_wrote_is_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.5, None], "c": pd.Categorical(["u", "v"]), "t": pd.to_datetime(["1970-01-02", None])})
    path = tmp_path / "frame.parquet"
    frame.to_parquet(path)
    table = open_table(path)
    assert [column.type for column in table.columns] == [NUMBER, CATEGORY, DATE]


numbers = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))


def columns_of(rows: int) -> st.SearchStrategy[list[float | None]]:
    return st.lists(numbers, min_size=rows, max_size=rows)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns=st.integers(1, 20).flatmap(lambda n: st.lists(columns_of(n), min_size=1, max_size=4)))
def test_any_table_of_numbers_comes_back(tmp_path: Path, columns: list[list[float | None]]) -> None:
    table = opened(tmp_path, pa.table({f"c{i}": pa.array(c, pa.float64()) for i, c in enumerate(columns)}))
    for column, values in zip(table.columns, columns, strict=True):
        assert np.array_equal(column.values, np.array(values, float), equal_nan=True)
