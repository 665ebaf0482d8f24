"""A flow: layers one after the other, and the base that they bring the data to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from genstudio.nets.flows.base import Base
from genstudio.nets.flows.bijection import Bijection

Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


class Chain(Bijection):
    """Layers one after the other, from the data to the base."""

    def __init__(self, layers: Iterable[Bijection]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def __iter__(self) -> Iterable[Bijection]:
        return cast("Iterable[Bijection]", iter(self.layers))

    def forward(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Through all layers."""
        log_det = x.new_zeros(len(x))
        for layer in self.layers:
            x, added = layer(x, given)
            log_det = log_det + added
        return x, log_det

    def inverse(self, z: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Back through all layers."""
        log_det = z.new_zeros(len(z))
        for layer in reversed(cast("Sequence[Bijection]", self.layers)):
            z, added = layer.inverse(z, given)
            log_det = log_det + added
        return z, log_det


class Flow(nn.Module):
    """The density of points by the change of variables.

    Arguments:
        stages: from the data to the base; the way is told from one to the next.
        base: the density of what they lead to.
    """

    def __init__(self, stages: Sequence[Bijection], base: Base) -> None:
        super().__init__()
        self.way = Chain(stages)
        self.base = base

    @property
    def stages(self) -> Sequence[Bijection]:
        """The layers from the data to the base."""
        return cast("Sequence[Bijection]", self.way.layers)

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        """Log-density, nats, shape (N,), of points (N, D), given classes (N, n_classes)."""
        # Half the digits would not do: what is learned is the logarithm of a determinant.
        with torch.autocast(x.device.type, enabled=False):
            z, log_det = self.way(x, given)
            log_prob: Tensor = self.base.log_prob(z, given) + log_det
        return log_prob

    def inward(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """From data to base: points (N, Z), and log |det dz/dx| of each, shape (N,)."""
        return self.way.forward(x, given)

    def outward(self, z: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """From base to data: points (N, D), and log |det dx/dz| of each, shape (N,)."""
        return self.way.inverse(z, given)

    def inward_path(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """The way from data to base.

        Returns:
            Points at every station, shape (S, N, D), the data first; and log |det| of each part of the way, in the
            direction that is gone, shape (S - 1, N).
        """
        return _path(x, given, self.stages)

    def outward_path(self, z: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """The way from base to data, the base first; otherwise as `inward_path`."""
        return _path(z, given, [stage.inverse for stage in reversed(self.stages)])


def _path(x: Tensor, given: Tensor, steps: Iterable[Step]) -> tuple[Tensor, Tensor]:
    points, log_dets = [x], [x.new_zeros(0, len(x))]
    for step in steps:
        x, added = step(x, given)
        points.append(x)
        log_dets.append(added.unsqueeze(0))
    return torch.stack(points), torch.cat(log_dets)
