"""Ordinary differential equations solved in fixed steps, and how a density changes along them.

References:
    Butcher (2016): Numerical methods for ordinary differential equations.
    Chen, Rubanova, Bettencourt, Duvenaud (2018): Neural ordinary differential equations.
    Grathwohl, Chen, Bettencourt, Sutskever, Duvenaud (2019): FFJORD, scalable reversible generative models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

State = tuple[Tensor, ...]
Slope = Callable[[State, float], State]
Velocity = Callable[[Tensor, float], Tensor]
"""How points (N, *item) move at a time, (N, *item)."""
Traced = Callable[[Tensor, float], State]
"""The velocity of points (N, *item) at a time, and K estimates of its divergence there, (K, N)."""


@dataclass(frozen=True)
class Tableau:
    """An explicit Runge-Kutta method.

    Arguments:
        nodes: where in a step slopes are taken, 0 to 1.
        rows: how far along each earlier slope the point of each slope lies.
        weights: how far along each slope the step goes.
    """

    nodes: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]


SOLVERS = {
    "euler": Tableau((0,), ((),), (1,)),
    "midpoint": Tableau((0, 1 / 2), ((), (1 / 2,)), (0, 1)),
    "heun": Tableau((0, 1), ((), (1,)), (1 / 2, 1 / 2)),
    "rk4": Tableau((0, 1 / 2, 1 / 2, 1), ((), (1 / 2,), (0, 1 / 2), (0, 0, 1)), (1 / 6, 1 / 3, 1 / 3, 1 / 6)),
}


def solve(slope: Slope, state: State, times: Sequence[float], solver: str) -> Iterator[State]:
    """The state at each of some times, the first of which it has now; one step from each to the next.

    Arguments:
        slope: derivative of the state by time, of a state at a time.
        times: rising, or falling to go back.
        solver: one of `SOLVERS`.
    """
    tableau = SOLVERS[solver]
    yield state
    for start, end in pairwise(times):
        state = _step(slope, state, start, end - start, tableau)
        yield state


def flow(velocity: Velocity, x: Tensor, times: Sequence[float], solver: str) -> Iterator[Tensor]:
    """Where points x, (N, *item), are at each of some times, the first of which they are at now."""
    def slope(state: State, time: float) -> State:
        return (velocity(state[0], time),)

    for (moved,) in solve(slope, (x,), times, solver):
        yield moved


def flow_with_density(traced: Traced, x: Tensor, times: Sequence[float], solver: str) -> Iterator[State]:
    """Where points are at each time, (N, *item), and how much higher the log-density is there, (K, N), nats.

    Along a way it falls by the divergence of the velocity.
    """
    def slope(state: State, time: float) -> State:
        velocity, divergence = traced(state[0], time)
        return velocity, -divergence

    yield from solve(slope, (x, x.new_zeros(1, len(x))), times, solver)


def traced_exactly(velocity: Velocity) -> Traced:
    """With the divergence itself, by the gradient of each coordinate; for points (N, D) of few coordinates."""
    def traced(x: Tensor, time: float) -> State:
        axes = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
        moved, along = _growth(velocity, x, time, [axis.expand_as(x) for axis in axes])
        return moved, along.sum(0, keepdim=True)

    return traced


def traced_by_probes(velocity: Velocity, probes: Tensor) -> Traced:
    """With estimates of the divergence that are right on average, one of each probe.

    Arguments:
        probes: random directions, (K, N, *item), whose coordinates have mean 0 and variance 1 and hang together in
            no way (Hutchinson, 1990); signs give the least variance. They hold for a whole way.
    """
    def traced(x: Tensor, time: float) -> State:
        return _growth(velocity, x, time, list(probes))

    return traced


def _growth(velocity: Velocity, x: Tensor, time: float, directions: Sequence[Tensor]) -> State:
    """The velocity, (N, *item), and how fast it grows along each of K directions (N, *item), (K, N)."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        moved = velocity(x, time)
        # Reverse mode: forward mode takes twice as long here, and seconds to get ready.
        gradients = (torch.autograd.grad(moved, x, direction, retain_graph=True)[0] for direction in directions)
        along = [
            (gradient * direction).flatten(1).sum(1)
            for gradient, direction in zip(gradients, directions, strict=True)
        ]
    return moved.detach(), torch.stack(along)


def _step(slope: Slope, state: State, time: float, span: float, tableau: Tableau) -> State:
    slopes: list[State] = []
    for node, row in zip(tableau.nodes, tableau.rows, strict=True):
        slopes.append(slope(_moved(state, slopes, row, span), time + node * span))
    return _moved(state, slopes, tableau.weights, span)


def _moved(state: State, slopes: Sequence[State], weights: Sequence[float], span: float) -> State:
    """The state, gone along slopes."""
    for weight, slope in zip(weights, slopes, strict=True):
        if weight:
            state = tuple(torch.add(part, by, alpha=span * weight) for part, by in zip(state, slope, strict=True))
    return state
