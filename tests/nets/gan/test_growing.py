"""Resolutions that come in one after the other."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from genstudio.nets.gan.growing import GROWN, Blend, GrowingDiscriminator, GrowingGenerator
from genstudio.nets.gan.heads import Choices

NONE = torch.zeros(3, 0)
SHAPE, CHANNELS, Z = (1, 28, 28), (4, 6), 5


@pytest.fixture
def generator() -> GrowingGenerator:
    torch.manual_seed(0)
    return GrowingGenerator(SHAPE, 0, Z, CHANNELS)


@pytest.fixture
def discriminator() -> GrowingDiscriminator:
    torch.manual_seed(0)
    return GrowingDiscriminator(SHAPE, CHANNELS, Choices())


def squares(x: Tensor, side: int) -> Tensor:
    """The mean of each square of pixels, put back into every pixel of it."""
    mean = torch.nn.functional.avg_pool2d(x, side)
    return mean.repeat_interleave(side, 2).repeat_interleave(side, 3)


@pytest.mark.parametrize(("share", "blend"), [
    (0.0, Blend((7, 7), (7, 7), 0.0)),
    (0.2 * GROWN, Blend((7, 7), (7, 7), 0.0)),
    (0.35 * GROWN, Blend((7, 7), (14, 14), 0.4)),
    (0.6 * GROWN, Blend((14, 14), (14, 14), 0.0)),
    (0.875 * GROWN, Blend((14, 14), (28, 28), 0.5)),
    (GROWN, Blend((28, 28), (28, 28), 0.0)),
    (1.0, Blend((28, 28), (28, 28), 0.0)),
])
def test_it_tells_how_far_it_has_grown(generator: GrowingGenerator, share: float, blend: Blend) -> None:
    generator.grow(share)
    assert generator.blend() == blend


def test_the_blend_is_told_in_words(generator: GrowingGenerator) -> None:
    assert generator.blend().words == "7 × 7"
    generator.grow(0.35 * GROWN)
    assert generator.blend().words == "7 × 7 → 14 × 14, 40 % blended"


def test_small_pictures_stand_in_squares(generator: GrowingGenerator) -> None:
    z = torch.randn(3, Z)
    for share, side in ((0.0, 4), (0.6 * GROWN, 2)):
        generator.grow(share)
        made = generator(z, NONE)
        torch.testing.assert_close(made, squares(made, side))
    generator.grow(1.0)
    made = generator(z, NONE)
    assert not torch.allclose(made, squares(made, 2))


def test_a_small_discriminator_sees_no_detail(discriminator: GrowingDiscriminator) -> None:
    x = torch.randn(3, *SHAPE)
    torch.testing.assert_close(discriminator(x, NONE), discriminator(squares(x, 4), NONE), rtol=1e-5, atol=1e-5)
    discriminator.grow(0.35 * GROWN)
    assert not torch.allclose(discriminator(x, NONE), discriminator(squares(x, 4), NONE))


@pytest.mark.parametrize("begins", [0.25 * GROWN, 0.75 * GROWN])
def test_a_resolution_comes_in_without_a_jump(
    generator: GrowingGenerator, discriminator: GrowingDiscriminator, begins: float
) -> None:
    z, x = torch.randn(3, Z), torch.randn(3, *SHAPE)
    for at in (begins, begins + 0.25 * GROWN):
        found = []
        for share in (at - 0.002 * GROWN, at + 0.002 * GROWN):
            generator.grow(share)
            discriminator.grow(share)
            found.append((generator(z, NONE), discriminator(x, NONE)))
        for before, after in zip(*found, strict=True):
            torch.testing.assert_close(before, after, rtol=0, atol=0.1)


def test_growth_is_part_of_the_state(generator: GrowingGenerator) -> None:
    generator.grow(0.35 * GROWN)
    other = GrowingGenerator(SHAPE, 0, Z, CHANNELS)
    other.load_state_dict(generator.state_dict())
    assert other.blend() == generator.blend()
    assert not generator.grown.is_floating_point()
