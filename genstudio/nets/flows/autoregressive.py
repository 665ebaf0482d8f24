"""Masked autoregressive layers: each coordinate is bent as those before it call for.

References:
    Papamakarios, Pavlakou, Murray (2017): Masked autoregressive flow for density estimation.
    Germain, Gregor, Murray, Larochelle (2015): MADE: masked autoencoder for distribution estimation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import zuko
from torch import Tensor, nn

from genstudio.nets.flows.bending import Bending
from genstudio.nets.flows.bijection import Bijection
from genstudio.nets.flows.conditioner import start_small


class Autoregressive(Bijection):
    """Every coordinate is bent by what a masked network says of those before it; one pass forward, D passes back.

    Arguments:
        dimension: coordinates.
        n_classes: classes that are given beside points.
        backwards: the last coordinate is the first one bent, and so on.
        bending: how numbers are bent.
        widths: of the network's hidden layers; at least one.
        activation: makes what bends between its layers.
    """

    def __init__(
        self, dimension: int, n_classes: int, bending: Bending, *, backwards: bool, widths: Sequence[int],
        activation: Callable[[], nn.Module],
    ) -> None:
        super().__init__()
        self._dimension, self._bending = dimension, bending
        # Masks are numbers that count: networks are also built where there is no memory behind them.
        with torch.device("cpu"):
            sees = _before(dimension, n_classes, backwards).repeat_interleave(bending.n_parameters, 0)
            self.conditioner = zuko.nn.MaskedMLP(sees, widths, activation)
        start_small(self.conditioner)

    def forward(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """All coordinates bent at once."""
        z, log_slopes = self._bending(x, self._wanted(x, given))
        return z, log_slopes.sum(1)

    def inverse(self, z: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """The coordinates bent back one after the other."""
        x, log_slopes = z, z.new_zeros(z.shape)
        # What a pass says of a coordinate is right once those before it are.
        for _ in range(self._dimension):
            x, log_slopes = self._bending.inverse(z, self._wanted(x, given))
        return x, log_slopes.sum(1)

    def _wanted(self, x: Tensor, given: Tensor) -> Tensor:
        # A first input that is always 1 lets the first coordinate have parameters of its own.
        said: Tensor = self.conditioner(torch.cat([x.new_ones(len(x), 1), given, x], 1))
        return said.view(len(said), said.shape[1] // self._bending.n_parameters, self._bending.n_parameters)


def _before(dimension: int, n_classes: int, backwards: bool) -> Tensor:
    """Which inputs (a constant, the classes, the coordinates) each coordinate's parameters may hang on."""
    order = torch.arange(dimension)
    order = order.flip(0) if backwards else order
    known = torch.ones(dimension, 1 + n_classes, dtype=torch.bool)
    return torch.cat([known, order[:, None] > order[None]], 1)
