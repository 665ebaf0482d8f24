"""What if? One column given others: its density, its middle, and draws of it; all in data units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

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
HALVINGS = 60
_CHUNK = 4096


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
    z = _places(mixture)
    x = _to_data(fitted, asked, z)
    log_det = fitted.preparation.part([asked]).log_det(x[:, None])
    quantiles = _to_data(fitted, asked, _quantiles(mixture, SHARES))
    return Conditional(x, np.exp(_log_prob(mixture, z) + log_det), _mean(fitted, asked, mixture), quantiles)


def _places(mixture: tuple[Floats, Floats, Floats]) -> Floats:
    """Where to draw the density: evenly, and closely where heavy components are narrow."""
    weights, means, deviations = mixture
    low, high = _quantiles(mixture, np.array([TAIL, 1 - TAIL]))
    heavy = np.argsort(-weights)[:NARROW]
    close = means[heavy, None] + deviations[heavy, None] * np.linspace(-3.0, 3.0, AROUND)
    return np.unique(np.clip(np.concatenate([np.linspace(low, high, POINTS), close.ravel()]), low, high))


def _quantiles(mixture: tuple[Floats, Floats, Floats], shares: Floats) -> Floats:
    """By halving, which no gap between components misleads."""
    weights, means, deviations = mixture
    low = np.full(len(shares), float((means - 9 * deviations).min()))
    high = np.full(len(shares), float((means + 9 * deviations).max()))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = ndtr((middle[:, None] - means) / deviations) @ weights < shares
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)


def _log_prob(mixture: tuple[Floats, Floats, Floats], z: Floats) -> Floats:
    weights, means, deviations = mixture
    total = np.full(len(z), -np.inf)
    with np.errstate(divide="ignore"):
        heights = np.log(weights) - np.log(deviations) - 0.5 * np.log(2 * np.pi)
    for first in range(0, len(weights), _CHUNK):
        part = slice(first, first + _CHUNK)
        squares = ((z[:, None] - means[part]) / deviations[part]) ** 2
        total = np.logaddexp(total, logsumexp(heights[part] - 0.5 * squares, axis=1))
    return total


def _mean(fitted: Fitted, asked: int, mixture: tuple[Floats, Floats, Floats]) -> float:
    """By Gauss and Hermite's rule for each component: exact where the scaling is affine."""
    weights, means, deviations = mixture
    nodes, shares = np.polynomial.hermite_e.hermegauss(32)
    x = _to_data(fitted, asked, (means[:, None] + deviations[:, None] * nodes).ravel()).reshape(len(means), -1)
    return float(weights @ (x @ (shares / shares.sum())))


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
