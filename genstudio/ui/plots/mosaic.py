"""A matrix of column pairs as one picture. No Qt here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BINS = 24
_GAP = 2


def draw_mosaic(values: Floats, colours: Floats, ground: Floats, cell: int, dot: int) -> NDArray[np.uint8]:
    """Every column against every other; histograms on the diagonal.

    Arguments:
        values: shape (N, D), finite.
        colours: of each point, 0 to 255, shape (N, 3).
        ground: colour of the ground, shape (3,).
        cell: pixels along the side of one cell.
        dot: pixels along the side of a drawn point.

    Returns:
        a picture of shape (D · cell, D · cell, 3); row i and column j show column i over column j.
    """
    width = values.shape[1]
    picture = np.broadcast_to(ground, (width * cell, width * cell, 3)).astype(np.uint8)
    shares = _shares(values)
    for row in range(width):
        for across in range(row):
            drawn = _pair(shares[:, [across, row]], colours, ground, cell - _GAP, dot)
            # Pictures grow downwards, axes upwards.
            _paste(picture, drawn[::-1], row, across, cell)
            _paste(picture, drawn.transpose(1, 0, 2)[::-1], across, row, cell)
        _paste(picture, _histogram(shares[:, row], colours, ground, cell - _GAP), row, row, cell)
    return picture


def _shares(values: Floats) -> NDArray[np.float32]:
    """Each column spread over [0.04, 0.96], so that no point sits on the frame."""
    low, high = values.min(axis=0), values.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    return np.asarray(0.04 + 0.92 * (values - low) / span, dtype=np.float32)


def _pair(shares: NDArray[np.float32], colours: Floats, ground: Floats, side: int, dot: int) -> Floats:
    cells = max(4, side // dot)
    place = (shares * cells).astype(np.int32)
    flat = place[:, 1] * cells + place[:, 0]
    count = np.bincount(flat, minlength=cells * cells).astype(np.float64)
    mean = [np.bincount(flat, c, cells * cells) / np.maximum(count, 1) for c in colours.T]
    # One point is well seen already; more make it stronger, slowly.
    strength = np.where(count > 0, 0.45 + 0.55 * np.log1p(count) / np.log1p(max(float(count.max()), 2.0)), 0.0)
    small = ground + strength[:, None] * (np.column_stack(mean) - ground)
    places = np.arange(side) * cells // side
    return np.asarray(small.reshape(cells, cells, 3)[places][:, places])


def _histogram(shares: NDArray[np.float32], colours: Floats, ground: Floats, side: int) -> Floats:
    place = (shares * _BINS).astype(np.int32)
    count = np.bincount(place, minlength=_BINS)
    height = 0.92 * side * count / max(int(count.max()), 1)
    columns = np.arange(side) * _BINS // side
    filled = np.arange(side)[::-1, None] < height[columns][None, :]
    # Each bar takes the mean colour of its points: classes that part show it here as well.
    mean = np.column_stack([np.bincount(place, c, _BINS) for c in colours.T]) / np.maximum(count, 1)[:, None]
    return np.where(filled[:, :, None], ground + 0.7 * (mean[columns] - ground), ground)


def _paste(picture: NDArray[np.uint8], drawn: Floats, row: int, across: int, cell: int) -> None:
    top, left = row * cell, across * cell
    picture[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn

