"""Splines against those of zuko, against differences, and at their edges."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from zuko.transforms import MonotonicRQSTransform

from genstudio.nets.flows.spline import LEAST_BIN, LEAST_SLOPE, n_spline_parameters, spline, spline_inverse

BOUND = 3.0
SIZES = [2, 5, 16, 48]


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def drawn(bins: int, spread: float = 1.5, count: int = 400) -> tuple[Tensor, Tensor]:
    x = 1.5 * BOUND * torch.randn(count, 2, dtype=torch.float64)
    return x, spread * torch.randn(count, 2, n_spline_parameters(bins), dtype=torch.float64)


def narrowest(raw: Tensor, bins: int) -> float:
    """The shortest side of any bin."""
    shares = torch.softmax(raw[..., : 2 * bins].unflatten(-1, (2, bins)), -1)
    return 2 * BOUND * float((LEAST_BIN + (1 - bins * LEAST_BIN) * shares).min())


def zukos(raw: Tensor, bins: int) -> MonotonicRQSTransform:
    """The same spline by zuko, which takes its own unconstrained parameters: those are found from the constrained."""
    slope = 1e-9  # zuko's own limits all but lifted
    limit = -math.log(slope)
    sizes = LEAST_BIN + (1 - bins * LEAST_BIN) * torch.softmax(raw[..., : 2 * bins].unflatten(-1, (2, bins)), -1)
    free = sizes.log() - sizes.log().mean(-1, keepdim=True)
    free = free / (1 - 2 * free.abs() / limit)
    unit = math.log(math.expm1(1 - LEAST_SLOPE))
    slopes = (LEAST_SLOPE + F.softplus(raw[..., 2 * bins:] + unit)).log()
    slopes = slopes / (1 - slopes.abs() / limit)
    return MonotonicRQSTransform(free[..., 0, :], free[..., 1, :], slopes, bound=BOUND, slope=slope)


@pytest.mark.parametrize("bins", SIZES)
def test_it_is_the_spline_of_zuko(bins: int) -> None:
    x, raw = drawn(bins)
    expected, log_slope = zukos(raw, bins).call_and_ladj(x)
    found, found_slope = spline(x, raw, BOUND)
    torch.testing.assert_close(found, expected, atol=1e-10, rtol=0)
    torch.testing.assert_close(found_slope, log_slope, atol=1e-8, rtol=0)


@pytest.mark.parametrize("bins", SIZES)
def test_slopes_are_those_of_autograd(bins: int) -> None:
    x, raw = drawn(bins)
    x.requires_grad_()
    y, log_slope = spline(x, raw, BOUND)
    (slope,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(log_slope.exp(), slope, rtol=1e-9, atol=0)


@pytest.mark.parametrize("bins", SIZES)
def test_there_and_back(bins: int) -> None:
    x, raw = drawn(bins)
    y, there = spline(x, raw, BOUND)
    again, back = spline_inverse(y, raw, BOUND)
    torch.testing.assert_close(again, x, atol=1e-8, rtol=0)
    torch.testing.assert_close(there + back, torch.zeros_like(there), atol=1e-7, rtol=0)


@pytest.mark.parametrize("bins", SIZES)
def test_half_the_digits_are_enough_to_learn_by(bins: int) -> None:
    """Answers are reckoned in float64. In float32 a knot is rounded by the seventh digit of the bound, and the slope of
    a bin by some times what that is of its sides, of which the shortest of 48 bins is 0.02.
    """
    x, raw = drawn(bins, spread=0.5)
    (y, log_slope), (half, half_slope) = spline(x, raw, BOUND), spline(x.float(), raw.float(), BOUND)
    again, back = spline_inverse(half, raw.float(), BOUND)
    knot = torch.finfo(torch.float32).eps * BOUND
    slope = 1e-5 + 32 * knot / narrowest(raw, bins)
    torch.testing.assert_close(half.double(), y, atol=16 * knot, rtol=0)
    torch.testing.assert_close(half_slope.double(), log_slope, atol=slope, rtol=0)
    torch.testing.assert_close(again.double(), x, atol=1e-4, rtol=1e-6)
    torch.testing.assert_close(half_slope + back, torch.zeros_like(back), atol=slope, rtol=0)


def test_gradients_are_those_of_differences() -> None:
    x, raw = drawn(4, count=3)
    assert torch.autograd.gradcheck(lambda *given: spline(*given, BOUND), (x.requires_grad_(), raw.requires_grad_()))


def test_zeros_are_the_identity() -> None:
    x, raw = drawn(8)
    y, log_slope = spline(x, torch.zeros_like(raw), BOUND)
    torch.testing.assert_close(y, x, atol=1e-12, rtol=0)
    torch.testing.assert_close(log_slope, torch.zeros_like(x), atol=1e-12, rtol=0)


@pytest.mark.parametrize("spread", [1.0, 30.0])
def test_it_rises_everywhere_and_joins_the_identity_smoothly(spread: float) -> None:
    _, raw = drawn(16, spread, count=6)
    line = torch.linspace(-BOUND - 1, BOUND + 1, 4001, dtype=torch.float64)
    x = line[:, None].expand(-1, 2)
    for row in raw:
        y, log_slope = spline(x, row.expand(len(x), -1, -1), BOUND)
        assert (y.diff(dim=0) > 0).all()
        assert torch.isfinite(log_slope).all()
        beyond = x.abs() > BOUND
        torch.testing.assert_close(y[beyond], x[beyond], atol=1e-12, rtol=0)
        assert (log_slope[beyond].abs() < 1e-9).all()


@pytest.mark.parametrize("place", [-BOUND, 0.0, BOUND, 1e30, -1e30])
@pytest.mark.parametrize("size", [0.0, 1e4])
def test_extremes_give_finite_numbers_and_gradients(place: float, size: float) -> None:
    x = torch.full((2, 2), place, requires_grad=True)
    raw = (size * torch.randn(2, 2, n_spline_parameters(6))).requires_grad_()
    y, log_slope = spline(x, raw, BOUND)
    for found in (y, log_slope, *torch.autograd.grad((y + log_slope).sum(), (x, raw))):
        assert torch.isfinite(found).all()
