from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.dataset import Kind
from genstudio.data.preparation import prepare
from genstudio.data.proposal import propose
from genstudio.data.sequences import sequences
from genstudio.data.table import Column, ColumnType, Table

N = 40
STEPS = np.arange(N, dtype=float)
NOISE = np.random.default_rng(0).normal(size=N)


def number(name: str, values: np.ndarray) -> Column:
    return Column(name, ColumnType.NUMBER, values)


def words(name: str, *levels: str) -> Column:
    return Column(name, ColumnType.CATEGORY, STEPS % len(levels), levels)


def table(*columns: Column) -> Table:
    return Table("rows", columns)


def test_a_plain_table_needs_nothing() -> None:
    settings, reason = propose(table(number("a", NOISE), number("b", NOISE[::-1].copy())))
    assert settings == type(settings)()
    assert reason == ""


@pytest.mark.parametrize("useless", [
    number("constant", np.full(N, 3.0)), number("empty", np.full(N, np.nan)), number("id", STEPS),
    number("Index", STEPS),
])
def test_what_says_nothing_is_left_out(useless: Column) -> None:
    settings, reason = propose(table(number("a", NOISE), useless))
    assert settings.columns == ("a",)
    assert useless.name in reason


def test_a_row_number_by_another_name_stays() -> None:
    assert propose(table(number("time", STEPS), number("a", NOISE)))[0].columns is None


def test_spreads_far_apart_are_scaled() -> None:
    settings, reason = propose(table(number("a", NOISE), number("b", 1000 * NOISE)))
    assert settings.scaling == "standard"
    assert "tenfold" in reason


@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_extreme_scales_raise_no_warning(scale: float) -> None:
    propose(table(number("a", NOISE), number("b", scale * NOISE), number("c", np.full(N, np.inf))))


def test_the_likeliest_label() -> None:
    settings, reason = propose(table(number("a", NOISE), words("colour", "red", "blue"), words("Class", "x", "y")))
    assert settings.label == "Class"
    assert "`Class`" in reason
    assert propose(table(number("a", NOISE), words("colour", "red", "blue")))[0].label == "colour"
    assert propose(table(number("a", NOISE), words("one", "only")))[0].label is None
    many = words("names", *(f"n{i}" for i in range(20)))
    assert propose(table(number("a", NOISE), many))[0].label is None


def test_a_table_without_numbers_is_left_as_it_is() -> None:
    settings, _ = propose(table(words("a", "x", "y")))
    assert settings.columns is None


def test_dates_are_left_out() -> None:
    moments = Column("when", ColumnType.DATE, np.array([0.0, 86400.0, 172800.0]))
    numbers = Column("x", ColumnType.NUMBER, np.array([1.0, 2.0, 4.0]))
    settings, reason = propose(Table("log", (moments, numbers)))
    assert settings.columns == ("x",)
    assert "when left out" in reason


WHO = np.repeat([0.0, 1, 2, 3], N // 4)
WITHIN = np.tile(np.arange(N // 4, dtype=float), 4)


def ordered(*columns: Column) -> tuple[str | None, str | None, str]:
    settings, _ = propose(table(number("a", NOISE), *columns))
    return settings.sequence, settings.time, settings.kind


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ([Column("when", ColumnType.DATE, 86_400 * STEPS)], (None, "when", "sequences")),
        ([number("Time", STEPS**2)], (None, "Time", "sequences")),
        ([number("id", WHO), number("t", WITHIN)], ("id", "t", "sequences")),
        ([Column("patient", ColumnType.TEXT, WHO, tuple("abcd")), number("t", WITHIN)], ("patient", "t", "sequences")),
        # Long forms need not hold their sequences together.
        ([number("id", WITHIN), number("t", WHO)], ("id", "t", "sequences")),
        ([number("sequence", WHO)], ("sequence", None, "sequences")),
        ([number("sequence", WITHIN)], (None, None, "auto")),
        ([number("id", WHO)], (None, None, "auto")),
        ([number("id", STEPS), number("x", WITHIN)], (None, None, "auto")),
        ([number("time", NOISE)], (None, None, "auto")),
        ([number("id", WHO), number("time", NOISE)], (None, None, "auto")),
        ([number("time", np.where(STEPS == 7, np.nan, STEPS))], (None, None, "auto")),
        ([number("y", STEPS)], (None, None, "auto")),
    ],
)
def test_rows_that_stand_in_time_are_taken_as_sequences(
    columns: list[Column], found: tuple[str | None, str | None, str]
) -> None:
    assert ordered(*columns) == found


def test_the_reason_names_sequence_and_time_and_the_way_back() -> None:
    settings, reason = propose(table(number("a", NOISE), number("id", WHO), number("t", WITHIN)))
    assert "`id` names the sequence and `t` tells the time" in reason
    assert "say that they are a table" in reason
    assert settings.columns is None
    data = prepare(table(number("a", NOISE), number("id", WHO), number("t", WITHIN)), settings, 0)
    assert (data.kind, data.preparation.names) == (Kind.SEQUENCES, ("a",))


def test_what_was_read_as_sequences_is_left_so() -> None:
    read = sequences(table(number("a", NOISE), number("time", STEPS)), np.array([N]))
    assert propose(read)[0].kind == "auto"


def test_a_split_that_a_file_brings_is_proposed() -> None:
    settings, reason = propose(table(number("a", NOISE), words("split", "train", "test")))
    assert (settings.split, settings.label) == ("split", None)
    assert "`split` says which rows train" in reason
    assert propose(table(number("a", NOISE), words("split", "left", "right")))[0].split is None


def test_symbols_alone_are_no_classes() -> None:
    assert propose(sequences(table(words("letter", "a", "b")), np.array([N])))[0].label is None
