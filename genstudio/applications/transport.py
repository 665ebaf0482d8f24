"""Ways of points from a base to the data: where they are between two stations, and what tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]

REACH = 3.0
"""A grid under a standard normal ends so many deviations from its middle."""
_OFF_STATION = 1e-6
_DARKEST = 0.01


@dataclass(frozen=True, eq=False)
class Ways:
    """Where points are at each station.

    Arguments:
        stations: where the stations are, rising, shape (S,).
        way: shape (S, N, *item).
        base: the points of the base that they come from, shape (N, Z).
        labels: codes of their classes, -1 where there is none, shape (N,).
    """

    stations: Floats
    way: Array
    base: Floats
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.way.shape[1])

    @cached_property
    def swing(self) -> Swing | None:
        """How the points turn as a whole, of points in a plane."""
        return swing(self.way) if self.way.ndim == 3 and self.way.shape[2] == 2 and len(self) > 1 else None

    def at(self, place: float) -> Array:
        """Where the points are at a place, shape (N, *item)."""
        return self.carried(self.way, place)

    def carried(self, way: Array, place: float) -> Array:
        """Where others, shape (S, ..., *item), that go the same way are at a place, shape (..., *item)."""
        return between(self.stations, way, place) if self.swing is None else swung(self, self.swing, way, place)

    def line(self, index: int, steps: int) -> Array:
        """The way of one point with so many steps from station to station, shape (M, *item)."""
        places = np.interp(
            np.arange((len(self.stations) - 1) * steps + 1) / steps, np.arange(len(self.stations)), self.stations
        )
        return np.stack([self.carried(self.way[:, index:index + 1], float(place))[0] for place in places])


@dataclass(frozen=True, eq=False)
class Swing:
    """How points of a plane go from station to station as if they were one stiff body.

    Arguments:
        middles: of the points at each station, shape (S, 2).
        angles: by which they turn from each station to the next, radians, shape (S - 1,).
    """

    middles: Floats
    angles: Floats


def no_ways() -> Ways:
    """No point, from a base to data right beside it."""
    return Ways(np.array([0.0, 1.0]), np.empty((2, 0, 2)), np.empty((0, 2)), np.empty(0, np.int64))


def between(stations: Floats, values: Array, place: float) -> Array:
    """Values at a place: straight lines between the values at two stations.

    Arguments:
        stations: rising, shape (S,).
        values: shape (S, ...).
        place: before the first station and behind the last the values are as there.
    """
    if len(stations) < 2 or place <= stations[0]:
        return np.asarray(values[0])
    if place >= stations[-1]:
        return np.asarray(values[-1])
    left = int(np.searchsorted(stations, place, side="right")) - 1
    share = (place - stations[left]) / (stations[left + 1] - stations[left])
    return np.asarray(values[left] if share == 0 else values[left] * (1 - share) + values[left + 1] * share)


def swing(way: Array) -> Swing:
    """The turns that bring points of a plane (S, N, 2) as near as can be to where they are at the next station.

    References:
        Kabsch (1976): A solution for the best rotation to relate two sets of vectors.
    """
    middles = way.mean(axis=1)
    off = way - middles[:, None]
    dot = (off[:-1] * off[1:]).sum(axis=(1, 2))
    cross = (off[:-1, :, 0] * off[1:, :, 1] - off[:-1, :, 1] * off[1:, :, 0]).sum(axis=1)
    return Swing(middles, np.arctan2(cross, dot))


def swung(ways: Ways, found: Swing, way: Array, place: float) -> Array:
    """Where points (S, ..., 2) are at a place: they go straight on ground that turns with them.

    A layer that turns all points would squeeze them together half way if they went straight on still ground, though
    it does no such thing.
    """
    stations = ways.stations
    left = int(np.clip(np.searchsorted(stations, place, side="right") - 1, 0, len(stations) - 2))
    share = float(np.clip((place - stations[left]) / (stations[left + 1] - stations[left]), 0.0, 1.0))
    if share in (0.0, 1.0):
        return np.asarray(way[left + round(share)])
    angle, middles = float(found.angles[left]), found.middles
    start = way[left] - middles[left]
    end = (way[left + 1] - middles[left + 1]) @ _turn(-angle).T
    middle = middles[left] * (1 - share) + middles[left + 1] * share
    return np.asarray(middle + (start * (1 - share) + end * share) @ _turn(share * angle).T)


def _turn(angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def neighbour(stations: Floats, place: float, way: int) -> float:
    """The next station from a place: towards the data (1) or towards the base (-1)."""
    spare = _OFF_STATION * float(stations[-1] - stations[0])
    if way > 0:
        ahead = stations[stations > place + spare]
        return float(ahead[0] if len(ahead) else stations[-1])
    behind = stations[stations < place - spare]
    return float(behind[-1] if len(behind) else stations[0])


def turns(points: Floats) -> Floats:
    """The angle of points (N, 2) about their middle, shape (N,), shares of a turn in [0, 1)."""
    if not len(points):
        return np.empty(0)
    off = points - np.median(points, axis=0)
    return np.asarray(np.arctan2(off[:, 1], off[:, 0]) / (2 * np.pi) % 1.0)


def radii(points: Floats) -> Floats:
    """How far out points (N, 2) lie from their middle, as ranks from 0 (innermost) to 1, shape (N,)."""
    if len(points) < 2:
        return np.zeros(len(points))
    far = np.hypot(*(points - np.median(points, axis=0)).T)
    ranks = np.empty(len(points))
    ranks[np.argsort(far)] = np.linspace(0.0, 1.0, len(points))
    return ranks


def fewer_stations(stations: Floats, most: int) -> NDArray[np.int64]:
    """Places of at most so many stations, the first and the last among them, shape (min(S, most),)."""
    return np.unique(np.linspace(0, len(stations) - 1, min(most, len(stations))).round().astype(np.int64))


def summed(parts: Floats, chosen: NDArray[np.int64]) -> Floats:
    """What the parts of a way (S - 1, ...) add from one chosen station to the next, shape (len(chosen) - 1, ...)."""
    return np.asarray(np.add.reduceat(parts, chosen[:-1], axis=0))


def standard_normal_log_prob(z: Floats) -> Floats:
    """Log-density of a standard normal, nats, shape (N,), of points (N, Z)."""
    return np.asarray(-0.5 * (z**2).sum(axis=1) - 0.5 * z.shape[1] * np.log(2 * np.pi))


def brightness(way: Array) -> Floats:
    """What is drawn black and white at each station of ways of pictures (S, N, C, H, W), shape (S, 2).

    Noise goes beyond the intensities from 0 to 1 that pictures have; nearly all of it is to be seen.
    """
    flat = way.reshape(len(way), -1)
    if not flat.shape[1]:
        return np.tile((0.0, 1.0), (len(way), 1))
    low, high = np.quantile(flat, (_DARKEST, 1 - _DARKEST), axis=1)
    found = np.column_stack([np.minimum(low, 0.0), np.maximum(high, 1.0)])
    found[-1] = 0.0, 1.0
    return np.asarray(found)


def lit(x: Array, ends: Floats) -> Array:
    """Pictures as intensities from 0 to 1, where `ends` (2,) says what is black and what is white."""
    return np.asarray(np.clip((x - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0), np.float32)
