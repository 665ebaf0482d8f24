"""Concentric circles, blurred by gaussian noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genstudio.data.densities.bessel import log_i0e
from genstudio.data.densities.quadrature import panels, surprise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CHUNK_ROWS = 4096
_REACH = 10.0


@dataclass(frozen=True, eq=False)
class BlurredCircles:
    """Circles round the origin, each taken equally often, its points moved by round gaussian noise.

    Arguments:
        radii: shape (K,), positive, data units.
        std: standard deviation of the noise, data units.
    """

    radii: Floats
    std: float

    @cached_property
    def entropy(self) -> float:
        """Differential entropy, nats."""
        outermost = float(self.radii.max()) + _REACH * self.std
        edges = np.linspace(0, outermost, int(np.ceil(outermost / (2 * self.std))) + 1)
        radius, weights = panels(edges)
        return float(weights @ (2 * np.pi * radius * surprise(self._log_prob_at(radius))))

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), of finite points, shape (N, 2)."""
        radius = np.hypot(x[:, 0], x[:, 1])
        parts = [self._log_prob_at(radius[i : i + _CHUNK_ROWS]) for i in range(0, len(x), _CHUNK_ROWS)]
        return np.concatenate([np.empty(0), *parts])

    def sample(self, n: int, seed: int) -> tuple[Floats, Ints]:
        """n points, shape (n, 2), and the circle of each, shape (n,)."""
        rng = np.random.default_rng(seed)
        circles = rng.integers(len(self.radii), size=n)
        angle = 2 * np.pi * rng.random(n)
        points = self.radii[circles, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        return points + self.std * rng.standard_normal((n, 2)), circles

    def _log_prob_at(self, radius: Floats) -> Floats:
        """Log-density at distances from the origin."""
        gaps = (radius[:, None] - self.radii) / self.std
        exponents = log_i0e(radius[:, None] * self.radii / self.std**2) - gaps**2 / 2
        highest = exponents.max(axis=1)
        sums = np.log(np.exp(exponents - highest[:, None]).sum(axis=1))
        return np.asarray(highest + sums - np.log(2 * np.pi * self.std**2 * len(self.radii)))
