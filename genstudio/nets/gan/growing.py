"""Progressive growing: resolutions of pictures come in one after the other, each blended in gradually."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.conv import Shape, halved
from genstudio.nets.gan.folded import DoublingConv
from genstudio.nets.gan.heads import Choices, Head, normed_by_spectrum
from genstudio.nets.gan.picture import FEATURES, ResidualBlock, bent, least_width, prepare

GROWN = 0.5
"""After this share of the training all resolutions are there."""
PARTS = 1000
"""The blend is counted in so many parts: whole numbers, as a moving average of weights takes those as they are."""


@dataclass(frozen=True)
class Blend:
    """Which resolutions a picture is made of.

    Arguments:
        low, high: heights and widths, pixels; the same where nothing is being blended.
        share: of the higher one, 0 to 1.
    """

    low: tuple[int, int]
    high: tuple[int, int]
    share: float

    @property
    def words(self) -> str:
        """As a caption says it."""
        if self.low == self.high:
            return _sides(self.low)
        return f"{_sides(self.low)} → {_sides(self.high)}, {100 * self.share:.0f} % blended"


class Growing(nn.Module):
    """What grows with the training; how far it has come is part of its state.

    Arguments:
        sizes: heights and widths of the resolutions, the smallest first.
    """

    grown: Tensor

    def __init__(self, sizes: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self.sizes = tuple(sizes)
        self.register_buffer("grown", torch.zeros((), dtype=torch.int64))

    def grow(self, share: float) -> None:
        """Come to where growth is after a share, 0 to 1, of the training.

        Each resolution is learned as it is before the next one is blended in, over as many steps.
        """
        steps = len(self.sizes) - 1
        turns = 2 * steps * share / GROWN
        place = sum(min(1.0, max(0.0, turns - 1 - 2 * step)) for step in range(steps))
        self.grown.fill_(round(PARTS * place))

    def blend(self) -> Blend:
        """Which resolutions pictures are made of now."""
        stage, share = self.place()
        return Blend(self.sizes[stage], self.sizes[stage + (share > 0)], share)

    def place(self) -> tuple[int, float]:
        """The last resolution that is there as a whole, and the share of the one after it."""
        stage, parts = divmod(int(self.grown), PARTS)
        return stage, parts / PARTS


class GrowingGenerator(Growing):
    """A generator that begins with small pictures.

    References:
        Karras, Aila, Laine, Lehtinen (2018): Progressive growing of GANs for improved quality, stability, and
        variation.

    Arguments:
        shape: of a picture, (C, H, W).
        n_classes: classes that are given beside the noise; 0 for none.
        latent_dim: coordinates of the noise.
        channels: at each size of the picture, the largest, half of the picture's own, first.
    """

    def __init__(self, shape: Shape, n_classes: int, latent_dim: int, channels: Sequence[int]) -> None:
        super().__init__(_sizes(shape, channels))
        widths = _widths(channels)
        self._start = (*self.sizes[0], widths[0])
        self.dense = nn.Linear(latent_dim + n_classes, math.prod(self._start))
        self.first = ResidualBlock(widths[0])
        self.up = nn.ModuleList(
            _up(inputs, outputs, size)
            for (inputs, outputs), size in zip(pairwise(widths), self.sizes[1:], strict=True)
        )
        self.pixels = nn.ModuleList(nn.Conv2d(width, shape[0], 3, padding=1) for width in widths)
        prepare(self)

    def forward(self, z: Tensor, given: Tensor) -> Tensor:
        """Pictures (N, C, H, W), from -1 to 1, of noise (N, Z), given classes (N, n_classes).

        Their sides are always whole; before all resolutions are there, pixels stand in squares.
        """
        stage, share = self.place()
        found = self.first(self.dense(torch.cat([z, given], dim=1)).unflatten(1, self._start).permute(0, 3, 1, 2))
        for up in self.up[:stage]:
            found = up(found)
        picture = self.pixels[stage](bent(found))
        if share:
            stage += 1
            sharp = self.pixels[stage](bent(self.up[stage - 1](found)))
            picture = torch.lerp(_doubled(picture, self.sizes[stage]), sharp, share)
        for size in self.sizes[stage + 1:]:
            picture = _doubled(picture, size)
        return torch.tanh(picture)


class GrowingDiscriminator(Growing):
    """A discriminator that looks at pictures as small as the generator's are.

    Arguments:
        shape: of a picture, (C, H, W).
        channels: at each size of the picture, the largest, half of the picture's own, first.
    """

    def __init__(self, shape: Shape, channels: Sequence[int], choices: Choices) -> None:
        super().__init__(_sizes(shape, channels))
        widths = _widths(channels)
        self.seen = nn.ModuleList(nn.Conv2d(choices.pack * shape[0], width, 3, padding=1) for width in widths)
        self.down = nn.ModuleList(_down(inputs, outputs) for outputs, inputs in pairwise(widths))
        self.last = ResidualBlock(widths[0])
        self.dense = nn.Linear(math.prod(self.sizes[0]) * widths[0], FEATURES)
        self.head = Head(FEATURES, choices)
        prepare(self, silent=not choices.spectral_norm)
        if choices.spectral_norm:
            normed_by_spectrum(self)

    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """What is seen in pictures (N, pack C, H, W), from -1 to 1; (N, F)."""
        found = self.last(self._smallest(x.contiguous(memory_format=torch.channels_last)))
        return bent(self.dense(bent(found).permute(0, 2, 3, 1).flatten(1)))

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        """How real pictures look, (N,), any number, given classes (N, n_classes)."""
        found: Tensor = self.head(self.features(x, given), given)
        return found

    def _smallest(self, x: Tensor) -> Tensor:
        """Features of pictures at the smallest resolution, by way of those that are there."""
        stage, share = self.place()
        for _ in self.sizes[stage + (share > 0) + 1:]:
            x = _pooled(x)
        if share:
            sharp = self.down[stage](self.seen[stage + 1](x))
            found = torch.lerp(self.seen[stage](_pooled(x)), sharp, share)
        else:
            found = self.seen[stage](x)
        for place in reversed(range(stage)):
            found = self.down[place](found)
        return found


def _sizes(shape: Shape, channels: Sequence[int]) -> list[tuple[int, int]]:
    return [halved(shape, times) for times in range(len(channels), -1, -1)]


def _widths(channels: Sequence[int]) -> list[int]:
    """Channels at each resolution, the smallest first."""
    return [*reversed(channels), least_width(channels)]


def _up(inputs: int, outputs: int, size: tuple[int, int]) -> nn.Module:
    return nn.Sequential(_Bent(), DoublingConv(inputs, outputs, size), ResidualBlock(outputs))


def _down(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(ResidualBlock(inputs), _Bent(), nn.Conv2d(inputs, outputs, 3, stride=2, padding=1))


class _Bent(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return bent(x)


def _doubled(x: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")[..., : size[0], : size[1]]


def _pooled(x: Tensor) -> Tensor:
    """Half the sides, by the mean of what `_doubled` made of a pixel, so that the one undoes the other."""
    return F.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)


def _sides(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"
