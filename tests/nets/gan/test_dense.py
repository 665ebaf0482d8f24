"""Generators and discriminators of rows: what they are shown beside coordinates."""

from __future__ import annotations

import math

import pytest
import torch

from genstudio.nets.gan.dense import DenseDiscriminator, DenseGenerator, Waves
from genstudio.nets.gan.heads import Choices


def test_each_wave_is_half_as_long_as_the_one_before() -> None:
    x = torch.tensor([[0.5, -1.0]])
    found = Waves(2, longest=4.0)(x)
    angles = [math.pi / 4, math.pi / 2, -math.pi / 2, -math.pi]
    wanted = [0.5, -1.0, *map(math.sin, angles), *map(math.cos, angles)]
    assert found[0].tolist() == pytest.approx(wanted, abs=1e-6)


def test_without_waves_coordinates_stay_by_themselves() -> None:
    x = torch.randn(3, 2)
    assert torch.equal(Waves(0, longest=4.0)(x), x)


@pytest.mark.parametrize("waves", [0, 3])
def test_a_generator_makes_rows_of_noise_and_classes(waves: int) -> None:
    net = DenseGenerator(2, 3, (8, 8), 5, waves=waves)
    assert net(torch.randn(7, 2), torch.eye(3)[torch.arange(7) % 3]).shape == (7, 5)


def test_waves_are_made_of_the_noise_and_not_of_classes() -> None:
    """A class is a corner of 0 and 1, of which waves would tell nothing new."""
    assert DenseGenerator(2, 3, (8,), 5, waves=4).layers[0].in_features == 2 * 9 + 3


@pytest.mark.parametrize("waves", [0, 4])
def test_a_discriminator_says_one_number_of_each_pack(waves: int) -> None:
    net = DenseDiscriminator(2, (8, 8), Choices(pack=3), waves=waves)
    assert net(torch.randn(7, 6), torch.zeros(7, 0)).shape == (7,)


def test_waves_are_no_part_of_what_is_learned() -> None:
    plain, waved = (DenseGenerator(2, 0, (8,), 2, waves=count).state_dict() for count in (0, 3))
    assert plain.keys() == waved.keys()
