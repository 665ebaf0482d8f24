"""Mixtures of Gaussians brought to a standard normal, coordinate by coordinate and exactly.

References:
    Rosenblatt (1952): Remarks on a multivariate transformation.
"""

from __future__ import annotations

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
        weights: shape (K,).
        means, scales: of Gaussians along the axes, shape (K, D).
    """

    def __init__(self, weights: Floats, means: Floats, scales: Floats) -> None:
        self._log_weights, self._means, self._scales = np.log(weights), means, scales

    def forward(self, x: Floats) -> Floats:
        """Points of the mixture, shape (N, D), as points of a standard normal."""
        z = np.empty_like(x)
        logs = np.broadcast_to(self._log_weights, (len(x), len(self._log_weights)))
        for place in range(x.shape[1]):
            z[:, place] = _normal_of(self._apart(x[:, place], place), logs)
            logs = self._after(logs, x[:, place], place)
        return z

    def inverse(self, z: Floats) -> Floats:
        """Points of a standard normal, shape (N, D), as points of the mixture."""
        x = np.empty_like(z)
        logs = np.broadcast_to(self._log_weights, (len(z), len(self._log_weights)))
        for place in range(z.shape[1]):
            x[:, place] = self._found(z[:, place], logs, place)
            logs = self._after(logs, x[:, place], place)
        return x

    def _found(self, z: Floats, logs: Floats, place: int) -> Floats:
        """Where the mixture's coordinate has the quantile z: by Newton's steps and halvings in turn."""
        of_each = self._means[:, place] + z[:, None] * self._scales[:, place]
        low, high = of_each.min(axis=1), of_each.max(axis=1)
        x = 0.5 * (low + high)
        for step in range(_MOST_STEPS):
            value = _normal_of(self._apart(x, place), logs)
            if not ((np.abs(value - z) > _NEAR_ENOUGH) & (high - low > _NEAR_ENOUGH * (1.0 + np.abs(x)))).any():
                break
            low, high = np.where(value < z, x, low), np.where(value < z, high, x)
            newton = x - (value - z) / self._slope(x, value, logs, place)
            inside = (low < newton) & (newton < high) & (step % 3 > 0)
            x = np.where(inside, newton, 0.5 * (low + high))
        return x

    def _slope(self, x: Floats, z: Floats, logs: Floats, place: int) -> Floats:
        """dz / dx, by the densities of both."""
        density = special.logsumexp(logs + self._log_density(x, place), axis=1)
        slope: Floats = np.exp(density + 0.5 * z**2 + _LOG_SQRT_TWO_PI)
        return slope

    def _after(self, logs: Floats, x: Floats, place: int) -> Floats:
        """Log-weights of the components once one more coordinate is known, shape (N, K)."""
        found: Floats = logs + self._log_density(x, place)
        return found - special.logsumexp(found, axis=1, keepdims=True)

    def _log_density(self, x: Floats, place: int) -> Floats:
        """Of numbers under each component, shape (N, K)."""
        return -0.5 * self._apart(x, place) ** 2 - np.log(self._scales[:, place]) - _LOG_SQRT_TWO_PI

    def _apart(self, x: Floats, place: int) -> Floats:
        """How many deviations numbers are from each component, shape (N, K)."""
        apart: Floats = (x[:, None] - self._means[:, place]) / self._scales[:, place]
        return apart


def _normal_of(apart: Floats, logs: Floats) -> Floats:
    """The standard normal's quantile for the mixture's distribution function, from the nearer of its two tails."""
    below = special.logsumexp(logs + special.log_ndtr(apart), axis=1)
    above = special.logsumexp(logs + special.log_ndtr(-apart), axis=1)
    low, high = (special.ndtri_exp(np.minimum(tail, 0.0)) for tail in (below, above))
    found: Floats = np.where(below < above, low, -high)
    return found
