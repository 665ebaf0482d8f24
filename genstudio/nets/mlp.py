"""Networks of dense layers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial

from torch import nn

# In place: no layer before one needs for its gradient what it gave.
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": partial(nn.ReLU, inplace=True), "silu": nn.SiLU, "gelu": nn.GELU, "tanh": nn.Tanh,
}


def mlp(widths: Sequence[int], activation: str = "relu") -> nn.Sequential:
    """Dense layers from `widths[0]` inputs to `widths[-1]` outputs, an activation between each two of them."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])
