"""What a game of generator and discriminator looks like in a plane."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Array = NDArray[Any]
Floats = NDArray[np.float64]
Bounds = tuple[float, float, float, float]

OUTERMOST = 0.01
"""The grid of latent points leaves out so much of the prior on either side: a normal distribution has no end."""
_SEEN_AT_ALL = 0.04
"""Least opacity of a cell: what is stretched thin is still part of the manifold."""
_FLAT = 1e-9
"""Cells whose areas are smaller than so great a share of the largest have no extent."""
_DENSE = 0.8
"""The share of cells that are less dense than those drawn in full."""
_LONGEST, _TYPICAL, _FITS = 0.18, 0.08, (0.02, 0.14)
"""Lengths of arrows as shares of the view: of any, of most once a scale is chosen, and of most while it is kept."""
_MOST = 0.9
_DEVIATION, _SPARE = 0.15, 0.22


def latent_nodes(side: int) -> Floats:
    """Corners of side × side cells of a plane, each of which holds the same share of a standard normal.

    Returns:
        shape (side + 1, side + 1, 2), rows by the second coordinate.
    """
    ends = ndtri(np.linspace(OUTERMOST, 1 - OUTERMOST, side + 1))
    return np.stack(np.meshgrid(ends, ends), axis=-1)


def cell_areas(nodes: Floats) -> Floats:
    """Areas of the cells of a grid of corners (R, C, 2), shape (R - 1, C - 1), whichever way round they lie.

    That of a cell folded onto itself is what its two halves leave of one another.
    """
    across = nodes[1:, 1:] - nodes[:-1, :-1]
    other = nodes[1:, :-1] - nodes[:-1, 1:]
    return np.asarray(0.5 * np.abs(across[..., 0] * other[..., 1] - across[..., 1] * other[..., 0]))


def cell_opacity(nodes: Floats) -> Floats:
    """How densely the cells of a grid lie, shape (R - 1, C - 1), from nearly 0 to 1.

    All hold the same share of what is drawn, so that a small cell is a dense one. The root brings out the thin ones.
    """
    areas = cell_areas(nodes)
    largest = float(areas.max(initial=0.0))
    if largest <= 0:
        # A plane that was folded to a line has no thin cells.
        return np.ones_like(areas)
    density = 1.0 / np.maximum(areas, _FLAT * largest)
    dense = float(np.quantile(density, _DENSE))
    return np.asarray(np.clip(np.sqrt(density / dense), _SEEN_AT_ALL, 1.0))


def holding_cell(nodes: Floats, place: Floats) -> tuple[int, int] | None:
    """Row and column of the densest cell of a grid of corners (R, C, 2) that holds a place, or None."""
    if min(nodes.shape[:2]) < 2:
        return None
    corners = np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]])
    rows, columns = np.nonzero(_inside(corners - place))
    if not len(rows):
        return None
    found = int(np.argmin(cell_areas(nodes)[rows, columns]))
    return int(rows[found]), int(columns[found])


def _inside(corners: Floats) -> NDArray[np.bool_]:
    """Whether the origin lies in quadrilaterals (4, ..., 2), shape (...): an odd number of sides is to its right."""
    following = np.roll(corners, -1, axis=0)
    (ax, ay), (bx, by) = np.moveaxis(corners, -1, 0), np.moveaxis(following, -1, 0)
    crosses = (ay > 0) != (by > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        right = ax + (bx - ax) * ay / (ay - by) > 0
    return np.asarray((crosses & right).sum(axis=0) % 2 == 1)


def noise_places(z: Floats, bounds: Bounds) -> Floats:
    """Where latent points (..., 2) are drawn in a view x0, x1, y0, y1, which three deviations nearly fill; as z."""
    middle, deviations = noise_rings(bounds)
    return np.asarray(middle + z * deviations)


def noise_rings(bounds: Bounds) -> tuple[Floats, Floats]:
    """Mean and deviations along the axes of the normal distribution that latent points are drawn as, (2,) each."""
    x0, x1, y0, y1 = bounds
    return np.array([x0 + x1, y0 + y1]) / 2, _DEVIATION * np.array([x1 - x0, y1 - y0])


def arrow_scale(vectors: Floats, view: float, former: float = 0.0) -> float:
    """Length on the axes of an arrow that stands for 1.

    Arguments:
        vectors: what arrows stand for, shape (N, 2).
        view: the smaller side of the view, in units of the axes.
        former: the last scale; it is kept while arrows are to be seen and do not fill the view, so that they are seen
            to become shorter as the game comes to rest.
    """
    lengths = np.hypot(vectors[:, 0], vectors[:, 1])
    lengths = lengths[np.isfinite(lengths)]
    typical = float(np.quantile(lengths, _MOST)) if len(lengths) else 0.0
    if typical <= 0:
        return former or 1.0
    if former and typical * former <= _FITS[1] * view and typical * former >= _FITS[0] * view:
        return former
    return _TYPICAL * view / typical


def cut(vectors: Floats, longest: float) -> Floats:
    """Vectors (N, 2) of at most so great a length; longer ones keep their direction."""
    lengths = np.hypot(vectors[:, 0], vectors[:, 1])
    factors = np.minimum(1.0, longest / np.maximum(lengths, 1e-300))
    return np.asarray(vectors * factors[:, None])


def drawn_arrows(vectors: Floats, view: float, scale: float) -> Floats:
    """Arrows (N, 2) as they are drawn on the axes: to scale, unless one would go right across the view."""
    return cut(vectors * scale, _LONGEST * view)


def mistaken(verdicts: Floats, real: bool) -> NDArray[np.bool_]:
    """Which items, by their verdicts (N,) from 0 to 1, are taken for what they are not."""
    return np.asarray(verdicts < 0.5 if real else verdicts >= 0.5)


def home_view(data: Floats) -> Bounds:
    """The view x0, x1, y0, y1 of data (N, 2) and of some room around them, where made items go astray."""
    low, high = data.min(axis=0), data.max(axis=0)
    spare = _SPARE * np.where(high > low, high - low, 1.0)
    (x0, y0), (x1, y1) = low - spare, high + spare
    return float(x0), float(x1), float(y0), float(y1)
