"""Ways through a latent space."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
How = Literal["linear", "spherical"]
INNERMOST = 0.05
"""The grid of a manifold leaves out so much of the prior on either side, as the textbook's does."""


def between(a: Floats, b: Floats, shares: Floats, how: How = "spherical") -> Floats:
    """Points on the way from a to b, shape (len(shares), Z).

    Arguments:
        shares: how far along each point lies, 0 at a and 1 at b.
        how: straight, or along the great circle, which keeps points as likely under the prior as the ends are: the
            direction turns evenly, and the length goes evenly from one to the other.
    """
    t = shares[:, None]
    straight = (1 - t) * a + t * b
    long_a, long_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if how == "linear" or long_a * long_b == 0:
        return straight
    angle = float(np.arccos(np.clip(a @ b / (long_a * long_b), -1.0, 1.0)))
    # Where the ends point the same or opposite ways there is no one great circle.
    if angle < 1e-6 or np.pi - angle < 1e-6:
        return straight
    length = (1 - t) * long_a + t * long_b
    # Factors first: at the ends they are 1 and 0, so that the way begins and ends exactly where it should.
    from_a = np.sin((1 - t) * angle) / np.sin(angle) * (length / long_a)
    from_b = np.sin(t * angle) / np.sin(angle) * (length / long_b)
    found: Floats = from_a * a + from_b * b
    return found


def along(points: Floats, share: float, how: How = "spherical", closed: bool = False) -> Floats:
    """The point that lies so far along the way through stations (P, Z), shape (Z,).

    Arguments:
        share: 0 at the first station, 1 at the last, or at the first again where the way is closed.
    """
    stations = [*points, points[0]] if closed else list(points)
    legs = len(stations) - 1
    place = min(max(share, 0.0), 1.0) * legs
    leg = min(int(place), legs - 1)
    found: Floats = between(stations[leg], stations[leg + 1], np.array([place - leg]), how)[0]
    return found


def way(points: Floats, steps: int, how: How = "spherical", closed: bool = False) -> Floats:
    """Points along a way through several others, shape (M, Z).

    Arguments:
        points: the stations, shape (P, Z), P at least 2.
        steps: points from each station to the next, that station counted and the next not.
        closed: whether the way leads back to the first station, so that it can be looped.
    """
    stations = [*points, points[0]] if closed else list(points)
    shares = np.arange(steps) / steps
    parts = [between(a, b, shares, how) for a, b in itertools.pairwise(stations)]
    return np.concatenate(parts if closed else [*parts, points[-1:]])


def grid_axes(n: int, bounds: Sequence[float] | None = None) -> tuple[Floats, Floats]:
    """Where the columns of a manifold stand, from left to right, and its rows, from the top; shape (n,) each.

    Arguments:
        bounds: x0, x1, y0, y1 that even cells fill; when None the prior is divided evenly.
    """
    if bounds is None:
        return manifold_axis(n), manifold_axis(n)[::-1]
    x0, x1, y0, y1 = bounds
    shares = (np.arange(n) + 0.5) / n
    return x0 + shares * (x1 - x0), y1 - shares * (y1 - y0)


def manifold_axis(n: int) -> Floats:
    """Coordinates that divide the prior evenly, shape (n,): the inverse normal distribution of equal shares."""
    found: Floats = ndtri(np.linspace(INNERMOST, 1 - INNERMOST, n))
    return found


def principal_directions(z: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean (Z,), directions as rows (Z, Z), and the deviation along each (Z,), widest first."""
    mean = z.mean(axis=0)
    _, lengths, directions = np.linalg.svd(z - mean, full_matrices=False)
    return mean, directions, lengths / np.sqrt(max(1, len(z) - 1))


def class_means(z: Floats, codes: NDArray[Any], n_classes: int) -> tuple[Floats, NDArray[np.int64]]:
    """Mean latent point of each class, shape (K, Z), NaN where it has no items; and its items, shape (K,)."""
    counts = np.bincount(codes[codes >= 0], minlength=n_classes)
    means = np.full((n_classes, z.shape[1]), np.nan)
    for k in np.flatnonzero(counts):
        means[k] = z[codes == k].mean(axis=0)
    return means, counts
