"""Many pictures as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Bytes = NDArray[np.uint8]

BLACK = (0, 0, 0)


def mosaic(x: Array, columns: int, gap: int = 1, ground: Sequence[int] = BLACK) -> Bytes:
    """Pictures side by side, row after row.

    Arguments:
        x: shape (N, C, H, W) with C 1 or 3: bytes, or intensities from 0 (black) to 1; what lies beyond is clipped.
        columns: pictures in a row, at least 1.
        gap: pixels between two pictures.
        ground: red, green and blue (0 to 255) of the gaps and of the places that are left in the last row.

    Returns:
        shape (height, width, 3); (0, 0, 3) of no pictures.

    Raises:
        ValueError: these are no pictures, or fewer than one column is asked for.
    """
    if x.ndim != 4 or x.shape[1] not in (1, 3) or columns < 1:
        raise ValueError(f"no mosaic of {columns} columns can be made of shape {x.shape}")
    count, channels, height, width = x.shape
    columns = min(columns, count)
    if count == 0:
        return np.zeros((0, 0, 3), np.uint8)
    rows = -(-count // columns)
    found = _filled((rows * (height + gap), columns * (width + gap)), ground)
    places = found.reshape(rows, height + gap, columns, width + gap, 3)[:, :height, :, :width].transpose(0, 2, 1, 3, 4)
    pictures, whole = as_bytes(x), count // columns
    # Plane by plane, as copying triples of bytes takes twice as long.
    for plane in range(3):
        drawn = pictures[:, plane % channels]
        places[:whole, ..., plane] = drawn[:whole * columns].reshape(whole, columns, height, width)
        if whole < rows:
            places[whole, :count - whole * columns, ..., plane] = drawn[whole * columns:]
    return found[:rows * (height + gap) - gap, :columns * (width + gap) - gap]


def as_bytes(x: Array) -> Bytes:
    """Intensities from 0 to 1 as bytes, of the same shape; bytes stay as they are, NaN becomes black."""
    if x.dtype == np.uint8:
        return x
    # Of a number and NaN, `fmax` takes the number.
    scaled = np.fmax(x, 0.0, dtype=np.float32)
    np.minimum(scaled, 1.0, out=scaled)
    scaled *= 255.0
    scaled += 0.5
    return scaled.astype(np.uint8)


def _filled(shape: tuple[int, int], ground: Sequence[int]) -> Bytes:
    found = np.empty((*shape, 3), np.uint8)
    for channel, level in enumerate(ground):
        found[..., channel] = level
    return found
