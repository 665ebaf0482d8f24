"""Contour levels and lines of a density on a grid. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence

import contourpy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Shares of the probability that the lines enclose.
MASSES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.96, 0.99)
FEW_MASSES = (0.2, 0.5, 0.8, 0.95)
# Nats below the peak under which nothing is drawn.
_DEEPEST = 60.0


def enclosing_levels(log_density: Floats, masses: Sequence[float] = MASSES) -> list[float]:
    """Log-densities whose contours enclose given shares of the probability that the grid holds.

    Arguments:
        log_density: nats, shape (rows, columns); NaN where the density is zero.
        masses: shares in (0, 1).

    Returns:
        levels, rising; fewer where some coincide, none where the density is flat or empty.
    """
    known = log_density[np.isfinite(log_density)]
    if known.size == 0 or known.max() - known.min() < 1e-9:
        return []
    ordered = np.sort(known)[::-1]
    mass = np.cumsum(np.exp(ordered - ordered[0]))
    places = np.searchsorted(mass, np.asarray(masses) * mass[-1]).clip(max=len(ordered) - 1)
    found = np.unique(ordered[places])
    return [float(level) for level in found if level > ordered[0] - _DEEPEST]


def contour_lines(xs: Floats, ys: Floats, z: Floats, levels: Sequence[float]) -> tuple[Floats, Floats]:
    """All lines of all levels as one path, with NaN between pieces.

    Arguments:
        xs, ys: cell centres, shapes (columns,) and (rows,).
        z: values, shape (rows, columns); NaN counts as lower than every level.

    Returns:
        x and y of the path, shape (P,) each.
    """
    if not levels or min(z.shape) < 2:
        return np.empty(0), np.empty(0)
    lowest = np.nanmin(z) if np.isfinite(z).any() else 0.0
    filled = np.where(np.isnan(z), min(lowest, *levels) - 1.0, z)
    generator = contourpy.contour_generator(xs, ys, filled, line_type=contourpy.LineType.ChunkCombinedNan)
    pieces = [chunk for level in levels for chunk in generator.lines(level)[0] if chunk is not None]
    if not pieces:
        return np.empty(0), np.empty(0)
    gap = np.full((1, 2), np.nan)
    path = np.concatenate([part for piece in pieces for part in (piece, gap)])
    return path[:, 0], path[:, 1]


def shades(log_density: Floats) -> NDArray[np.float32]:
    """Brightness of a density for a heat map, 0 to 1, shape (rows, columns).

    The square root of the density relative to its peak: tails stay visible, the order is kept.
    """
    if not np.isfinite(log_density).any():
        return np.zeros(log_density.shape, np.float32)
    relative = np.nan_to_num(log_density - np.nanmax(log_density), nan=-np.inf)
    return np.exp(0.5 * relative).astype(np.float32)
