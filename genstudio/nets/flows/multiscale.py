"""A flow for pictures over several scales: fine pixels given the half-size picture, and so on down to one pixel.

Each scale squeezes the picture, couples the three fine pixels of every 2 × 2 to the coarse one and to those before
them, by convolutions and elementwise maps, and factors them out as part of the base; the coarse ones go on to the
next scale. Every pixel is mapped once, by all the model knows of it: that is where a short training goes farthest.
One pass tells the density; drawing takes as many small passes as there are groups of pixels.

References:
    Dinh, Sohl-Dickstein, Bengio (2017): Density estimation using Real NVP (squeezing, chessboards, factoring out).
    Papamakarios, Pavlakou, Murray (2017): Masked autoregressive flow for density estimation.
    Reed et al. (2017): Parallel multiscale autoregressive density estimation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.flows.picture_conditioner import FINE, FineConditioner, Group, Told
from genstudio.nets.flows.picture_histogram import Histogram
from genstudio.nets.flows.picture_levels import FINE_OFFSETS, LEVELS, halvings, squeezed, unsqueezed

SMOOTHING = 3.0
"""So many pictures of the usual intensities count beside those seen when the frequencies of a pixel begin."""
_LOG_TWO_PI = math.log(2.0 * math.pi)
FREQUENT = 10_000
"""So many pictures are enough to count frequencies in."""


class MultiScaleFlow(nn.Module):
    """The density of dequantized pictures, and the map between them and a standard normal of the same shape.

    Arguments:
        shape: of a picture, (C, H, W); sides may be odd.
        n_classes: classes that are given beside pictures; 0 for none.
        channels: of the networks' hidden layers, for each group of pixels, the finest scale first; the last holds for
            all coarser ones.
        blocks: of the networks.
        bins: of each pixel's histogram.
    """

    arrival: Tensor
    """The station at which each pixel arrives in the data, shape (H, W)."""

    def __init__(
        self, shape: tuple[int, int, int], n_classes: int, *, channels: Sequence[int], blocks: int, bins: int
    ) -> None:
        super().__init__()
        self.shape = shape
        self.histogram = Histogram(bins)
        self.sizes = halvings(*shape[1:])
        self.scales = nn.ModuleList(
            FineConditioner(
                shape[0], (-(-height // 2), -(-width // 2)), n_classes, channels=hidden, blocks=blocks, bins=bins
            ) for (height, width), hidden in zip(self.sizes, _spread(channels, len(self.sizes)), strict=True)
        )
        self.coarsest = nn.Parameter(torch.zeros(1, 1, shape[0], bins))
        self.classes = nn.Linear(n_classes, shape[0] * bins, bias=False) if n_classes else None
        self.register_buffer("arrival", _arrival(self.sizes, *shape[1:]), persistent=False)

    @torch.no_grad()
    def learn_frequencies(self, levels: Tensor) -> None:
        """Begin with how often each pixel has each intensity in pictures, uint8, shape (N, C, H, W)."""
        levels = levels[:: -(-len(levels) // FREQUENT)].cpu()
        self.histogram.learn(torch.bincount(levels.flatten(), minlength=LEVELS))
        bins = self.histogram.bin_of.cpu()[levels.long()]
        for scale in self._conditioners():
            y = squeezed(bins)
            scale.usual.copy_(self._frequencies(y[:, self.shape[0]:]))
            bins = y[:, : self.shape[0]]
        self.coarsest.copy_(self._frequencies(bins))

    # Densities.

    def forward(self, v: Tensor, given: Tensor) -> Tensor:
        """Log-density, nats, shape (N,), of dequantized pictures (N, C, H, W), given classes (N, n_classes)."""
        return self.explain(v, given).flatten(1).sum(1)

    def explain(self, v: Tensor, given: Tensor) -> Tensor:
        """Log-density of each pixel given the coarser ones and those before it, nats, (N, C, H, W)."""
        return self._picture(self.histogram.log_density(*known) for known in self._conditionals(v, given))

    # Between data and base.

    def inward(self, v: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """From data to base: pictures there, float64, and each pixel's share of log |det|, nats, both (N, C, H, W)."""
        known = list(self._conditionals(v, given))
        z = self._picture(self.histogram.inward(*each) for each in known)
        density = self._picture(self.histogram.log_density(*each) for each in known)
        return z, density + 0.5 * (z.square() + _LOG_TWO_PI)

    def outward(self, z: Tensor, given: Tensor) -> Tensor:
        """From base to data: the dequantized pictures, float64, that `inward` brings to z, both (N, C, H, W)."""
        v = torch.zeros_like(z, dtype=torch.float64)
        step = 1 << len(self.sizes)
        corner = (slice(None), slice(None), slice(None, None, step), slice(None, None, step))
        first = self.histogram.outward(z[corner].permute(0, 2, 3, 1), self._coarsest_logits(given))
        v[corner] = first.permute(0, 3, 1, 2)
        for scale in reversed(self._conditioners()):
            step //= 2
            told = Told()
            for group in scale.members():
                y = squeezed(v[:, :, ::step, ::step]).to(scale.place.dtype)
                self._arrive(v, z, scale.newest(y, given, group, told), group, step)
        return v

    @property
    def n_pixels(self) -> int:
        """Numbers that a picture is made of."""
        return math.prod(self.shape)

    @property
    def n_stations(self) -> int:
        """Stations of the way: base, coarsest pixel, and three for each scale."""
        return 2 + FINE * len(self.sizes)

    def stations(self, v: Tensor, z: Tensor) -> Tensor:
        """The way from base to data, shape (S, N, C, H, W), of what lies where in both.

        Pixels that are still in the base are shown by the share of the base that is darker.
        """
        arrived = self.arrival <= torch.arange(self.n_stations, device=v.device)[:, None, None, None, None]
        return torch.where(arrived, v.double(), torch.special.ndtr(z.double()))

    def arriving(self, by_pixel: Tensor) -> Tensor:
        """Numbers of pixels, (N, C, H, W), summed over those that arrive at each station but the first, (S - 1, N)."""
        arriving = F.one_hot(self.arrival - 1, self.n_stations - 1).to(by_pixel.dtype)
        return torch.einsum("nchw,hws->sn", by_pixel, arriving)

    # Within.

    def _conditioners(self) -> list[FineConditioner]:
        return [cast("FineConditioner", scale) for scale in self.scales]

    def _conditionals(self, v: Tensor, given: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """The pixels of each scale, (N, H, W, G), and the logits of their histograms, the coarsest one last."""
        for scale in self.scales:
            y = squeezed(v)
            yield y[:, self.shape[0]:].permute(0, 2, 3, 1), scale(y, given)
            v = y[:, : self.shape[0]]
        yield v.permute(0, 2, 3, 1), self._coarsest_logits(given)

    def _coarsest_logits(self, given: Tensor) -> Tensor:
        said = self.coarsest.expand(len(given), -1, -1, -1, -1)
        return said if self.classes is None else said + self.classes(given).view_as(said)

    def _arrive(self, v: Tensor, z: Tensor, logits: Tensor, group: Group, step: int) -> None:
        """Put one group's pixels into v, the fine ones of a picture whose pixels are a step apart."""
        i, j = (step * side for side in FINE_OFFSETS[group.fine])
        colour = group.channel % self.shape[0]
        place = slice(None), slice(colour, colour + 1), slice(i, None, 2 * step), slice(j, None, 2 * step)
        height, width = v[place].shape[2:]
        where = group.where[:height, :width]
        told = self.histogram.outward(z[place][:, 0, where], logits[:, :height, :width][:, where, 0])
        v[place][:, 0, where] = told

    def _picture(self, parts: Iterable[Tensor]) -> Tensor:
        """A picture of what was found for the pixels of each scale, the coarsest one last."""
        *fine, found = (part.permute(0, 3, 1, 2) for part in parts)
        for size, part in zip(reversed(self.sizes), reversed(fine), strict=True):
            found = unsqueezed(torch.cat([found, part], 1), *size)
        return found

    def _frequencies(self, bins: Tensor) -> Tensor:
        """Logits of how often pixels (N, G, H, W) fall into each bin, shape (H, W, G, bins)."""
        count = self.histogram.bins
        places = bins.permute(0, 2, 3, 1)
        flat = places.flatten(1) + count * torch.arange(places[0].numel())
        seen = torch.bincount(flat.flatten(), minlength=places[0].numel() * count).view(*places.shape[1:], count)
        usual = SMOOTHING * self.histogram.share().cpu()
        return torch.log((seen + usual) / (len(bins) + SMOOTHING))


def _spread(channels: Sequence[int], scales: int) -> list[int]:
    """Channels of each scale."""
    return [channels[min(scale, len(channels) - 1)] for scale in range(scales)]


def _arrival(sizes: Sequence[tuple[int, int]], height: int, width: int) -> Tensor:
    """The station at which each pixel arrives: the corner at the first, then the fine pixels, scale by scale."""
    arrival = torch.ones(height, width, dtype=torch.int64)
    for scale in range(len(sizes)):
        step = 1 << scale
        for fine, (i, j) in enumerate(FINE_OFFSETS):
            arrival[i * step :: 2 * step, j * step :: 2 * step] = 2 + FINE * (len(sizes) - 1 - scale) + fine
    return arrival
