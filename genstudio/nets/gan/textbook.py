"""The generator and the discriminator of the textbooks: the deep convolutional GAN as Keras users know it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from genstudio.nets.conv import Shape, halved
from genstudio.nets.gan.folded import DoublingConv, channels_innermost
from genstudio.nets.gan.heads import Choices, Head, SeededDropout, normed_by_spectrum

LEAK, DROPOUT = 0.2, 0.25


class TextbookGenerator(nn.Module):
    """A dense layer to a small map, then doubling, convolution and batch normalisation at each size, and tanh.

    References:
        Radford, Metz, Chintala (2016): Unsupervised representation learning with deep convolutional GANs.

    Arguments:
        shape: of a picture, (C, H, W).
        n_classes: classes that are given beside the noise; 0 for none.
        latent_dim: coordinates of the noise.
        channels: at each size of the picture, the largest first; each size is half of the one before.
    """

    def __init__(self, shape: Shape, n_classes: int, latent_dim: int, channels: Sequence[int]) -> None:
        super().__init__()
        self._start = (*halved(shape, len(channels)), channels[-1])
        height, width, inputs = self._start
        self.dense = nn.Linear(latent_dim + n_classes, height * width * inputs)
        layers: list[nn.Module] = []
        for level in reversed(range(len(channels))):
            outputs = channels[level]
            # Keras counts momentum the other way round.
            normed = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.2)
            layers += [DoublingConv(inputs, outputs, halved(shape, level)), normed, nn.ReLU(inplace=True)]
            inputs = outputs
        self.convolutions = nn.Sequential(*layers, nn.Conv2d(inputs, shape[0], 3, padding=1), nn.Tanh())
        _prepare(self)

    def forward(self, z: Tensor, given: Tensor) -> Tensor:
        """Pictures (N, C, H, W), from -1 to 1, of noise (N, Z), given classes (N, n_classes)."""
        start = self.dense(torch.cat([z, given], dim=1)).relu()
        found: Tensor = self.convolutions(start.unflatten(1, self._start).permute(0, 3, 1, 2))
        return found


class TextbookDiscriminator(nn.Module):
    """Convolutions of stride 2 and one more, each with a leaky ReLU and dropout, then one number.

    Arguments:
        shape: of a picture, (C, H, W).
        channels: those of the generator; half as many come before the first, twice as many after the last.
    """

    def __init__(self, shape: Shape, channels: Sequence[int], choices: Choices) -> None:
        super().__init__()
        widths = (choices.pack * shape[0], max(1, channels[0] // 2), *channels, 2 * channels[-1])
        layers: list[nn.Module] = []
        for place, (inputs, outputs) in enumerate(pairwise(widths)):
            stride = 2 if place <= len(channels) else 1
            layers += [nn.Conv2d(inputs, outputs, 3, stride, 1), nn.LeakyReLU(LEAK, inplace=True)]
            layers.append(SeededDropout(DROPOUT))
        self.convolutions = nn.Sequential(*layers)
        height, width = halved(shape, len(channels) + 1)
        self.head = Head(height * width * widths[-1], choices)
        _prepare(self)
        if choices.spectral_norm:
            normed_by_spectrum(self)

    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """What is seen in pictures (N, pack C, H, W), from -1 to 1; (N, F)."""
        found: Tensor = self.convolutions(x.contiguous(memory_format=torch.channels_last))
        return found.permute(0, 2, 3, 1).flatten(1)

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        """How real pictures look, (N,), any number, given classes (N, n_classes)."""
        found: Tensor = self.head(self.features(x, given), given)
        return found


def _prepare(net: nn.Module) -> None:
    """Weights as Keras starts them (Glorot and Bengio, 2010)."""
    for layer in net.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    channels_innermost(net)
