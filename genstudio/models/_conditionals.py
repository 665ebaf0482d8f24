"""What one coordinate follows given some others, where that is a mixture of Gaussians."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genstudio.models._gaussians import Mixture

Floats = NDArray[np.float64]
Conditional = tuple[Floats, Floats, Floats]
"""Weights that sum to 1, means and deviations, each shape (K,)."""

_NEGLIGIBLE = 1e-12
"""Kernels that together weigh less than this are left out."""


def of_mixture(mixture: Mixture, columns: Sequence[int], values: Floats, asked: int) -> Conditional:
    """Of a Gaussian mixture: each component conditions on its own, and weighs by how well it explains what is given.

    Arguments:
        columns: what is given; may be empty.
        values: of those, shape (len(columns),).
    """
    given, covariances = list(columns), mixture.covariances
    means, variances = mixture.means[:, asked], covariances[:, asked, asked]
    if not given:
        return _normal(mixture.weights), means.copy(), np.sqrt(variances)
    shared = covariances[:, given, asked]
    slopes = np.linalg.solve(covariances[:, given][:, :, given], shared[:, :, None])[:, :, 0]
    joint = mixture.marginal(given).log_joint(values[None])[:, 0]
    found = means + (slopes * (values - mixture.means[:, given])).sum(axis=1)
    # Rounding may leave a variance of nearly nothing below it.
    left = np.maximum(variances - (slopes * shared).sum(axis=1), np.finfo(float).eps * variances)
    return _normal(np.exp(joint - joint.max())), found, np.sqrt(left)


def of_kernels(points: Floats, bandwidth: float, columns: Sequence[int], values: Floats, asked: int) -> Conditional:
    """Of Gaussian kernels round points, shape (N, D): those near what is given remain.

    Arguments:
        columns, values: as for `of_mixture`.
    """
    squares = (((points[:, list(columns)] - values) / bandwidth) ** 2).sum(axis=1)
    weights = np.exp(-0.5 * (squares - squares.min()))
    # The lightest together: of thousands, most.
    order = np.argsort(weights)
    near = order[np.searchsorted(np.cumsum(weights[order]), _NEGLIGIBLE * weights.sum()):]
    return _normal(weights[near]), points[near, asked], np.full(len(near), bandwidth)


def _normal(weights: Floats) -> Floats:
    found: Floats = weights / weights.sum()
    return found
