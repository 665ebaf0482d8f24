"""Pictures of 256 intensities as points of a continuous space, and back; and pictures as coarse and fine parts.

References:
    Theis, van den Oord, Bethge (2016): A note on the evaluation of generative models (on dequantization).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

LEVELS = 256
"""Intensities that a pixel can have."""
CELL = -math.log(LEVELS)
"""What turns the log-density of a dequantized pixel into the log-probability of its intensity, nats."""
FINE_OFFSETS = ((1, 1), (0, 1), (1, 0))
"""Where the fine pixels of every 2 × 2 lie, down and right of the coarse one, in the order in which they are told."""
_INSIDE = 1.0 - 2.0**-16
"""Noise is shortened by so little that rounding never carries a pixel into the next cell."""


def dequantized(levels: Tensor, noise: Tensor) -> Tensor:
    """Points in [0, 1), each anywhere in the cell of width 1/256 that stands for its intensity.

    Arguments:
        levels: 0 to 255, any number type, shape (N, C, H, W).
        noise: uniform between 0 and 1, same shape.
    """
    return (levels + _INSIDE * noise) / LEVELS


def levels_of(v: Tensor) -> Tensor:
    """The intensities, 0 to 255, int64, in whose cells points lie."""
    return (v * LEVELS).floor().long().clamp(0, LEVELS - 1)


def squeezed(x: Tensor) -> Tensor:
    """Every 2 × 2 pixels as one of four times the channels, shape (N, 4 C, H / 2, W / 2), zeros beyond odd sides.

    The first C channels are the picture at half the size; then come the pixels diagonally below theirs, those to
    the right, and those below.
    """
    x = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2))
    return torch.cat([x[:, :, i::2, j::2] for i, j in ((0, 0), *FINE_OFFSETS)], 1)


def unsqueezed(y: Tensor, height: int, width: int) -> Tensor:
    """The picture (N, C, height, width) that `squeezed` made y (N, 4 C, …) of."""
    here, diagonal, right, below = y.chunk(4, 1)
    rows = torch.stack([torch.stack([here, right], -1).flatten(-2), torch.stack([below, diagonal], -1).flatten(-2)], 3)
    return rows.flatten(2, 3)[:, :, :height, :width]


def halvings(height: int, width: int) -> list[tuple[int, int]]:
    """The sizes of a picture as it is halved until one pixel is left, the whole size first, (1, 1) left out."""
    sizes = []
    while max(height, width) > 1:
        sizes.append((height, width))
        height, width = -(-height // 2), -(-width // 2)
    return sizes
