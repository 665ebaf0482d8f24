"""Convolutional networks from pictures to features and back."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from genstudio.nets.mlp import ACTIVATIONS

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
        height, width = halved(shape, len(channels))
        layers.append(nn.Flatten())
        inputs = channels[-1] * height * width
        for outputs in widths[:-1]:
            layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
            inputs = outputs
        layers.append(nn.Linear(inputs, widths[-1]))
        self.layers = nn.Sequential(*layers)

    def forward(self, pictures: Tensor) -> Tensor:
        """Features (N, F) of pictures (N, C, H, W)."""
        found: Tensor = self.layers(pictures)
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
        self._start = (channels[-1], *halved(shape, len(channels)))
        layers: list[nn.Module] = []
        for width in (*widths, self._start[0] * self._start[1] * self._start[2]):
            layers += [nn.Linear(inputs, width), ACTIVATIONS[activation]()]
            inputs = width
        layers.append(nn.Unflatten(1, self._start))
        layers += self._upward(shape, channels, activation)
        layers.append(nn.Conv2d(channels[0], outputs, 3, padding=1))
        self.layers = nn.Sequential(*layers)

    def forward(self, features: Tensor) -> Tensor:
        """Parameters of pictures, (N, outputs, H, W), from features (N, F)."""
        found: Tensor = self.layers(features)
        return found

    @staticmethod
    def _upward(shape: Shape, channels: Sequence[int], activation: str) -> list[nn.Module]:
        layers: list[nn.Module] = []
        outputs = (*channels[-2::-1], channels[0])
        for level, (inputs, width) in enumerate(zip(channels[::-1], outputs, strict=True)):
            # A side that is odd before it was halved comes back one shorter.
            target, now = halved(shape, len(channels) - 1 - level), halved(shape, len(channels) - level)
            missing = (target[0] - 2 * now[0] + 1, target[1] - 2 * now[1] + 1)
            layers += [
                nn.ConvTranspose2d(inputs, width, 3, stride=2, padding=1, output_padding=missing),
                ACTIVATIONS[activation](),
            ]
        return layers
