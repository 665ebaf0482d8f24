"""Points drawn by hand: what the tools of a canvas do to them. No widget here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LIMIT = 4.0
"""The canvas reaches from minus this to this on both axes."""
MOST_POINTS = 20_000
CLASSES = "ABCDEFGH"
_DECIMALS = 4


@dataclass(frozen=True)
class Drawing:
    """Points and their classes; every tool gives a new drawing.

    Arguments:
        points: shape (N, 2), rounded to 4 decimals.
        classes: codes into `CLASSES`, shape (N,).
    """

    points: Floats
    classes: Ints

    def __len__(self) -> int:
        return len(self.points)

    @property
    def full(self) -> bool:
        """Whether no further point fits in."""
        return len(self) >= MOST_POINTS

    def put(self, points: Floats, code: int) -> Drawing:
        """With further points, shape (M, 2); those outside the canvas or beyond `MOST_POINTS` are left out."""
        inside = (np.abs(points) <= LIMIT).all(axis=1)
        fitting = np.round(points[inside][: MOST_POINTS - len(self)], _DECIMALS)
        classes = np.full(len(fitting), code, dtype=np.int64)
        return Drawing(np.concatenate([self.points, fitting]), np.concatenate([self.classes, classes]))

    def erase(self, centre: Sequence[float], radius: float) -> Drawing:
        """Without the points within a radius; itself where there are none."""
        kept = ((self.points - np.asarray(centre)) ** 2).sum(axis=1) > radius**2
        return self if kept.all() else Drawing(self.points[kept], self.classes[kept])

    def rows(self) -> list[list[float]]:
        """`[x, y, class]` for each point, as a recipe holds them."""
        return [[x, y, code] for (x, y), code in zip(self.points.tolist(), self.classes.tolist(), strict=True)]


def empty_drawing() -> Drawing:
    """Nothing drawn yet."""
    return Drawing(np.empty((0, 2)), np.empty(0, dtype=np.int64))


def drawing_of(rows: Sequence[Sequence[float]]) -> Drawing:
    """The drawing that a recipe holds."""
    if not rows:
        return empty_drawing()
    values = np.asarray(rows, dtype=np.float64)
    return Drawing(np.round(values[:, :2], _DECIMALS), values[:, 2].astype(np.int64))


def spray(centre: Sequence[float], radius: float, count: int, rng: np.random.Generator) -> Floats:
    """Points around a centre, shape (count, 2): normal, nearly all of them within the radius."""
    return np.asarray(centre) + rng.normal(0.0, radius / 2, (count, 2))


def along(start: Sequence[float], end: Sequence[float], spacing: float) -> Floats:
    """Places on the way to `end`, shape (M, 2), a spacing apart; the start is left out, M may be 0."""
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    steps = int(np.hypot(*(last - first)) / spacing)
    return first + np.arange(1, steps + 1)[:, None] * spacing * _direction(first, last)


def _direction(first: Floats, last: Floats) -> Floats:
    length = float(np.hypot(*(last - first)))
    return (last - first) / length if length > 0 else np.zeros(2)
