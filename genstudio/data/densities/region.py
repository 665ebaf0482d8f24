"""Regions of the plane filled evenly."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Region(ABC):
    """A uniform density on part of the plane; outside, its logarithm is minus infinity."""

    @property
    @abstractmethod
    def area(self) -> float:
        """Area of the region, square data units."""

    @abstractmethod
    def holds(self, x: Floats) -> NDArray[np.bool_]:
        """Which of the points, shape (N, 2), lie in the region, shape (N,)."""

    @abstractmethod
    def sample(self, n: int, seed: int) -> tuple[Floats, Ints]:
        """n points, shape (n, 2), and the part of the region that each lies in, shape (n,)."""

    @property
    def entropy(self) -> float:
        """Differential entropy, nats."""
        return float(np.log(self.area))

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), of points, shape (N, 2)."""
        return np.where(self.holds(x), -self.entropy, -np.inf)


@dataclass(frozen=True)
class Checkerboard(Region):
    """The dark squares of a square board round the origin; that at the lower left is dark.

    Arguments:
        squares: along each side.
        width: of the whole board, data units.
    """

    squares: int
    width: float

    @property
    def area(self) -> float:
        """Area of the dark squares."""
        return len(self._dark) * self._side**2

    def holds(self, x: Floats) -> NDArray[np.bool_]:
        """Which points lie on a dark square."""
        cell = np.floor((x + self.width / 2) / self._side)
        inside = ((cell >= 0) & (cell < self.squares)).all(axis=1)
        return np.asarray(inside & (cell.sum(axis=1) % 2 == 0))

    def sample(self, n: int, seed: int) -> tuple[Floats, Ints]:
        """n points and the dark square of each, counted by columns from the lower left."""
        rng = np.random.default_rng(seed)
        chosen = rng.integers(len(self._dark), size=n)
        return (self._dark[chosen] + rng.random((n, 2))) * self._side - self.width / 2, chosen

    @property
    def _side(self) -> float:
        return self.width / self.squares

    @cached_property
    def _dark(self) -> Ints:
        """Column and row of every dark square, shape (K, 2)."""
        cells = np.argwhere(np.ones((self.squares, self.squares)))
        return np.asarray(cells[cells.sum(axis=1) % 2 == 0])


@dataclass(frozen=True)
class PerforatedDisc(Region):
    """A disc round the origin with round holes: one in the middle, the others on a circle round it.

    Arguments:
        radius: of the disc, data units.
        holes: how many, at least one.
        hole_size: radius of a hole as a share of the largest that keeps the holes apart, below 1.
    """

    radius: float
    holes: int
    hole_size: float

    @property
    def area(self) -> float:
        """Area of the disc without its holes."""
        return float(np.pi * (self.radius**2 - self.holes * self.hole_radius**2))

    @property
    def hole_radius(self) -> float:
        """Radius of each hole, data units."""
        outer = self.holes - 1
        beside = np.sin(np.pi / outer) if outer > 1 else 1.0
        # On the circle at 0.6 of the radius: room to the middle hole, to the rim and to the neighbours.
        return float(self.hole_size * self.radius * min(0.3, 0.4, 0.6 * beside))

    @cached_property
    def centres(self) -> Floats:
        """Centres of the holes, shape (holes, 2)."""
        angle = 2 * np.pi * np.arange(self.holes - 1) / max(self.holes - 1, 1)
        ring = 0.6 * self.radius * np.column_stack([np.cos(angle), np.sin(angle)])
        return np.concatenate([np.zeros((1, 2)), ring])

    def holds(self, x: Floats) -> NDArray[np.bool_]:
        """Which points lie on the disc and in no hole."""
        inside = np.hypot(x[:, 0], x[:, 1]) <= self.radius
        for centre in self.centres:
            inside &= np.hypot(*(x - centre).T) >= self.hole_radius
        return np.asarray(inside)

    def sample(self, n: int, seed: int) -> tuple[Floats, Ints]:
        """n points and the hole nearest to each: 0 in the middle, the others anticlockwise."""
        rng = np.random.default_rng(seed)
        kept: list[Floats] = []
        while sum(map(len, kept)) < n:
            drawn = self.radius * (2 * rng.random((max(n, 64), 2)) - 1)
            kept.append(drawn[self.holds(drawn)])
        points = np.concatenate(kept or [np.empty((0, 2))])[:n]
        return points, self._nearest_hole(points)

    def _nearest_hole(self, x: Floats) -> Ints:
        nearest, least = np.zeros(len(x), dtype=np.int64), np.full(len(x), np.inf)
        for hole, centre in enumerate(self.centres):
            distance = np.hypot(*(x - centre).T)
            nearest[distance < least] = hole
            least = np.minimum(least, distance)
        return nearest
