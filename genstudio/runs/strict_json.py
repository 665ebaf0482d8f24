"""JSON from a stranger: plain, finite, shallow, without two meanings."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from genstudio.errors import ArchiveError

_DEEPEST = 40
_LONGEST_INTEGER = 20
_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def parse(data: bytes, what: str) -> Any:
    """Plain values from JSON.

    Arguments:
        what: the member, to be named in the message.

    Raises:
        ArchiveError: broken JSON, NaN or infinity, repeated keys, huge integers, too many levels.
    """
    try:
        _check_depth(data)
        return json.loads(
            data.decode("utf-8"), parse_constant=_refuse_constant, parse_int=_integer, parse_float=_float,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{what} is damaged or was made to mislead: {error}.") from None


def encode(value: Any) -> bytes:
    """JSON of plain values; those that are not finite numbers become the words inf, -inf and nan."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, indent=1).encode("utf-8", "replace")


def number(value: Any) -> float | None:
    """A number that `encode` wrote, or None.

    Raises:
        ValueError: it is something else.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if value not in _NOT_FINITE:
            raise ValueError(f"{value[:40]!r} is no number")
        return _NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a {type(value).__name__} is no number")
    return float(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(float(value))
    return value


def _check_depth(data: bytes) -> None:
    depth = 0
    for mark in _MARKS.finditer(data):
        sign = mark.group()
        depth += (sign in (b"[", b"{")) - (sign in (b"]", b"}"))
        if depth > _DEEPEST:
            raise ValueError(f"it has more than {_DEEPEST} levels")


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise ValueError(f"an integer has {len(text)} digits")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found
