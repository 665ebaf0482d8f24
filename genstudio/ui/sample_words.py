"""What is said of samples in words. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from genstudio.applications.copying import Verdict, verdict, verdicts
from genstudio.ui.sample_page import Array

NO_DATA = "The training data of this run are not at hand, so that nothing can be compared with them. Open them again."
WAITING = "Looking for the nearest training item…"
LATER = "How near the page is to the training items is measured when training rests."

_SENTENCES = {
    Verdict.SAME: "A copy: it is the same as training item {row}.",
    Verdict.COPY: "A copy? Of 100 training items 99 are farther from their nearest neighbour than this is from item "
    "{row}.",
    Verdict.NEAR: "No copy: many training items are as near to one another as this is to item {row}.",
    Verdict.NEW: "New: about as far from item {row} as training items are from one another.",
    Verdict.FAR: "Unlike what was learned from: of 100 training items 99 are nearer to another one than this is to "
    "item {row}.",
    Verdict.UNKNOWN: "Training item {row} is the nearest.",
}


def nearest_sentence(answer: Mapping[str, Array], place: int) -> str:
    """Whether one sample is a copy.

    Arguments:
        answer: of the question `nearest`.
        place: of the sample in it.
    """
    distance = float(answer["distance"][place])
    found = _SENTENCES[verdict(distance, answer["usual"])].format(row=f"{int(answer['row'][place]) + 1:,}")
    usual = answer["usual"]
    if not np.isfinite(usual).all():
        return f"{found} Distance {_short(distance)}."
    return (f"{found} Distance {_short(distance)}; among training items {_short(float(usual[0]))} to "
            f"{_short(float(usual[2]))}.")


def page_sentence(answer: Mapping[str, Array]) -> str:
    """Whether a page holds copies."""
    found = verdicts(answer["distance"], answer["usual"])
    copies = sum(one in (Verdict.SAME, Verdict.COPY) for one in found)
    if not np.isfinite(answer["usual"]).all():
        return ""
    middle = f"The page lies {_short(float(np.median(answer['distance'])))} from training items at the median, " \
        f"those {_short(float(answer['usual'][1]))} from one another."
    if not copies:
        return f"None of {len(found):,} looks copied. {middle}"
    return f"{copies:,} of {len(found):,} may be {'a copy' if copies == 1 else 'copies'}. {middle}"


def reconstruction_sentence(x: Array, other: Array) -> str:
    """How far a reconstruction is from its original, data units."""
    error = float(np.sqrt(np.mean((np.asarray(x, float) - other) ** 2)))
    return f"The reconstruction differs by {_short(error)} (root mean square)."


def _short(number: float) -> str:
    return f"{number:.3g}"
