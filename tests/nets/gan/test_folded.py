"""Doubling and convolving in one, beside torch's own layers one after the other."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from genstudio.nets.gan.folded import DoublingConv, channels_innermost

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (3, 5), (16, 8)])
@pytest.mark.parametrize(("low", "size"), [((7, 7), (14, 14)), ((4, 5), (7, 9)), ((1, 1), (1, 2)), ((3, 2), (6, 3))])
def test_it_is_doubling_and_then_convolving(
    inputs: int, outputs: int, low: tuple[int, int], size: tuple[int, int]
) -> None:
    torch.manual_seed(0)
    layer = DoublingConv(inputs, outputs, size)
    channels_innermost(layer)
    x = torch.randn(4, inputs, *low, requires_grad=True)
    doubled = F.interpolate(x, scale_factor=2.0, mode="nearest")
    # What is cut off is cut after the convolution: what the last row that stays sees is the same.
    plain = F.conv2d(doubled, layer.weight, layer.bias, padding=1)[..., : size[0], : size[1]]
    torch.testing.assert_close(layer(x), plain, **CLOSE)


def test_gradients_of_gradients_agree_too() -> None:
    torch.manual_seed(0)
    layer = DoublingConv(3, 4, (8, 8)).double()
    x = torch.randn(2, 3, 4, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    assert torch.autograd.gradgradcheck(layer, (x,))


@pytest.mark.parametrize("low", [(7, 7), (14, 14), (3, 5)])
def test_gradients_are_those_of_the_plain_layers(low: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer = DoublingConv(12, 6, (2 * low[0], 2 * low[1]))
    x = torch.randn(8, 12, *low, requires_grad=True)
    plain = F.conv2d(F.interpolate(x, scale_factor=2.0, mode="nearest"), layer.weight, layer.bias, padding=1)
    weights = torch.randn(plain.shape) / plain[0].numel()
    of = (x, layer.weight, layer.bias)
    for found, wanted in zip(
        torch.autograd.grad((layer(x) * weights).sum(), of), torch.autograd.grad((plain * weights).sum(), of),
        strict=True,
    ):
        torch.testing.assert_close(found, wanted, **CLOSE)
