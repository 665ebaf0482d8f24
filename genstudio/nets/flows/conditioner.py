"""Networks that say how coordinates are bent, given the others."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from genstudio.nets.mlp import mlp

SMALL = 0.05
"""The last layer starts so much smaller than usual: a flow starts near the identity."""


class Waves(nn.Module):
    """Coordinates beside sines and cosines of them, which lets networks of few numbers draw sharp edges.

    Arguments:
        octaves: waves of each coordinate, each half as long as the one before; the longest is 4 bounds long.

    References:
        Tancik and others (2020): Fourier features let networks learn high frequency functions in low dimensional
        domains.
    """

    rates: Tensor

    def __init__(self, octaves: int, bound: float) -> None:
        super().__init__()
        self.register_buffer("rates", math.pi / (2.0 * bound) * 2.0 ** torch.arange(octaves), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Coordinates (N, D) and their waves: (N, D (1 + 2 octaves))."""
        angles = (x.unsqueeze(-1) * self.rates).flatten(1)
        return torch.cat([x, angles.sin(), angles.cos()], 1)


class Conditioner(nn.Module):
    """Dense layers from the coordinates that stay, and classes, to the parameters of those that are bent.

    Arguments:
        inputs: coordinates that stay.
        n_classes: classes that are given beside them.
        widths: of the hidden layers.
    """

    def __init__(
        self, inputs: int, n_classes: int, outputs: int, *, widths: Sequence[int], activation: str, octaves: int,
        bound: float,
    ) -> None:
        super().__init__()
        self.waves = Waves(octaves, bound) if octaves and inputs else nn.Identity()
        # A layer of no inputs would be no layer: where nothing is known, a constant is.
        self._knows_nothing = inputs + n_classes == 0
        features = inputs * (1 + 2 * octaves) + n_classes + self._knows_nothing
        self.layers = mlp((features, *widths, outputs), activation)
        start_small(self.layers)

    def forward(self, kept: Tensor, given: Tensor) -> Tensor:
        """Parameters, shape (N, outputs), of coordinates (N, inputs) and classes (N, n_classes)."""
        known = [kept.new_ones(len(kept), 1)] if self._knows_nothing else [self.waves(kept), given]
        said: Tensor = self.layers(torch.cat(known, 1))
        return said


def start_small(layers: nn.Sequential) -> None:
    """Let the last layer say almost nothing yet."""
    last = layers[-1]
    assert isinstance(last, nn.Linear)
    with torch.no_grad():
        last.weight.mul_(SMALL)
        last.bias.zero_()
