"""Mixtures of round gaussians, few or many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genstudio.data.densities.quadrature import Scales, integrate_plane, surprise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TILE_ROWS = 256
_MOST_TILES = 40
_BLOCK_ROWS = 1024
# Fewer components than this are not worth sorting out tile by tile.
_FEW = 32
# Components that stay this many nats below the sum at every point of a tile are left out there.
_NEGLIGIBLE_NATS = 25.0
# Standard deviations past which a component holds nothing that entropy would notice.
_REACH = 8.0


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """Round gaussians on the plane, weighted.

    Points are taken tile by tile, each with only the components that matter there, so
    that a mixture of thousands costs little more than one of dozens.

    Arguments:
        weights: shape (K,), summing to 1.
        means: shape (K, 2).
        stds: shape (K,).
    """

    weights: Floats
    means: Floats
    stds: Floats

    @cached_property
    def entropy(self) -> float:
        """Differential entropy, nats."""
        margin = _REACH * self.stds[:, None]
        low, high = (self.means - margin).min(axis=0), (self.means + margin).max(axis=0)
        edges = np.linspace(low, high, 9)
        return integrate_plane(lambda x: surprise(self.log_prob(x)), edges[:, 0], edges[:, 1], self.scales)

    @property
    def scales(self) -> Scales:
        """Where the density varies, and over which lengths."""
        return Scales(self.means, self.stds)

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), of finite points, shape (N, 2)."""
        found = np.empty(len(x))
        for rows in _tiles(x) if len(self.weights) > _FEW else _blocks(np.arange(len(x))):
            found[rows] = self._log_prob_nearby(x[rows])
        return found

    def sample(self, n: int, seed: int) -> tuple[Floats, Ints]:
        """n points, shape (n, 2), and the component of each, shape (n,)."""
        rng = np.random.default_rng(seed)
        components = rng.choice(len(self.weights), size=n, p=self.weights)
        noise = rng.standard_normal((n, 2))
        return self.means[components] + self.stds[components, None] * noise, components

    def _log_prob_nearby(self, x: Floats) -> Floats:
        """Log-density of points that lie close together."""
        exponents = self._exponents(x, self._noticeable(x.min(axis=0), x.max(axis=0)))
        highest = exponents.max(axis=1)
        np.exp(np.subtract(exponents, highest[:, None], out=exponents), out=exponents)
        return np.asarray(highest + np.log(exponents.sum(axis=1)))

    def _exponents(self, x: Floats, kept: Ints) -> Floats:
        """Log-density of each kept component with its weight, shape (N, kept)."""
        centre = x.mean(axis=0)
        offsets, means = x - centre, self.means[kept] - centre
        precisions = 1 / (2 * self.stds[kept] ** 2)
        # |x - m|² multiplied out, so that one matrix product serves all pairs.
        features = np.column_stack([offsets, _squares(offsets), np.ones(len(x))])
        constants = self._log_peaks[kept] - precisions * _squares(means)
        quadratic = np.vstack([2 * (precisions[:, None] * means).T, -precisions, constants])
        return np.asarray(features @ quadratic)

    def _noticeable(self, low: Floats, high: Floats) -> Ints:
        """The components that count somewhere in the rectangle from low to high."""
        if len(self.weights) <= _FEW:
            return np.arange(len(self.weights))
        nearest = np.maximum(np.maximum(low - self.means, self.means - high), 0)
        farthest = np.maximum(self.means - low, high - self.means)
        best, worst = (self._log_peaks - _squares(gap) / (2 * self.stds**2) for gap in (nearest, farthest))
        return np.flatnonzero(best > worst.max() - _NEGLIGIBLE_NATS)

    @cached_property
    def _log_peaks(self) -> Floats:
        """Log-density of each weighted component at its own mean."""
        return np.asarray(np.log(self.weights) - np.log(2 * np.pi * self.stds**2))


@dataclass(frozen=True, eq=False)
class SmearedMixture(GaussianMixture):
    """Gaussians of one width, each of which is smeared over the same few shifts.

    The same as a mixture of K * S components, with the exponentials of K alone: those of
    the shifts factor out of the sum.

    Arguments:
        shifts: shape (S, 2), centred on zero.
        shift_weights: shape (S,), summing to 1.
    """

    shifts: Floats
    shift_weights: Floats

    def _log_prob_nearby(self, x: Floats) -> Floats:
        reach = np.abs(self.shifts).max(axis=0)
        kept = self._noticeable(x.min(axis=0) - reach, x.max(axis=0) + reach)
        exponents = self._exponents(x, kept)
        highest = exponents.max(axis=1)
        np.exp(np.subtract(exponents, highest[:, None], out=exponents), out=exponents)
        # exp((x - m) · u / σ²) splits at any point between; near the components it cannot overflow.
        pivot = self.means[kept[len(kept) // 2]]
        steps = self.shifts.T / self.stds[0] ** 2
        sums = np.log(exponents @ np.exp((pivot - self.means[kept]) @ steps))
        sums += (x - pivot) @ steps + np.log(self.shift_weights) - (self.shifts.T * steps).sum(axis=0) / 2
        most = sums.max(axis=1)
        return np.asarray(highest + most + np.log(np.exp(sums - most[:, None]).sum(axis=1)))


def _tiles(x: Floats) -> Iterator[Ints]:
    """Rows of points that lie close together, every row once, in blocks of bounded size."""
    side = int(np.clip(np.sqrt(len(x) / _TILE_ROWS), 1, _MOST_TILES))
    low, high = x.min(axis=0, initial=np.inf), x.max(axis=0, initial=-np.inf)
    width = np.maximum(high - low, np.finfo(float).tiny)
    cells = np.minimum((x - low) / width * side, side - 1).astype(np.int64)
    tiles = cells[:, 0] * side + cells[:, 1]
    order = np.argsort(tiles, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(tiles[order])) + 1):
        yield from _blocks(rows)


def _blocks(rows: Ints) -> Iterator[Ints]:
    """The rows, at most so many at a time that the work stays in the processor's cache."""
    return (rows[start : start + _BLOCK_ROWS] for start in range(0, len(rows), _BLOCK_ROWS))


def _squares(vectors: Floats) -> Floats:
    """Squared lengths, shape (N,)."""
    return np.asarray(np.einsum("ij,ij->i", vectors, vectors))
