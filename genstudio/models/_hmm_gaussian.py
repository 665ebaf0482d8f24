"""States that show numbers: one Gaussian each, or a mixture of several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.models._gaussians import CHUNK_ROWS, Mixture, log_sum
from genstudio.models._hmm_emission import Emission, choose, patterns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class GaussianEmission(Emission):
    """Gaussians with weights that sum to 1 within each state.

    Arguments:
        components: the Gaussians of the first state, then of the second, and so on: K · M of them.
        n_mix: Gaussians of a state, M.
        mixed: whether parameters are named as those of a mixture, even where M is 1.
    """

    components: Mixture
    n_mix: int = 1
    mixed: bool = False

    @property
    def n_states(self) -> int:
        """Hidden states."""
        return self.components.n_components // self.n_mix

    @property
    def dimension(self) -> int:
        """Numbers of a row."""
        return self.components.dimension

    def of_states(self, joint: Floats) -> Floats:
        """Log-densities of the states, shape (K, n), of the weighted ones of their Gaussians, shape (K · M, n)."""
        if self.n_mix == 1:
            return joint
        return log_sum(np.swapaxes(joint.reshape(self.n_states, self.n_mix, -1), 0, 1))

    def split(self, joint: Floats, posteriors: Floats) -> Floats:
        """Probability of each Gaussian, shape (K · M, n).

        Arguments:
            joint: their weighted log-densities, shape (K · M, n).
            posteriors: probability of each state, shape (K, n).
        """
        if self.n_mix == 1:
            return posteriors
        own = joint.reshape(self.n_states, self.n_mix, -1)
        shares = np.exp(own - own.max(axis=1, keepdims=True))
        shares *= (posteriors / shares.sum(axis=1))[:, None]
        return np.asarray(shares.reshape(joint.shape))

    def log_prob(self, x: Floats) -> Floats:
        """Log-density of each row in each state, nats, shape (N, K); what is missing is integrated out."""
        result = np.zeros((len(x), self.n_states))
        for present, rows in patterns(x):
            if len(present):
                result[rows] = self._levels(self.marginal(present), x[rows][:, present])
        return result

    def marginal(self, columns: Ints) -> Mixture:
        """The Gaussians of some columns alone."""
        return self.components if len(columns) == self.dimension else self.components.marginal(columns.tolist())

    def sample(self, states: Ints, rng: np.random.Generator, temperature: float = 1.0) -> Floats:
        """A row of each state, shape (N, D); deviations are times the temperature."""
        component = self._of(states, choose(self.weights[states], rng))
        x = rng.standard_normal((len(states), self.dimension)) * temperature
        for k in np.unique(component):
            own = component == k
            x[own] = x[own] @ root(self.components.covariances[k]).T + self.components.means[k]
        return x

    def fill(self, x: Floats, states: Ints, rng: np.random.Generator) -> Floats:
        """Rows with each NaN drawn given the row's state and what is there of it, shape (N, D)."""
        filled = x.copy()
        for present, rows in patterns(x):
            missing = np.setdiff1d(np.arange(self.dimension), present)
            if len(missing):
                seen, places = x[rows][:, present], np.arange(len(x))[rows]
                component = self._given(present, seen, states[rows], rng)
                filled[np.ix_(places, missing)] = self._completed(component, seen, present, missing, rng)
        return filled

    def n_parameters(self) -> int:
        """Free parameters: weights, means and covariances."""
        k, m, d = self.n_states, self.n_mix, self.dimension
        matrix = d * (d + 1) // 2
        tied = k * matrix if self.mixed else matrix
        spread = {"full": k * m * matrix, "tied": tied, "diag": k * m * d, "spherical": k * m}[self.components.shape]
        return spread + k * m * d + k * (m - 1)

    def parameters(self) -> dict[str, Floats]:
        """`means` (K, D) and `covars` (K, D, D); of a mixture `weights` (K, M) and the others by Gaussian."""
        means, covars = self.components.means.copy(), self.components.covariances.copy()
        if not self.mixed:
            return {"means": means, "covars": covars}
        k, m, d = self.n_states, self.n_mix, self.dimension
        return {"weights": self.weights, "means": means.reshape(k, m, d), "covars": covars.reshape(k, m, d, d)}

    def state(self) -> dict[str, Floats]:
        """Weights (K, M), means (K · M, D), and covariances (K · M, D, D) or variances (K · M, D); copies."""
        means, spreads = self.components.means.copy(), self.components.spreads.copy()
        return {"weights": self.weights, "means": means, "covars": spreads}

    @property
    def weights(self) -> Floats:
        """Weights of the Gaussians of each state, shape (K, M)."""
        return self.components.weights.reshape(self.n_states, self.n_mix).copy()

    def _levels(self, components: Mixture, x: Floats) -> Floats:
        levels = np.empty((len(x), self.n_states))
        for first in range(0, len(x), CHUNK_ROWS):
            part = slice(first, first + CHUNK_ROWS)
            levels[part] = self.of_states(components.log_joint(x[part])).T
        return levels

    def _given(self, present: Ints, seen: Floats, states: Ints, rng: np.random.Generator) -> Ints:
        """A Gaussian of each row's state, drawn given what is seen of the row."""
        shares = self.weights[states]
        if len(present) and self.n_mix > 1:
            joint = self.marginal(present).log_joint(seen).T.reshape(len(seen), self.n_states, self.n_mix)
            own = joint[np.arange(len(seen)), states]
            shares = np.asarray(np.exp(own - own.max(axis=1, keepdims=True)))
        return self._of(states, choose(shares, rng))

    def _of(self, states: Ints, which: Ints) -> Ints:
        """The Gaussians of states by their numbers in each of them."""
        gaussians: Ints = states * self.n_mix + which
        return gaussians

    def _completed(
        self, component: Ints, seen: Floats, present: Ints, missing: Ints, rng: np.random.Generator
    ) -> Floats:
        drawn = rng.standard_normal((len(seen), len(missing)))
        for k in np.unique(component):
            own = component == k
            slope, rest = regression(self.components.covariances[k], present, missing)
            mean = self.components.means[k]
            drawn[own] = drawn[own] @ root(rest).T + mean[missing] + (seen[own] - mean[present]) @ slope.T
        return drawn


def regression(covariance: Floats, present: Ints, missing: Ints) -> tuple[Floats, Floats]:
    """How some coordinates of a Gaussian follow from others: slopes (m, p), and the covariance that is left, (m, m)."""
    across = covariance[np.ix_(present, missing)]
    slope = np.asarray(np.linalg.solve(covariance[np.ix_(present, present)], across).T, dtype=np.float64)
    return slope, covariance[np.ix_(missing, missing)] - slope @ across


def root(covariance: Floats) -> Floats:
    """A with A Aᵀ the covariance, singular ones too."""
    values, vectors = np.linalg.eigh(covariance)
    result: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return result
