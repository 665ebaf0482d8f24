"""Covariances of Gaussian states: hmmlearn's M step and start, and what holds them open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.models._expectation import Statistics
from genstudio.models._gaussians import Shape
from genstudio.models._hmm_settings import MarkovSettings

Floats = NDArray[np.float64]

# A deviation this small against that of all rows is what rounding leaves of none.
LEAST_DEVIATION = 1e-13
# A direction with a smaller share of the variance than this makes a covariance singular in float64.
LEAST_SHARE = 1e-10
# hmmlearn's least number of rows that a variance is divided by.
LEAST_ROWS = 1e-5


@dataclass(frozen=True)
class Spreads:
    """How covariances are made from moments.

    Arguments:
        scale: deviation of each column over all rows, shape (D,).
    """

    settings: MarkovSettings
    scale: Floats

    @property
    def shape(self) -> Shape:
        """What the covariances share."""
        return self.settings.covariance_type

    def maximized(self, s: Statistics, shift: Floats, groups: int) -> Floats:
        """Covariances (K, D, D), or variances (K, D), of moments in standard units.

        Arguments:
            shift: from the origin of the moments to each mean, shape (K, D), standard units.
            groups: sets of Gaussians, one after another, that share a covariance where that is tied.
        """
        if self.shape in ("diag", "spherical"):
            return self._variances(s, shift)
        scatter = s.second - s.zeroth[:, None, None] * shift[:, :, None] * shift[:, None, :]
        scatter *= np.outer(self.scale, self.scale)
        rows = s.zeroth
        if self.shape == "tied":
            scatter, rows = _pooled(scatter, groups), _pooled(rows, groups)
        rows = rows + max(self.settings.covars_weight - len(self.scale), 0.0)
        # As hmmlearn adds it: to every entry of the matrix.
        return np.asarray((self.settings.covars_prior + scatter) / np.maximum(rows, LEAST_ROWS)[:, None, None])

    def whole(self, x: Floats, n: int) -> Floats:
        """The covariance of all rows, and a little more on its diagonal, for each of n Gaussians."""
        covariance = np.atleast_2d(np.cov(x.T)) if len(x) > 1 else np.zeros((len(self.scale), len(self.scale)))
        covariance = covariance + self.settings.min_covar * np.eye(len(self.scale))
        if self.shape in ("full", "tied"):
            return np.tile(covariance, (n, 1, 1))
        variances = np.diagonal(covariance)
        if self.shape == "spherical":
            # hmmlearn takes the mean of the whole matrix, which may be 0 or less.
            variances = np.full(len(variances), variances.mean())
        return np.tile(variances, (n, 1))

    def held_open(self, spreads: Floats) -> tuple[Floats, int]:
        """The same where none is singular; others with `min_covar` in units of the columns, and how many these are."""
        variances = spreads if spreads.ndim == 2 else np.diagonal(spreads, axis1=1, axis2=2)
        flat = variances <= (LEAST_DEVIATION * self.scale) ** 2
        added = np.where(flat, self.settings.min_covar * self.scale**2, 0.0)
        if spreads.ndim == 2:
            return spreads + added, int(flat.any(axis=1).sum())
        opened = spreads + added[:, :, None] * np.eye(len(self.scale))
        deviations = np.sqrt(np.maximum(variances + added, np.finfo(float).tiny))
        correlations = opened / deviations[:, :, None] / deviations[:, None, :]
        smallest = np.linalg.eigvalsh(correlations)[:, 0]
        thin = smallest < LEAST_SHARE
        # Where rounding has left less than nothing, that is made up for as well.
        share = np.where(thin, self.settings.min_covar + np.maximum(-smallest, 0.0), 0.0)
        extra = share[:, None] * deviations**2
        return opened + extra[:, :, None] * np.eye(len(self.scale)), int((thin | flat.any(axis=1)).sum())

    def _variances(self, s: Statistics, shift: Floats) -> Floats:
        scatter = np.maximum(s.second - s.zeroth[:, None] * shift**2, 0.0) * self.scale**2
        rows = np.maximum(s.zeroth + max(self.settings.covars_weight - 1.0, 0.0), LEAST_ROWS)
        variances: Floats = (self.settings.covars_prior + scatter) / rows[:, None]
        if self.shape == "spherical":
            variances[:] = variances.mean(axis=1, keepdims=True)
        return variances


def _pooled(values: Floats, groups: int) -> Floats:
    """Summed over the Gaussians that share a covariance, and given to each of them."""
    sums = values.reshape(groups, -1, *values.shape[1:]).sum(axis=1)
    return np.repeat(sums, len(values) // groups, axis=0)
