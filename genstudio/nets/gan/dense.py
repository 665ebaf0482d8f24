"""Generators and discriminators of rows: dense layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from genstudio.nets.gan.remedies import MinibatchDiscrimination, MinibatchStddev

LEAK = 0.2


class DenseGenerator(nn.Module):
    """Rows from noise.

    Arguments:
        latent_dim: coordinates of the noise, Z.
        n_classes: classes that are given beside it, C; 0 for none.
        widths: of the hidden layers.
        dimension: columns of a row, D.
    """

    def __init__(self, latent_dim: int, n_classes: int, widths: Sequence[int], dimension: int) -> None:
        super().__init__()
        self.layers = _dense((latent_dim + n_classes, *widths), by_norm=False)
        self.last = nn.Linear(widths[-1], dimension)

    def forward(self, z: Tensor, given: Tensor) -> Tensor:
        """Rows (N, D) of noise (N, Z) and classes (N, C)."""
        # Narrow clouds need more digits than bfloat16 has.
        with torch.autocast(z.device.type, enabled=False):
            found: Tensor = self.last(self.layers(torch.cat([z, given], dim=1)))
            return found


class DenseDiscriminator(nn.Module):
    """One number of each row.

    References:
        Tancik et al. (2020): Fourier features let networks learn high frequency functions in low dimensional domains.
        Miyato, Kataoka, Koyama, Yoshida (2018): Spectral normalization for generative adversarial networks.

    Arguments:
        dimension: columns of a row, D.
        n_classes: classes that are given beside it, C; 0 for none.
        widths: of the hidden layers, the last one F.
        waves: of doubling frequency, made of each column, so that fine detail is seen sooner.
        by_norm: layers are divided by their largest singular value.
        minibatch_discrimination, minibatch_stddev: whether it is told how the items of a batch differ.
    """

    def __init__(
        self, dimension: int, n_classes: int, widths: Sequence[int], *, waves: int = 0, by_norm: bool = False,
        minibatch_discrimination: bool = False, minibatch_stddev: bool = False,
    ) -> None:
        super().__init__()
        self.waves = waves
        self.layers = _dense((dimension * (1 + 2 * waves) + n_classes, *widths), by_norm)
        self.company = nn.ModuleList()
        told = widths[-1]
        if minibatch_discrimination:
            self.company.append(MinibatchDiscrimination(widths[-1]))
            told += 16
        if minibatch_stddev:
            self.company.append(MinibatchStddev())
            told += 1
        last = nn.Linear(told, 1)
        self.last = spectral_norm(last) if by_norm else last

    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """What the last hidden layer makes of rows (N, D) and classes (N, C), shape (N, F)."""
        with torch.autocast(x.device.type, enabled=False):
            found: Tensor = self.layers(torch.cat([self._with_waves(x), given], dim=1))
            return found

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        """One number of each row, not squashed, shape (N,)."""
        found = self.features(x, given)
        with torch.autocast(x.device.type, enabled=False):
            for layer in self.company:
                found = layer(found)
            said: Tensor = self.last(found)
            return said[:, 0]

    def _with_waves(self, x: Tensor) -> Tensor:
        if not self.waves:
            return x
        rates = math.pi / 2 * 2.0 ** torch.arange(self.waves, dtype=x.dtype, device=x.device)
        waves = (x[:, :, None] * rates).flatten(1)
        return torch.cat([x, waves.sin(), waves.cos()], dim=1)


def _dense(widths: Sequence[int], by_norm: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layer = nn.Linear(inputs, outputs)
        layers += [spectral_norm(layer) if by_norm else layer, nn.LeakyReLU(LEAK)]
    return nn.Sequential(*layers)
