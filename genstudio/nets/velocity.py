"""Velocity fields: how noisy items move at a time between noise (0) and data (1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from genstudio.nets.mlp import ACTIVATIONS

WAVES = 6
CLOSEST = 1e-3
"""Nearer to either end in time than this nothing more is told apart."""
TIME_FEATURES = 2 * WAVES + 2


def time_features(time: Tensor) -> Tensor:
    """What networks see of times (N,) in [0, 1]: waves of doubling frequency, and how near either end is; (N, F).

    A narrow cloud of data is told from noise in a short time near 1 alone, so logarithms of that nearness are given.
    """
    waves = math.pi * time[:, None] * 2.0 ** torch.arange(WAVES, dtype=time.dtype, device=time.device)
    ends = torch.stack([time, 1 - time], dim=1).clamp(min=0) + CLOSEST
    return torch.cat([waves.sin(), waves.cos(), 0.3 * ends.log()], dim=1)


class VelocityMLP(nn.Module):
    """A field over points of a few coordinates: dense layers, each of which is told the time and the class.

    References:
        Tancik et al. (2020): Fourier features let networks learn high frequency functions in low dimensional domains.

    Arguments:
        dimension: coordinates of a point.
        n_classes: classes that are given beside points; 0 for none.
        widths: of the hidden layers.
        waves: of doubling frequency, made of each coordinate, so that fine detail is learned sooner.
    """

    def __init__(
        self, dimension: int, n_classes: int, widths: Sequence[int], *, activation: str, waves: int = 0
    ) -> None:
        super().__init__()
        self.waves = waves
        inputs, told = dimension * (1 + 2 * waves), TIME_FEATURES + n_classes
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in pairwise((inputs, *widths)))
        self.told = nn.ModuleList(nn.Linear(told, width, bias=False) for width in widths)
        self.last = nn.Linear(widths[-1], dimension)
        self.activation = ACTIVATIONS[activation]()
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, x: Tensor, time: Tensor, given: Tensor) -> Tensor:
        """What is said of points (N, D) at times (N,), or one time (1,) for all, given classes (N, n_classes)."""
        # Places in narrow clouds need more digits than bfloat16 has.
        with torch.autocast(x.device.type, enabled=False):
            told = time_features(time)
            if given.shape[1]:
                told = torch.cat([told.expand(len(given), -1), given], dim=1)
            x = self._with_waves(x)
            for layer, tells in zip(self.layers, self.told, strict=True):
                x = self.activation(layer(x) + tells(told))
            found: Tensor = self.last(x)
            return found

    def _with_waves(self, x: Tensor) -> Tensor:
        if not self.waves:
            return x
        rates = math.pi / 2 * 2.0 ** torch.arange(self.waves, dtype=x.dtype, device=x.device)
        waves = (x[:, :, None] * rates).flatten(1)
        return torch.cat([x, waves.sin(), waves.cos()], dim=1)


def straight_normal(x: Tensor, time: float) -> Tensor:
    """The velocity of points at a time, where noise and data are both standard normals."""
    return (2 * time - 1) / (time**2 + (1 - time) ** 2) * x


class VelocityField(nn.Module):
    """The velocity of straight paths from noise to data of mean 0 and deviation 1, whatever a network says.

    Were noise and data both standard normals, `(2 t - 1) / s² x` would be it, with s² = t² + (1 - t)² the variance on
    the way; the network sees points of deviation 1 and says what is left, in units of its deviation 1 / s. A network
    that says nothing makes a standard normal of the noise.

    References:
        Lipman, Chen, Ben-Hamu, Nickel, Le (2023): Flow matching for generative modeling.
        Karras, Aittala, Aila, Laine (2022): Elucidating the design space of diffusion-based generative models.

    Arguments:
        net: from points (N, *item), times (N,) or (1,) and classes (N, n_classes) to as many numbers as points have.
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, time: Tensor, given: Tensor) -> Tensor:
        """How items (N, *item) move at times (N,), or one time (1,) for all, given classes; (N, *item)."""
        t = time.view(-1, *[1] * (x.dim() - 1))
        variance = t**2 + (1 - t) ** 2
        spread = variance.sqrt()
        found: Tensor = (2 * t - 1) / variance * x + self.net(x / spread, time, given) / spread
        return found
