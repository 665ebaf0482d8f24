"""Layers there and back, and their log-determinants beside the Jacobian that autograd takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from genstudio.nets.flows.autoregressive import Autoregressive
from genstudio.nets.flows.bending import AffineBending, SplineBending
from genstudio.nets.flows.bijection import Bijection
from genstudio.nets.flows.conditioner import Conditioner
from genstudio.nets.flows.coupling import Coupling
from genstudio.nets.flows.flow import Chain
from genstudio.nets.flows.mixing import Mixing

Make = Callable[[int, int], Bijection]


def conditioner(n_classes: int) -> Callable[[int, int], Conditioner]:
    def made(kept: int, outputs: int) -> Conditioner:
        return Conditioner(kept, n_classes, outputs, widths=(16,), activation="tanh", octaves=2, bound=3.0)
    return made


LAYERS: dict[str, Make] = {
    "spline coupling": lambda d, c: Coupling(d, SplineBending(8, 3.0), conditioner(c), first=False),
    "spline coupling, first half": lambda d, c: Coupling(d, SplineBending(8, 3.0), conditioner(c), first=True),
    "affine coupling": lambda d, c: Coupling(d, AffineBending(), conditioner(c), first=True),
    "autoregressive": lambda d, c: Autoregressive(
        d, c, SplineBending(8, 3.0), backwards=False, widths=(16, 16), activation=nn.Tanh
    ),
    "autoregressive, backwards": lambda d, c: Autoregressive(
        d, c, AffineBending(), backwards=True, widths=(16,), activation=nn.ReLU
    ),
    "mixing": lambda d, c: Mixing(d),
    "chain": lambda d, c: Chain([
        Coupling(d, SplineBending(8, 3.0), conditioner(c), first=False), Mixing(d),
        Coupling(d, AffineBending(), conditioner(c), first=True),
    ]),
}
every = pytest.mark.parametrize("name", LAYERS)
dimensions = pytest.mark.parametrize("dimension", [1, 2, 5])
classes = pytest.mark.parametrize("n_classes", [0, 3])


def layer(name: str, dimension: int, n_classes: int) -> Bijection:
    """A layer that bends a good deal."""
    torch.manual_seed(0)
    made = LAYERS[name](dimension, n_classes).double()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape))
    return made


def points(dimension: int, n_classes: int, count: int = 40) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(1)
    x = 1.5 * torch.randn(count, dimension, generator=draw).double()
    if not n_classes:
        return x, x.new_zeros(count, 0)
    return x, torch.eye(n_classes).double()[torch.arange(count) % n_classes]


@every
@dimensions
@classes
def test_there_and_back(name: str, dimension: int, n_classes: int) -> None:
    made, (x, given) = layer(name, dimension, n_classes), points(dimension, n_classes)
    with torch.no_grad():
        z, there = made(x, given)
        again, back = made.inverse(z, given)
    assert z.shape == x.shape
    assert there.shape == back.shape == (len(x),)
    torch.testing.assert_close(again, x, atol=1e-8, rtol=0)
    torch.testing.assert_close(back, -there, atol=1e-8, rtol=0)
    assert not torch.allclose(z, x, atol=1e-2)


@every
@dimensions
@classes
def test_log_determinants_are_those_of_the_jacobian(name: str, dimension: int, n_classes: int) -> None:
    made, (x, given) = layer(name, dimension, n_classes), points(dimension, n_classes, 12)
    _, found = made(x, given)
    for i in range(len(x)):
        jacobian = torch.autograd.functional.jacobian(lambda row, i=i: made(row[None], given[i : i + 1])[0][0], x[i])
        assert float(found[i].detach()) == pytest.approx(float(torch.linalg.slogdet(jacobian)[1]), abs=1e-8)


@every
def test_classes_change_what_is_done(name: str) -> None:
    made, (x, given) = layer(name, 2, 3), points(2, 3)
    assert torch.allclose(made(x, given)[0], made(x, given.roll(1, 1))[0]) == (name == "mixing")


@pytest.mark.parametrize("backwards", [False, True])
def test_autoregressive_layers_look_at_what_came_before_only(backwards: bool) -> None:
    torch.manual_seed(0)
    made = Autoregressive(4, 0, SplineBending(4, 3.0), backwards=backwards, widths=(32,), activation=nn.Tanh)
    x = torch.randn(1, 4)
    jacobian = torch.autograd.functional.jacobian(lambda row: made(row[None], torch.zeros(1, 0))[0][0], x[0])
    none = jacobian.tril(-1) if backwards else jacobian.triu(1)
    some = jacobian.triu(1) if backwards else jacobian.tril(-1)
    assert (none == 0).all()
    assert (some != 0).sum() == 6


@pytest.mark.parametrize("kind", ["spline coupling", "affine coupling", "autoregressive"])
def test_layers_start_near_the_identity(kind: str) -> None:
    torch.manual_seed(0)
    x, given = points(5, 0)
    z, log_det = LAYERS[kind](5, 0).double()(x, given)
    assert (z - x).abs().max() < 0.3
    assert log_det.abs().max() < 0.5


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("dimension", [1, 2, 3, 4, 9])
def test_mixing_starts_as_a_rotation_and_not_as_a_reflection(dimension: int, seed: int) -> None:
    torch.manual_seed(seed)
    made = Mixing(dimension).double()
    one = torch.eye(dimension).double()
    turned, log_det = made(one, one.new_zeros(dimension, 0))
    torch.testing.assert_close(turned @ turned.T, one, atol=1e-5, rtol=0)
    assert float(torch.linalg.det(turned.detach())) == pytest.approx(1.0, abs=1e-5)
    assert log_det.abs().max() < 1e-5
    # Half way, no direction of the plane is lost.
    assert dimension > 2 or torch.linalg.svdvals(turned.detach() + one).min() > 1.4


@pytest.mark.parametrize("name", ["spline coupling", "affine coupling", "autoregressive", "mixing"])
def test_no_points_are_no_trouble(name: str) -> None:
    made = layer(name, 3, 2)
    for way in (made.forward, made.inverse):
        moved, log_det = way(torch.zeros(0, 3).double(), torch.zeros(0, 2).double())
        assert moved.shape == (0, 3)
        assert log_det.shape == (0,)
