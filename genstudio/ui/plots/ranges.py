"""Axis ranges that follow growing curves without trembling. No Qt here."""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray

_BEGINNING = 0.06
_FEW = 50
_LOOKED_AT = 4_000
_RARE = 0.995
# Spans below this share of the numbers themselves are dust of rounding.
_RESOLUTION = 1e-12


def steady_range(
    low: float, high: float, shown: tuple[float, float] | None, room: float = 0.0
) -> tuple[float, float]:
    """A range that holds [low, high], and the one shown before as long as that fits well.

    Arguments:
        low, high: what must be seen.
        shown: the range shown before, or None.
        room: share of the span that a new range adds above, for what is still to come.

    Returns:
        the former range where it holds the data and is at most half empty; else a rounded one.
    """
    fits = shown is not None and shown[0] <= low and high <= shown[1]
    if fits and shown is not None and (high - low) >= 0.5 * (shown[1] - shown[0]):
        return shown
    return rounded_range(low, high + room * (high - low))


def rounded_range(low: float, high: float) -> tuple[float, float]:
    """The range widened a little, out to round numbers."""
    if high - low <= _RESOLUTION * max(abs(low), abs(high)):
        spare = max(abs(low) * 0.1, 0.5)
        return low - spare, high + spare
    step = nice_step((high - low) / 10)
    spare = 0.02 * (high - low)
    return math.floor((low - spare) / step) * step, math.ceil((high + spare) / step) * step


def nice_step(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    # A span of the smallest numbers there are, divided, is none.
    power = 10.0 ** math.floor(math.log10(max(step, sys.float_info.min)))
    return next((nice * power for nice in (1.0, 2.0, 5.0) if nice * power >= step * (1 - 1e-9)), 10.0 * power)


def settled_top(x: NDArray[np.float64], y: NDArray[np.float64], last: float) -> float:
    """The highest value of a curve once its beginning is over, rare spikes aside.

    Arguments:
        x, y: points, shape (N,) each, x ascending; at least one.
        last: where the longest curve of the plot ends.
    """
    if last - x[0] < _FEW:
        return float(y.max())
    settled = y[np.searchsorted(x, x[0] + _BEGINNING * (last - x[0])):]
    if len(settled) == 0:
        return float(y[-1])
    some = settled[::-(-len(settled) // _LOOKED_AT)]
    return float(np.quantile(some, _RARE) if len(some) > _FEW else some.max())
