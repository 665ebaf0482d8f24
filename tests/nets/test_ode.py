"""Solvers of ordinary differential equations, and log-densities along the way, beside what is known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
import torch
from torch import Tensor, nn

from genstudio.nets.ode import SOLVERS, Velocity, flow, flow_with_density, traced_by_probes, traced_exactly

ORDERS = {"euler": 1, "midpoint": 2, "heun": 2, "rk4": 4}
TURN = torch.tensor([[0.3, -1.2, 0.0], [1.2, -0.1, 0.4], [0.0, -0.4, 0.5]], dtype=torch.float64)


@pytest.fixture
def x() -> Tensor:
    return torch.randn(40, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def times(steps: int, start: float = 0.0, end: float = 1.0) -> list[float]:
    return torch.linspace(start, end, steps + 1, dtype=torch.float64).tolist()


def linear(x: Tensor, time: float) -> Tensor:
    return x @ TURN.T


def growing(x: Tensor, time: float) -> Tensor:
    """Each point grows as exp(t² / 2 + sin t), so that slopes hang on the time, too."""
    return (time + math.cos(time)) * x


def curved(x: Tensor, time: float) -> Tensor:
    return torch.sin(x.roll(1, 1)) * (1 + time) + 0.3 * x**2


def last_of(velocity: Velocity, x: Tensor, moments: list[float], solver: str) -> Tensor:
    *_, last = flow(velocity, x, moments, solver)
    return last


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("velocity", [linear, growing])
def test_errors_fall_by_the_order_of_the_solver(solver: str, velocity: Velocity, x: Tensor) -> None:
    exact = x @ torch.linalg.matrix_exp(TURN).T if velocity is linear else x * math.exp(0.5 + math.sin(1.0))
    errors = [float((last_of(velocity, x, times(steps), solver) - exact).abs().max()) for steps in (16, 32)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(ORDERS[solver], abs=0.2)


@pytest.mark.parametrize("solver", SOLVERS)
def test_it_tells_of_every_moment(solver: str, x: Tensor) -> None:
    stations = list(flow(linear, x, times(5), solver))
    assert len(stations) == 6
    assert stations[0] is x
    halfway = last_of(linear, x, times(5)[:3], solver)
    torch.testing.assert_close(stations[2], halfway)


def test_there_and_back_is_where_it_began(x: Tensor) -> None:
    there = last_of(curved, x, times(200), "rk4")
    torch.testing.assert_close(last_of(curved, there, times(200, 1.0, 0.0), "rk4"), x, atol=1e-8, rtol=0)


def test_the_log_density_of_a_normal_that_a_linear_field_carries_is_exact(x: Tensor) -> None:
    """A standard normal becomes one of covariance A Aᵀ, A being the exponential of the field."""
    *_, (moved, higher) = flow_with_density(traced_exactly(linear), x, times(60), "rk4")
    carried = torch.linalg.matrix_exp(TURN).numpy()
    ends, begins = (scipy.stats.multivariate_normal(np.zeros(3), cov) for cov in (carried @ carried.T, np.eye(3)))
    assert higher.shape == (1, 40)
    np.testing.assert_allclose(begins.logpdf(x) + higher[0].numpy(), ends.logpdf(moved), atol=1e-7)


def test_the_change_of_density_is_minus_the_log_determinant_of_the_jacobian(x: Tensor) -> None:
    *_, (_, higher) = flow_with_density(traced_exactly(curved), x, times(200), "rk4")
    points = x[:5].requires_grad_()
    moved = last_of(curved, points, times(200), "rk4")
    rows = [torch.autograd.grad(moved[:, place].sum(), points, retain_graph=True)[0] for place in range(3)]
    expected = -torch.linalg.slogdet(torch.stack(rows, dim=1)).logabsdet
    torch.testing.assert_close(higher[0, :5], expected, atol=1e-7, rtol=0)


def test_probes_are_right_on_average_and_exact_where_coordinates_do_not_mix(x: Tensor) -> None:
    draw = torch.Generator().manual_seed(1)
    probes = torch.randint(0, 2, (4000, 40, 3), generator=draw).double() * 2 - 1
    exact, estimates = (traced(x, 0.5)[1] for traced in (traced_exactly(curved), traced_by_probes(curved, probes)))
    assert estimates.shape == (4000, 40)
    errors = estimates.std(0) / math.sqrt(len(probes))
    assert ((estimates.mean(0) - exact[0]).abs() < 5 * errors).all()
    traced = traced_by_probes(growing, probes[:2])
    np.testing.assert_allclose(traced(x, 0.5)[1], 3 * (0.5 + math.cos(0.5)), rtol=1e-12)


def test_probes_take_pictures_and_leave_no_gradient() -> None:
    convolution = nn.Conv2d(1, 1, 3, padding=1)
    nn.init.dirac_(convolution.weight)
    with torch.no_grad():
        moved, estimate = traced_by_probes(lambda x, time: convolution(x), torch.ones(2, 5, 1, 4, 6))(
            torch.randn(5, 1, 4, 6), 0.0
        )
    assert moved.shape == (5, 1, 4, 6)
    assert not moved.requires_grad
    assert not estimate.requires_grad
    torch.testing.assert_close(estimate, torch.full((2, 5), 24.0))
    assert all(weight.grad is None for weight in convolution.parameters())
