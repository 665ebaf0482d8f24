"""E and M steps of Gaussian mixtures, fast and exact.

The log-density of every component is a linear function of the features 1, z_i, z_i z_j, so that a chunk of
rows takes one matrix product, and its sufficient statistics another. The expansion loses
digits where a component is tiny against the spread of the data; there deviations from each mean are
formed first, which is slower and exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.models._gaussians import CHUNK_ROWS, Mixture, Shape

Floats = NDArray[np.float64]

# Above this relative error of a squared distance the expansion into features is not used.
EXPANSION_LIMIT = 1e-10
# Beyond this many coordinates forming the features costs more than deviations do.
EXPANSION_DIMENSIONS = 16
# Features are kept for all rows when they fit into this much memory, else formed anew at each step.
FEATURES_BYTES = 512 * 2**20
# Scikit-learn adds it to the rows of a component so that an empty one divides by something.
TINY = 10 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Statistics:
    """Weighted moments of the rows about an origin, in standard units.

    Arguments:
        origin: what the moments are about, shape (K, D).
        zeroth, first: shapes (K,) and (K, D).
        second: shape (K, D, D), or its diagonals, (K, D).
    """

    origin: Floats
    zeroth: Floats
    first: Floats
    second: Floats


class Rows:
    """Rows to learn from, in standard units and cut into chunks that fit the cache.

    Arguments:
        x: shape (N, D), model units.
        centre, scale: of each column, shape (D,); x's own when left out.
        diagonal: whether products of different coordinates are never needed.
    """

    def __init__(self, x: Floats, diagonal: bool, centre: Floats | None = None, scale: Floats | None = None) -> None:
        # One row a coordinate: each feature of a chunk is then one contiguous run.
        self.z = np.array(x.T, order="C")
        self.centre = self.z.mean(axis=1) if centre is None else centre
        self.z -= self.centre[:, None]
        self.scale = _deviations(self.z) if scale is None else scale
        self.z /= self.scale[:, None]
        self.n, self.dimension = x.shape
        self.diagonal = diagonal
        # Of no use, and huge, where features are never formed.
        self.pairs = np.triu_indices(self.dimension if self.dimension <= EXPANSION_DIMENSIONS else 0)
        self.reach = float(max(self.z.max(initial=0.0), -self.z.min(initial=0.0)))
        self._features: list[Floats] = []

    def expect(self, mixture: Mixture) -> tuple[float, Statistics]:
        """One E step: the mean log-density, nats, model units, and the statistics for an M step."""
        local = self._standardized(mixture)
        log_prob, statistics = self._by_features(local) if self.expandable(mixture) else self._by_deviations(local)
        return log_prob / self.n - float(np.log(self.scale).sum()), statistics

    def mean_log_prob(self, mixture: Mixture) -> float:
        """Mean log-density of the rows, nats, model units."""
        return self.expect(mixture)[0]

    def expandable(self, mixture: Mixture) -> bool:
        """Whether the expansion into features keeps enough digits for this mixture."""
        if self.dimension > EXPANSION_DIMENSIONS:
            return False
        steepest = (mixture.factors * (self.scale if mixture.diagonal else self.scale[:, None])) ** 2
        error = np.finfo(np.float64).eps * steepest.sum(axis=tuple(range(1, steepest.ndim))).max() * self.reach**2
        return bool(error < EXPANSION_LIMIT)

    def deviations(self, mixture: Mixture) -> Statistics:
        """Statistics by the exact way, whatever the mixture."""
        return self._by_deviations(self._standardized(mixture))[1]

    def maximize(self, statistics: Statistics, shape: Shape, reg_covar: float) -> Mixture:
        """One M step.

        Raises:
            SingularCovarianceError: a covariance is not positive definite in spite of `reg_covar`.
        """
        counts = statistics.zeroth + TINY
        shift = statistics.first / counts[:, None]
        place = self.centre + self.scale * statistics.origin
        means = (statistics.zeroth / counts)[:, None] * place + self.scale * shift
        spreads = self._spreads(statistics, counts, shift, shape, reg_covar)
        return Mixture.of(shape, counts / counts.sum(), means, spreads)

    def _spreads(self, s: Statistics, counts: Floats, shift: Floats, shape: Shape, reg_covar: float) -> Floats:
        if self.diagonal:
            scatter = s.second - 2 * s.first * shift + s.zeroth[:, None] * shift**2
            variances = scatter / counts[:, None] * self.scale**2 + reg_covar
            if shape == "spherical":
                variances = np.repeat(variances.mean(axis=1, keepdims=True), self.dimension, axis=1)
            return np.asarray(variances)
        cross = s.first[:, :, None] * shift[:, None, :]
        scatter = s.second - cross - np.swapaxes(cross, 1, 2)
        scatter += s.zeroth[:, None, None] * shift[:, :, None] * shift[:, None, :]
        if shape == "tied":
            covariance = scatter.sum(axis=0) / counts.sum()
            scatter, counts = np.tile(covariance, (len(counts), 1, 1)), np.ones(len(counts))
        covariances = scatter / counts[:, None, None] * np.outer(self.scale, self.scale)
        return np.asarray(covariances + reg_covar * np.eye(self.dimension))

    def _standardized(self, mixture: Mixture) -> Mixture:
        stretch = self.scale if mixture.diagonal else self.scale[:, None]
        return Mixture(
            mixture.shape, mixture.weights, (mixture.means - self.centre) / self.scale,
            mixture.spreads, mixture.factors * stretch,
        )

    def _by_features(self, local: Mixture) -> tuple[float, Statistics]:
        weights = self._feature_weights(local)
        sums, log_prob = np.zeros(weights.shape), 0.0
        # Used again for each chunk: memory that is given back and asked for anew costs a tenth of the time.
        room = np.empty((len(weights), CHUNK_ROWS))
        for features in self._expansion():
            joint = np.matmul(weights, features, out=room[:, : features.shape[1]])
            resp, chunk_log_prob = _responsibilities(joint)
            sums += resp @ features.T
            log_prob += chunk_log_prob
        return log_prob, self._unfolded(sums)

    def _feature_weights(self, local: Mixture) -> Floats:
        precisions = local.precisions
        if self.diagonal:
            slope, curvature = precisions * local.means, precisions
        else:
            slope = np.einsum("kij,kj->ki", precisions, local.means)
            first, second = self.pairs
            curvature = precisions[:, first, second] * np.where(first == second, 1.0, 2.0)
        level = local.log_heights - 0.5 * (slope * local.means).sum(axis=1)
        return np.concatenate([level[:, None], slope, -0.5 * curvature], axis=1)

    def _unfolded(self, sums: Floats) -> Statistics:
        d, k = self.dimension, len(sums)
        second = sums[:, 1 + d :]
        if not self.diagonal:
            folded = second
            second = np.empty((k, d, d))
            second[:, self.pairs[0], self.pairs[1]] = folded
            second[:, self.pairs[1], self.pairs[0]] = folded
        return Statistics(np.zeros((k, d)), sums[:, 0], sums[:, 1 : 1 + d], second)

    def _by_deviations(self, local: Mixture) -> tuple[float, Statistics]:
        zeroth, first = np.zeros(local.n_components), np.zeros(local.means.shape)
        second = np.zeros(local.means.shape if self.diagonal else local.factors.shape)
        log_prob = 0.0
        for z in self._chunks():
            resp, chunk_log_prob = _responsibilities(local.log_joint(z.T))
            log_prob += chunk_log_prob
            add_moments(z, resp, local.means, (zeroth, first, second))
        return log_prob, Statistics(local.means, zeroth, first, second)

    def _expansion(self) -> Iterable[Floats]:
        """Features of each chunk, shape (F, n); formed once where they fit into memory."""
        width = 1 + self.dimension + (self.dimension if self.diagonal else len(self.pairs[0]))
        if self.n * width * 8 > FEATURES_BYTES:
            return self._expanded()
        if not self._features:
            self._features = list(self._expanded())
        return self._features

    def _chunks(self) -> Iterator[Floats]:
        for first in range(0, self.n, CHUNK_ROWS):
            yield self.z[:, first : first + CHUNK_ROWS]

    def _expanded(self) -> Iterator[Floats]:
        for z in self._chunks():
            products = z * z if self.diagonal else z[self.pairs[0]] * z[self.pairs[1]]
            yield np.concatenate([np.ones((1, z.shape[1])), z, products])


def _deviations(centred: Floats) -> Floats:
    """Standard deviation of each coordinate, shape (D,), of shape (D, N); 1 where it is 0."""
    deviation = np.sqrt(np.einsum("dn,dn->d", centred, centred) / centred.shape[1])
    return np.where(deviation > 0, deviation, 1.0)


def add_moments(z: Floats, resp: Floats, origin: Floats, sums: tuple[Floats, Floats, Floats]) -> None:
    """Add a chunk's moments about `origin` to sums of zeroth, first and second order, in place.

    Arguments:
        z: coordinates by rows, shape (D, N).
        resp: shape (K, N).
        sums: shapes (K,), (K, D), and (K, D, D) or (K, D).
    """
    zeroth, first, second = sums
    zeroth += resp.sum(axis=1)
    for k in range(len(resp)):
        deviation = z - origin[k][:, None]
        weighted = deviation * resp[k]
        first[k] += weighted.sum(axis=1)
        second[k] += (weighted * deviation).sum(axis=1) if second.ndim == 2 else weighted @ deviation.T


def _responsibilities(joint: Floats) -> tuple[Floats, float]:
    """Responsibilities (K, N), overwriting the weighted log-densities, and the summed log-density."""
    top = joint.max(axis=0)
    joint -= top
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint *= 1.0 / total  # quicker than as many divisions
    return joint, float(np.log(total).sum() + top.sum())
