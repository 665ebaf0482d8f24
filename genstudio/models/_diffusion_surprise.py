"""How surprising each coordinate of an item is, by how badly the velocity field tells it from noise."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from genstudio.nets.ode import Velocity
from genstudio.nets.velocity import straight_normal

LEAST, MOST, LOOKS = -5.0, 7.0, 24
"""Log-odds of the times at which it is looked, and how often."""


def surprises(velocity: Velocity, x: Tensor) -> Tensor:
    """Nats, of items (N, *item) in standard units; the same shape.

    Up to the noise of few draws their sum is minus the log-density, where the field is what flow matching descends to:
    that of a standard normal, and what the field tells coordinates from noise better or worse than its field does, over
    all strengths of noise.

    References:
        Kong, Brekelmans, Ver Steeg (2023): Information-theoretic diffusion.
    """
    found = 0.5 * x**2 + 0.5 * math.log(2 * math.pi)
    width = (MOST - LEAST) / LOOKS
    draw = torch.Generator().manual_seed(0)
    for look in range(LOOKS):
        time = 1 / (1 + math.exp(-(LEAST + (look + 0.5) * width)))
        half = torch.randn(x.shape[1:], generator=draw).to(x.device)
        for noise in (half, -half):
            seen = (1 - time) * noise + time * x
            errors = [(said - (x - noise)) ** 2 for said in (velocity(seen, time), straight_normal(seen, time))]
            found += 0.5 * width * time**2 * (errors[0] - errors[1])
    return found
