"""Numbers of Gaussian mixtures: parameters, exact log-density, samples. Knows nothing of learning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shape = Literal["full", "tied", "diag", "spherical"]

# Rows done at a time: their intermediate arrays stay in the second-level cache.
CHUNK_ROWS = 8192
LOG_2PI = float(np.log(2 * np.pi))


class SingularCovarianceError(ValueError):
    """A covariance that is not positive definite."""


@dataclass(frozen=True)
class Mixture:
    """Parameters of a Gaussian mixture.

    Covariances are kept whole, (K, D, D), or where they are diagonal as variances, (K, D); tied ones
    repeat the same matrix. `packed` has scikit-learn's shapes.

    Arguments:
        shape: what the covariances share.
        weights: shape (K,), sum 1.
        means: shape (K, D).
        spreads: covariances (K, D, D), or variances (K, D).
        factors: upper triangular U with U Uᵀ the inverse of each covariance, or inverse deviations.
    """

    shape: Shape
    weights: Floats
    means: Floats
    spreads: Floats
    factors: Floats

    @staticmethod
    def of(shape: Shape, weights: Floats, means: Floats, spreads: Floats) -> Mixture:
        """A mixture from covariances (K, D, D) or variances (K, D).

        Raises:
            SingularCovarianceError: one is not positive definite.
        """
        return Mixture(shape, weights, means, spreads, precision_factors(spreads))

    @property
    def n_components(self) -> int:
        """How many components there are."""
        return len(self.weights)

    @property
    def dimension(self) -> int:
        """How many coordinates a point has."""
        return int(self.means.shape[1])

    @property
    def diagonal(self) -> bool:
        """Whether the coordinates of each component are independent."""
        return self.spreads.ndim == 2

    @cached_property
    def covariances(self) -> Floats:
        """Covariances, shape (K, D, D), whatever the shape."""
        if not self.diagonal:
            return self.spreads
        return np.asarray(self.spreads[:, :, None] * np.eye(self.dimension))

    @cached_property
    def precisions(self) -> Floats:
        """Inverse covariances, (K, D, D), or inverse variances, (K, D)."""
        inverse = self.factors**2 if self.diagonal else self.factors @ np.swapaxes(self.factors, 1, 2)
        return np.asarray(inverse)

    @cached_property
    def log_heights(self) -> Floats:
        """Log of weight and of the component's density at its mean, shape (K,)."""
        diagonals = self.factors if self.diagonal else np.diagonal(self.factors, axis1=1, axis2=2)
        with np.errstate(divide="ignore"):  # a component may have weight 0
            heights: Floats = np.log(self.weights) + np.log(diagonals).sum(axis=1) - 0.5 * self.dimension * LOG_2PI
        return heights

    def n_parameters(self) -> int:
        """Free parameters: weights, means, covariances."""
        k, d = self.means.shape
        matrix = d * (d + 1) // 2
        spread = {"full": k * matrix, "tied": matrix, "diag": k * d, "spherical": k}[self.shape]
        return int(spread + k * d + k - 1)

    def packed(self, spreads: Floats) -> Floats:
        """Covariances (or factors) in scikit-learn's shape for this kind of mixture."""
        if self.shape == "tied":
            return np.array(spreads[0])
        return np.array(spreads[:, 0] if self.shape == "spherical" else spreads)

    def log_joint(self, x: Floats) -> Floats:
        """Log of each component's weighted density, shape (K, N), at points (N, D)."""
        # By columns: each operation then runs along one contiguous stretch.
        columns = np.ascontiguousarray(x.T)
        result = np.empty((self.n_components, len(x)))
        for k in range(self.n_components):
            y = self._whitened(columns, k)
            result[k] = self.log_heights[k] - 0.5 * (y * y).sum(axis=0)
        return result

    def log_prob(self, x: Floats) -> Floats:
        """Log-density, nats, shape (N,), at points (N, D)."""
        return np.concatenate([log_sum(self.log_joint(part)) for part in chunks(x)])

    def marginal(self, columns: Sequence[int]) -> Mixture:
        """The mixture of some coordinates, the others integrated out."""
        chosen = list(columns)
        covariances = self.covariances[:, chosen][:, :, chosen]
        return Mixture.of("full", self.weights, self.means[:, chosen], covariances)

    def responsibilities(self, x: Floats) -> Floats:
        """Probability of each component given each point, shape (N, K)."""
        return np.concatenate([shares(self.log_joint(part)).T for part in chunks(x)])

    def surprises(self, x: Floats) -> Floats:
        """-log p(x_j | all other coordinates), shape (N, D), nats; exact."""
        return np.concatenate([self._surprises(part) for part in chunks(x)])

    def sample(self, n: int, rng: np.random.Generator, temperature: float = 1.0) -> tuple[Floats, Ints]:
        """n points, shape (n, D), and the component of each, shape (n,); deviations are times the temperature."""
        component = rng.choice(self.n_components, size=n, p=self.weights / self.weights.sum())
        x = rng.standard_normal((n, self.dimension)) * temperature
        for k in np.unique(component):
            own = component == k
            if self.diagonal:
                x[own] *= np.sqrt(self.spreads[k])
            else:
                x[own] = x[own] @ np.linalg.cholesky(self.spreads[k]).T
            x[own] += self.means[k]
        return x, component.astype(np.int64)

    def _whitened(self, columns: Floats, k: int) -> Floats:
        """Deviations from a mean in units of the component's spread, shape (D, N), of columns (D, N)."""
        deviation = columns - self.means[k][:, None]
        factor = self.factors[k]
        whitened: Floats = deviation * factor[:, None] if self.diagonal else factor.T @ deviation
        return whitened

    def _surprises(self, x: Floats) -> Floats:
        # Given the others, coordinate j of a Gaussian has precision P_jj and residual (P d)_j / P_jj, so that
        # leaving j out divides the density by that conditional one.
        joint = self.log_joint(x)
        columns = np.ascontiguousarray(x.T)
        without = np.empty((self.n_components, *columns.shape))
        for k in range(self.n_components):
            y = self._whitened(columns, k)
            factor, precision = self.factors[k], self.precisions[k]
            pull = y * factor[:, None] if self.diagonal else factor @ y
            own = (precision if self.diagonal else np.diagonal(precision))[:, None]
            without[k] = joint[k] - 0.5 * (np.log(own) - LOG_2PI - pull**2 / own)
        surprises: Floats = log_sum(without) - log_sum(joint)
        return np.ascontiguousarray(surprises.T)


def chunks(x: Floats) -> Iterator[Floats]:
    """Rows a few thousand at a time; at least one chunk, which may be empty."""
    for first in range(0, max(len(x), 1), CHUNK_ROWS):
        yield x[first : first + CHUNK_ROWS]


def log_sum(joint: Floats) -> Floats:
    """log Σ_k exp, shape (N,), of shape (K, N); -inf where all are."""
    top = joint.max(axis=0)
    steady = np.where(np.isfinite(top), top, 0.0)
    terms = joint - steady
    np.exp(terms, out=terms)
    with np.errstate(divide="ignore"):
        total: Floats = np.log(terms.sum(axis=0)) + steady
    return total


def shares(joint: Floats) -> Floats:
    """exp(joint) divided by its sum over components, shape (K, N)."""
    unnormalised = np.exp(joint - joint.max(axis=0))
    normalised: Floats = unnormalised / unnormalised.sum(axis=0)
    return normalised


def precision_factors(spreads: Floats) -> Floats:
    """U with U Uᵀ = covariance⁻¹, upper triangular, (K, D, D); or 1/deviation, (K, D).

    Raises:
        SingularCovarianceError: a covariance is not positive definite.
    """
    if spreads.ndim == 2:
        if not (spreads > 0).all():
            raise SingularCovarianceError
        return np.asarray(1.0 / np.sqrt(spreads))
    try:
        lower = np.linalg.cholesky(spreads)
    except np.linalg.LinAlgError:
        raise SingularCovarianceError from None
    if not np.isfinite(lower).all():
        raise SingularCovarianceError
    return np.swapaxes(np.linalg.inv(lower), 1, 2)


def unpacked(shape: Shape, spreads: Any, n_components: int, dimension: int) -> Floats:
    """Covariances as `Mixture` keeps them, from scikit-learn's shape.

    Raises:
        ValueError: the array has another shape.
    """
    values = np.asarray(spreads, dtype=np.float64)
    expected = packed_dimensions(shape, n_components, dimension)
    if values.shape != expected:
        raise ValueError(f"shape {values.shape}, where {expected} belongs")
    if shape == "tied":
        return np.tile(values, (n_components, 1, 1))
    return np.tile(values[:, None], (1, dimension)) if shape == "spherical" else values.copy()


def packed_dimensions(shape: Shape, n_components: int, dimension: int) -> tuple[int, ...]:
    """Scikit-learn's array shape of covariances."""
    return {
        "full": (n_components, dimension, dimension), "tied": (dimension, dimension),
        "diag": (n_components, dimension), "spherical": (n_components,),
    }[shape]


def shaped(shape: Shape, covariances: Floats, weights: Floats) -> Floats:
    """Full covariances (K, D, D) brought into a kind of mixture, as `Mixture` keeps them."""
    if shape == "full":
        return covariances.copy()
    if shape == "tied":
        mean = np.einsum("k,kij->ij", weights / weights.sum(), covariances)
        return np.tile(mean, (len(covariances), 1, 1))
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    if shape == "diag":
        return variances.copy()
    return np.repeat(variances.mean(axis=1)[:, None], variances.shape[1], axis=1)
