"""What the convolutional networks compute, beside torch's own layers."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.conv import PictureDecoder, PictureEncoder, halved
from genstudio.nets.transposed import ToPixels, UpConv

SHAPES = [(1, 28, 28), (3, 32, 32), (1, 8, 8), (3, 13, 18), (1, 5, 7), (2, 1, 1)]


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def gradients(found: Tensor, of: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Of one and the same weighted sum of what was found."""
    weights = torch.randn(found.shape, generator=torch.Generator().manual_seed(1))
    return torch.autograd.grad((found * weights).sum(), of)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("channels", [(4,), (4, 6), (3, 5, 7)])
def test_decoder_gives_back_the_shape_that_the_encoder_took(
    shape: tuple[int, int, int], channels: tuple[int, ...]
) -> None:
    encoder = PictureEncoder(shape, channels, (8, 2), "relu")
    decoder = PictureDecoder(2, shape[0], shape, channels=channels, widths=(8,), activation="relu")
    features = encoder(torch.rand(3, *shape))
    assert features.shape == (3, 2)
    assert decoder(features).shape == (3, *shape)


def test_textbook_network_has_as_many_weights_as_the_textbook_counts() -> None:
    encoder = PictureEncoder((1, 28, 28), (32, 64), (16, 4), "relu")
    decoder = PictureDecoder(2, 1, (1, 28, 28), channels=(32, 64), widths=(), activation="relu")
    counts = [sum(weight.numel() for weight in net.parameters()) for net in (encoder, decoder)]
    assert counts == [69_076, 65_089]


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize(("outputs", "sides"), [(1, (7, 7)), (3, (4, 9)), (2, (1, 1))])
def test_pixels_and_gradients_are_those_of_a_transposed_convolution(
    outputs: int, sides: tuple[int, int], channels_last: bool
) -> None:
    layer = ToPixels(5, outputs)
    x = torch.randn(3, 5, *sides)
    x = (x.contiguous(memory_format=torch.channels_last) if channels_last else x).requires_grad_()
    plain = F.conv_transpose2d(x, layer.weight, layer.bias, padding=1)
    ours = layer(x)
    torch.testing.assert_close(ours, plain, rtol=1e-5, atol=1e-5)
    of = (x, *layer.parameters())
    torch.testing.assert_close(gradients(ours, of), gradients(plain, of), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("missing", [(0, 0), (1, 0), (1, 1)])
def test_sides_are_doubled_as_a_transposed_convolution_does(missing: tuple[int, int]) -> None:
    layer = UpConv(5, 4, missing)
    nn.init.normal_(layer.shift)
    x = torch.randn(3, 5, 6, 4, requires_grad=True)
    plain = F.conv_transpose2d(x, layer.weight, layer.shift.flatten(), 2, 1, (1 - missing[0], 1 - missing[1]))
    ours = layer(x)
    assert ours.shape == (3, 4, 12 - missing[0], 8 - missing[1])
    torch.testing.assert_close(ours, plain, rtol=1e-5, atol=1e-5)
    of = (x, layer.weight, layer.shift)
    torch.testing.assert_close(gradients(ours, of), gradients(plain, of), rtol=1e-5, atol=1e-5)


def test_bfloat16_comes_near() -> None:
    decoder = PictureDecoder(2, 1, (1, 8, 8), channels=(4, 6), widths=(), activation="relu")
    z = torch.randn(4, 2)
    exact = decoder(z)
    with torch.autocast("cpu", torch.bfloat16):
        rough = decoder(z)
    rough.sum().backward()
    assert rough.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), exact, rtol=0.05, atol=0.05)


def test_weights_and_features_keep_channels_innermost() -> None:
    decoder = PictureDecoder(2, 3, (3, 8, 8), channels=(4, 6), widths=(), activation="relu")
    assert all(
        weight.is_contiguous(memory_format=torch.channels_last)
        for weight in decoder.parameters() if weight.dim() == 4
    )
    assert decoder(torch.randn(2, 2)).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(("times", "sides"), [(0, (28, 13)), (1, (14, 7)), (3, (4, 2))])
def test_sides_are_halved_upwards(times: int, sides: tuple[int, int]) -> None:
    assert halved((1, 28, 13), times) == sides
