from __future__ import annotations

import math
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.errors import SettingsError
from genstudio.settings import SettingInfo, Settings, describe, setting
from genstudio.ui.values import bounds_sentence, read_value, show_number, show_value, stepped


class Numbers(Settings):
    rate: float = setting(1e-3, "Rate.", gt=0, le=1, log=True)
    count: int = setting(5, "Count.", ge=1, le=10**6)
    any: float = setting(0.0, "Anything.")
    big: int = setting(0, "Big.")
    rows: int = setting(2000, "Rows.", ge=1, log=True)
    prior: float | None = setting(None, "Prior.", gt=0)
    width: float | Literal["scott", "silverman"] = setting("scott", "Width.", gt=0)
    shape: Literal["full", "tied"] = setting("full", "Shape.")
    share: float = setting(0.1, "Share.", ge=0, lt=1)
    sizes: tuple[int, ...] = setting((), "Sizes.")


INFO: dict[str, SettingInfo] = {info.name: info for info in describe(Numbers)}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("rate", "1e-3", 0.001), ("rate", "0,001", 0.001), ("rate", "0.001", 0.001), ("rate", " 1E-3 ", 0.001),
        ("rate", ".5", 0.5), ("any", "−2,5", -2.5), ("any", "1 000,5", 1000.5), ("any", "1e400", None),
        ("count", "1000", 1000), ("count", "1 000", 1000), ("count", "1e3", 1000),
        ("big", "9007199254740993", 2**53 + 1),
        ("prior", "auto", None), ("prior", "", None), ("prior", "0.5", 0.5),
        ("width", "scott", "scott"), ("width", "0,3", 0.3), ("sizes", "64, 32", [64, 32]), ("sizes", "", []),
    ],
)
def test_read_what_people_type(name: str, text: str, value: Any) -> None:
    if text == "1e400":
        with pytest.raises(SettingsError, match="too large"):
            read_value(text, INFO[name])
    else:
        found = read_value(text, INFO[name])
        assert found == value
        assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("rate", "0", "Rate must be above 0 and at most 1"), ("rate", "2", "at most 1"), ("rate", "", "such as 0.001"),
        ("rate", "1e", "must be a number"), ("rate", "nan", "must be a number"), ("rate", "1.2.3", "must be a number"),
        ("count", "1.000", "whole number"), ("count", "1,5", "whole number"), ("count", "0", "at least 1"),
        ("big", "9" * 30, "too large"), ("prior", "much", "or auto"), ("width", "wide", "scott or silverman"),
        ("share", "1", "below 1"), ("any", "", "must be a number"), ("any", "٣", None),
    ],
)
def test_refuse_in_a_sentence(name: str, text: str, words: str | None) -> None:
    if words is None:
        # Digits of other scripts are digits.
        assert read_value(text, INFO[name]) == 3.0
        return
    with pytest.raises(SettingsError, match=words):
        read_value(text, INFO[name])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_shown_numbers_are_read_back(number: float) -> None:
    assert read_value(show_number(number), INFO["any"]) == number


@pytest.mark.parametrize(("number", "text"), [(0.001, "0.001"), (1e-5, "1e-5"), (20.0, "20"), (1e22, "1e22")])
def test_numbers_are_short(number: float, text: str) -> None:
    assert show_number(number) == text


@pytest.mark.parametrize(("value", "text"), [(None, "auto"), (3, "3"), ([1, 2.5], "1, 2.5"), ("scott", "scott")])
def test_values_as_text(value: Any, text: str) -> None:
    assert show_value(value, INFO["width"]) == text


@pytest.mark.parametrize(
    ("name", "value", "steps", "found"),
    [
        ("rate", 0.001, 1, 0.002), ("rate", 0.002, 1, 0.005), ("rate", 0.001, -1, 0.0005), ("rate", 1.0, 1, 1.0),
        ("rate", 0.003, 1, 0.005), ("rate", 0.003, -1, 0.002), ("count", 1, -1, 1), ("count", 5, 3, 8),
        ("rows", 2000, 1, 5000), ("rows", 1, -1, 1), ("share", 0.1, 2, 0.12), ("share", 0.99, 1, 0.99),
        ("share", 0.0, -1, 0.0),
    ],
)
def test_steps(name: str, value: float, steps: int, found: float) -> None:
    assert stepped(value, steps, INFO[name]) == pytest.approx(found, rel=1e-12)


@given(st.floats(1e-12, 1.0), st.integers(-5, 5))
def test_steps_stay_within_bounds(value: float, steps: int) -> None:
    found = stepped(value, steps, INFO["rate"])
    assert 0 < found <= 1
    assert math.isfinite(found)


def test_bounds_in_words() -> None:
    assert bounds_sentence(INFO["share"]) == "must be at least 0 and below 1"
    assert bounds_sentence(INFO["any"]) == ""
