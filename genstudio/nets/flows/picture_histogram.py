"""How one pixel is distributed, given what is known of the others: a histogram, as a map onto a standard normal.

The map is monotonic and made of straight pieces between fixed knots, which lie between intensities. Where one
intensity is as frequent as black is among pen strokes, a bin of its own holds it, which smooth maps only come near to;
and as the density is level within the cell of an intensity, dequantization costs next to nothing.

References:
    Müller, McWilliams, Rousselle, Gross, Novák (2019): Neural importance sampling (piecewise-linear couplings).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.flows.picture_levels import LEVELS, levels_of

ALMOST_ONE = 1.0 - 2.0**-20
"""How far a pixel may lie in its cell."""
RARE = 1e-6
"""Share of the data that every intensity has at least, so that none is impossible."""
USUAL = 1e-5
"""Share of what is frequent in the data as a whole in every histogram: no network can be surer than that."""
LEAST_TAIL = 1e-300
"""What is left beyond a pixel is never less, so that its place in the base stays a finite number."""


class _Shares(NamedTuple):
    """Probabilities of a pixel's own intensity, of all darker and of all brighter ones, float64."""

    before: Tensor
    at: Tensor
    after: Tensor


class Histogram(nn.Module):
    """Maps pixels, each by its own histogram, to a standard normal.

    Within a bin intensities are as frequent, one beside the other, as in the data as a whole.

    Arguments:
        bins: of each histogram, 1 to 256.
    """

    masses: Tensor
    bin_of: Tensor

    def __init__(self, bins: int) -> None:
        super().__init__()
        self.bins = bins
        self.register_buffer("masses", torch.full((LEVELS,), 1.0 / LEVELS))
        self.register_buffer("bin_of", torch.arange(LEVELS) * bins // LEVELS)

    def learn(self, counts: Tensor) -> None:
        """Take over how often each intensity occurs in the data, shape (256,), and lay the knots accordingly."""
        share = counts.double().cpu() / counts.sum()
        self.masses.copy_((share + RARE) / (1.0 + LEVELS * RARE))
        edges = torch.tensor(_edges(share.tolist(), self.bins))
        self.bin_of.copy_(torch.bucketize(torch.arange(LEVELS), edges[1:-1], right=True))

    def share(self) -> Tensor:
        """The part of the data in each bin, shape (bins,)."""
        return self.masses.new_zeros(self.bins).index_add(0, self.bin_of, self.masses)

    def log_density(self, v: Tensor, logits: Tensor) -> Tensor:
        """Log-density of pixels.

        Arguments:
            v: dequantized, any shape.
            logits: of the bins, the same shape and one more axis.

        Returns:
            Nats, the shape of v.
        """
        level = levels_of(v)
        bin_, share = self.bin_of[level], self.share()
        chosen = F.log_softmax(logits, -1).gather(-1, bin_.unsqueeze(-1)).squeeze(-1)
        usual = (USUAL * share).log().to(chosen.dtype)[bin_]
        within = (LEVELS * self.masses / share[self.bin_of]).log().to(chosen.dtype)[level]
        return torch.logaddexp(chosen + math.log1p(-USUAL), usual) + within

    def inward(self, v: Tensor, logits: Tensor) -> Tensor:
        """Where pixels lie in the standard normal, the shape of v, float64; arguments as for `log_density`."""
        level = levels_of(v)
        shares = self._level_shares(self._heights(logits), level)
        inside = LEVELS * v.double() - level
        # Each tail is summed up from its own end: the difference from 1 would have no digits left.
        below = shares.before + inside * shares.at
        above = shares.after + (1.0 - inside) * shares.at
        return torch.where(below < above, _normal_place(below), -_normal_place(above))

    def outward(self, z: Tensor, logits: Tensor) -> Tensor:
        """The dequantized pixels that `inward` brings to z, float64."""
        heights = self._heights(logits)
        z = z.double().unsqueeze(-1)
        below, above = torch.special.ndtr(z), torch.special.ndtr(-z)
        darker, brighter = _beside(heights)
        # The first bin begins before every pixel, the last one ends after it, however sums were rounded.
        begun = torch.where(z < 0, darker <= below, brighter + heights > above)
        bin_ = (begun.sum(-1, keepdim=True) - 1).clamp(0, self.bins - 1)
        height = heights.gather(-1, bin_)
        from_start = (below - darker.gather(-1, bin_)) / height
        to_end = (above - brighter.gather(-1, bin_)) / height
        part = torch.where(z < 0, from_start, 1.0 - to_end).clamp(0.0, 1.0)
        return self._within(part.squeeze(-1), bin_.squeeze(-1))

    def _heights(self, logits: Tensor) -> Tensor:
        """Probabilities of the bins, float64."""
        return (1.0 - USUAL) * torch.softmax(logits.double(), -1) + USUAL * self.share().double()

    def _level_shares(self, heights: Tensor, level: Tensor) -> _Shares:
        bin_ = self.bin_of[level]
        height, darker, brighter = (
            sums.gather(-1, bin_.unsqueeze(-1)).squeeze(-1) for sums in (heights, *_beside(heights))
        )
        before, at, after = (part[level] for part in self._parts())
        return _Shares(darker + height * before, height * at, brighter + height * after)

    def _parts(self) -> _Shares:
        """Which part of its bin each intensity takes, and what of the bin is darker and brighter, each (256,)."""
        masses = self.masses.double()
        share = masses.new_zeros(self.bins).index_add(0, self.bin_of, masses)
        darker, brighter = _beside(share)
        before, after = _beside(masses)
        whole = share[self.bin_of]
        parts = (before - darker[self.bin_of]) / whole, masses / whole, (after - brighter[self.bin_of]) / whole
        return _Shares(*(part.clamp(0.0, 1.0) for part in parts))

    def _within(self, part: Tensor, bin_: Tensor) -> Tensor:
        """The dequantized pixels that lie so far in their bins, counted in what the bin holds."""
        before, at, _ = self._parts()
        # Bin after bin, each from its number on: one rising line, on which places can be looked up.
        starts = self.bin_of + before
        level = torch.searchsorted(starts, (bin_ + part).contiguous(), right=True).sub(1)
        first = torch.searchsorted(self.bin_of, bin_.contiguous())
        last = torch.searchsorted(self.bin_of, bin_.contiguous(), right=True).sub(1)
        level = level.clamp(first, last)
        inside = ((part - before[level]) / at[level]).clamp(0.0, ALMOST_ONE)
        found: Tensor = (level + inside) / LEVELS
        return found


def _beside(heights: Tensor) -> tuple[Tensor, Tensor]:
    """What lies before each of some bins along the last axis, and what lies after, each summed up from its end."""
    rising = heights.cumsum(-1).roll(1, -1)
    falling = heights.flip(-1).cumsum(-1).roll(1, -1).flip(-1)
    inner = torch.arange(heights.shape[-1], device=heights.device)
    return rising * (inner > 0), falling * (inner < len(inner) - 1)


def _normal_place(tail: Tensor) -> Tensor:
    place: Tensor = torch.special.ndtri(tail.clamp(LEAST_TAIL, 0.5))
    return place


def _edges(share: Sequence[float], bins: int) -> list[int]:
    """Knots 0 … 256 between bins that hold as equal parts as single intensities allow."""
    edges = [0, LEVELS]
    while len(edges) <= bins:
        spans = [(low, high) for low, high in itertools.pairwise(edges) if high - low > 1]
        low, high = max(spans, key=lambda span: _unevenness(share[slice(*span)]))
        edges = sorted([*edges, low + _middle(share[low:high])])
    return edges


def _unevenness(share: Sequence[float]) -> tuple[float, int]:
    """What of a bin is not its most frequent intensity; of empty ones the widest counts most."""
    return sum(share) - max(share), len(share)


def _middle(share: Sequence[float]) -> int:
    """Where to cut a bin of at least two intensities so that both sides hold as equal parts as can be."""
    rising = list(itertools.accumulate(share))
    return 1 + min(range(len(share) - 1), key=lambda cut: abs(2.0 * rising[cut] - rising[-1]))
