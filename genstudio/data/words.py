"""What the words in a file's cells mean: missing, a number, yes or no, a date."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MISSING = ("", "NA", "N/A", "#N/A", "NaN", "null", "None", "nil", "?", "-", "--", ".", "missing")
"""Words that stand for a missing value, in any letter case."""

_PAIRS = (("true", "false"), ("yes", "no"), ("ja", "nein"), ("oui", "non"), ("on", "off"), ("y", "n"), ("t", "f"))
_MOST_SPELLINGS = 20
_DATES = tuple(
    day + time
    for day in ("%d.%m.%Y", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y")
    for time in ("", " %H:%M", " %H:%M:%S")
)
_NUMBERS = {
    decimal: re.compile(
        rf"[+-]?(?:[1-9]\d{{0,2}}(?:{groups}\d{{3}})+|\d+)?(?:{re.escape(decimal)}\d*)?(?:[eE][+-]?\d+)?", re.ASCII
    )
    for decimal, groups in ((".", "[,'\u00a0\u202f ]"), (",", "[.'\u00a0\u202f ]"))
}
_INFINITE = {"inf": np.inf, "+inf": np.inf, "-inf": -np.inf, "infinity": np.inf, "-infinity": -np.inf}


def spellings(words: Collection[str]) -> list[str]:
    """The words as they stand, in lower, upper and title case: what a parser compares cells with."""
    forms = (form for word in words for form in (word, word.lower(), word.upper(), word.title()))
    return sorted(set(forms))


def number(word: str, decimal: str = ".") -> float | None:
    """The number that a word spells, or None.

    Arguments:
        word: without blanks around it; digits may be grouped by thousands.
        decimal: "." or ",". The process's locale has no say.
    """
    if not any(digit.isdigit() for digit in word):
        return _INFINITE.get(word.lower())
    if not _NUMBERS[decimal].fullmatch(word):
        return None
    plain = re.sub(r"[^0-9eE+\-" + re.escape(decimal) + "]", "", word).replace(decimal, ".")
    try:
        return float(plain)
    except ValueError:
        return None


def numbers(words: Sequence[str], decimal: str = ".") -> NDArray[np.float64] | None:
    """The numbers that all the words spell, shape (len(words),), or None when one is no number."""
    found = np.empty(len(words))
    for i, word in enumerate(words):
        value = number(word, decimal)
        if value is None:
            return None
        found[i] = value
    return found


def flags(words: Sequence[str]) -> NDArray[np.float64] | None:
    """1 for yes and 0 for no, shape (len(words),), or None when the words are not of one such pair."""
    if len(words) > _MOST_SPELLINGS:
        return None
    lower = [word.lower() for word in words]
    for yes, no in _PAIRS:
        # One lone letter is more often a code than an answer, so short pairs need both halves.
        complete = {yes, no} <= set(lower) if len(yes) == 1 else bool(lower)
        if complete and set(lower) <= {yes, no}:
            return np.array([float(word == yes) for word in lower])
    return None


def dates(words: Sequence[str]) -> NDArray[np.float64] | None:
    """Seconds since 1970-01-01 UTC, shape (len(words),), or None when one word is no date."""
    if not words or not any(digit.isdigit() for digit in words[0]):
        return None
    for form in ("ISO8601", *_DATES):
        # The first word settles most forms, so that long columns of words cost nothing.
        if _parsed(words[:1], form) is not None:
            found = _parsed(words, form)
            if found is not None:
                return found
    return None


def _parsed(words: Sequence[str], form: str) -> NDArray[np.float64] | None:
    try:
        moments = pd.to_datetime(pd.Series(list(words), dtype=object), format=form, errors="coerce", utc=True)
    except (ValueError, OverflowError):
        return None
    if moments.isna().any():
        return None
    return moments.dt.tz_localize(None).to_numpy(dtype="datetime64[us]").astype(np.int64) / 1e6
