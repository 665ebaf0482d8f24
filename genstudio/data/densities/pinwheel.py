"""Arms of a wheel, each a gaussian wound up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genstudio.data.densities.quadrature import Scales, integrate_plane

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SCALE = 2.0
_CHUNK_ROWS = 2048
_NODES = np.linspace(-np.pi, np.pi, 33)
_NEWTON_STEPS = 10
_ROOT_RADIANS = 1e-9
# Roots whose first guess weighs this many nats less than the best one's are not refined.
_NEGLIGIBLE_NATS = 40.0
# Radians an arm is wound by, from which on the angle tells nothing any more.
_TIGHT = 500.0
# Below this rate, radians, arms count as straight when it is asked how far out they are wound tight.
_SLOWEST = 1e-12
_REACH = 8.0


@dataclass(frozen=True, eq=False)
class Pinwheel:
    """Points f = (1 + radial_std ε₁, tangential_std ε₂), turned by 2πk/arms + rate exp(f₀), times 2.

    Turning keeps the length ρ of f, so that f = ρ (cos ψ, sin ψ) has but one unknown: with φ the
    angle of the point, ψ + rate exp(ρ cos ψ) - φ must be a multiple of 2π/arms. The density sums
    over all such ψ, each divided by the slope of that expression, which is the Jacobian too.

    Arguments:
        arms: how many.
        radial_std, tangential_std: widths along and across an arm, before the doubling.
        rate: how fast an arm winds, radians.
    """

    arms: int
    radial_std: float
    tangential_std: float
    rate: float

    @cached_property
    def entropy(self) -> float:
        """Differential entropy, nats."""
        edges = np.linspace(-_REACH, _REACH, 9)
        return integrate_plane(self._expected, edges, edges, Scales(np.zeros((1, 2)), np.ones(1)), tolerance=1e-8)

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), of finite points, shape (N, 2)."""
        parts = [self._log_prob_of(x[i : i + _CHUNK_ROWS]) for i in range(0, len(x), _CHUNK_ROWS)]
        return np.concatenate([np.empty(0), *parts])

    def sample(self, n: int, seed: int) -> tuple[Floats, Ints]:
        """n points, shape (n, 2), and the arm of each, shape (n,)."""
        rng = np.random.default_rng(seed)
        arms = rng.integers(self.arms, size=n)
        return self._wound(rng.standard_normal((n, 2)), arms), arms

    def _wound(self, noise: Floats, arms: Ints | int) -> Floats:
        """Points from standard normal noise, shape (N, 2)."""
        along, across = 1 + self.radial_std * noise[:, 0], self.tangential_std * noise[:, 1]
        angle = 2 * np.pi * arms / self.arms + self.rate * np.exp(along)
        cos, sin = np.cos(angle), np.sin(angle)
        return _SCALE * np.column_stack([cos * along - sin * across, sin * along + cos * across])

    def _expected(self, noise: Floats) -> Floats:
        """-log p where noise leads, weighted with the density of the noise; one arm stands for all."""
        weight = np.exp(-(noise**2).sum(axis=1) / 2) / (2 * np.pi)
        return np.asarray(-weight * self.log_prob(self._wound(noise, 0)))

    def _log_prob_of(self, x: Floats) -> Floats:
        radius, angle = np.hypot(x[:, 0], x[:, 1]) / _SCALE, np.arctan2(x[:, 1], x[:, 0])
        found = self._averaged(radius)
        near = np.flatnonzero(radius < np.log(_TIGHT / max(self.rate, _SLOWEST)))
        winding = _Winding(self.rate, 2 * np.pi / self.arms, radius[near], angle[near])
        rows, psi = winding.roots(self._log_weight)
        # On a fold the slope is zero and the density infinite; a large number serves as well.
        slope = np.maximum(np.abs(winding.step * winding.height(psi, rows)[1]), np.finfo(float).tiny)
        terms = self._log_weight(radius[near][rows], psi) - np.log(slope)
        found[near] = _log_sums(terms, rows, len(near)) - np.log(self.arms * _SCALE**2)
        return found

    def _log_weight(self, radius: Floats, psi: Floats) -> Floats:
        """Log-density of f = radius (cos ψ, sin ψ)."""
        along = (radius * np.cos(psi) - 1) / self.radial_std
        across = radius * np.sin(psi) / self.tangential_std
        return np.asarray(-(along**2 + across**2) / 2 - np.log(2 * np.pi * self.radial_std * self.tangential_std))

    def _averaged(self, radius: Floats) -> Floats:
        """Log-density far out, where it hardly depends on the angle."""
        gap = (radius - 1) / self.radial_std
        area = (2 * np.pi) ** 1.5 * self.radial_std * _SCALE**2
        return np.asarray(-(gap**2) / 2 - np.log(area * np.maximum(radius, np.finfo(float).tiny)))


@dataclass(frozen=True)
class _Intervals:
    """Stretches of ψ on each of which the height is monotone.

    Arguments:
        rows: the point each belongs to, shape (M,).
        left, right: ends, radians, shape (M,).
        start, end: heights there, in steps, shape (M,).
    """

    rows: Ints
    left: Floats
    right: Floats
    start: Floats
    end: Floats

    def take(self, chosen: NDArray[np.bool_] | Ints) -> _Intervals:
        """Some of them, or some repeatedly."""
        return _Intervals(
            self.rows[chosen], self.left[chosen], self.right[chosen], self.start[chosen], self.end[chosen]
        )

    def join(self, other: _Intervals) -> _Intervals:
        """These and others."""
        return _Intervals(
            *(np.concatenate([getattr(part, field.name) for part in (self, other)]) for field in fields(self))
        )

    def crossings(self) -> tuple[_Intervals, Floats]:
        """An interval for every whole number that the height passes, and that number."""
        low, high = np.floor(self.start), np.floor(self.end)
        count = np.abs(high - low).astype(np.int64)
        nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        which = np.repeat(np.arange(len(count)), count)
        return self.take(which), np.minimum(low, high)[which] + 1 + nth


@dataclass(frozen=True)
class _Winding:
    """The height ψ + rate exp(ρ cos ψ) - φ of several points, in steps; its whole numbers are the arms."""

    rate: float
    step: float
    radius: Floats
    angle: Floats

    def height(self, psi: Floats, rows: Ints) -> tuple[Floats, Floats]:
        """The height and its slope, steps and steps a radian, at psi for the given rows, each shape (M,)."""
        radius = self.radius[rows]
        wound = self.rate * np.exp(radius * np.cos(psi))
        slope = 1 - radius * np.sin(psi) * wound
        return (psi + wound - self.angle[rows]) / self.step, slope / self.step

    def roots(self, log_weight: Callable[[Floats, Floats], Floats]) -> tuple[Ints, Floats]:
        """Rows and ψ of all roots that count, each shape (M,)."""
        intervals, target = self._monotone().crossings()
        share = (target - intervals.start) / (intervals.end - intervals.start)
        guess = intervals.left + share * (intervals.right - intervals.left)
        weights = log_weight(self.radius[intervals.rows], guess)
        kept = weights > _highest(weights, intervals.rows, len(self.radius))[intervals.rows] - _NEGLIGIBLE_NATS
        intervals, target, guess = intervals.take(kept), target[kept], guess[kept]

        def gap(psi: Floats) -> tuple[Floats, Floats]:
            value, slope = self.height(psi, intervals.rows)
            return value - target, slope

        return intervals.rows, _solve(gap, intervals.left, intervals.right, guess, intervals.start > intervals.end)

    def _monotone(self) -> _Intervals:
        """The intervals that hold roots or might."""
        wound = self.rate * np.exp(np.outer(self.radius, np.cos(_NODES)))
        height = (_NODES - self.angle[:, None] + wound) / self.step
        rising = wound * np.outer(self.radius, np.sin(_NODES)) < 1
        level = np.floor(height)
        bent = rising[:, 1:] != rising[:, :-1]
        straight = _between_nodes(height, (level[:, 1:] != level[:, :-1]) & ~bent)
        whole = _between_nodes(height, bent)
        turn, top = self._turns(whole, rising[:, :-1][bent])
        first = replace(whole, right=turn, end=top)
        return straight.join(first).join(replace(whole, left=turn, start=top))

    def _turns(self, whole: _Intervals, rising: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Where in each interval the height turns, and how high it is there."""
        radius = self.radius[whole.rows]

        def slope(psi: Floats) -> tuple[Floats, Floats]:
            sin, cos = np.sin(psi), np.cos(psi)
            wound = self.rate * radius * np.exp(radius * cos)
            return 1 - sin * wound, wound * (radius * sin**2 - cos)

        turn = _solve(slope, whole.left, whole.right, (whole.left + whole.right) / 2, rising)
        return turn, self.height(turn, whole.rows)[0]


def _between_nodes(height: Floats, chosen: NDArray[np.bool_]) -> _Intervals:
    """The chosen intervals between neighbouring nodes, from the heights at all nodes, shape (N, nodes)."""
    rows, columns = np.nonzero(chosen)
    return _Intervals(rows, _NODES[columns], _NODES[columns + 1], height[rows, columns], height[rows, columns + 1])


def _solve(
    function: Callable[[Floats], tuple[Floats, Floats]],
    left: Floats,
    right: Floats,
    guess: Floats,
    falling: NDArray[np.bool_],
) -> Floats:
    """Zeros of functions that change sign once from left to right, by Newton's method kept inside.

    Arguments:
        function: values and slopes of all the functions, each at its own point.
        falling: which of them go from above zero to below.
    """
    for _ in range(_NEWTON_STEPS):
        value, slope = function(guess)
        beyond = (value > 0) != falling
        right, left = np.where(beyond, guess, right), np.where(beyond, left, guess)
        step = np.divide(value, slope, out=np.full_like(value, np.inf), where=slope != 0)
        inside = (guess - step >= left) & (guess - step <= right)
        moved = np.where(inside, guess - step, (left + right) / 2)
        done = not (np.abs(moved - guess) > _ROOT_RADIANS).any()
        guess = moved
        if done:
            break
    return guess


def _highest(values: Floats, rows: Ints, n: int) -> Floats:
    """The highest value of each row, shape (n,)."""
    highest = np.full(n, -np.inf)
    np.maximum.at(highest, rows, values)
    return highest


def _log_sums(terms: Floats, rows: Ints, n: int) -> Floats:
    """Log of the sum of exp(terms) of each row, shape (n,)."""
    highest = _highest(terms, rows, n)
    return np.asarray(highest + np.log(np.bincount(rows, np.exp(terms - highest[rows]), minlength=n)))
