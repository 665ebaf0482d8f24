"""What many draws of rows in time say: their middle, their bands, and how far off both are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SHARES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
"""Quantiles that are told: the median, and the ends of the middle half and of the middle 90 %."""
HALF, MOST = (1, 3), (0, 4)
"""Places of the ends of both bands among the quantiles."""


@dataclass(frozen=True)
class Bands:
    """What many draws of T rows say.

    Arguments:
        middle: mean, or the most frequent symbol, shape (T, D).
        quantiles: at `SHARES`, shape (5, T, D); NaN for symbols, which have no order.
        inside: whether the truth lies within the middle 50 and 90 %, shape (2, T, D); of symbols, whether it is among
            the most frequent ones that make up so much. False where it is not known.
    """

    middle: Floats
    quantiles: Floats
    inside: Bools


@dataclass(frozen=True)
class Errors:
    """How far from the truth.

    Arguments:
        n: values that are known, shape (D,).
        rmse: root mean squared error of the middle, data units, shape (D,); of symbols the share that is wrong. NaN
            where nothing is known.
        plain: the same of a plain guess.
        coverage: the share of values within the middle 50 and 90 %, shape (2, D).
    """

    n: NDArray[np.int64]
    rmse: Floats
    plain: Floats
    coverage: Floats


def bands(draws: Floats, truth: Floats, symbols: Sequence[bool]) -> Bands:
    """What draws say, and whether the truth fits.

    Arguments:
        draws: shape (draws, T, D), data units.
        truth: shape (T, D), NaN where it is not known.
        symbols: of each column, whether its numbers are codes.
    """
    middle, quantiles = draws.mean(axis=0), np.quantile(draws, SHARES, axis=0)
    inside = np.stack([(quantiles[low] <= truth) & (truth <= quantiles[high]) for low, high in (HALF, MOST)])
    for column in np.flatnonzero(symbols) if len(middle) else ():
        middle[:, column], inside[:, :, column] = _of_symbols(draws[:, :, column], truth[:, column])
        quantiles[:, :, column] = np.nan
    return Bands(middle, quantiles, inside)


def errors(found: Bands, truth: Floats, plain: Floats, symbols: Sequence[bool]) -> Errors:
    """How far bands, and a plain guess of shape (T, D), are from the truth."""
    known = np.isfinite(truth)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Only bands of what is known count; the shares of none are NaN.
        coverage = (found.inside & known).sum(axis=1) / n
    return Errors(n, _error(found.middle, truth, symbols), _error(plain, truth, symbols), coverage)


def _error(guess: Floats, truth: Floats, symbols: Sequence[bool]) -> Floats:
    known = np.isfinite(truth) & np.isfinite(guess)
    off = np.where(known, guess - truth, 0.0)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        wrong, squares = (off != 0).sum(axis=0) / n, (off**2).sum(axis=0) / n
    return np.asarray(np.where(symbols, wrong, np.sqrt(squares)))


def _of_symbols(codes: Floats, truth: Floats) -> tuple[Floats, Bools]:
    """The most frequent code of each of T places, and whether the truth is among those that make up 50 and 90 %."""
    known = np.unique(codes)
    shares = np.stack([(codes == code).mean(axis=0) for code in known])
    own = np.where(known[:, None] == truth, shares, 0.0).sum(axis=0)
    # What is more frequent than the truth must not make up the share already.
    before = np.where(shares > own, shares, 0.0).sum(axis=0)
    # Shares are sums of fractions, which are not exact.
    inside = np.stack([(before < share - 1e-9) & (own > 0) for share in (0.5, 0.9)])
    return known[shares.argmax(axis=0)], inside
