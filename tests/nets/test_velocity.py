"""Velocity fields of points and pictures."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from genstudio.nets.unet import UNet
from genstudio.nets.velocity import VelocityField, VelocityMLP, straight_normal, time_features

SHAPES = [(1, 28, 28), (3, 32, 32), (1, 8, 8), (3, 13, 18), (1, 7, 9), (2, 1, 1)]


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def unet(shape: tuple[int, int, int], n_classes: int = 0, patch: int = 2) -> UNet:
    return UNet(shape, n_classes, (8, 16), blocks=1, patch=patch, activation="silu")


def speaking(net: nn.Module) -> nn.Module:
    """Weights that begin as zero would hide what they are given."""
    for weight in net.parameters():
        nn.init.normal_(weight, std=0.2)
    return net


def nets(n_classes: int) -> list[tuple[nn.Module, tuple[int, ...]]]:
    dense = VelocityMLP(3, n_classes, (16, 16), activation="silu", waves=2)
    return [(speaking(dense), (3,)), (speaking(unet((1, 8, 8), n_classes)), (1, 8, 8))]


def test_times_are_told_apart_most_finely_next_to_the_data() -> None:
    features = time_features(torch.tensor([0.0, 0.5, 0.51, 0.99, 1.0]))
    assert torch.isfinite(features).all()
    assert (features[4] - features[3]).norm() > (features[2] - features[1]).norm()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("patch", [1, 2, 3])
def test_a_unet_says_as_many_numbers_as_a_picture_has(shape: tuple[int, int, int], patch: int) -> None:
    said = speaking(unet(shape, patch=patch))(torch.randn(2, *shape), torch.rand(2), torch.zeros(2, 0))
    assert said.shape == (2, *shape)
    assert said.std() > 0 or said.numel() == 2


@pytest.mark.parametrize("channels", [(8,), (6, 5, 7)])
def test_a_unet_has_any_number_of_sizes(channels: tuple[int, ...]) -> None:
    net = speaking(UNet((1, 12, 10), 0, channels, blocks=2, patch=1, activation="relu"))
    assert net(torch.randn(2, 1, 12, 10), torch.rand(1), torch.zeros(1, 0)).shape == (2, 1, 12, 10)


def test_a_unet_sees_the_whole_picture() -> None:
    x = torch.randn(1, 1, 16, 16, requires_grad=True)
    speaking(unet((1, 16, 16)))(x, torch.tensor([0.3]), torch.zeros(1, 0))[0, 0, 0, 0].backward()
    assert x.grad is not None
    assert (x.grad != 0).all()


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_said_hangs_on_the_time_and_the_class(place: int) -> None:
    net, shape = nets(2)[place]
    x, given = torch.randn(4, *shape), torch.eye(2)[[0, 1, 0, 1]]
    one = net(x, torch.full((4,), 0.4), given)
    torch.testing.assert_close(net(x, torch.tensor([0.4]), given), one, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(net(x, torch.tensor([0.5]), given), one)
    assert not torch.allclose(net(x, torch.tensor([0.4]), given.flip(1)), one)
    torch.testing.assert_close(net(x[:2], torch.tensor([0.4]), given[:2]), one[:2], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("place", [0, 1])
def test_a_field_of_a_network_that_says_nothing_leaves_a_normal_what_it_is(place: int) -> None:
    """Its velocity is then that of straight paths between two standard normals: their regression, in closed form."""
    shape = [(2,), (1, 8, 8)][place]
    net = [VelocityMLP(2, 0, (8,), activation="silu"), unet((1, 8, 8))][place]
    draw = torch.Generator().manual_seed(0)
    noise, data = torch.randn(2, 4000, *shape, generator=draw)
    time = 0.7
    between = (1 - time) * noise + time * data
    said: Tensor = VelocityField(net)(between, torch.tensor([time]), torch.zeros(1, 0))
    slope = float(((data - noise) * between).sum() / between.square().sum())
    torch.testing.assert_close(said, straight_normal(between, time), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(said, slope * between, atol=0.15, rtol=0.1)


def test_what_a_network_says_is_told_in_units_of_what_is_left() -> None:
    """Networks see points of deviation 1, and have to say numbers of deviation 1, at any time."""
    draw = torch.Generator().manual_seed(0)
    noise, data = torch.randn(2, 20_000, 1, generator=draw)
    for time in (0.0, 0.2, 0.9):
        between, spread = (1 - time) * noise + time * data, math.hypot(time, 1 - time)
        assert float((between / spread).std()) == pytest.approx(1, abs=0.03)
        left = (data - noise - straight_normal(between, time)) * spread
        assert float(left.std()) == pytest.approx(1, abs=0.03)
