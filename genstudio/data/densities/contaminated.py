"""A density with a share of points strewn evenly over a square."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genstudio.data.densities.mixture import GaussianMixture
from genstudio.data.densities.quadrature import integrate_plane, surprise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_REACH = 8.0


@dataclass(frozen=True, eq=False)
class Contaminated:
    """Normal points from a mixture of gaussians, and anomalous ones from [-span, span]².

    Arguments:
        normal: what the normal points come from.
        span: half the side of the square, data units.
        share: of the anomalous points, in (0, 1).
    """

    normal: GaussianMixture
    span: float
    share: float

    @cached_property
    def entropy(self) -> float:
        """Differential entropy, nats."""
        scales = self.normal.scales
        margin = _REACH * scales.sizes[:, None]
        low, high = (scales.places - margin).min(axis=0), (scales.places + margin).max(axis=0)
        x_edges, y_edges = (self._edges(*ends) for ends in zip(low, high, strict=True))
        return integrate_plane(lambda x: surprise(self.log_prob(x)), x_edges, y_edges, scales)

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), of finite points, shape (N, 2)."""
        normal = self.normal.log_prob(x) + np.log1p(-self.share)
        inside = (np.abs(x) <= self.span).all(axis=1)
        return np.asarray(np.where(inside, np.logaddexp(normal, np.log(self._level)), normal))

    def sample(self, n: int, seed: int) -> tuple[Floats, Ints]:
        """n points, shape (n, 2), and which are anomalous: 1, else 0, shape (n,)."""
        points, _ = self.normal.sample(n, seed)
        # A stream of its own, beside the one that the normal points were drawn from.
        rng = np.random.default_rng([seed, 1])
        anomalous = rng.random(n) < self.share
        points[anomalous] = self.span * (2 * rng.random((int(anomalous.sum()), 2)) - 1)
        return points, anomalous.astype(np.int64)

    @property
    def _level(self) -> float:
        """Density of the anomalous points inside the square."""
        return self.share / (2 * self.span) ** 2

    def _edges(self, low: float, high: float) -> Floats:
        """Where cells start and end along one axis; the square's sides are among them."""
        low, high = min(low, -self.span), max(high, self.span)
        return np.unique(np.concatenate([np.linspace(low, high, 9), [-self.span, self.span]]))
