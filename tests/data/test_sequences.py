"""Sequences: sorted, split, prepared, and refused in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Kind
from genstudio.data.preparation import PreparationSettings, preparation_from_state, prepare
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.data.sequences import Sequences, as_sequences, bounds, sequences
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


def drawn(lengths: list[int], classes: list[int] | None = None, **values: np.ndarray) -> Sequences:
    """Sequences of rising numbers, with a class each, and flags or words as further columns."""
    n = sum(lengths)
    columns = [Column("x", ColumnType.NUMBER, np.arange(float(n)))]
    for name, codes in values.items():
        columns.append(Column(name, ColumnType.FLAG, codes.astype(float)))
    if classes is not None:
        codes = np.repeat(classes, lengths).astype(float)
        columns.append(Column("class", ColumnType.CATEGORY, codes, ("a", "b", "c")))
    label = None if classes is None else "class"
    return sequences(Table("drawn", tuple(columns), label), np.array(lengths))


def parts_of(table: Table, seed: int = 0, **chosen: Any) -> list[list[int]]:
    data = prepare(table, PreparationSettings(**chosen), seed)
    assert data.lengths is not None
    assert [int(lengths.sum()) for lengths in data.lengths] == [len(rows) for rows in data.rows]
    return [lengths.tolist() for lengths in data.lengths]


def test_many_sequences_are_held_out_whole() -> None:
    table = drawn([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    data = prepare(table, PreparationSettings(valid=0.2, test=0.3), 1)
    assert data.lengths is not None
    assert [len(lengths) for lengths in data.lengths] == [5, 2, 3]
    assert sorted(np.concatenate(data.lengths).tolist()) == list(range(3, 13))
    for part, rows, lengths in zip((data.train, data.valid, data.test), data.rows, data.lengths, strict=True):
        assert part[:, 0].tolist() == rows.tolist()
        firsts = rows[bounds(lengths)[:-1]]
        assert set(firsts) <= set(bounds(table.lengths).tolist())


def test_two_sequences_are_cut_in_time_each() -> None:
    data = prepare(drawn([10, 20]), PreparationSettings(valid=0.1, test=0.2), 0)
    assert data.lengths is not None
    assert [lengths.tolist() for lengths in data.lengths] == [[7, 14], [1, 2], [2, 4]]
    assert data.rows[2].tolist() == [8, 9, 26, 27, 28, 29]


@pytest.mark.parametrize("lengths", [[1], [2], [1, 1], [1, 1, 1], [1] * 40, [2, 1, 500]])
def test_short_sequences_are_taken_as_they_are(lengths: list[int]) -> None:
    found = parts_of(drawn(lengths))
    assert sum(map(sum, found)) == sum(lengths)
    assert all(min(part, default=1) >= 1 for part in found)
    assert found[0]


@pytest.mark.parametrize(("lengths", "what"), [([10], "10 rows"), ([5, 5, 5, 5], "4 sequences")])
def test_shares_that_leave_nothing_to_learn_are_refused(lengths: list[int], what: str) -> None:
    with pytest.raises(DataError, match=f"{what} leave none to learn from"):
        parts_of(drawn(lengths), valid=0.5, test=0.5)


def test_a_split_that_comes_with_the_data_is_kept_and_validation_is_drawn_from_what_trains() -> None:
    lengths = [3] * 10
    table = drawn(lengths, train=np.repeat([1, 0], 15))
    data = prepare(table, PreparationSettings(split="train", valid=0.2, test=0.4), 0)
    assert data.rows[2].tolist() == list(range(15, 30))
    assert data.lengths is not None
    assert [len(part) for part in data.lengths] == [4, 1, 5]
    assert data.preparation.names == ("x",)


@pytest.mark.parametrize(
    ("levels", "codes", "rows"),
    [
        (("dev", "TEST", " train "), [2, 2, 0, 1], ([0, 1], [2], [3])),
        (("test", "train"), [1, 1, 1, 0], ([0, 1, 2], [], [3])),
    ],
)
def test_words_say_the_part_of_each_row(
    levels: tuple[str, ...], codes: list[int], rows: tuple[list[int], ...]
) -> None:
    words = Column("set", ColumnType.CATEGORY, np.array(codes, float), levels)
    table = Table("t", (Column("x", ColumnType.NUMBER, np.arange(4.0)), words), split="set")
    for kind in ("table", "sequences"):
        data = prepare(table, PreparationSettings(kind=kind, valid=0), 0)
        assert tuple(part.tolist() for part in data.rows) == rows
        assert data.preparation.names == ("x",)


def split_by(**column: Any) -> Table:
    """A table whose column `split` is as given."""
    return Table("t", (Column("x", ColumnType.NUMBER, np.arange(3.0)), Column("split", **column)))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (split_by(type=ColumnType.FLAG, values=np.array([1, np.nan, 0])), "which part row 2 belongs"),
        (split_by(type=ColumnType.FLAG, values=np.zeros(3)), "No row of t trains"),
        (split_by(type=ColumnType.NUMBER, values=np.arange(3.0)), "other numbers than 0 and 1"),
        (split_by(type=ColumnType.CATEGORY, values=np.zeros(3), levels=("mine",)), "says `mine`"),
    ],
)
@pytest.mark.parametrize("kind", ["table", "sequences"])
def test_a_column_that_says_no_split_is_refused_in_words(table: Table, sentence: str, kind: Any) -> None:
    with pytest.raises(DataError, match=sentence):
        prepare(table, PreparationSettings(kind=kind, split="split"), 0)


def test_a_split_of_the_data_can_be_passed_over() -> None:
    table = Table("t", drawn([20], train=np.ones(20)).columns, split="train")
    data = prepare(table, PreparationSettings(split="", valid=0.1, test=0.2), 0)
    assert (len(data.train), len(data.valid), len(data.test)) == (14, 2, 4)
    assert data.preparation.names == ("x",)


def test_classes_are_chosen_and_balanced_by_whole_sequences() -> None:
    table = drawn([2, 3, 4, 5, 6, 7], [0, 0, 0, 1, 1, 2])
    assert parts_of(table, classes=("b", "c"), valid=0, test=0)[0] == [5, 6, 7]
    data = prepare(table, PreparationSettings(classes=("b", "c"), valid=0, test=0), 0)
    assert data.labels is not None
    assert data.labels.levels == ("b", "c")
    assert data.labels.train.tolist() == [0] * 11 + [1] * 7
    balanced = prepare(table, PreparationSettings(balance=True, valid=0, test=0), 0)
    assert balanced.labels is not None
    assert balanced.lengths is not None
    classes = balanced.labels.train[bounds(balanced.lengths[0])[:-1]]
    assert classes.tolist() == [0, 1, 2]


def test_classes_within_a_sequence_cannot_be_chosen() -> None:
    states = points_table("walk", np.arange(6.0)[:, None], np.array([0, 0, 1, 1, 0, 0]))
    table = sequences(states, np.array([3, 3]))
    with pytest.raises(DataError, match="changes within a sequence"):
        parts_of(table, classes=("1",))


def test_anomalous_stretches_are_never_learned_from() -> None:
    marks = np.zeros(20, dtype=np.int64)
    marks[[4, 5, 16]] = 1
    points = points_table("walk", np.arange(20.0)[:, None], marks, levels=("normal", "anomalous"), label_name="state")
    table = sequences(points, np.array([20]))
    data = prepare(table, PreparationSettings(normal_only=True, valid=0.1, test=0.2), 0)
    assert data.rows[0].tolist() == [0, 1, 2, 3, *range(6, 14)]
    assert data.rows[2].tolist() == [4, 5, 16, 17, 18, 19]
    assert data.lengths is not None
    assert [lengths.tolist() for lengths in data.lengths] == [[4, 8], [2], [2, 4]]


def test_a_label_that_names_the_sequences_stays_a_label() -> None:
    settings = PreparationSettings(kind="sequences", sequence="who", time="at", label="who", valid=0, test=0)
    data = prepare(long_form(), settings, 0)
    assert data.labels is not None
    assert data.labels.train.tolist() == [0, 0, 0, 0, 1, 1, 2, 2, 2]
    assert data.preparation.names == ("x",)


def test_sequences_keep_apart_when_only_a_time_is_named() -> None:
    table = sequences(points_table("t", np.array([[3.0], [1.0], [2.0], [0.0]])), np.array([2, 2]), ("a", "b"))
    found, order = as_sequences(table, PreparationSettings(time="x"))
    assert (order.tolist(), found.keys) == ([1, 0, 3, 2], ("a", "b"))


def test_rows_of_one_time_keep_their_order() -> None:
    table = points_table("t", np.array([[1.0, 0], [0, 1], [1, 2], [0, 3]]))
    _, order = as_sequences(table, PreparationSettings(time="x"))
    assert order.tolist() == [1, 3, 0, 2]


def test_taking_rows_out_of_order_gives_a_table() -> None:
    taken = drawn([3, 3]).take(np.array([4, 1]))
    assert not isinstance(taken, Sequences)
    assert taken.column("x").values.tolist() == [4, 1]


def test_gaps_change_no_volume_and_incomplete_rows_count_by_what_they_hold() -> None:
    x = np.array([[0.0, 10], [np.nan, 30], [4, np.nan], [np.nan, np.nan], [2, 20]])
    table = points_table("gap", x)
    made = prepare(table, PreparationSettings(kind="sequences", valid=0, test=0, scaling="standard"), 0)
    scale = np.log([np.nanstd(x[:, 0]), np.nanstd(x[:, 1])])
    expected = [-scale.sum(), -scale[1], -scale[0], 0.0, -scale.sum()]
    np.testing.assert_allclose(made.preparation.log_det(x), expected)
    np.testing.assert_allclose(np.nanmean(made.train, axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.nanstd(made.train, axis=0), 1)
    np.testing.assert_allclose(made.preparation.to_data(made.train), x, atol=1e-12)


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax", "logit"])
def test_scalings_leave_gaps_where_they_are(scaling: Any) -> None:
    x = np.array([[np.nan], [1.0], [5.0], [np.nan], [2.0]])
    data = prepare(points_table("g", x), PreparationSettings(kind="sequences", scaling=scaling, valid=0, test=0), 0)
    np.testing.assert_array_equal(np.isnan(data.train), np.isnan(x))
    assert np.isfinite(data.preparation.log_det(x)).all()


def test_only_gaps_are_refused() -> None:
    x = np.array([[np.nan]] * 8 + [[1.0], [2.0]])
    with pytest.raises(DataError, match="No row of g that is to be learned from"):
        prepare(points_table("g", x), PreparationSettings(kind="sequences", test=0.2, valid=0), 0)


def test_symbols_are_never_scaled_and_the_most_frequent_stands_for_missing_ones() -> None:
    letters = Column("letter", ColumnType.CATEGORY, np.array([0, 2, 2, np.nan, 1.0]), ("a", "b", "c"))
    chosen: dict[str, Any] = {"kind": "sequences", "valid": 0, "test": 0, "scaling": "standard"}
    gaps = prepare(Table("text", (letters,)), PreparationSettings(**chosen), 0)
    np.testing.assert_array_equal(gaps.train[:, 0], letters.values)
    filled = prepare(Table("text", (letters,)), PreparationSettings(**chosen, missing="mean"), 0)
    assert filled.train[:, 0].tolist() == [0, 2, 2, 2, 1]


def test_what_was_read_as_sequences_needs_no_columns_of_the_long_form() -> None:
    made = prepare(long_form(), PreparationSettings(kind="sequences", sequence="who", time="at"), 0).preparation
    assert isinstance(made, SequencePreparation)
    x, lengths, rows = made.series(drawn([2, 3]))
    assert (x[:, 0].tolist(), lengths.tolist(), rows.tolist()) == ([0, 1, 2, 3, 4], [2, 3], [0, 1, 2, 3, 4])
    with pytest.raises(DataError, match="has no column `at`"):
        made.series(Table("t", drawn([5]).columns))
