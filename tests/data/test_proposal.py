from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.proposal import propose
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
