"""The modified Bessel function that noise round a circle leads to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# From here on the asymptotic series reaches double precision with the terms taken.
_LARGE = 30.0
_TERMS = 14


def log_i0e(x: Floats) -> Floats:
    """log(exp(-x) I0(x)), right to about 1e-14, for x ≥ 0 of any size and shape.

    References:
        M. Abramowitz, I. Stegun, 1964, Handbook of Mathematical Functions, 9.7.1.
    """
    large = x > _LARGE
    small = np.minimum(x, _LARGE) if not large.all() else np.zeros(1)
    inverse = 1 / np.maximum(x, _LARGE)
    series = np.log(_asymptotic(inverse)) + np.log(inverse / (2 * np.pi)) / 2
    return np.where(large, series, np.log(np.i0(small)) - small)


def _asymptotic(inverse: Floats) -> Floats:
    """1 + 1² / (8x) + 1² 3² / (2! (8x)²) + …, by Horner's scheme."""
    total = np.ones_like(inverse)
    for k in range(_TERMS, 0, -1):
        total = 1 + total * inverse * (2 * k - 1) ** 2 / (8 * k)
    return total
