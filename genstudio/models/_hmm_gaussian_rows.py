"""Rows of numbers that Gaussian states learn from: fast where they are complete, exact where numbers are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from genstudio.errors import TrainingError
from genstudio.models._expectation import Statistics
from genstudio.models._gaussians import Mixture, SingularCovarianceError
from genstudio.models._hmm_clusters import cluster_means
from genstudio.models._hmm_emission import EMPTY, Observations, patterns
from genstudio.models._hmm_gaussian import GaussianEmission, regression
from genstudio.models._hmm_passes import Frames
from genstudio.models._hmm_rows import CompleteRows
from genstudio.models._hmm_settings import MarkovSettings
from genstudio.models._hmm_spreads import Spreads

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class GaussianObservations(Observations[GaussianEmission]):
    """Rows of numbers, NaN where missing.

    Arguments:
        x: shape (N, D), model units.
    """

    def __init__(self, x: Floats, settings: MarkovSettings) -> None:
        self.x, self.settings = x, settings
        self.mixed = settings.emission == "mixture"
        self.n_mix = settings.n_mix if self.mixed else 1
        missing = np.isnan(x)
        self.complete = slice(0, len(x)) if not missing.any() else np.flatnonzero(~missing.any(axis=1))
        self.partial = [(columns, rows) for columns, rows in patterns(x) if 0 < len(columns) < x.shape[1]]
        centre, scale = _units(x)
        self.rows = CompleteRows(x[self.complete], settings.covariance_type in ("diag", "spherical"), centre, scale)
        self.spreads = Spreads(settings, scale)
        self.idle = self.opened = 0

    def start(self, labels: Ints | None, seed: int) -> GaussianEmission:
        """hmmlearn's start: means on clusters found by k-means, and the covariance of all rows for each."""
        k, rows = self.settings.n_components, self._usable()
        n, x = k * self.n_mix, self._known(rows)
        means, self.idle = cluster_means(x, None if labels is None else labels[rows], k, self.n_mix, seed)
        if self.settings.topology == "banded":
            means = _in_line(means)
        weights = np.full((k, self.n_mix), 1.0 / self.n_mix)
        return self._emission(means.reshape(n, -1), self.spreads.whole(x, n), weights)

    def overall(self) -> GaussianEmission:
        """All Gaussians with the mean and the covariance of all rows."""
        weights = np.full((self.settings.n_components, self.n_mix), 1.0 / self.n_mix)
        spreads = self.spreads.whole(self._known(self._usable()), weights.size)
        return self._emission(np.tile(self.rows.centre, (weights.size, 1)), spreads, weights)

    def frames(self, emission: GaussianEmission) -> Frames:
        """How well each state explains each row; what is missing is integrated out."""
        whole = isinstance(self.complete, slice)
        shape = (len(self.x), emission.n_states)
        prob, top = (np.empty(shape), np.empty(len(self.x))) if whole else (np.ones(shape), np.zeros(len(self.x)))
        log_volume = self.rows.log_volume()
        places = None if whole else np.asarray(self.complete)
        for part, joint in self.rows.joints(emission.components):
            levels = emission.of_states(joint)
            highest = levels.max(axis=0)
            levels -= highest
            np.exp(levels, out=levels)
            own = part if places is None else places[part]
            prob[own], top[own] = levels.T, highest - log_volume
        for _, rows in self.partial:
            some = Frames.of(emission.log_prob(self.x[rows]))
            prob[rows], top[rows] = some.prob, some.top
        return Frames(prob, top, lambda rows: emission.log_prob(self.x[rows]))

    def maximized(self, emission: GaussianEmission, posteriors: Floats) -> GaussianEmission:
        """Weighted means and covariances, the latter with the prior as hmmlearn has it."""
        exact = not self.rows.expandable(emission.components)
        found = self._maximized(emission, posteriors, exact)
        if exact or self.rows.expandable(found.components):
            return found
        return self._maximized(emission, posteriors, exact=True)

    def renewed(self, emission: GaussianEmission, state: int, random: np.random.RandomState) -> GaussianEmission:
        """One state with the covariance of all rows, round rows drawn at random."""
        m = emission.n_mix
        own = slice(state * m, (state + 1) * m)
        former, known = emission.components, self._known(self._usable())
        means, spreads, weights = former.means.copy(), former.spreads.copy(), emission.weights
        means[own] = known[random.randint(len(known), size=m)]
        weights[state] = 1.0 / m
        if self.settings.covariance_type != "tied" or self.mixed:
            spreads[own] = self.spreads.whole(known, m)
        return self._emission(means, spreads, weights)

    def remarks(self) -> Mapping[str, int]:
        """How many covariances the last step held open, and how many clusters the start lacked."""
        return {"opened": self.opened, "idle": self.idle}

    def _maximized(self, emission: GaussianEmission, posteriors: Floats, exact: bool) -> GaussianEmission:
        former = emission.components
        s = self.rows.gathered(former, self._shares(emission, posteriors), exact)
        for columns, rows in self.partial:
            self._add(emission, posteriors[rows], columns, self.x[rows], s)
        empty = s.zeroth < EMPTY
        shift = s.first / np.where(empty, 1.0, s.zeroth)[:, None]
        means = self.rows.centre + self.rows.scale * (s.origin + shift)
        spreads = self.spreads.maximized(s, shift, emission.n_states if self.mixed else 1)
        means[empty], spreads[empty] = former.means[empty], former.spreads[empty]
        counts = s.zeroth.reshape(emission.weights.shape)
        of_states = counts.sum(axis=1, keepdims=True)
        weights = np.where(of_states < EMPTY, emission.weights, counts / np.maximum(of_states, EMPTY))
        return self._emission(means, spreads, weights)

    def _emission(self, means: Floats, spreads: Floats, weights: Floats) -> GaussianEmission:
        spreads, self.opened = self.spreads.held_open(spreads)
        each = weights.reshape(-1) if self.mixed else np.ones(len(means))
        try:
            components = Mixture.of(self.settings.covariance_type, each, means, spreads)
        except SingularCovarianceError:
            raise TrainingError(
                f"A state collapsed: its covariance is singular with min_covar = {self.settings.min_covar:g}.",
                "Raise min_covar or covars_prior, use fewer states, or scale the data to standard units.",
            ) from None
        return GaussianEmission(components, weights.shape[1], self.mixed)

    def _shares(self, emission: GaussianEmission, posteriors: Floats) -> Iterator[Floats]:
        """Probability of each Gaussian at the rows of each chunk of complete ones, shape (K · M, n)."""
        own = posteriors[self.complete]
        if emission.n_mix == 1:
            # Their densities are of no use here, but the chunks are.
            yield from (own[part].T for part in self.rows.parts())
            return
        for part, joint in self.rows.joints(emission.components):
            yield emission.split(joint, own[part].T)

    def _add(self, emission: GaussianEmission, posteriors: Floats, columns: Ints, x: Floats, s: Statistics) -> None:
        """Add rows that lack all but some columns to the moments, by what is expected of these rows."""
        missing = np.setdiff1d(np.arange(x.shape[1]), columns)
        block, scale = np.ix_(missing, missing), self.rows.scale
        seen, components = x[:, columns], emission.components
        shares = emission.split(emission.marginal(columns).log_joint(seen), posteriors.T)
        for k, weights in enumerate(shares):
            slope, rest = regression(components.covariances[k], columns, missing)
            row = x.copy()
            row[:, missing] = components.means[k][missing] + (seen - components.means[k][columns]) @ slope.T
            deviation = (row - self.rows.centre) / scale - s.origin[k]
            weighted = deviation * weights[:, None]
            square = weighted.T @ deviation
            square[block] += weights.sum() * rest / np.outer(scale[missing], scale[missing])
            s.zeroth[k] += weights.sum()
            s.first[k] += weighted.sum(axis=0)
            s.second[k] += np.diagonal(square) if self.rows.diagonal else square

    def _usable(self) -> Ints:
        """Rows to start from: complete ones, or where these are few, all of which anything is known."""
        complete = np.arange(len(self.x))[self.complete]
        enough = 2 * self.settings.n_components * self.n_mix
        return complete if len(complete) >= enough else np.flatnonzero(~np.isnan(self.x).all(axis=1))

    def _known(self, rows: Ints) -> Floats:
        return np.where(np.isnan(self.x[rows]), self.rows.centre, self.x[rows])


def _units(x: Floats) -> tuple[Floats, Floats]:
    """Mean and deviation of what is known of each column, each shape (D,); 1 where there is no deviation."""
    known = ~np.isnan(x)
    counts = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, x, 0.0).sum(axis=0) / counts
    deviation = np.sqrt((np.where(known, x - centre, 0.0) ** 2).sum(axis=0) / counts)
    return centre, np.where(deviation > 0, deviation, 1.0)


def _in_line(means: Floats) -> Floats:
    """States in their order along the line on which their centres differ most; means have shape (K, M, D)."""
    centres = means.mean(axis=1)
    centred = centres - centres.mean(axis=0)
    along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    return means[np.argsort(along, kind="stable")]
