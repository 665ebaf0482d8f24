"""The textbook's networks beside the same ones of plain layers."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from genstudio.nets.gan.folded import DoublingConv
from genstudio.nets.gan.heads import Choices, SeededDropout
from genstudio.nets.gan.textbook import TextbookDiscriminator, TextbookGenerator

SHAPE, CHANNELS, Z, N = (1, 28, 28), (64, 128), 100, 6
NONE = torch.zeros(N, 0)
CLOSE = {"rtol": 1e-5, "atol": 1e-5}


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture
def generator() -> TextbookGenerator:
    return TextbookGenerator(SHAPE, 0, Z, CHANNELS)


@pytest.fixture
def discriminator() -> TextbookDiscriminator:
    return TextbookDiscriminator(SHAPE, CHANNELS, Choices())


def plain(generator: TextbookGenerator) -> TextbookGenerator:
    """The same, doubled by a layer of its own before each convolution."""
    other = copy.deepcopy(generator)
    layers: list[nn.Module] = []
    for layer in other.convolutions:
        if isinstance(layer, DoublingConv):
            conv = nn.Conv2d(layer.in_channels, layer.out_channels, 3, padding=1)
            conv.load_state_dict(layer.state_dict())
            layers += [nn.Upsample(scale_factor=2), conv]
        else:
            layers.append(layer)
    other.convolutions = nn.Sequential(*layers)
    return other


def slopes(loss: Tensor, net: nn.Module) -> list[Tensor]:
    return list(torch.autograd.grad(loss, list(net.parameters())))


def cross_entropy(said: Tensor, real: float) -> Tensor:
    return nn.functional.binary_cross_entropy_with_logits(said, torch.full_like(said, real))


def test_weights_are_as_many_as_keras_counts(
    generator: TextbookGenerator, discriminator: TextbookDiscriminator
) -> None:
    assert sum(weight.numel() for weight in generator.parameters()) == 633_472 + 147_584 + 256 + 73_792 + 128 + 577
    assert sum(weight.numel() for weight in discriminator.parameters()) == 320 + 18_496 + 73_856 + 295_168 + 4_097


def test_the_generator_makes_what_plain_layers_make(generator: TextbookGenerator) -> None:
    z = torch.randn(N, Z)
    torch.testing.assert_close(generator(z, NONE), plain(generator)(z, NONE), **CLOSE)


def test_it_learns_what_plain_layers_learn(generator: TextbookGenerator, discriminator: TextbookDiscriminator) -> None:
    z = torch.randn(N, Z)
    discriminator.eval()
    found = []
    for net in (generator, plain(generator)):
        found.append(slopes(cross_entropy(discriminator(net(z, NONE), NONE), 1.0), net))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, **CLOSE)


def test_real_and_made_in_one_batch_are_judged_as_in_two(discriminator: TextbookDiscriminator) -> None:
    discriminator.eval()
    real, made = torch.rand(N, *SHAPE), torch.rand(N, *SHAPE)
    apart = cross_entropy(discriminator(real, NONE), 1.0) + cross_entropy(discriminator(made, NONE), 0.0)
    one, other = discriminator(torch.cat([real, made]), torch.cat([NONE, NONE])).chunk(2)
    together = cross_entropy(one, 1.0) + cross_entropy(other, 0.0)
    torch.testing.assert_close(together, apart, **CLOSE)
    for mine, wanted in zip(slopes(together, discriminator), slopes(apart, discriminator), strict=True):
        torch.testing.assert_close(mine, wanted, **CLOSE)


def test_a_frozen_discriminator_teaches_the_generator_the_same(
    generator: TextbookGenerator, discriminator: TextbookDiscriminator
) -> None:
    z, found = torch.randn(N, Z), []
    discriminator.eval()
    for frozen in (False, True):
        discriminator.requires_grad_(not frozen)
        found.append(slopes(cross_entropy(discriminator(generator(z, NONE), NONE), 1.0), generator))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, **CLOSE)


def test_dropout_goes_on_where_a_kept_state_left_it() -> None:
    layer, x = SeededDropout(0.25), torch.ones(5, 40, 3, 7)
    layer(x)
    other = SeededDropout(0.25)
    other.load_state_dict(layer.state_dict())
    first = layer(x)
    torch.testing.assert_close(first, other(x))
    assert not torch.equal(first, layer(x))
    assert first.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert float((first == 0).float().mean()) == pytest.approx(0.25, abs=0.03)
    assert torch.equal(layer.eval()(x), x)
