"""Convolutional networks from pictures to features and back."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from genstudio.nets.mlp import ACTIVATIONS, mlp
from genstudio.nets.transposed import ToPixels, UpConv

Shape = tuple[int, int, int]


def halved(shape: Shape, times: int) -> tuple[int, int]:
    """Height and width of a picture (C, H, W) after so many convolutions of stride 2."""
    height, width = shape[1:]
    for _ in range(times):
        height, width = -(-height // 2), -(-width // 2)
    return height, width


class PictureEncoder(nn.Module):
    """Convolutions of stride 2, then dense layers.

    Arguments:
        shape: of a picture, (C, H, W).
        channels: of each convolution.
        widths: of the dense layers after them, the last being the outputs.
    """

    def __init__(self, shape: Shape, channels: Sequence[int], widths: Sequence[int], activation: str) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in zip((shape[0], *channels[:-1]), channels, strict=True):
            layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), ACTIVATIONS[activation]()]
        self.convolutions = nn.Sequential(*layers)
        height, width = halved(shape, len(channels))
        self.dense = mlp((height * width * channels[-1], *widths), activation)
        _prepare(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """Features (N, F) of pictures (N, C, H, W)."""
        seen: Tensor = self.convolutions(pictures.contiguous(memory_format=torch.channels_last))
        found: Tensor = self.dense(seen.permute(0, 2, 3, 1).flatten(1))
        return found


class PictureDecoder(nn.Module):
    """Dense layers, then transposed convolutions of stride 2; the mirror of `PictureEncoder`.

    Arguments:
        inputs: features.
        outputs: channels of what is said of a picture.
        shape: of a picture, (C, H, W).
        channels: of each convolution of the encoder, in the encoder's order.
        widths: of dense layers in front.
    """

    def __init__(
        self, inputs: int, outputs: int, shape: Shape, *, channels: Sequence[int], widths: Sequence[int],
        activation: str,
    ) -> None:
        super().__init__()
        self._start = (*halved(shape, len(channels)), channels[-1])
        start = self._start[0] * self._start[1] * self._start[2]
        self.dense = nn.Sequential(mlp((inputs, *widths, start), activation), ACTIVATIONS[activation]())
        self.convolutions = nn.Sequential(*_upward(shape, channels, activation), ToPixels(channels[0], outputs))
        _prepare(self)

    def forward(self, features: Tensor) -> Tensor:
        """Parameters of pictures, (N, outputs, H, W), from features (N, F)."""
        start = self.dense(features).unflatten(1, self._start).permute(0, 3, 1, 2)
        found: Tensor = self.convolutions(start)
        return found


def _upward(shape: Shape, channels: Sequence[int], activation: str) -> list[nn.Module]:
    layers: list[nn.Module] = []
    inputs = channels[-1]
    for level, width in enumerate(reversed(channels)):
        # A side that is odd before it was halved comes back one shorter.
        target, now = halved(shape, len(channels) - 1 - level), halved(shape, len(channels) - level)
        missing = (2 * now[0] - target[0], 2 * now[1] - target[1])
        layers += [UpConv(inputs, width, missing), ACTIVATIONS[activation]()]
        inputs = width
    return layers


def _prepare(net: nn.Module) -> None:
    """Weights as Glorot and Bengio (2010) start them, and channels innermost, as processors like them."""
    for layer in net.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    for weight in net.parameters():
        if weight.dim() == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
