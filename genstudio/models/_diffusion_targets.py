"""What a velocity field is held against: the way of one item, or the mean of all ways through a place."""

from __future__ import annotations

import torch
from torch import Tensor

NEAREST = 1e-4
"""Times nearer to the data than this are taken for it, as what is left of the way is divided by."""


def mean_ways(x: Tensor, noise: Tensor, time: Tensor, allowed: Tensor | None) -> Tensor:
    """Velocities (N, D) that are expected where each row is now, were the data the rows of this batch alone.

    That is what the field descends to anyway, but with less noise in it than in the way of one row; where no other row
    may have come to a place, it is that way.

    References:
        Xu, Tong, Jaakkola (2023): Stable target field for reduced variance score estimation in diffusion models.

    Arguments:
        x, noise: rows and the noise that they come from, (N, D), standard units.
        time: where on its way each is, (N,).
        allowed: which rows may have come to the place of each, (N, N), itself among them; None for all.
    """
    t = time[:, None]
    left = (1 - t).clamp(min=NEAREST)
    place, pull = noise + t / left * x, t / left
    # Of normals round t x_j with deviation 1 - t; what is the same for every j cancels.
    logits = pull * (place @ x.T) - 0.5 * pull**2 * x.square().sum(1)
    if allowed is not None:
        logits = logits.masked_fill(~allowed, -torch.inf)
    return x - noise + (logits.softmax(1) @ x - x) / left


def same_class(given: Tensor, told: Tensor) -> Tensor | None:
    """Which rows (N, N) each stands among: those of its class, or all where that is not told; None where all do.

    Arguments:
        given: classes of all rows, (N, n_classes), rows of zeros where they are unknown.
        told: the same, withheld of some.
    """
    if not given.shape[1]:
        return None
    return (told @ given.T > 0) | (told.sum(1) == 0)[:, None]
