"""Where columns over time stand under each other: a lane each, and a strip of states at the foot. No Qt here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.ui.plots.ranges import nice_step, rounded_range

Floats = NDArray[np.float64]

_GAP_PX, _STRIP_PX, _LOW_STRIP_PX, _LOW_PX = 6.0, 22.0, 14.0, 160.0
# A low lane takes what it can get to have two numbers.
_PX_A_TICK = (30.0, 22.0, 14.0)
# Numbers of two lanes must not meet.
_TICK_INSET_PX = 3.0


@dataclass(frozen=True)
class Lane:
    """One column's place.

    Arguments:
        top, bottom: pixels from the top of the axes.
        low, high: the values there, low at the bottom.
    """

    name: str
    top: float
    bottom: float
    low: float
    high: float

    def heights(self, values: Floats) -> Floats:
        """Where values lie, pixels from the top of the axes; the same shape."""
        scale = (self.bottom - self.top) / (self.high - self.low)
        found: Floats = self.bottom - (values - self.low) * scale
        return found

    def value_at(self, height: float) -> float:
        """The value at a height, pixels from the top of the axes."""
        return self.low + (self.bottom - height) / (self.bottom - self.top) * (self.high - self.low)

    @property
    def ticks(self) -> tuple[Floats, float]:
        """Round values to be written beside the lane, shape (M,), and the step between them."""
        low, high = self.value_at(self.bottom - _TICK_INSET_PX), self.value_at(self.top + _TICK_INSET_PX)
        for room in _PX_A_TICK:
            step = nice_step((self.high - self.low) / max(1.0, (self.bottom - self.top) / room))
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if last > first:
                break
        return np.arange(first, last + 1, dtype=np.float64) * step, step


def strip_room(height: float) -> float:
    """How high a strip of states is in axes of a height, pixels, with the gap above it."""
    return _GAP_PX + (_LOW_STRIP_PX if height < _LOW_PX else _STRIP_PX)


def lay_out(
    names: Sequence[str], ends: Sequence[tuple[float, float]], height: float, levels: Mapping[str, int] | None = None
) -> tuple[Lane, ...]:
    """Lanes of one height under each other.

    Arguments:
        ends: the lowest and highest value of each; NaN where there is none.
        height: what they share, pixels.
        levels: how many codes a column has whose numbers are codes, by its name: it has room for all of them.
    """
    levels = levels or {}
    room = (height - _GAP_PX * (len(names) + 1)) / max(len(names), 1)
    lanes = []
    for place, (name, (low, high)) in enumerate(zip(names, ends, strict=True)):
        top = _GAP_PX + place * (room + _GAP_PX)
        known = (low, high) if low <= high else (0.0, 1.0)
        ends_there = (-0.5, levels[name] - 0.5) if levels.get(name) else rounded_range(*known)
        lanes.append(Lane(name, top, top + max(room, 1.0), *ends_there))
    return tuple(lanes)


def lane_at(lanes: Sequence[Lane], height: float) -> int:
    """The place of the lane at a height, pixels from the top of the axes; the last one for all below."""
    return next((place for place, lane in enumerate(lanes) if height <= lane.bottom), len(lanes) - 1)
