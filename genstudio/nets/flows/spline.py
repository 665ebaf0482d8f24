"""Monotonic rational-quadratic splines, written in plain operations that compile with right gradients.

References:
    Gregory, Delbourgo (1982): Piecewise rational quadratic interpolation to monotonic data.
    Durkan, Bekasov, Murray, Papamakarios (2019): Neural spline flows.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

# No bin is narrower or lower than this share of the spline, and no knot less steep: else rounding has the last word.
LEAST_BIN = 1e-3
LEAST_SLOPE = 1e-3
_UNIT_SLOPE = math.log(math.expm1(1.0 - LEAST_SLOPE))


def n_spline_parameters(bins: int) -> int:
    """Numbers that a spline is made of: widths and heights of its bins, and slopes at the knots between them."""
    return 3 * bins - 1


def spline(x: Tensor, raw: Tensor, bound: float) -> tuple[Tensor, Tensor]:
    """Bend each number between -bound and bound; the identity beyond.

    Arguments:
        x: shape (N, D).
        raw: what each spline is made of, unconstrained, shape (N, D, 3 K - 1); zeros are the identity.

    Returns:
        The numbers, and the logarithms of the slopes there, each shape (N, D).
    """
    inside = x.clamp(-bound, bound)
    piece = _piece(inside, raw, bound, by_height=False)
    share = (inside - piece.x) / piece.width
    mixed = share * (1.0 - share)
    below = piece.steepness + piece.bend * mixed
    y = piece.y + piece.height * (piece.steepness * share.square() + piece.slope * mixed) / below
    # At the bounds the slope is 1, so that what is beyond them only has to be added.
    return y + (x - inside), _log_slope(piece, share, mixed, below)


def spline_inverse(y: Tensor, raw: Tensor, bound: float) -> tuple[Tensor, Tensor]:
    """The numbers that `spline` brings to y, and the logarithms of the inverse's slopes there, each shape (N, D)."""
    inside = y.clamp(-bound, bound)
    piece = _piece(inside, raw, bound, by_height=True)
    share = _root(piece, inside - piece.y)
    mixed = share * (1.0 - share)
    x = piece.x + piece.width * share
    return x + (y - inside), -_log_slope(piece, share, mixed, piece.steepness + piece.bend * mixed)


class _Piece(NamedTuple):
    """The bin that a number lies in, each (N, D): its corner, its sides, its mean slope and those at its knots."""

    x: Tensor
    y: Tensor
    width: Tensor
    height: Tensor
    steepness: Tensor
    slope: Tensor
    next_slope: Tensor
    bend: Tensor


def _piece(place: Tensor, raw: Tensor, bound: float, *, by_height: bool) -> _Piece:
    bins = (raw.shape[-1] + 1) // 3
    knots = _knots(raw[..., : 2 * bins].reshape(*raw.shape[:-1], 2, bins), bound)
    inner = knots[..., int(by_height), 1:-1]
    bin_ = (place.unsqueeze(-1) >= inner).sum(-1, keepdim=True)
    left = knots.gather(-1, bin_.unsqueeze(-2).expand(*knots.shape[:-1], 1)).squeeze(-1)
    right = knots.gather(-1, (bin_ + 1).unsqueeze(-2).expand(*knots.shape[:-1], 1)).squeeze(-1)
    sides = right - left
    slopes = _slopes(raw[..., 2 * bins :], bin_)
    (x, y), (width, height), (slope, next_slope) = left.unbind(-1), sides.unbind(-1), slopes.unbind(-1)
    steepness = height / width
    return _Piece(x, y, width, height, steepness, slope, next_slope, slope + next_slope - 2.0 * steepness)


def _knots(raw: Tensor, bound: float) -> Tensor:
    """Where bins begin and end, from -bound to bound, shape (..., K + 1), of unconstrained sizes (..., K).

    One product with a triangular matrix does the work of a sum along the bins.
    """
    bins = raw.shape[-1]
    free = 2.0 * bound * (1.0 - bins * LEAST_BIN)
    sums = free * torch.ones(bins + 1, bins, dtype=raw.dtype, device=raw.device).tril(-1)
    least = 2.0 * bound * LEAST_BIN * torch.arange(bins + 1, dtype=raw.dtype, device=raw.device) - bound
    return F.linear(torch.softmax(raw, -1), sums, least)


def _slopes(raw: Tensor, bin_: Tensor) -> Tensor:
    """Slopes at the two knots of a bin, shape (..., 2), of unconstrained ones (..., K - 1); 1 at the outermost."""
    around = F.pad(raw, (1, 1)).gather(-1, torch.cat([bin_, bin_ + 1], -1))
    return LEAST_SLOPE + F.softplus(around + _UNIT_SLOPE)


def _log_slope(piece: _Piece, share: Tensor, mixed: Tensor, below: Tensor) -> Tensor:
    above = piece.next_slope * share.square() + 2.0 * piece.steepness * mixed + piece.slope * (1.0 - share).square()
    return torch.log(above * (piece.steepness / below).square())


def _root(piece: _Piece, rise: Tensor) -> Tensor:
    """The share of the bin's width at which the spline has risen so much, by the stable form of the root."""
    a = piece.height * (piece.steepness - piece.slope) + rise * piece.bend
    b = piece.height * piece.slope - rise * piece.bend
    c = -piece.steepness * rise
    root = (b.square() - 4.0 * a * c).clamp(min=0.0).sqrt()
    return (-2.0 * c / (b + root)).clamp(0.0, 1.0)
