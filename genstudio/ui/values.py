"""What a person types, as values, and values as text: the same in every locale. No Qt here."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

from genstudio.errors import SettingsError
from genstudio.settings import SettingInfo

AUTO = "auto"

_DECIMAL = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d+(e\+?\d+)?", re.IGNORECASE)
_GROUPING = str.maketrans("", "", " _'\u00a0\u2009\u202f")
_LARGEST_WHOLE = 2.0**63


def read_value(text: str, info: SettingInfo) -> Any:
    """The value of a setting from its text.

    Arguments:
        text: as typed; numbers may use a decimal point, a decimal comma, or an exponent.

    Returns:
        None where the setting is optional and the text is empty or "auto".

    Raises:
        SettingsError: a sentence saying what can be typed instead.
    """
    word = text.strip()
    if info.optional and word.lower() in ("", AUTO):
        return None
    if word in info.choices:
        return word
    if info.kind in ("int", "float"):
        return _bounded(read_number(word, info), info)
    if info.kind == "list":
        return [_item(part, info) for part in re.split(r"[,;\s]+", word) if part]
    if info.kind == "choice":
        raise SettingsError(f"{info.label} must be {_either(info.choices)}.")
    return text


def read_number(text: str, info: SettingInfo) -> float | int:
    """A number from its text.

    Raises:
        SettingsError: the text is no number, or not a whole one where that is wanted.
    """
    plain = text.translate(_GROUPING).replace("−", "-")
    whole = info.kind == "int"
    if not (_WHOLE if whole else _DECIMAL).fullmatch(plain):
        raise SettingsError(_wanted(info, whole))
    number = float(plain.replace(",", "."))
    if not math.isfinite(number) or (whole and abs(number) >= _LARGEST_WHOLE):
        raise SettingsError(f"{info.label} is too large a number.")
    if not whole:
        return number
    return int(plain) if plain.lstrip("+-").isdigit() else int(number)


def show_value(value: Any, info: SettingInfo) -> str:
    """The text that `read_value` turns back into the value."""
    if value is None:
        return AUTO
    if isinstance(value, float):
        return show_number(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(show_number(v) if isinstance(v, float) else str(v) for v in value)
    return str(value)


def show_number(number: float) -> str:
    """The shortest text that gives the same number back: 0.001, 1e-5, 20."""
    text = repr(float(number))
    mantissa, mark, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def stepped(value: float, steps: int, info: SettingInfo) -> float | int:
    """A number some steps up or down, within its bounds.

    Logarithmic settings go through 1, 2, 5, 10, ...; others by a step that fits their range.
    """
    found = _log_stepped(value, steps) if info.log and value > 0 else value + steps * step_of(info)
    found = min(max(_tidy(found, info), info.minimum), info.maximum)
    if (info.open_minimum and found <= info.minimum) or (info.open_maximum and found >= info.maximum):
        found = value
    return round(found) if info.kind == "int" else float(found)


def step_of(info: SettingInfo) -> float:
    """How far one step goes, for a setting that is not logarithmic."""
    if info.kind == "int":
        return 1.0
    span = info.maximum - info.minimum
    if not math.isfinite(span):
        span = 10 * abs(info.default) if isinstance(info.default, (int, float)) and info.default else 10.0
    return float(10.0 ** math.floor(math.log10(span) - 1.999))


def bounds_sentence(info: SettingInfo) -> str:
    """What a number may be: "must be above 0 and at most 1"; empty where it has no bounds."""
    parts = []
    if math.isfinite(info.minimum):
        parts.append(("above " if info.open_minimum else "at least ") + show_number(info.minimum))
    if math.isfinite(info.maximum):
        parts.append(("below " if info.open_maximum else "at most ") + show_number(info.maximum))
    return "must be " + " and ".join(parts) if parts else ""


def _bounded(number: float | int, info: SettingInfo) -> float | int:
    below = number <= info.minimum if info.open_minimum else number < info.minimum
    above = number >= info.maximum if info.open_maximum else number > info.maximum
    if below or above:
        raise SettingsError(f"{info.label} {bounds_sentence(info)}.")
    return number


def _wanted(info: SettingInfo, whole: bool) -> str:
    kind = "a whole number, such as 1000" if whole else "a number, such as 0.001 or 1e-3"
    words = [*info.choices, *([AUTO] if info.optional else [])]
    return f"{info.label} must be {kind}" + (f", or {_either(words)}." if words else ".")


def _wanted_items(info: SettingInfo) -> str:
    kind = "whole numbers, such as 256, 128" if info.item_kind == "int" else "numbers, such as 0.5, 1e-3"
    bounds = bounds_sentence(info).removeprefix("must be ")
    return f"{info.label} must be {kind}" + (f", each {bounds}." if bounds else ".")


def _either(words: Any) -> str:
    return " or ".join(", ".join(words).rsplit(", ", 1))


def _log_stepped(value: float, steps: int) -> float:
    place = 3 * math.log10(value)
    rank = (math.floor(place + 0.1) if steps > 0 else math.ceil(place - 0.1)) + steps
    return float((1.0, 2.0, 5.0)[rank % 3] * 10.0 ** (rank // 3))


def _tidy(number: float, info: SettingInfo) -> float:
    """Sums of decimal steps leave dust such as 0.30000000000000004."""
    return float(f"{number:.12g}") if info.kind == "float" else number


def _item(text: str, info: SettingInfo) -> Any:
    if info.item_kind in ("int", "float"):
        try:
            return _bounded(read_number(text, replace(info, kind=info.item_kind)), info)
        except SettingsError:
            raise SettingsError(_wanted_items(info)) from None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
