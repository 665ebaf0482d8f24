"""Integrals of a density along one coordinate, for models that have no formula for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LogProb = Callable[[Floats], Floats]

_NEAR, _FAR = 5.0, 15.0
_COARSE = np.unique(np.concatenate([np.linspace(-_FAR, _FAR, 61), np.linspace(-_NEAR, _NEAR, 201)]))
"""Where a slice is looked at first, deviations: closely where nearly all data are."""
_FINE = 1536
_NOTHING = -30.0
"""Where the density is smaller than the slice's largest by so many nats, there is nothing to integrate."""
_ROWS = 16


def surprises(log_prob: LogProb, x: Floats) -> Floats:
    """log p(all other coordinates) - log p(x), shape (N, D), nats: how surprising each is given the others.

    Arguments:
        log_prob: log-density of points (M, D), whose coordinates have mean 0 and deviation 1.
        x: points, shape (N, D).
    """
    own = log_prob(x)
    if x.shape[1] == 1:
        return -own[:, None]
    found = np.empty(x.shape)
    for start in range(0, len(x), _ROWS):
        part = slice(start, start + _ROWS)
        for column in range(x.shape[1]):
            found[part, column] = _log_integral(log_prob, x[part], column) - own[part]
    return found


def _log_integral(log_prob: LogProb, x: Floats, column: int) -> Floats:
    """log ∫ p(x) dx_column, shape (N,): by trapezoids, where a first look found the density not to be nothing."""
    coarse = np.sort(np.concatenate([np.tile(_COARSE, (len(x), 1)), x[:, column, None]], axis=1), axis=1)
    seen = _along(log_prob, x, column, coarse)
    something = seen > seen.max(axis=1, keepdims=True) + _NOTHING
    last = coarse.shape[1] - 1
    first_seen = np.maximum(something.argmax(axis=1) - 1, 0)
    last_seen = np.minimum(last - something[:, ::-1].argmax(axis=1) + 1, last)
    rows = np.arange(len(x))
    fine = np.linspace(coarse[rows, first_seen], coarse[rows, last_seen], _FINE, axis=1)
    values = _along(log_prob, x, column, fine)
    most = values.max(axis=1, keepdims=True)
    integral: Floats = most[:, 0] + np.log(np.trapezoid(np.exp(values - most), fine, axis=1))
    return integral


def _along(log_prob: LogProb, x: Floats, column: int, places: Floats) -> Floats:
    """Log-density of each point, shape (N, P), with one coordinate at each of its places."""
    points = np.repeat(x[:, None], places.shape[1], axis=1)
    points[:, :, column] = places
    return log_prob(points.reshape(-1, x.shape[1])).reshape(places.shape)
