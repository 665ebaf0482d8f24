"""What is said of samples in words. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from genstudio.applications.copying import QUANTILES, Verdict, verdict, verdicts
from genstudio.runs.favourites import Array

BY_CHANCE = QUANTILES[0]
"""The share of training items that lie as near to another one as what is called a copy."""
NO_DATA = "The training data of this run are not at hand, so that nothing can be compared with them. Open them again."
WAITING = "Looking for the nearest training item…"
LATER = "How near the page is to the training items is measured when training rests."

_SENTENCES = {
    Verdict.SAME: "A copy of item {row}.",
    Verdict.COPY: "A copy? Hardly any item is as near to another as this is to item {row}.",
    Verdict.NEAR: "No copy: many items are as near to another as this is to item {row}.",
    Verdict.NEW: "New: as far from item {row} as items are from another.",
    Verdict.FAR: "Strange: hardly any item is as far from all others as this is from item {row}.",
    Verdict.UNKNOWN: "Item {row} is the nearest.",
}
EXPLAINED = (
    "Distances are root mean squares over all values, to the nearest training item. The usual range holds 98 of 100 "
    "training items, each compared with all others; below it a sample may be a copy."
)


def nearest_sentence(answer: Mapping[str, Array], place: int) -> str:
    """Whether one sample is a copy.

    Arguments:
        answer: of the question `nearest`.
        place: of the sample in it.
    """
    distance = float(answer["distance"][place])
    if not np.isfinite(distance):
        return "This sample holds values that are no numbers, so that nothing is near to it."
    found = _SENTENCES[verdict(distance, answer["usual"])].format(row=f"{int(answer['row'][place]) + 1:,}")
    usual = answer["usual"]
    if not np.isfinite(usual).all():
        return f"{found} Distance {_short(distance)}."
    return f"{found} Distance {_short(distance)}, usual {_short(float(usual[0]))} to {_short(float(usual[2]))}."


def page_sentence(answer: Mapping[str, Array]) -> str:
    """Whether a page holds copies."""
    found = verdicts(answer["distance"], answer["usual"])
    copies = sum(one in (Verdict.SAME, Verdict.COPY) for one in found)
    known = answer["distance"][np.isfinite(answer["distance"])]
    if not len(known):
        return "These samples hold no numbers that could be compared."
    if not np.isfinite(answer["usual"]).all():
        return ""
    middle = (f"Median distance {_short(float(np.median(known)))}, among training items "
              f"{_short(float(answer['usual'][1]))}.")
    if not copies:
        return f"None of {len(found):,} looks copied. {middle}"
    chance = round(BY_CHANCE * len(found))
    expected = f", {chance:,} by chance" if chance else ""
    return f"{copies:,} of {len(found):,} may be copied{expected}. {middle}"


def reconstruction_sentence(x: Array, other: Array) -> str:
    """How far a reconstruction is from its original, data units."""
    error = float(np.sqrt(np.mean((np.asarray(x, float) - other) ** 2)))
    return f"The reconstruction differs by {_short(error)} (root mean square)."


def _short(number: float) -> str:
    return f"{number:.3g}"
