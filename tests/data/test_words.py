"""What the words of cells mean."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.data.words import dates, flags, number, numbers, spellings


@pytest.mark.parametrize(
    ("word", "decimal", "value"),
    [
        ("1", ".", 1), ("-1.5e3", ".", -1500), ("+.5", ".", 0.5), ("5.", ".", 5), ("1,234.5", ".", 1234.5),
        ("1'234", ".", 1234), ("1\u00a0234\u202f567", ".", 1234567), ("1,5", ".", None), ("1,23,456", ".", None),
        ("1,5", ",", 1.5), ("1.234,5", ",", 1234.5), ("1.5", ",", None), ("-,5", ",", -0.5),
        ("030 123 456", ".", None), ("1e400", ".", math.inf), ("-INF", ".", -math.inf), ("1e", ".", None),
        ("٣", ".", None), ("²", ".", None), ("", ".", None), ("one", ".", None),
        ("1_000", ".", None), ("0x10", ".", None),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(word: str, decimal: str, value: float | None) -> None:
    assert number(word, decimal) == value


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(".,"))
def test_any_number_is_read_back_exactly(value: float, decimal: str) -> None:
    assert number(repr(value).replace(".", decimal), decimal) == value


@given(st.text(max_size=12), st.sampled_from(".,"))
def test_any_word_has_a_meaning_or_none(word: str, decimal: str) -> None:
    assert number(word, decimal) is None or isinstance(number(word, decimal), float)


def test_one_stray_word_spoils_a_column_of_numbers() -> None:
    assert numbers(["1", "x"]) is None
    assert numbers(["1", "2"]) is not None


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["Yes", "no"], [1, 0]), (["TRUE"], [1]), (["n", "Y"], [0, 1]), (["ja", "nein", "Ja"], [1, 0, 1]),
        (["y"], None), (["yes", "false"], None), (["yes", "maybe"], None), ([], None),
    ],
)  # fmt: skip
def test_flags_are_answers_of_one_pair(words: list[str], values: list[float] | None) -> None:
    found = flags(words)
    assert (found if found is None else found.tolist()) == values


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["1970-01-01", "1970-01-01T00:00:01.5"], [0, 1.5]), (["02.01.1970 00:01"], [86460]),
        (["13/01/1970"], [12 * 86400]),
        (["1970-01-01", "soon"], None), (["soon"], None), (["99.99.1970"], None), ([], None),
    ],
)  # fmt: skip
def test_dates_in_the_usual_forms(words: list[str], values: list[float] | None) -> None:
    found = dates(words)
    assert (found if found is None else found.tolist()) == values


def test_missing_words_are_known_in_any_letter_case() -> None:
    assert {"na", "NA", "Na", "n/a", "N/A"} <= set(spellings(["NA", "N/A"]))
