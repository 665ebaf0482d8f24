"""A velocity field, solved between noise and data: where items go, and how likely they are. All in standard units."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeVar

import torch
from torch import Tensor, nn

from genstudio.models._diffusion_settings import SolverSettings
from genstudio.nets.ode import State, Velocity, flow, flow_with_density, traced_by_probes, traced_exactly

T = TypeVar("T")
EXACT = 12
"""Of more coordinates than these the divergence is estimated."""


def moments(steps: int) -> list[float]:
    """Times from 0 to 1 between which solvers step, shape (steps + 1,), closer together the nearer to the data.

    A cloud that is narrow is told from noise in a short time before 1, in which items turn sharply.
    """
    return [1 - (1 - step / steps) ** 2 for step in range(steps + 1)]


class Solution:
    """Ways along a field, by a solver and a guidance weight.

    Arguments:
        field: velocities of items (N, *item) at one time (1,), given classes (N, n_classes), rows of zeros where
            they are unknown.
        times: rising from 0 to 1; from each to the next is one step.
    """

    def __init__(self, field: nn.Module, times: list[float], choices: SolverSettings) -> None:
        self._field, self._choices, self.times = field, choices, times

    def velocity(self, given: Tensor) -> Velocity:
        """How items of classes move, pushed from what is so of all towards what is so of theirs (Ho, Salimans, 2022).

        Arguments:
            given: shape (N, n_classes).
        """
        weight = self._choices.guidance
        alone = weight == 1 or not given.shape[1]

        def moved(x: Tensor, time: float) -> Tensor:
            moment = torch.full((1,), time, dtype=x.dtype, device=x.device)
            if alone:
                return self._said(x, moment, given)
            free = self._said(x, moment, torch.zeros_like(given))
            return free + weight * (self._said(x, moment, given) - free) if weight else free

        return moved

    def onward(self, z: Tensor, given: Tensor) -> Iterator[Tensor]:
        """Where noise (N, *item) goes, at each of the times."""
        yield from flow(self.velocity(given), z, self.times, self._choices.solver)

    def decode(self, z: Tensor, given: Tensor) -> Tensor:
        """Where noise (N, *item) ends."""
        return _last(self.onward(z, given))

    def encode(self, x: Tensor, given: Tensor) -> Tensor:
        """The noise (N, *item) that items come from."""
        return _last(flow(self.velocity(given), x, self.times[::-1], self._choices.solver))

    def back(self, x: Tensor, given: Tensor, probes: Tensor | None) -> Iterator[State]:
        """Items on their way back to noise, at each of the times from the last to the first.

        Arguments:
            probes: directions by which divergences are estimated, (K, N, *item); None where they are exact.

        Returns:
            Where they are, (N, *item), and K estimates of how much higher the log-density is there than at time 1,
            (K, N), nats.
        """
        velocity = self.velocity(given)
        traced = traced_exactly(velocity) if probes is None else traced_by_probes(velocity, probes)
        yield from flow_with_density(traced, x, self.times[::-1], self._choices.solver)

    def log_prob(self, x: Tensor, given: Tensor, probes: Tensor | None) -> Tensor:
        """K estimates of the log-density of items, (K, N), nats."""
        noise, higher = _last(self.back(x, given, probes))
        return normal_log_prob(noise) - higher

    def _said(self, x: Tensor, time: Tensor, given: Tensor) -> Tensor:
        said: Tensor = self._field(x, time, given)
        return said


def normal_log_prob(z: Tensor) -> Tensor:
    """Log-density of a standard normal, (N,), nats, of noise (N, *item)."""
    z = z.flatten(1)
    return -0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)


def spaced(count: int, most: int) -> list[int]:
    """Places of at most so many of a number of things, evenly spaced, the first and the last among them."""
    last = min(count, most) - 1
    return [round(place * (count - 1) / last) for place in range(last + 1)]


def _last(found: Iterator[T]) -> T:
    *_, last = found
    return last
