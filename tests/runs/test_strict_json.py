from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.errors import ArchiveError
from genstudio.runs import strict_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-10**18, 10**18) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_plain_values_come_back(value: Any) -> None:
    assert strict_json.parse(strict_json.encode(value), "it") == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a": NaN}', "[Infinity]", "[-Infinity]", "[1e999]", '{"a": 1, "a": 2}', "[" * 200_000, '{"a":' * 200_000,
        "[" * 50 + "]" * 50, "9" * 21, "9" * 100_000, "{", "", "\x00", '"\ud800"', '{"a": 1} x', "'a'",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_could_mislead_is_refused(text: str) -> None:
    with pytest.raises(ArchiveError, match="it is damaged") as caught:
        strict_json.parse(text.encode("utf-8", "surrogatepass"), "it")
    assert len(str(caught.value)) < 300


def test_brackets_in_texts_are_no_levels() -> None:
    assert strict_json.parse(b'["' + b"[" * 1000 + b'\\""]', "it") == ["[" * 1000 + '"']


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1.5, 3, None])
def test_figures_need_not_be_finite(value: float | None) -> None:
    assert strict_json.number(strict_json.parse(strict_json.encode([value]), "it")[0]) == value


@pytest.mark.parametrize("value", ["many", True, [1], {}])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="no number"):
        strict_json.number(value)
