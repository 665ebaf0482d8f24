"""Generators and discriminators of rows: dense layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from genstudio.nets.gan.heads import Choices, Head, normed_by_spectrum

LEAK = 0.2
LONGEST, LONGEST_OF_NOISE = 4.0, 8.0
"""Waves of rows and of noise, in deviations: about as long as most of what there is lies apart."""


class Waves(nn.Module):
    """Shows sines and cosines of each coordinate beside it, each half as long as the one before.

    References:
        Tancik et al. (2020): Fourier features let networks learn high frequency functions in low dimensional domains.

    Arguments:
        count: of each coordinate; with 0 coordinates stay by themselves.
        longest: of the waves, in units of the coordinates.
    """

    rates: Tensor

    def __init__(self, count: int, longest: float) -> None:
        super().__init__()
        self.count = count
        self.register_buffer("rates", 2 * math.pi / longest * 2.0 ** torch.arange(count), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Coordinates (N, D) and their waves, (N, D (1 + 2 count))."""
        if not self.count:
            return x
        waves = (x[:, :, None] * self.rates).flatten(1)
        return torch.cat([x, waves.sin(), waves.cos()], dim=1)


class DenseGenerator(nn.Module):
    """Rows from noise.

    Arguments:
        latent_dim: coordinates of the noise, Z.
        n_classes: classes that are given beside it, C; 0 for none.
        widths: of the hidden layers.
        dimension: columns of a row, D.
        waves: of each coordinate of the noise, so that narrow clouds are parted sooner.
    """

    def __init__(
        self, latent_dim: int, n_classes: int, widths: Sequence[int], dimension: int, *, waves: int = 0
    ) -> None:
        super().__init__()
        self.waves = Waves(waves, LONGEST_OF_NOISE)
        self.layers = _dense((latent_dim * (1 + 2 * waves) + n_classes, *widths))
        self.last = nn.Linear(widths[-1], dimension)

    def forward(self, z: Tensor, given: Tensor) -> Tensor:
        """Rows (N, D) of noise (N, Z) and classes (N, C)."""
        # Narrow clouds need more digits than bfloat16 has.
        with torch.autocast(z.device.type, enabled=False):
            found: Tensor = self.last(self.layers(torch.cat([self.waves(z), given], dim=1)))
            return found


class DenseDiscriminator(nn.Module):
    """One number of each row.

    Arguments:
        dimension: columns of a row, D.
        widths: of the hidden layers, the last one F.
        waves: of doubling frequency, made of each column, so that fine detail is seen sooner.
    """

    def __init__(self, dimension: int, widths: Sequence[int], choices: Choices, *, waves: int = 0) -> None:
        super().__init__()
        self.waves = Waves(waves, LONGEST)
        self.layers = _dense((choices.pack * dimension * (1 + 2 * waves), *widths))
        self.head = Head(widths[-1], choices)
        if choices.spectral_norm:
            normed_by_spectrum(self)

    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """What the last hidden layer makes of rows (N, pack D), shape (N, F)."""
        with torch.autocast(x.device.type, enabled=False):
            found: Tensor = self.layers(self.waves(x))
            return found

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        """How real rows (N, pack D) look, (N,), any number, given classes (N, n_classes)."""
        found = self.features(x, given)
        with torch.autocast(x.device.type, enabled=False):
            said: Tensor = self.head(found, given)
            return said


def _dense(widths: Sequence[int]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for pair in pairwise(widths):
        # As He et al. (2015) start weights; offsets stay spread out, so that bends lie all over the plane.
        layer = nn.Linear(*pair)
        nn.init.kaiming_normal_(layer.weight, LEAK)
        layers += [layer, nn.LeakyReLU(LEAK)]
    return nn.Sequential(*layers)
