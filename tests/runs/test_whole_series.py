from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.data.sequences import sequences
from genstudio.data.table import Column, ColumnType, Table, points_table
from genstudio.runs.whole_series import TEST, TRAIN, UNUSED, VALID, WholeSequence, WholeSeries, whole_series


def prepared(table: Table, **settings: object) -> WholeSeries:
    data = prepare(table, PreparationSettings(kind="sequences", **settings), 0)  # type: ignore[arg-type]
    assert isinstance(data.preparation, SequencePreparation)
    return whole_series(data.preparation, table, data)


def test_a_sequence_cut_in_time_is_whole_again() -> None:
    table = points_table("line", np.arange(20.0).reshape(10, 2))
    table.columns[0].values[4] = np.nan
    series = prepared(table, valid=0.2, test=0.3)
    assert series.lengths.tolist() == [10]
    np.testing.assert_array_equal(series.x[:, 1], np.arange(1.0, 21.0, 2))
    assert np.isnan(series.x[4, 0])
    assert series.use.tolist() == [TRAIN] * 5 + [VALID] * 2 + [TEST] * 3
    assert series.clock.tolist() == list(range(10))
    assert series.most_telling() == 0


def test_sequences_of_a_long_table_have_their_keys_and_times() -> None:
    table = Table("long", (
        Column("who", ColumnType.CATEGORY, np.array([1, 0, 1, 0, 2, 2.0]), ("a", "b", "c")),
        Column("day", ColumnType.DATE, np.array([2, 1, 1, 2, 5, 6.0]) * 86400),
        Column("x", ColumnType.NUMBER, np.arange(6.0)),
    ))
    series = prepared(table, sequence="who", time="day", valid=0, test=0.34)
    assert series.keys == ("b", "a", "c")
    assert series.x[:, 0].tolist() == [2, 0, 1, 3, 4, 5]
    assert (series.axis, series.dates) == ("day", True)
    held_out = series.most_telling()
    one = series.sequence(held_out)
    assert one.use.tolist() == [TEST, TEST]
    assert (np.diff(one.clock) == 86400).all()
    assert sum((series.sequence(k).use == TRAIN).all() for k in range(3)) == 2


def test_rows_that_nobody_used() -> None:
    table = sequences(points_table("two", np.zeros((5, 1))), np.array([2, 3]))
    data = prepare(table, PreparationSettings(valid=0, test=0), 0)
    assert isinstance(data.preparation, SequencePreparation)
    series = whole_series(data.preparation, table, None)
    assert series.use.tolist() == [UNUSED] * 5
    assert series.clock.tolist() == [0, 1, 0, 1, 2]
    assert series.keys == ("1", "2")


@pytest.mark.parametrize(("time", "row"), [(-5.0, 0), (0.9, 0), (1.1, 1), (4.0, 1), (5.2, 2), (99.0, 2)])
def test_the_row_nearest_to_a_time(time: float, row: int) -> None:
    one = WholeSequence("a", np.zeros((3, 1)), np.array([0.0, 2.0, 7.0]), np.zeros(3, np.int64))
    assert one.row_at(time) == row


def test_times_go_on_beyond_the_end() -> None:
    one = WholeSequence("a", np.zeros((4, 1)), np.array([0.0, 2.0, 4.0, 9.0]), np.zeros(4, np.int64))
    assert one.times(2, 4).tolist() == [4, 9, 11, 13]
    alone = WholeSequence("a", np.zeros((1, 1)), np.array([5.0]), np.zeros(1, np.int64))
    assert alone.times(0, 3).tolist() == [5, 6, 7]
