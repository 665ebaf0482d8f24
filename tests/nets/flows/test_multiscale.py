from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor

from genstudio.nets.flows.multiscale import MultiScaleFlow
from genstudio.nets.flows.picture_levels import CELL, dequantized, halvings, levels_of, squeezed, unsqueezed

Shape = tuple[int, int, int]
SHAPES: list[Shape] = [(1, 4, 4), (1, 7, 5), (3, 3, 4), (1, 1, 1), (1, 1, 2), (3, 8, 8), (1, 14, 14)]
TINY: list[Shape] = [(1, 2, 2), (1, 3, 4), (2, 2, 3), (1, 1, 1)]
N_CLASSES = 2


def levels(shape: Shape, n: int = 6, seed: int = 0) -> Tensor:
    """Random pictures, most pixels of which are black."""
    draw = torch.Generator().manual_seed(seed)
    return (90 * torch.randn(n, *shape, generator=draw)).clamp(0, 255).to(torch.uint8)


def flow(shape: Shape, bins: int = 12, blocks: int = 1) -> MultiScaleFlow:
    """One that has learned frequencies, and whose networks say something of everything that they see."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = MultiScaleFlow(shape, N_CLASSES, channels=(4, 3), blocks=blocks, bins=bins)
        net.learn_frequencies(levels(shape, 40))
        for parameter in net.parameters():
            parameter.data += 0.3 * torch.randn_like(parameter)
    return net


def items(shape: Shape, n: int = 6) -> tuple[Tensor, Tensor]:
    """Dequantized pictures and their classes."""
    noise = torch.rand(n, *shape, generator=torch.Generator().manual_seed(1))
    return dequantized(levels(shape, n), noise), torch.eye(N_CLASSES)[torch.arange(n) % N_CLASSES]


@pytest.mark.parametrize("shape", SHAPES)
def test_squeezing_loses_nothing(shape: Shape) -> None:
    x = levels(shape)
    assert squeezed(x).shape[1] == 4 * shape[0]
    assert torch.equal(unsqueezed(squeezed(x), *shape[1:]), x)
    assert torch.equal(squeezed(x)[:, : shape[0]], x[:, :, ::2, ::2])


@pytest.mark.parametrize(("size", "sizes"), [
    ((28, 28), [(28, 28), (14, 14), (7, 7), (4, 4), (2, 2)]), ((7, 9), [(7, 9), (4, 5), (2, 3), (1, 2)]), ((1, 1), []),
])  # fmt: skip
def test_pictures_are_halved_down_to_one_pixel(size: tuple[int, int], sizes: list[tuple[int, int]]) -> None:
    assert halvings(*size) == sizes


def test_no_noise_carries_a_pixel_into_another_cell() -> None:
    every = torch.arange(256).float()
    for noise in (0.0, 0.5, 1.0 - 2.0**-24):
        assert torch.equal(levels_of(dequantized(every, torch.tensor(noise))), torch.arange(256))


@pytest.mark.parametrize("shape", SHAPES)
@torch.no_grad()
def test_there_and_back(shape: Shape) -> None:
    net = flow(shape).double()
    v, given = (part.double() for part in items(shape))
    z, _ = net.inward(v, given)
    torch.testing.assert_close(net.outward(z, given), v, rtol=0, atol=1e-6)
    torch.testing.assert_close(net.outward(z[:1], given[:1]), v[:1], rtol=0, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@torch.no_grad()
def test_back_and_there(shape: Shape) -> None:
    net = flow(shape).double()
    z = torch.randn(6, *shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    given = items(shape)[1].double()
    v = net.outward(z, given)
    assert 0 <= float(v.min()) <= float(v.max()) < 1
    # Where a pixel lies within a rare intensity is told by few digits.
    apart = (net.inward(v, given)[0] - z).abs()
    assert float(apart.median()) < 1e-9
    assert float(apart.max()) < 1e-2


@pytest.mark.parametrize("shape", TINY)
def test_log_determinants_are_those_of_the_jacobian(shape: Shape) -> None:
    net = flow(shape).double()
    v, given = (part.double() for part in items(shape))
    for row in range(3):
        def inward(x: Tensor, given: Tensor = given[row : row + 1]) -> Tensor:
            return net.inward(x.view(1, *shape), given)[0].flatten()

        jacobian = torch.autograd.functional.jacobian(inward, v[row].flatten())  # type: ignore[no-untyped-call]
        log_det = net.inward(v[row : row + 1], given[row : row + 1])[1].sum().detach()
        assert float(torch.linalg.slogdet(jacobian)[1] - log_det) == pytest.approx(0.0, abs=1e-8)
        pixels = v[row].numel()
        # Pixels hang on each other, and none on all: with its rows and columns in their order it is a triangle.
        assert 0 < int((jacobian != 0).sum()) - pixels <= pixels * (pixels - 1) // 2 or pixels == 1


@pytest.mark.parametrize("shape", SHAPES)
@torch.no_grad()
def test_the_density_is_that_of_the_base_and_the_log_determinant(shape: Shape) -> None:
    net = flow(shape).double()
    v, given = (part.double() for part in items(shape))
    z, log_det = net.inward(v, given)
    base = -0.5 * (z.square() + math.log(2 * math.pi))
    torch.testing.assert_close(net(v, given), (base + log_det).flatten(1).sum(1))


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 2), (1, 2, 1)])
@torch.no_grad()
def test_the_intensities_have_all_the_probability(shape: Shape) -> None:
    net = flow(shape, bins=20).double()
    pixels = net.n_pixels
    every = torch.cartesian_prod(*[torch.arange(256)] * pixels).reshape(-1, *shape)
    noise = torch.rand(every.shape, generator=torch.Generator().manual_seed(3))
    given = torch.eye(N_CLASSES, dtype=torch.float64)[:1].expand(len(every), -1)
    logs = net(dequantized(every.double(), noise), given) + CELL * pixels
    # One draw of noise bounds each from below, and so closely that hardly anything is missing.
    assert float(logs.exp().sum()) == pytest.approx(1.0, abs=2e-3)


@torch.no_grad()
def test_dequantization_costs_next_to_nothing() -> None:
    net = flow((1, 8, 8))
    x, given = levels((1, 8, 8), 4).float(), torch.eye(N_CLASSES)[[0, 1, 0, 1]]
    draw = torch.Generator().manual_seed(0)
    logs = torch.stack([net(dequantized(x, torch.rand(x.shape, generator=draw)), given) for _ in range(64)])
    gap = torch.logsumexp(logs, 0) - torch.tensor(64.0).log() - logs.mean(0)
    assert (gap >= -1e-4).all()
    assert float(gap.max()) / 64 < 1e-3


@torch.no_grad()
def test_a_pixel_hangs_on_what_is_told_before_it_alone() -> None:
    shape = (2, 5, 6)
    net = flow(shape, blocks=2)
    v, given = items(shape, 1)
    before = net.explain(v, given)
    seen = torch.zeros(2, 5, 6, 2, 5, 6, dtype=torch.bool)
    for place in itertools.product(range(2), range(5), range(6)):
        other = v.clone()
        other[(0, *place)] = 1.0 - other[(0, *place)]
        seen[place] = (net.explain(other, given) != before)[0]
        assert not (seen[place] & (net.arrival < net.arrival[place[1:]])).any()
    flat = seen.view(60, 60).fill_diagonal_(False)
    assert flat.any()
    assert not (flat & flat.T).any()


@torch.no_grad()
def test_stations_lead_from_noise_to_the_picture() -> None:
    shape = (1, 7, 5)
    net = flow(shape)
    v, given = items(shape)
    z, log_det = net.inward(v, given)
    way = net.stations(v, z)
    assert way.shape == (net.n_stations, 6, *shape)
    torch.testing.assert_close(way[0], torch.special.ndtr(z))
    torch.testing.assert_close(way[-1], v.double())
    changed = [int((later != earlier)[0].sum()) for earlier, later in itertools.pairwise(way)]
    assert changed[0] == 1
    assert sum(changed) == net.n_pixels
    added = net.arriving(log_det)
    assert added.shape == (net.n_stations - 1, 6)
    torch.testing.assert_close(added.sum(0), log_det.flatten(1).sum(1))


@torch.no_grad()
def test_training_begins_with_the_frequencies_of_each_pixel() -> None:
    x = torch.zeros(100, 1, 2, 2, dtype=torch.uint8)
    x[:50, 0, 0, 1] = 200
    net = MultiScaleFlow((1, 2, 2), 0, channels=(4,), blocks=1, bins=8)
    net.learn_frequencies(x)
    explained = net.explain(dequantized(x.float(), torch.tensor(0.5)), torch.zeros(100, 0)) + CELL
    assert float(explained[:, 0, 0, 1].mean()) == pytest.approx(-0.69, abs=0.15)
    assert float(explained[:, 0, 1].mean()) == pytest.approx(0.0, abs=0.1)
