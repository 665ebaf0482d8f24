"""Still axes around a whole way from base to data. No Qt here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bounds = tuple[float, float, float, float]

_STRAY = 0.002
"""A share of all points that may lie outside, on each side: single ones would squeeze all others together."""
_OUTSIDE = 0.02
_SPARE, _MOST_UNLIKE = 0.08, 5.0


def frame(points: Floats) -> Bounds:
    """What the axes hold, x0, x1, y0, y1, of points at all stations, shape (N, 2)."""
    low, high = np.quantile(points, (_STRAY, 1 - _STRAY), axis=0)
    spare = _SPARE * np.where(high > low, high - low, 1.0)
    (x0, y0), (x1, y1) = low - spare, high + spare
    return float(x0), float(x1), float(y0), float(y1)


def square(bounds: Bounds) -> bool:
    """Whether one unit can be as long along x as along y without wasting the room."""
    x0, x1, y0, y1 = bounds
    ratio = (x1 - x0) / (y1 - y0)
    return bool(1 / _MOST_UNLIKE <= ratio <= _MOST_UNLIKE)


def spacing(bounds: Bounds, cells: int) -> float:
    """How far apart the nodes of a grid of so many cells along each side are, where they are nearer."""
    x0, x1, y0, y1 = bounds
    return min(x1 - x0, y1 - y0) / cells


def holds(bounds: Bounds, points: Floats) -> bool:
    """Whether hardly any point, shape (N, 2), lies outside."""
    x0, x1, y0, y1 = bounds
    inside = (points[:, 0] >= x0) & (points[:, 0] <= x1) & (points[:, 1] >= y0) & (points[:, 1] <= y1)
    return bool(inside.mean() >= 1 - _OUTSIDE)
