"""Two coordinates of a latent space laid out as a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from genstudio.applications.interpolation import INNERMOST

Floats = NDArray[np.float64]
Bounds = tuple[float, float, float, float]

_FARTHEST = 1e-6
"""Shares of the prior that are told apart: within about 4.75 deviations."""
_TICKS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class MapScale:
    """How long a stretch of a latent axis is drawn.

    Arguments:
        by_prior: as long as the share of the prior on it, so that a grid that divides the prior evenly is even;
            else as long as it is.
    """

    by_prior: bool

    def to_map(self, z: ArrayLike) -> Floats:
        """Places of latent coordinates, of any shape."""
        values = np.asarray(z, float)
        return np.asarray(ndtr(values)) if self.by_prior else values

    def to_latent(self, places: ArrayLike) -> Floats:
        """The coordinates that lie there."""
        values = np.asarray(places, float)
        return np.asarray(ndtri(np.clip(values, _FARTHEST, 1 - _FARTHEST))) if self.by_prior else values

    def ticks(self) -> list[tuple[float, str]] | None:
        """Places and texts of ticks; None where they are those of any axis."""
        if not self.by_prior:
            return None
        return [(float(self.to_map(z)), f"{z:g}".replace("-", "−")) for z in _TICKS]

    def view(self, points: Floats) -> Bounds:
        """A view that shows the whole prior, and where the map is not scaled by it, all points, shape (N, 2)."""
        if self.by_prior:
            return (-0.02, 1.02, -0.02, 1.02)
        far = max(2.5, float(np.quantile(np.abs(points), 0.999)) * 1.05 if len(points) else 0.0)
        return (-far, far, -far, far)

    def manifold_bounds(self, n: int, view: Bounds) -> Bounds:
        """What a grid of n × n pictures covers on the map: the bulk of the prior, or the view."""
        if not self.by_prior:
            return view
        half = (1 - 2 * INNERMOST) / max(1, n - 1) / 2
        low, high = INNERMOST - half, 1 - INNERMOST + half
        return (low, high, low, high)


def plane(z: Floats, axes: Sequence[int]) -> Floats:
    """Two coordinates of latent points (N, Z), shape (N, 2); of a single coordinate points are spread for sight."""
    if z.shape[1] > 1:
        return z[:, list(axes)]
    spread = ndtri(0.05 + 0.9 * ((np.arange(len(z)) + 0.5) * _GOLDEN % 1.0))
    return np.column_stack([z[:, 0], spread])


def most_active(kl: NDArray[Any]) -> NDArray[np.int64]:
    """Coordinates by the nats that they carry, most first, shape (Z,)."""
    return np.argsort(-kl, kind="stable").astype(np.int64)
