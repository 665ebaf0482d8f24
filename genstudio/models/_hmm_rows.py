"""Complete rows of numbers, with the fast E and M steps of mixtures taken apart for the passes over time in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from genstudio.models._expectation import Rows, Statistics, add_moments
from genstudio.models._gaussians import CHUNK_ROWS, Mixture

Floats = NDArray[np.float64]


class CompleteRows(Rows):
    """Rows of which nothing is missing, in standard units and cut into chunks."""

    def joints(self, components: Mixture) -> Iterator[tuple[slice, Floats]]:
        """The rows of each chunk, and the weighted log-density of each Gaussian at them, shape (K, n), standard units.

        The array may be overwritten, and is when the next one is asked for.
        """
        local = self._standardized(components)
        if not self.expandable(components):
            for part, z in zip(self.parts(), self._chunks(), strict=True):
                yield part, local.log_joint(z.T)
            return
        weights = self._feature_weights(local)
        room = np.empty((len(weights), CHUNK_ROWS))
        for part, features in zip(self.parts(), self._expansion(), strict=True):
            yield part, np.matmul(weights, features, out=room[:, : features.shape[1]])

    def gathered(self, components: Mixture, shares: Iterable[Floats], exact: bool) -> Statistics:
        """Moments of the rows, weighted by the probability of each Gaussian, shape (K, n) for each chunk.

        Arguments:
            exact: form deviations from each mean, whatever the Gaussians are like.
        """
        local = self._standardized(components)
        if not exact and self.expandable(components):
            sums = np.zeros(self._feature_weights(local).shape)
            for share, features in zip(shares, self._expansion(), strict=True):
                sums += share @ features.T
            return self._unfolded(sums)
        zeroth, first = np.zeros(local.n_components), np.zeros(local.means.shape)
        second = np.zeros(local.factors.shape)
        for share, z in zip(shares, self._chunks(), strict=True):
            add_moments(z, share, local.means, (zeroth, first, second))
        return Statistics(local.means, zeroth, first, second)

    def log_volume(self) -> float:
        """Log of the volume that a unit of the standard units has in model units."""
        return float(np.log(self.scale).sum())

    def parts(self) -> Iterator[slice]:
        """The rows of each chunk."""
        for first in range(0, self.n, CHUNK_ROWS):
            yield slice(first, min(first + CHUNK_ROWS, self.n))
