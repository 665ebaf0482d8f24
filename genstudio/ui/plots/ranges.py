"""Axis ranges that follow growing curves without trembling. No Qt here."""

from __future__ import annotations

import math


def steady_range(low: float, high: float, shown: tuple[float, float] | None) -> tuple[float, float]:
    """A range that holds [low, high], and the one shown before as long as that fits well.

    Arguments:
        low, high: what must be seen.
        shown: the range shown before, or None.

    Returns:
        the former range where it holds the data and is at most half empty; else a rounded one.
    """
    fits = shown is not None and shown[0] <= low and high <= shown[1]
    if fits and shown is not None and (high - low) >= 0.5 * (shown[1] - shown[0]):
        return shown
    return rounded_range(low, high)


def rounded_range(low: float, high: float) -> tuple[float, float]:
    """The range widened a little, out to round numbers."""
    if not high > low:
        spare = max(abs(low) * 0.1, 0.5)
        return low - spare, high + spare
    step = nice_step((high - low) / 10)
    spare = 0.02 * (high - low)
    return math.floor((low - spare) / step) * step, math.ceil((high + spare) / step) * step


def nice_step(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next((nice * power for nice in (1.0, 2.0, 5.0) if nice * power >= step * (1 - 1e-9)), 10.0 * power)
