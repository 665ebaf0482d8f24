"""What the transformation panel says of places and sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.transport import fewer_stations, summed

Array = NDArray[Any]
Floats = NDArray[np.float64]

MOST_TERMS = 12
_NEAR = 1e-3


@dataclass(frozen=True)
class Term:
    """One addend of a log-density, or their sum.

    Arguments:
        value: nats.
    """

    title: str
    value: float
    kind: Literal["base", "part", "scaling", "sum"]


def place_words(stations: Floats, place: float, timed: bool) -> str:
    """Where on the way a place is."""
    if timed:
        return f"t = {place:.2f}"
    last, layer = len(stations) - 1, float(np.interp(place, stations, np.arange(len(stations))))
    if layer <= _NEAR:
        return "base"
    if abs(layer - round(layer)) < _NEAR:
        return f"after layer {round(layer)} of {last}"
    return f"in layer {int(layer) + 1} of {last}"


def title_words(stations: Floats, place: float, timed: bool) -> str:
    """What is seen at a place, as a title."""
    share = (place - stations[0]) / ((stations[-1] - stations[0]) or 1.0)
    words = place_words(stations, place, timed)
    if share <= _NEAR:
        return f"Base · {words}" if timed else "Base"
    return f"Data · {words}" if share >= 1 - _NEAR else f"On the way · {words}"


def terms(answer: Mapping[str, Array], timed: bool, scaled: bool, given: str = "") -> list[Term]:
    """What the log-density of the first item of an answer of `log_prob_terms` is the sum of, and the sum.

    Arguments:
        timed: whether parts are stretches of time, not layers.
        scaled: whether the preparation has a share in it.
        given: name of the class that the density is asked given.
    """
    stations, parts = answer["stations"], answer["parts"][:, 0]
    chosen = fewer_stations(stations, MOST_TERMS + 1)
    titles = [_stretch(stations, first, last, timed) for first, last in pairwise(chosen)]
    found = [Term("log base density", float(answer["base"][0]), "base")]
    found += [Term(title, float(value), "part") for title, value in zip(titles, summed(parts, chosen), strict=True)]
    if scaled:
        found.append(Term("scaling of columns", float(answer["scaling"][0]), "scaling"))
    return [*found, Term(f"log p(x | {given})" if given else "log p(x)", float(answer["log_prob"][0]), "sum")]


def signed(value: float) -> str:
    """A number of nats with its sign."""
    return f"{value:+.3f}".replace("-", "−")


def _stretch(stations: Floats, first: int, last: int, timed: bool) -> str:
    if timed:
        return f"t {stations[first]:.2f}–{stations[last]:.2f}"
    return f"layer {last}" if last == first + 1 else f"layers {first + 1}–{last}"
