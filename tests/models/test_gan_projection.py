"""Points found for items: against the solution of a linear generator, and there and back through networks."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from genstudio.models import _gan_projection
from genstudio.models._gan_projection import FEWEST_STEPS, MOST_STEPS, NOISE, STARTS, project


class Linear:
    """z A, plus a shift of its own for each class; counts the items that it makes."""

    def __init__(self, matrix: Tensor, shifts: Tensor | None = None) -> None:
        self.matrix, self.shifts, self.made = matrix, shifts, 0

    def __call__(self, z: Tensor, given: Tensor | None) -> Tensor:
        self.made += len(z)
        x = z @ self.matrix
        return x if given is None or self.shifts is None else x + given @ self.shifts


def matrix(latent: int, wide: int, seed: int = 0) -> Tensor:
    return torch.randn(latent, wide, generator=torch.Generator().manual_seed(seed))


def generator(latent: int, wide: int) -> Tensor:
    """A matrix that stretches no direction more than twice as much as another."""
    u, _, v = torch.linalg.svd(matrix(latent, wide), full_matrices=False)
    stretched: Tensor = u @ torch.diag(torch.linspace(2, 1, latent)) @ v
    return stretched


def posterior_mode(x: Tensor, a: Tensor) -> Tensor:
    noise = NOISE**2 * (a**2).sum(0).mean()
    mode: Tensor = torch.linalg.solve(a @ a.T + noise * torch.eye(len(a)), a @ x.T)
    return mode.T


def mlp(latent: int, wide: int, seed: int) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(latent, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, wide))


@pytest.mark.parametrize(("latent", "wide"), [(2, 2), (2, 6), (5, 12)])
def test_of_a_linear_generator_it_is_the_mode_of_the_posterior(latent: int, wide: int) -> None:
    a = generator(latent, wide)
    x = matrix(6, latent, seed=1) @ a + 0.1 * matrix(6, wide, seed=2)
    found = project(Linear(a), x, None, latent, seed=0)
    assert torch.allclose(found, posterior_mode(x, a), atol=0.02)


def test_it_is_the_point_of_least_squares_where_items_say_all() -> None:
    a, z = 3 * generator(2, 8), matrix(5, 2, seed=2)
    found = project(Linear(a), z @ a, None, 2, seed=0)
    assert torch.allclose(found, z, atol=0.01)


def test_of_what_hardly_matters_the_prior_decides() -> None:
    a = torch.tensor([[1.0, 0.0], [0.0, 1e-4]])
    found = project(Linear(a), torch.tensor([[0.5, 2e-4]]), None, 2, seed=0)
    assert found[0, 0] == pytest.approx(0.5, abs=0.01)
    assert abs(found[0, 1]) < 0.1  # not 2, where the item would be met


@pytest.mark.parametrize(("latent", "wide"), [(2, 2), (8, 40)])
def test_what_a_network_made_is_found_again(latent: int, wide: int) -> None:
    net = mlp(latent, wide, seed=3)
    with torch.no_grad():
        x = net(matrix(20, latent, seed=4))
    found = project(lambda z, _: net(z), x, None, latent, seed=0)
    with torch.no_grad():
        left = ((net(found) - x) ** 2).mean(1).sqrt() / x.std()
    assert left.median() < 0.02
    assert left.max() < 0.1


def test_many_are_better_than_where_they_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_gan_projection, "WORK", 10_000)
    net = mlp(4, 300, seed=5)
    with torch.no_grad():
        x = net(matrix(200, 4, seed=6))
        starts = net(torch.randn(STARTS, 4, generator=torch.Generator().manual_seed(0)))
        begun = torch.cdist(x, starts).min(1).values ** 2 / 300
        found = project(lambda z, _: net(z), x, None, 4, seed=0)
        ended = ((net(found) - x) ** 2).mean(1)
    assert ended.mean() < 0.5 * begun.mean()


def test_each_class_has_starts_of_its_own() -> None:
    shifts = torch.tensor([[50.0, 0.0], [0.0, -50.0]])
    a, z = generator(2, 2), matrix(6, 2, seed=7)
    given = torch.eye(2)[torch.tensor([0, 1, 1, 0, 0, 1])]
    found = project(Linear(a, shifts), z @ a + given @ shifts, given, 2, seed=0)
    assert torch.allclose(found, posterior_mode(z @ a, a), atol=0.02)


def test_no_class_is_given_as_a_width_of_none() -> None:
    a = generator(2, 2)
    x, given = matrix(4, 2, seed=1), torch.zeros(4, 0)
    found = project(Linear(a, torch.zeros(0, 2)), x, given, 2, seed=0)
    assert torch.equal(found, project(Linear(a), x, None, 2, seed=0))


def test_few_take_many_steps_and_many_take_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_gan_projection, "WORK", 64 * MOST_STEPS)
    one, many = Linear(matrix(2, 20)), Linear(matrix(2, 20))
    project(one, torch.zeros(1, 20), None, 2, seed=0)
    project(many, torch.zeros(400, 20), None, 2, seed=0)
    assert one.made - STARTS > MOST_STEPS
    assert many.made - STARTS == (FEWEST_STEPS + 1) * 400


def test_the_same_seed_finds_the_same_and_disturbs_nothing() -> None:
    net = mlp(3, 5, seed=8)
    x = matrix(4, 5, seed=9)
    torch.manual_seed(11)
    expected = torch.rand(1)
    torch.manual_seed(11)
    with torch.no_grad():
        found = project(lambda z, _: net(z), x, None, 3, seed=1)
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(found, project(lambda z, _: net(z), x, None, 3, seed=1))
    assert not found.requires_grad
    assert found.dtype == torch.float32
    assert all(weight.grad is None for weight in net.parameters())


def test_of_nothing_there_is_nothing() -> None:
    assert project(Linear(matrix(2, 3)), torch.empty(0, 3), None, 2, seed=0).shape == (0, 2)
