"""Integrals by deterministic quadrature, on a line and over a plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ORDER = 6
_DEEPEST = 8
_LOWEST = -700.0
_CELLS_AT_ONCE = 4096
# In sizes of a feature: how near a cell must come to be held to it, and how large it may then be.
_NEAR = 4.0
_WIDEST = 6.0


@dataclass(frozen=True)
class Scales:
    """Where a function on the plane has features, and how small they are.

    Arguments:
        places: shape (K, 2).
        sizes: length over which the function varies at each place, shape (K,).
    """

    places: Floats
    sizes: Floats

    def thinned(self) -> Scales:
        """One place out of those that a cell sized for them cannot tell apart."""
        squares = np.column_stack([np.floor(self.places / (_NEAR * self.sizes[:, None])), self.sizes])
        _, kept = np.unique(squares, axis=0, return_index=True)
        return Scales(self.places[kept], self.sizes[kept])


@dataclass(frozen=True)
class _Cells:
    """Rectangles: centres and half widths, each shape (N, 2)."""

    centres: Floats
    halves: Floats

    def take(self, chosen: NDArray[np.bool_]) -> _Cells:
        return _Cells(self.centres[chosen], self.halves[chosen])

    def join(self, other: _Cells) -> _Cells:
        return _Cells(
            np.concatenate([self.centres, other.centres]), np.concatenate([self.halves, other.halves])
        )

    def quarters(self) -> _Cells:
        """Four cells for each, next to one another in order."""
        signs = np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)])
        halves = np.repeat(self.halves / 2, 4, axis=0)
        return _Cells(np.repeat(self.centres, 4, axis=0) + np.tile(signs, (len(self.centres), 1)) * halves, halves)


def panels(edges: Floats, order: int = 16) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on intervals that join.

    Arguments:
        edges: ends of the intervals, increasing, shape (M + 1,).
        order: nodes in each interval.

    Returns:
        Nodes and weights, each shape (M * order,).
    """
    nodes, weights = np.polynomial.legendre.leggauss(order)
    middles, halves = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    return (middles[:, None] + np.outer(halves, nodes)).ravel(), np.outer(halves, weights).ravel()


def surprise(log_prob: Floats) -> Floats:
    """-p log p from log p, zero where p is: the integrand of entropy, nats."""
    # Clipped, as zero times minus infinity is no number.
    clipped = np.maximum(log_prob, _LOWEST)
    return -np.exp(clipped) * clipped


def integrate_plane(
    function: Callable[[Floats], Floats], x_edges: Floats, y_edges: Floats, scales: Scales, tolerance: float = 1e-9
) -> float:
    """The integral of a function over a rectangle, by cells halved where it varies.

    Arguments:
        function: values, shape (N,), of points, shape (N, 2).
        x_edges, y_edges: where cells start and end at first; lines along which the function
            jumps belong among them.
        scales: features that the first cells might step over.
        tolerance: change on halving a cell, absolute, below which it is halved no more.
    """
    cells = _resolved(_grid(x_edges, y_edges), scales.thinned())
    values, total = _rule(function, cells), 0.0
    for _ in range(_DEEPEST):
        quarters = cells.quarters()
        finer = _rule(function, quarters)
        sums = finer.reshape(-1, 4).sum(axis=1)
        rough = np.abs(sums - values) > tolerance
        total += float(sums[~rough].sum())
        left = np.repeat(rough, 4)
        cells, values = quarters.take(left), finer[left]
        if not left.any():
            break
    return total + float(values.sum())


def _grid(x_edges: Floats, y_edges: Floats) -> _Cells:
    middles = [(edges[1:] + edges[:-1]) / 2 for edges in (x_edges, y_edges)]
    halves = [np.diff(edges) / 2 for edges in (x_edges, y_edges)]
    mesh = [np.stack(np.meshgrid(*part, indexing="ij"), axis=-1).reshape(-1, 2) for part in (middles, halves)]
    return _Cells(*mesh)


def _resolved(cells: _Cells, scales: Scales) -> _Cells:
    """Cells halved until none is much larger than a feature it holds."""
    done = cells.take(np.zeros(len(cells.centres), dtype=bool))
    while len(cells.centres):
        coarse = _coarse(cells, scales)
        done = done.join(cells.take(~coarse))
        cells = cells.take(coarse).quarters()
    return done


def _coarse(cells: _Cells, scales: Scales) -> NDArray[np.bool_]:
    found = np.zeros(len(cells.centres), dtype=bool)
    largest = 2 * cells.halves.max(axis=1)
    for place, size in zip(scales.places, scales.sizes, strict=True):
        near = (np.abs(cells.centres - place) < cells.halves + _NEAR * size).all(axis=1)
        found |= near & (largest > _WIDEST * size)
    return found


def _rule(function: Callable[[Floats], Floats], cells: _Cells) -> Floats:
    """The tensor Gauss-Legendre rule in each cell, shape (N,)."""
    nodes, weights = np.polynomial.legendre.leggauss(_ORDER)
    offsets = np.stack(np.meshgrid(nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 2)
    sums = np.empty(len(cells.centres))
    for start in range(0, len(sums), _CELLS_AT_ONCE):
        part = slice(start, start + _CELLS_AT_ONCE)
        points = cells.centres[part, None] + cells.halves[part, None] * offsets
        values = function(points.reshape(-1, 2)).reshape(len(points), len(offsets))
        sums[part] = values @ np.outer(weights, weights).ravel()
    return np.asarray(sums * cells.halves.prod(axis=1))
