"""Directions in a latent space along which a point can be slid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Directions:
    """Orthogonal directions, each with a place of its own on it for every point.

    Arguments:
        origin: where all places are 0, shape (Z,).
        vectors: one step along each, shape (K, Z), orthogonal.
        names: what they are called; `notes` says how much each matters.
    """

    origin: Floats
    vectors: Floats
    names: tuple[str, ...]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.vectors)

    def places(self, z: Floats) -> Floats:
        """How far a point (Z,) lies along each direction, in steps, shape (K,)."""
        lengths = np.maximum((self.vectors**2).sum(axis=1), np.finfo(float).tiny)
        found: Floats = self.vectors @ (z - self.origin) / lengths
        return found

    def slid(self, z: Floats, direction: int, place: float) -> Floats:
        """The point moved along one direction to a place on it; the other places stay."""
        found: Floats = z + (place - self.places(z)[direction]) * self.vectors[direction]
        return found

    def strips(self, z: Floats, count: int, places: Sequence[float]) -> Floats:
        """The point at several places along each of the first directions, shape (count * len(places), Z)."""
        return np.stack([self.slid(z, k, place) for k in range(count) for place in places])


def coordinate_directions(carried: Floats, order: Ints, unit: str = "nats") -> Directions:
    """The coordinates themselves, in an order, with what each carries, shape (Z,), in a unit."""
    names = tuple(f"z{axis + 1}" for axis in order)
    notes = tuple(f"{carried[axis]:.2f} {unit}" for axis in order)
    return Directions(np.zeros(len(carried)), np.eye(len(carried))[order], names, notes)


def principal(mean: Floats, rows: Floats, deviations: Floats) -> Directions:
    """Directions of greatest variance, a step being a deviation; those in which nothing varies are left out."""
    varied = deviations > 1e-9
    shares = deviations**2 / max(float((deviations**2).sum()), np.finfo(float).tiny)
    names = tuple(f"PC{place + 1}" for place in np.flatnonzero(varied))
    notes = tuple(f"{share:.0%}" for share in shares[varied])
    return Directions(mean, (rows * deviations[:, None])[varied], names, notes)


def class_vector(means: Floats, counts: NDArray[Any], first: int, second: int | None) -> Floats | None:
    """From the mean of one class, or of all the rest (None), to that of another, shape (Z,).

    Arguments:
        means: shape (K, Z); `counts`: items behind each, shape (K,).

    Returns:
        None where a class has no items, or both are the same.
    """
    if first == second or not counts[first]:
        return None
    weights = np.asarray(counts, float).copy()
    weights[first] = 0.0
    if second is not None:
        weights = np.eye(len(counts))[second] * counts[second]
    if not weights.sum():
        return None
    found: Floats = means[first] - np.average(np.nan_to_num(means), axis=0, weights=weights)
    return found
