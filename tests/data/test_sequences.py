from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.dataset import Kind
from genstudio.data.preparation import PreparationSettings, preparation_from_state, prepare
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.data.sequences import bounds, sequences
from genstudio.data.table import Column, ColumnType, Table, points_table
from genstudio.errors import DataError


def long_form() -> Table:
    """Three sequences of 4, 2 and 3 rows, neither in order of time nor together."""
    key = np.array([0, 1, 0, 2, 0, 1, 2, 0, 2.0])
    time = np.array([3, 2, 1, 9, 2, 1, 7, 4, 8.0])
    return Table("long", (
        Column("who", ColumnType.CATEGORY, key, ("a", "b", "c")),
        Column("at", ColumnType.NUMBER, time),
        Column("x", ColumnType.NUMBER, 10 * key + time),
    ))


def test_long_form_is_sorted_by_sequence_and_time() -> None:
    settings = PreparationSettings(kind="sequences", sequence="who", time="at", valid=0, test=0)
    data = prepare(long_form(), settings, 0)
    assert data.kind is Kind.SEQUENCES
    assert data.lengths is not None
    assert data.lengths[0].tolist() == [4, 2, 3]
    assert data.train[:, 0].tolist() == [1, 2, 3, 4, 11, 12, 27, 28, 29]
    assert data.preparation.names == ("x",)


def test_rows_find_their_way_back_to_the_table() -> None:
    table = long_form()
    data = prepare(table, PreparationSettings(kind="sequences", sequence="who", time="at", valid=0.3, test=0.3), 1)
    for part, rows in zip((data.train, data.valid, data.test), data.rows, strict=True):
        np.testing.assert_array_equal(part[:, 0], table.column("x").values[rows])


def test_one_sequence_is_cut_in_time() -> None:
    table = points_table("walk", np.arange(20.0)[:, None])
    data = prepare(table, PreparationSettings(kind="sequences", valid=0.1, test=0.2), 0)
    assert [part[:, 0].tolist() for part in (data.train, data.valid, data.test)] == [
        list(range(14)), [14, 15], [16, 17, 18, 19]
    ]


def test_gaps_keep_their_place_and_a_constant_row_count() -> None:
    x = np.arange(10.0)[:, None].copy()
    x[3:5] = np.nan
    table = points_table("gap", x)
    data = prepare(table, PreparationSettings(kind="sequences", valid=0, test=0, scaling="standard"), 0)
    assert np.isnan(data.train[:, 0]).nonzero()[0].tolist() == [3, 4]
    filled = prepare(table, PreparationSettings(kind="sequences", valid=0, test=0, missing="mean"), 0)
    assert filled.train[3, 0] == pytest.approx(np.nanmean(x))


def test_symbols_are_learned_where_there_is_nothing_else() -> None:
    letters = Column("letter", ColumnType.CATEGORY, np.array([0, 1, 1, 0.0]), ("a", "b"))
    data = prepare(Table("text", (letters,)), PreparationSettings(kind="sequences", valid=0, test=0), 0)
    assert data.train[:, 0].tolist() == [0, 1, 1, 0]
    assert data.preparation.columns[0].levels == ("a", "b")


def test_sequences_can_be_taken_as_rows() -> None:
    table = sequences(points_table("pairs", np.arange(8.0).reshape(4, 2)), np.array([3, 1]))
    assert prepare(table, PreparationSettings(valid=0, test=0), 0).kind is Kind.SEQUENCES
    assert prepare(table, PreparationSettings(kind="table", valid=0, test=0), 0).kind is Kind.TABLE


def test_taking_rows_leaves_sequences_out_of_which_none_is_left() -> None:
    table = sequences(points_table("pairs", np.arange(6.0)[:, None]), np.array([3, 1, 2]), ("a", "b", "c"))
    some = table.take(np.array([1, 2, 4]))
    assert (some.lengths.tolist(), some.keys) == ([2, 1], ("a", "c"))
    assert bounds(some.lengths).tolist() == [0, 2, 3]


def test_a_preparation_comes_back_from_its_state_and_takes_other_data() -> None:
    settings = PreparationSettings(kind="sequences", sequence="who", time="at", scaling="standard")
    made = prepare(long_form(), settings, 0).preparation
    back = preparation_from_state(made.state())
    assert isinstance(back, SequencePreparation)
    x, lengths, rows = back.series(long_form())
    assert lengths.tolist() == [4, 2, 3]
    np.testing.assert_array_equal(x[:, 0], long_form().column("x").values[rows])
    np.testing.assert_allclose(back.to_model(x), made.to_model(x))


def test_a_row_without_time_is_refused_in_words() -> None:
    table = points_table("walk", np.array([[0, 1.0], [np.nan, 2.0]]))
    with pytest.raises(DataError, match="without a time"):
        prepare(table, PreparationSettings(kind="sequences", time="x"), 0)
