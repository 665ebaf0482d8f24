"""A generator and a discriminator of pictures that learn fast on one processor: residual, without normalisation."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.conv import Shape, halved
from genstudio.nets.gan.folded import DoublingConv, channels_innermost
from genstudio.nets.gan.heads import Choices, Head, normed_by_spectrum

LEAK = 0.2
FEATURES = 128
"""Of an item, as the last layer of the discriminator sees it."""


class ResidualBlock(nn.Module):
    """Two convolutions beside what comes in; none of them says anything at the start.

    References:
        Huang, Gokaslan, Kuleshov, Tompkin (2024): The GAN is dead; long live the GAN! A modern baseline GAN.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Features of the same shape, (N, width, H, W)."""
        added: Tensor = x + self.second(bent(self.first(bent(x))))
        return added


class PictureGenerator(nn.Module):
    """A dense layer to a small map, then a residual block and a doubling of the sides at each size.

    Arguments:
        shape: of a picture, (C, H, W).
        n_classes: classes that are given beside the noise; 0 for none.
        latent_dim: coordinates of the noise.
        channels: at each size of the picture, the largest, half of the picture's own, first.
    """

    def __init__(self, shape: Shape, n_classes: int, latent_dim: int, channels: Sequence[int]) -> None:
        super().__init__()
        self._start = (*halved(shape, len(channels)), channels[-1])
        self.dense = nn.Linear(latent_dim + n_classes, math.prod(self._start))
        layers: list[nn.Module] = []
        for level in reversed(range(len(channels))):
            outputs = channels[level - 1] if level else least_width(channels)
            layers += [ResidualBlock(channels[level]), DoublingConv(channels[level], outputs, halved(shape, level))]
        self.convolutions = nn.Sequential(*layers)
        self.pixels = nn.Conv2d(least_width(channels), shape[0], 3, padding=1)
        prepare(self)

    def forward(self, z: Tensor, given: Tensor) -> Tensor:
        """Pictures (N, C, H, W), from -1 to 1, of noise (N, Z), given classes (N, n_classes)."""
        start = self.dense(torch.cat([z, given], dim=1)).unflatten(1, self._start).permute(0, 3, 1, 2)
        return torch.tanh(self.pixels(bent(self.convolutions(start))))


class PictureDiscriminator(nn.Module):
    """A residual block at each size of the picture from half of its own on, then dense layers to one number.

    Arguments:
        shape: of a picture, (C, H, W).
        channels: at each size of the picture, the largest, half of the picture's own, first.
    """

    def __init__(self, shape: Shape, channels: Sequence[int], choices: Choices) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = choices.pack * shape[0]
        for outputs in channels:
            layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), ResidualBlock(outputs)]
            inputs = outputs
        self.convolutions = nn.Sequential(*layers)
        height, width = halved(shape, len(channels))
        self.dense = nn.Linear(height * width * inputs, FEATURES)
        self.head = Head(FEATURES, choices)
        prepare(self, silent=not choices.spectral_norm)
        if choices.spectral_norm:
            normed_by_spectrum(self)

    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """What is seen in pictures (N, pack C, H, W), from -1 to 1; (N, F)."""
        seen = bent(self.convolutions(x.contiguous(memory_format=torch.channels_last)))
        return bent(self.dense(seen.permute(0, 2, 3, 1).flatten(1)))

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        """How real pictures look, (N,), any number, given classes (N, n_classes)."""
        found: Tensor = self.head(self.features(x, given), given)
        return found


def least_width(channels: Sequence[int]) -> int:
    """Channels at the whole size of a picture, where there are most pixels to go through."""
    return max(4, channels[0] // 2)


def bent(x: Tensor) -> Tensor:
    """What every layer but the last is followed by."""
    return F.leaky_relu(x, LEAK)


def prepare(net: nn.Module, *, silent: bool = True) -> None:
    """Weights as He et al. (2015) start them.

    Arguments:
        silent: blocks begin as nothing but what comes in; not where weights of 0 would be divided by their length.
    """
    for layer in net.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, LEAK)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    for layer in net.modules():
        if silent and isinstance(layer, ResidualBlock):
            nn.init.zeros_(layer.second.weight)
        if isinstance(layer, Head):
            nn.init.normal_(layer.last.weight, std=1 / math.sqrt(layer.last.in_features))
    channels_innermost(net)
