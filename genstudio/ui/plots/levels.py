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
IMPOSSIBLE_NATS = 1e3
"""Stands for an infinite log-ratio, as what is not finite would count as unknown."""
# Nats between which the colours of errors can lie.
_LIMITS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_FITS = 0.3


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


def contour_lines(
    xs: Floats, ys: Floats, z: Floats, levels: Sequence[float], holes: bool = False
) -> tuple[Floats, Floats]:
    """All lines of all levels as one path, with NaN between pieces.

    Arguments:
        xs, ys: cell centres, shapes (columns,) and (rows,).
        z: values, shape (rows, columns); NaN counts as lower than every level.
        holes: lines end at NaN instead, which then counts as nothing.

    Returns:
        x and y of the path, shape (P,) each.
    """
    if not levels or min(z.shape) < 2:
        return np.empty(0), np.empty(0)
    lowest = np.nanmin(z) if np.isfinite(z).any() else 0.0
    filled = np.where(np.isnan(z), min(lowest, *levels) - 1.0, z)
    masked = np.ma.masked_array(filled, np.isnan(z) if holes else np.ma.nomask)
    generator = contourpy.contour_generator(xs, ys, masked, line_type=contourpy.LineType.ChunkCombinedNan)
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


def symmetric_limit(typical: float, former: float = 0.0) -> float:
    """How far from zero, both ways, the colours of errors should reach: a round number, twice the typical error.

    Arguments:
        former: the last limit; it is kept while it still fits, so that colours mean the same for a while.
    """
    wanted = 2 * typical
    if former and _FITS * former <= wanted <= former:
        return former
    return next((limit for limit in _LIMITS if wanted <= limit), _LIMITS[-1])


def diverging_picture(errors: Floats, limit: float, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colours of errors, shape (rows, columns, 4), from a table of colours, the middle of which stands for zero.

    Arguments:
        errors: shape (rows, columns); what is beyond the limit has its colour, and NaN none at all.
    """
    known = ~np.isnan(errors)
    share = np.clip(np.where(known, errors, 0.0) / limit, -1.0, 1.0)
    picture = table[np.rint((share + 1) / 2 * (len(table) - 1)).astype(np.int64)]
    picture[..., 3] = np.where(known, 255, 0)
    return picture


def cell_rectangle(xs: Floats, ys: Floats) -> tuple[float, float, float, float]:
    """x, y, width and height of all cells together, of their centres."""
    wide, high = float(xs[1] - xs[0]), float(ys[1] - ys[0])
    return xs[0] - wide / 2, ys[0] - high / 2, wide * len(xs), high * len(ys)
