"""Mixtures of Gaussians brought to a standard normal, coordinate by coordinate and exactly.

References:
    Rosenblatt (1952): Remarks on a multivariate transformation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_MOST_STEPS = 200
_NEAR_ENOUGH = 1e-11
_LOG_SQRT_TWO_PI = 0.5 * np.log(2.0 * np.pi)


class Gaussianization:
    """The triangular map from a mixture to a standard normal: each coordinate by its distribution given those before.

    Arguments:
        log_weights: of the components for each point, shape (N, K).
        means: shape (K, D).
        factors: lower triangles A with A (x - mean) of deviation 1, shape (K, D, D).
    """

    def __init__(self, log_weights: Floats, means: Floats, factors: Floats) -> None:
        self._log_weights, self._means, self._factors = log_weights, means, factors

    def forward(self, x: Floats) -> Floats:
        """Points of the mixture, shape (N, D), as points of a standard normal."""
        z, logs = np.empty(x.shape), self._log_weights
        for place in range(x.shape[1]):
            coordinate = self._coordinate(x, logs, place)
            z[:, place] = coordinate.normal(x[:, place])
            logs = coordinate.after(x[:, place])
        return z

    def inverse(self, z: Floats) -> Floats:
        """Points of a standard normal, shape (N, D), as points of the mixture."""
        x, logs = np.empty(z.shape), self._log_weights
        for place in range(z.shape[1]):
            coordinate = self._coordinate(x, logs, place)
            x[:, place] = coordinate.quantile(z[:, place])
            logs = coordinate.after(x[:, place])
        return x

    def _coordinate(self, x: Floats, logs: Floats, place: int) -> Coordinate:
        """One coordinate, given those before it."""
        before = x[:, None, :place] - self._means[:, :place]
        shift = (before * self._factors[:, place, :place]).sum(axis=2)
        scale = 1.0 / self._factors[:, place, place]
        return Coordinate(logs, self._means[:, place] - shift * scale, scale)


@dataclass(frozen=True)
class Coordinate:
    """One coordinate of a mixture given those before it, which is a mixture of its own for each point.

    Arguments:
        logs: log-weights, shape (N, K).
        means: shape (N, K).
        scales: shape (K,).
    """

    logs: Floats
    means: Floats
    scales: Floats

    def normal(self, x: Floats) -> Floats:
        """The standard normal's quantiles for those of the mixture, shape (N,); each from the nearer of two tails."""
        apart = self._apart(x)
        tails = (special.logsumexp(self.logs + special.log_ndtr(sign * apart), axis=1) for sign in (1.0, -1.0))
        below, above = (np.minimum(tail, 0.0) for tail in tails)
        found: Floats = np.where(below < above, special.ndtri_exp(below), -special.ndtri_exp(above))
        return found

    def quantile(self, z: Floats) -> Floats:
        """The numbers whose `normal` is z, shape (N,): by Newton's steps and halvings in turn."""
        of_each = self.means + z[:, None] * self.scales
        low, high = of_each.min(axis=1), of_each.max(axis=1)
        x: Floats = 0.5 * (low + high)
        for step in range(_MOST_STEPS):
            value = self.normal(x)
            if not ((np.abs(value - z) > _NEAR_ENOUGH) & (high - low > _NEAR_ENOUGH * (1.0 + np.abs(x)))).any():
                break
            low, high = np.where(value < z, x, low), np.where(value < z, high, x)
            newton = x - (value - z) / self._slope(x, value)
            inside = (low < newton) & (newton < high) & (step % 3 > 0)
            x = np.where(inside, newton, 0.5 * (low + high))
        return x

    def after(self, x: Floats) -> Floats:
        """Log-weights of the components once the coordinate is known, shape (N, K)."""
        joint: Floats = self.logs + self._log_density(x)
        found: Floats = joint - special.logsumexp(joint, axis=1, keepdims=True)
        return found

    def _slope(self, x: Floats, z: Floats) -> Floats:
        """dz / dx, by the densities of both."""
        density = special.logsumexp(self.logs + self._log_density(x), axis=1)
        slope: Floats = np.exp(density + 0.5 * z**2 + _LOG_SQRT_TWO_PI)
        return slope

    def _log_density(self, x: Floats) -> Floats:
        """Of numbers under each component, shape (N, K)."""
        apart = self._apart(x)
        found: Floats = -0.5 * apart**2 - np.log(self.scales) - _LOG_SQRT_TWO_PI
        return found

    def _apart(self, x: Floats) -> Floats:
        """How many deviations numbers are from each component, shape (N, K)."""
        apart: Floats = (x[:, None] - self.means) / self.scales
        return apart
