"""What if? One column given others: its density, its middle, and draws of it; all in data units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from genstudio.applications.line_integral import Line, integrated
from genstudio.errors import DataError
from genstudio.models.capabilities import Conditionals
from genstudio.models.fitted import Fitted

Floats = NDArray[np.float64]

SHARES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
"""Quantiles that are told: the median, and the ends of the middle half and of the middle 90 %."""
TAIL = 1e-5
POINTS = 256
NARROW, AROUND = 24, 13
"""So many components get points of their own, as they may be narrower than an even step; and how many points."""
GRID, ROUNDS = 129, 14
HERMITE, HERMITE_WEIGHTS = np.polynomial.hermite_e.hermegauss(32)
_CHUNK = 4096
Mixture = tuple[Floats, Floats, Floats]
"""Weights, means and deviations of Gaussians, each shape (K,)."""


@dataclass(frozen=True)
class Query:
    """What is given, and what is asked.

    Arguments:
        columns: what is given; none asks for the marginal.
        values: of those, shape (len(columns),), data units.
        asked: another column.
        known: values that the asked column has, shape (N,), data units: a slice is looked for near them.
    """

    columns: Sequence[int]
    values: Floats
    asked: int
    known: Floats


@dataclass(frozen=True)
class Conditional:
    """The density of one column given others.

    Arguments:
        x: rising, shape (G,), closest where the density changes most.
        density: shape (G,); its area is 1.
        quantiles: at `SHARES`.
        error: how far the area may be from 1, relatively; 0 where the density is exact.
        evaluations: so many values of the joint density stand behind it; 0 where it is exact.
    """

    x: Floats
    density: Floats
    mean: float
    quantiles: Floats
    error: float = 0.0
    evaluations: int = 0


def conditional(fitted: Fitted, query: Query) -> Conditional:
    """The density of a column given others.

    Models that are `Conditionals` answer exactly, and integrate out the columns that are neither given nor asked.
    Of others a slice of the joint density is normalised, for which all other columns must be given.

    Raises:
        DataError: a slice of a model needs more columns to be given, or there is no density at all along it.
        TrainingError: the model knows no density.
    """
    if fitted.can(Conditionals):
        return _of_mixture(fitted, query)
    line = _slice(fitted, query)
    return Conditional(line.x, line.density, line.mean, line.quantiles(SHARES), line.error, line.evaluations)


def draw(fitted: Fitted, query: Query, n: int, seed: int) -> Floats:
    """n draws of a column given others, shape (n,), data units; errors as of `conditional`."""
    rng = np.random.default_rng(seed)
    if not fitted.can(Conditionals):
        return _slice(fitted, query).quantiles(rng.uniform(size=n))
    weights, means, deviations = fitted.conditional(query.columns, query.values, query.asked)
    component = rng.choice(len(weights), size=n, p=weights)
    z = means[component] + deviations[component] * rng.standard_normal(n)
    return _to_data(fitted, query.asked, z)


# A mixture of Gaussians.


def _of_mixture(fitted: Fitted, query: Query) -> Conditional:
    asked, mixture = query.asked, fitted.conditional(query.columns, query.values, query.asked)
    found = _quantiles(mixture, np.concatenate([[TAIL], SHARES, [1 - TAIL]]))
    z = _places(mixture, found[0], found[-1])
    x = _to_data(fitted, asked, z)
    # Between the tails no density is so small that its logarithm would be needed.
    density = _prob(mixture, z) * np.exp(fitted.preparation.part([asked]).log_det(x[:, None]))
    return Conditional(x, density, _mean(fitted, asked, mixture), _to_data(fitted, asked, found[1:-1]))


def _places(mixture: Mixture, low: float, high: float) -> Floats:
    """Where to draw the density: evenly, and closely where heavy components are narrow."""
    weights, means, deviations = mixture
    even = np.linspace(low, high, POINTS)
    heavy = np.argsort(-weights)[:NARROW]
    heavy = heavy[deviations[heavy] < 2 * (even[1] - even[0])]
    close = means[heavy, None] + deviations[heavy, None] * np.linspace(-3.0, 3.0, AROUND)
    return np.unique(np.clip(np.concatenate([even, close.ravel()]), low, high))


def _quantiles(mixture: Mixture, shares: Floats) -> Floats:
    """Looked for on a grid, then by the Illinois method, whose brackets no gap between components misleads.

    References:
        Dowell, Jarratt (1971): A modified regula falsi method for computing the root of an equation.
    """
    _, means, deviations = mixture
    ends = float((means - 9 * deviations).min()), float((means + 9 * deviations).max())
    grid = np.linspace(*ends, GRID)
    below = _below(mixture, grid)
    place = np.clip(np.searchsorted(below, shares), 1, GRID - 1)
    low, high = grid[place - 1], grid[place]
    under, over = below[place - 1] - shares, below[place] - shares
    side = np.zeros(len(shares))
    for _ in range(ROUNDS):
        share = np.divide(-under, over - under, out=np.full(len(shares), 0.5), where=over > under)
        middle = low + share * (high - low)
        off = _below(mixture, middle) - shares
        left = off < 0
        # An end that stays for a second time counts half, so that it will not stay for long.
        over = np.where(left, np.where(side < 0, over / 2, over), off)
        under = np.where(left, off, np.where(side > 0, under / 2, under))
        low, high, side = np.where(left, middle, low), np.where(left, high, middle), np.where(left, -1, 1)
    return np.asarray(np.where(np.abs(off) < np.abs(np.where(left, over, under)), middle, (low + high) / 2))


def _below(mixture: Mixture, z: Floats) -> Floats:
    """How much of the mass lies below places, shape (N,)."""
    weights, means, deviations = mixture
    return _in_parts(mixture, lambda part: ndtr((z[:, None] - means[part]) / deviations[part]) @ weights[part])


def _prob(mixture: Mixture, z: Floats) -> Floats:
    weights, means, deviations = mixture
    heights = weights / deviations / np.sqrt(2 * np.pi)

    def density(part: slice) -> Floats:
        found: Floats = np.exp(-0.5 * ((z[:, None] - means[part]) / deviations[part]) ** 2) @ heights[part]
        return found

    return _in_parts(mixture, density)


def _in_parts(mixture: Mixture, summed: Callable[[slice], Floats]) -> Floats:
    """A sum over components, some thousand of them at a time."""
    return np.asarray(sum(summed(slice(first, first + _CHUNK)) for first in range(0, len(mixture[0]), _CHUNK)))


def _mean(fitted: Fitted, asked: int, mixture: Mixture) -> float:
    """By Gauss and Hermite's rule for each component: exact where the scaling is affine."""
    weights, means, deviations = mixture
    x = _to_data(fitted, asked, (means[:, None] + deviations[:, None] * HERMITE).ravel()).reshape(len(means), -1)
    return float(weights @ (x @ (HERMITE_WEIGHTS / HERMITE_WEIGHTS.sum())))


def _to_data(fitted: Fitted, asked: int, z: Floats) -> Floats:
    return np.asarray(fitted.preparation.part([asked]).to_data(z[:, None])[:, 0])


# A slice.


def _slice(fitted: Fitted, query: Query) -> Line:
    names = fitted.preparation.names
    loose = [name for place, name in enumerate(names) if place not in (query.asked, *query.columns)]
    if loose:
        raise DataError(
            f"{fitted.model.info.title} cannot integrate columns out, so that all others must be fixed.",
            f"Fix {', '.join(loose[:5])}{' …' if len(loose) > 5 else ''}, too.",
        )
    row = np.zeros(len(names))
    row[list(query.columns)] = query.values

    def log_prob(x: Floats) -> Floats:
        points = np.tile(row, (len(x), 1))
        points[:, query.asked] = x
        return fitted.log_prob(points)

    return integrated(log_prob, query.known)
