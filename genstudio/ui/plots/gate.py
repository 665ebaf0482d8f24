"""The one gate before every plot: float64 and finite, or an error in words. No Qt here.

Drawing strings, objects or dates crashes the plotting library, and infinities break its axes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genstudio.errors import DataError

Floats = NDArray[np.float64]

# Screen transforms square and divide coordinates; beyond this they overflow.
_LARGEST = 1e100


def column(values: ArrayLike, name: str) -> Floats:
    """One-dimensional numbers; NaN stands where a number cannot be drawn.

    Raises:
        DataError: the values are no real numbers, or not one-dimensional.
    """
    found = _real(values, name)
    if found.ndim != 1:
        raise DataError(f"`{name}` has {found.ndim} dimensions and cannot be drawn as one column.")
    return np.where(np.abs(found) <= _LARGEST, found, np.nan)


def columns(x: ArrayLike, y: ArrayLike, name: str) -> tuple[Floats, Floats]:
    """Two columns of one length without the rows that cannot be drawn.

    Raises:
        DataError: the values are no real numbers, or differ in length.
    """
    first, second = column(x, f"{name}, x"), column(y, f"{name}, y")
    if len(first) != len(second):
        raise DataError(f"`{name}` has {len(first)} values along x but {len(second)} along y.")
    good = ~(np.isnan(first) | np.isnan(second))
    return first[good], second[good]


def points(values: ArrayLike, name: str, width: int | None = 2) -> tuple[Floats, NDArray[np.bool_]]:
    """Points that can be drawn, and which rows they were.

    Arguments:
        values: shape (N, D).
        width: the D that is wanted; None: any.

    Returns:
        the drawable points, shape (M, D), and a mask, shape (N,).

    Raises:
        DataError: the values are no real numbers, or have another shape.
    """
    found = _real(values, name)
    if found.ndim != 2 or (width is not None and found.shape[1] != width):
        raise DataError(f"`{name}` has the shape {found.shape} and cannot be drawn as points.")
    good = np.asarray((np.abs(found) <= _LARGEST).all(axis=1))
    return found[good], good


def grid(values: ArrayLike, shape: tuple[int, int], name: str) -> Floats:
    """Numbers over a grid; -inf (a density of zero) becomes NaN.

    Raises:
        DataError: the values are no real numbers, or have another shape.
    """
    found = _real(values, name)
    if found.shape != shape:
        raise DataError(f"`{name}` has the shape {found.shape} instead of {shape}.")
    return np.where(np.abs(found) <= _LARGEST, found, np.nan)


def _real(values: ArrayLike, name: str) -> Floats:
    found = np.asarray(values)
    if found.dtype.kind not in "biuf":
        raise DataError(f"`{name}` holds {found.dtype}, not real numbers.", "Choose a column of numbers.")
    return np.asarray(found, dtype=np.float64)
