"""A small U-Net: a velocity field, or whatever else is said of every pixel of a noisy picture at a time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.mlp import ACTIVATIONS
from genstudio.nets.velocity import TIME_FEATURES, time_features

GROUP = 8
"""Channels that are normalised together."""


class UNet(nn.Module):
    """Residual blocks at ever smaller sizes and back, each told the time and the class, with bridges across.

    Squares of pixels are seen as channels of one place, so that processors go through few large places instead of many
    small ones. Sides may be any number of pixels.

    References:
        Ronneberger, Fischer, Brox (2015): U-Net, convolutional networks for biomedical image segmentation.
        Ho, Jain, Abbeel (2020): Denoising diffusion probabilistic models.

    Arguments:
        shape: of a picture, (C, H, W).
        n_classes: classes that are given beside pictures; 0 for none.
        channels: at each size, each of which is half of the one before.
        blocks: residual blocks at each size, down and up.
        patch: sides of the squares, pixels.
    """

    def __init__(
        self, shape: tuple[int, int, int], n_classes: int, channels: Sequence[int], *, blocks: int, patch: int,
        activation: str,
    ) -> None:
        super().__init__()
        self.patch = patch
        inputs, told = shape[0] * patch**2, 4 * channels[0]
        self.activation = ACTIVATIONS[activation]()
        self.time = nn.Sequential(nn.Linear(TIME_FEATURES, told), ACTIVATIONS[activation]())
        self.given = nn.Linear(n_classes, told, bias=False) if n_classes else None
        self.first = nn.Conv2d(inputs, channels[0], 3, padding=1)
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        before = channels[0]
        for width in channels:
            self.down.append(_Level(before, width, blocks, told, activation))
            # On the way up each level begins with what it came to on the way down.
            self.up.insert(0, _Level(width + channels[min(len(self.down), len(channels) - 1)], width, blocks, told,
                                     activation))
            before = width
        self.halve = nn.ModuleList(nn.Conv2d(width, width, 3, stride=2, padding=1) for width in channels[:-1])
        self.middle = _Block(channels[-1], channels[-1], told, activation)
        self.norm = _norm(channels[0])
        self.last = nn.Conv2d(channels[0], inputs, 3, padding=1)
        _prepare(self)

    def forward(self, x: Tensor, time: Tensor, given: Tensor) -> Tensor:
        """What is said of pictures (N, C, H, W) at times (N,), or one time (1,), given classes (N, n_classes)."""
        told = self.time(time_features(time))
        if self.given is not None:
            told = told + self.given(given)
        found = self.first(_squares(x, self.patch).contiguous(memory_format=torch.channels_last))
        bridges = []
        for place, level in enumerate(self.down):
            found = level(self.halve[place - 1](found) if place else found, told)
            bridges.append(found)
        found = self.middle(found, told)
        for level in self.up:
            bridge = bridges.pop()
            found = level(torch.cat([_grown(found, bridge), bridge], dim=1), told)
        said = self.last(self.activation(self.norm(found)))
        return F.pixel_shuffle(said, self.patch)[..., :x.shape[2], :x.shape[3]]


class _Level(nn.Module):
    """Residual blocks of one size."""

    def __init__(self, inputs: int, width: int, blocks: int, told: int, activation: str) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            _Block(width if place else inputs, width, told, activation) for place in range(blocks)
        )

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x, told)
        return x


class _Block(nn.Module):
    """Two convolutions beside a bridge; what is told scales and shifts between them."""

    def __init__(self, inputs: int, width: int, told: int, activation: str) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[activation]()
        self.norm_in, self.norm_out = _norm(inputs), _norm(width)
        self.conv_in = nn.Conv2d(inputs, width, 3, padding=1)
        self.conv_out = nn.Conv2d(width, width, 3, padding=1)
        self.told = nn.Linear(told, 2 * width)
        self.bridge = nn.Conv2d(inputs, width, 1) if inputs != width else nn.Identity()

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        scale, shift = self.told(told)[:, :, None, None].chunk(2, dim=1)
        found = self.norm_out(self.conv_in(self.activation(self.norm_in(x)))) * (1 + scale) + shift
        added: Tensor = self.bridge(x) + self.conv_out(self.activation(found))
        return added


def _norm(width: int) -> nn.GroupNorm:
    groups = width // GROUP if width % GROUP == 0 else 1
    return nn.GroupNorm(groups, width)


def _squares(x: Tensor, patch: int) -> Tensor:
    """Squares of pixels as channels; sides are filled up to whole squares."""
    missing = (-x.shape[3] % patch, -x.shape[2] % patch)
    filled = F.pad(x, (0, missing[0], 0, missing[1])) if any(missing) else x
    return F.pixel_unshuffle(filled, patch)


def _grown(x: Tensor, like: Tensor) -> Tensor:
    """Twice the size where the other is larger, cut where its sides are odd."""
    if x.shape[2:] == like.shape[2:]:
        return x
    return F.interpolate(x, scale_factor=2.0, mode="nearest")[..., :like.shape[2], :like.shape[3]]


def _prepare(net: UNet) -> None:
    """Blocks that begin as nothing but their bridge, a picture of which nothing is said, and channels innermost."""
    silent = [net.last, *(block.conv_out for block in net.modules() if isinstance(block, _Block))]
    for weight in itertools.chain.from_iterable(layer.parameters() for layer in silent):
        nn.init.zeros_(weight)
    for weight in net.parameters():
        if weight.dim() == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
