"""Sums of kernels over points: profiles, sampling radii, and the sum itself near where it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from genstudio.models._gaussians import LOG_2PI, chunks, log_sum

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Points are left out where together they change a sum by less than this, relatively.
LOG_NEGLIGIBLE = math.log(1e12)
# Beyond this many coordinates hardly a point is far enough to be left out.
LOCAL_DIMENSIONS = 6
BLOCK_ROWS = 32
# Rows further apart than this, in kernel reaches, share too few points to be looked up together.
WIDEST_BLOCK = 2.0
# Distances formed at a time; they stay in the second-level cache.
BLOCK_DISTANCES = 64_000
# Fewer rows than these are not looked at for being a grid.
GRID_ROWS = 1000
# Below this some terms of a sum may have become 0.
SAFE_SUM = 1e-200


@dataclass(frozen=True)
class Kernel:
    """A density that depends on the distance alone; distances u are in bandwidths.

    Arguments:
        profile: log of the kernel, not normalised, of u².
        marginal: log of its integral along one coordinate, of u² of the others.
        log_volume: log of its integral over D coordinates.
        radius: n distances drawn from it in D coordinates.
        reach: how far points matter, in bandwidths, when the nearest is so far and all weigh so much (log).
    """

    profile: Callable[[Floats], Floats]
    marginal: Callable[[Floats], Floats]
    log_volume: Callable[[int], float]
    radius: Callable[[np.random.Generator, int, int], Floats]
    reach: Callable[[Floats, float], Floats]


def _log_ball(d: int) -> float:
    return 0.5 * d * math.log(math.pi) - math.lgamma(0.5 * d + 1)


def _log_inside(squares: Floats, power: float) -> Floats:
    """power · log(1 - u²) inside the unit ball, -inf outside."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(squares < 1, power * np.log(np.maximum(1 - squares, 0.0)), -np.inf))


KERNELS: dict[str, Kernel] = {
    "gaussian": Kernel(
        profile=lambda squares: -0.5 * squares,
        marginal=lambda squares: 0.5 * LOG_2PI - 0.5 * squares,
        log_volume=lambda d: 0.5 * d * LOG_2PI,
        radius=lambda rng, n, d: np.sqrt(rng.chisquare(d, n)),
        reach=lambda nearest, weight: np.sqrt(nearest**2 + 2 * weight),
    ),
    "tophat": Kernel(
        profile=lambda squares: np.where(squares < 1, 0.0, -np.inf),
        marginal=lambda squares: math.log(2) + _log_inside(squares, 0.5),
        log_volume=_log_ball,
        radius=lambda rng, n, d: rng.uniform(size=n) ** (1 / d),
        reach=lambda nearest, weight: np.ones_like(nearest),
    ),
    "epanechnikov": Kernel(
        profile=lambda squares: _log_inside(squares, 1.0),
        marginal=lambda squares: math.log(4 / 3) + _log_inside(squares, 1.5),
        log_volume=lambda d: _log_ball(d) + math.log(2 / (d + 2)),
        radius=lambda rng, n, d: np.sqrt(rng.beta(0.5 * d, 2.0, n)),
        reach=lambda nearest, weight: np.ones_like(nearest),
    ),
}


class KernelSum:
    """The density that kernels round given points make up.

    Points too far to matter are left out, by a bound of 1e-12 on the relative error they make together.

    Arguments:
        points: shape (N, D).
    """

    def __init__(self, points: Floats) -> None:
        self.points = points
        self.dimension = points.shape[1]
        self._local = self.dimension <= LOCAL_DIMENSIONS
        self._tree = cKDTree(points) if self._local else None
        self._log_weight = math.log(len(points)) + LOG_NEGLIGIBLE
        self._parts: dict[tuple[int, ...], KernelSum] = {}

    def part(self, columns: Sequence[int]) -> KernelSum:
        """The sum over some coordinates of the points; made once, for whoever looks asks again and again."""
        chosen = tuple(columns)
        if chosen not in self._parts:
            self._parts[chosen] = KernelSum(np.ascontiguousarray(self.points[:, chosen]))
        return self._parts[chosen]

    def log_prob(self, x: Floats, kernel: Kernel, bandwidth: float, own: Ints | None = None) -> Floats:
        """Log-density, nats, shape (N,), at x, shape (N, D); -inf where no kernel reaches.

        Arguments:
            own: for each row of x the point that it is, to be left out (leave-one-out), or None.
        """
        result = np.full(len(x), np.nan)
        if kernel is KERNELS["gaussian"] and own is None and self.dimension == 2:
            result = self._on_grid(x, bandwidth)
        missing = np.flatnonzero(np.isnan(result))
        reach = float(kernel.reach(np.zeros(1), self._log_weight)[0]) * bandwidth
        for block in _blocks(x[missing], WIDEST_BLOCK * reach if self._local else math.inf):
            rows = missing[block]
            left_out = None if own is None else own[rows]
            result[rows] = self._log_sum(x[rows], kernel, bandwidth, left_out)
        count = len(self.points) - (own is not None)
        log_volume = kernel.log_volume(self.dimension) + self.dimension * math.log(bandwidth)
        return np.asarray(result - math.log(count) - log_volume)

    def _on_grid(self, x: Floats, bandwidth: float) -> Floats:
        """Log-sum of Gaussian kernels where x, shape (N, 2), makes a grid; NaN where it does not, or underflows.

        The kernel is a product of its coordinates, so that the sums over a grid are one matrix product.
        """
        (across, column), (along, row) = (np.unique(x[:, j], return_inverse=True) for j in range(2))
        if len(x) < GRID_ROWS or len(across) * len(along) > 2 * len(x):
            return np.full(len(x), np.nan)
        total = np.zeros((len(across), len(along)))
        for part in chunks(self.points):
            first = np.exp(-0.5 * ((across[:, None] - part[:, 0]) / bandwidth) ** 2)
            total += first @ np.exp(-0.5 * ((along[:, None] - part[:, 1]) / bandwidth) ** 2).T
        sums = total[column, row]
        return np.log(sums, out=np.full(len(x), np.nan), where=sums > SAFE_SUM)

    def surprises(self, x: Floats, kernel: Kernel, bandwidth: float) -> Floats:
        """log p(all other coordinates) - log p(x), shape (N, D), nats.

        Every point is looked at for every row and coordinate: meant for some hundred rows.
        """
        rows = max(1, BLOCK_DISTANCES // len(self.points))
        parts = [self._surprises(x[a : a + rows], kernel, bandwidth) for a in range(0, len(x), rows)]
        return np.concatenate(parts) if parts else np.empty(x.shape)

    def _surprises(self, x: Floats, kernel: Kernel, bandwidth: float) -> Floats:
        squares = ((x[None] - self.points[:, None]) / bandwidth) ** 2
        whole = squares.sum(axis=2)
        joint = log_sum(kernel.profile(whole)) - self.dimension * math.log(bandwidth)
        result = np.empty(x.shape)
        for j in range(self.dimension):
            others = np.maximum(whole - squares[:, :, j], 0.0) if self.dimension > 1 else np.zeros_like(whole)
            rest = log_sum(kernel.marginal(others)) - (self.dimension - 1) * math.log(bandwidth)
            # A row that no kernel reaches is infinitely strange, whichever coordinate is left out.
            result[:, j] = np.where(np.isfinite(joint), rest - np.where(np.isfinite(joint), joint, 0.0), np.inf)
        return result if self.dimension > 1 else self._alone(result, kernel, joint)

    def _alone(self, result: Floats, kernel: Kernel, joint: Floats) -> Floats:
        """With one coordinate nothing else is known: its surprise is -log p(x)."""
        log_prob = joint - math.log(len(self.points)) - kernel.log_volume(1)
        return np.where(np.isfinite(result), -log_prob[:, None], result)

    def _log_sum(self, x: Floats, kernel: Kernel, bandwidth: float, own: Ints | None) -> Floats:
        near = self._near(x, kernel, bandwidth, own)
        step = max(1, BLOCK_DISTANCES // len(x))
        total = np.full(len(x), -np.inf)
        for first in range(0, len(near), step):
            part = near[first : first + step]
            logs = kernel.profile(_squares(self.points[part], x) / bandwidth**2)
            if own is not None:
                logs = np.where(part[:, None] == own[None, :], -np.inf, logs)
            np.logaddexp(total, log_sum(logs), out=total)
        return total

    def _near(self, x: Floats, kernel: Kernel, bandwidth: float, own: Ints | None) -> Ints:
        """Indices of the points that matter to any row of a block."""
        if self._tree is None:
            return np.arange(len(self.points))
        rank = min(1 if own is None else 2, len(self.points))
        nearest = self._tree.query(x, k=[rank])[0][:, 0]
        centre = (x.min(axis=0) + x.max(axis=0)) / 2
        spread = np.sqrt(((x - centre) ** 2).sum(axis=1))
        reach = float((kernel.reach(nearest / bandwidth, self._log_weight) * bandwidth + spread).max())
        return np.array(self._tree.query_ball_point(centre, reach * (1 + 1e-9)), dtype=np.int64)


def sphere(rng: np.random.Generator, n: int, dimension: int) -> Floats:
    """n directions, uniform on the unit sphere, shape (n, D)."""
    directions = rng.standard_normal((n, dimension))
    unit: Floats = directions / np.sqrt((directions**2).sum(axis=1, keepdims=True))
    return unit


def _squares(a: Floats, b: Floats) -> Floats:
    """Squared distances, shape (len(a), len(b))."""
    if a.shape[1] <= LOCAL_DIMENSIONS:
        return np.asarray(cdist(a, b, "sqeuclidean"))
    # About a middle, so that the expansion loses as little as can be.
    middle = b.mean(axis=0)
    a, b = a - middle, b - middle
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2 * a @ b.T
    return np.asarray(np.maximum(squares, 0.0))


def _blocks(x: Floats, width: float) -> Iterator[Ints]:
    """Indices of rows a block at a time, each no wider than `width`; neighbours together where that is finite."""
    waiting = [np.arange(len(x))] if len(x) else []
    while waiting:
        rows = waiting.pop()
        extent = np.ptp(x[rows], axis=0) if math.isfinite(width) else np.zeros(1)
        if len(rows) == 1 or (len(rows) <= BLOCK_ROWS and extent.max() <= width):
            yield rows
            continue
        half = len(rows) // 2
        if math.isfinite(width):
            rows = rows[np.argpartition(x[rows, int(extent.argmax())], half)]
        waiting += [rows[:half], rows[half:]]
