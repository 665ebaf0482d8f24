"""Numbers that were rounded before anybody saw them, and what was lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genstudio.training.events import Note

Floats = NDArray[np.float64]

FEW = 0.9
"""A column whose share of distinct values is less repeats itself."""
EVEN = 1e-3
"""Steps between values that are whole to so much of a step are whole."""
FINEST = 1e-6
"""Steps finer than so much of the range make the numbers as good as any."""


def steps(x: Floats) -> Floats:
    """The step that each column's numbers were rounded to, shape (D,): 0 where there is none to be seen.

    Arguments:
        x: rows, shape (N, D).
    """
    return np.array([_step(np.unique(column), len(column)) for column in x.T])


def _repeats(distinct: int, count: int) -> bool:
    return distinct < FEW * count


def _step(values: Floats, count: int) -> float:
    if not _repeats(len(values), count):
        return 0.0
    if len(values) == 1:
        # Nothing tells how it was rounded; one of its own unit keeps its density finite.
        return 1.0
    step = float(np.diff(values).min())
    whole = (values - values[0]) / step
    even = np.abs(whole - np.rint(whole)).max() < EVEN * max(1.0, whole[-1] ** 0.5)
    return step if even and step > FINEST * (values[-1] - values[0]) else 0.0


def rounding(x: Floats, columns: Sequence[str], *, spread: bool) -> tuple[Floats, tuple[Note, ...]]:
    """The steps that rounded columns are to be spread over, shape (D,), and what a person should know of it.

    Arguments:
        x: training rows, shape (N, D).
        spread: rounded columns are to be spread at all.
    """
    repeating = [place for place, column in enumerate(x.T) if _repeats(len(np.unique(column)), len(column))]
    widths = steps(x) if spread else np.zeros(x.shape[1])
    wide = [columns[place] for place in repeating if widths[place] > 0]
    bare = [columns[place] for place in repeating if widths[place] == 0]
    return widths, tuple(note for note in (_spread_note(wide), _bare_note(bare)) if note is not None)


def _spread_note(names: list[str]) -> Note | None:
    if not names:
        return None
    return Note(
        "info",
        f"Rounded numbers ({in_words(names)}) are spread evenly over what is rounded to them; figures are those of "
        "numbers so spread.", "Turn `dequantize` off to learn them as they stand.", "spread",
    )


def _bare_note(names: list[str]) -> Note | None:
    if not names:
        return None
    return Note(
        "warning",
        f"Values repeat themselves ({in_words(names)}): their density runs to infinity the longer "
        "training lasts, and the figures with it.",
        "Leave these columns out, or turn `dequantize` on where they are rounded.", "repeats",
    )


def in_words(names: list[str], most: int = 4) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
