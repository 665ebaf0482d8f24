"""Many points as few pixels: thinning and counting. No Qt here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bounds = tuple[float, float, float, float]

SCATTER_LIMIT = 5_000
BINNED_ABOVE = 50_000
# So many are counted within a frame, and give the same picture as all.
COUNTED_AT_MOST = 500_000


def thinned(count: int, limit: int) -> slice:
    """Every k-th row, so that at most `limit` are left."""
    return slice(None, None, max(1, -(-count // limit)))


def cell_centres(bounds: Bounds, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Where the cells of a grid stand that fills a view (x0, x1, y0, y1), of its rows and columns: along x, along y."""
    rows, columns = shape
    x0, x1, y0, y1 = bounds
    return x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns, y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows


def inside(x: Floats, bounds: Bounds) -> NDArray[np.bool_]:
    """Which points lie in a view (x0, x1, y0, y1), shape (N,)."""
    x0, x1, y0, y1 = bounds
    return (x[:, 0] >= x0) & (x[:, 0] <= x1) & (x[:, 1] >= y0) & (x[:, 1] <= y1)


def counts(x: NDArray[np.float32], bounds: Bounds, shape: tuple[int, int]) -> NDArray[np.int64]:
    """How many points lie in each cell of a view.

    Arguments:
        x: points, shape (N, 2); float32 halves the time.
        bounds: the view: x0, x1, y0, y1.
        shape: rows (y) and columns (x) of cells.

    Returns:
        counts, shape `shape`.
    """
    rows, width = shape
    x0, x1, y0, y1 = bounds
    along = (x[:, 0] - np.float32(x0)) * np.float32(width / (x1 - x0))
    up = (x[:, 1] - np.float32(y0)) * np.float32(rows / (y1 - y0))
    good = (along >= 0) & (along < width) & (up >= 0) & (up < rows)
    cells = up[good].astype(np.int32) * width + along[good].astype(np.int32)
    return np.bincount(cells, minlength=rows * width).reshape(rows, width)


def extent(x: Floats, margin: float = 0.05) -> Bounds | None:
    """The view that holds all points with some margin; None without points."""
    if len(x) == 0:
        return None
    low, high = x.min(axis=0), x.max(axis=0)
    spare = margin * np.where(high > low, high - low, np.maximum(np.abs(low), 1.0))
    (x0, y0), (x1, y1) = low - spare, high + spare
    return float(x0), float(x1), float(y0), float(y1)


def unite(first: Bounds | None, second: Bounds | None) -> Bounds | None:
    """The smallest view that holds both."""
    if first is None or second is None:
        return second if first is None else first
    return (
        min(first[0], second[0]), max(first[1], second[1]), min(first[2], second[2]), max(first[3], second[3]),
    )
