"""What a flow brings the data to: a standard normal, or a mixture of Gaussians."""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
from torch import Tensor, nn

from genstudio.nets.flows.gaussianization import Gaussianization

_LOG_TWO_PI = math.log(2.0 * math.pi)


class Base(nn.Module):
    """A density of points that is known exactly and easy to draw from."""

    @abstractmethod
    def log_prob(self, z: Tensor) -> Tensor:
        """Log-density, nats, shape (N,), of points (N, Z)."""

    @abstractmethod
    def sample(self, n: int, draw: torch.Generator, temperature: float) -> Tensor:
        """n points, shape (n, Z), on the processor, the deviations multiplied by a temperature."""

    @abstractmethod
    def gaussianization(self) -> Gaussianization | None:
        """The exact way from this density to a standard normal; None where it is one."""


class StandardNormal(Base):
    """Mean 0 and deviation 1 in every coordinate."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self._dimension = dimension

    def log_prob(self, z: Tensor) -> Tensor:
        """Log-density, nats, shape (N,)."""
        return -0.5 * (z.square().sum(1) + self._dimension * _LOG_TWO_PI)

    def sample(self, n: int, draw: torch.Generator, temperature: float) -> Tensor:
        """n points, shape (n, Z)."""
        return temperature * torch.randn(n, self._dimension, generator=draw)

    def gaussianization(self) -> None:
        """Nothing is left to be done."""


class GaussianMixture(Base):
    """Gaussians whose weights, means and deviations are learned; round along the axes.

    They start spread evenly over a standard normal.
    """

    def __init__(self, dimension: int, n_components: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_components))
        self.means = nn.Parameter(torch.randn(n_components, dimension))
        self.log_scales = nn.Parameter(torch.full((n_components, dimension), -0.5 * math.log(2.0)))

    def log_prob(self, z: Tensor) -> Tensor:
        """Log-density, nats, shape (N,)."""
        apart = (z.unsqueeze(1) - self.means) * (-self.log_scales).exp()
        each = -0.5 * (apart.square() + _LOG_TWO_PI).sum(2) - self.log_scales.sum(1)
        return torch.logsumexp(each + torch.log_softmax(self.logits, 0), 1)

    def sample(self, n: int, draw: torch.Generator, temperature: float) -> Tensor:
        """n points, shape (n, Z); the temperature leaves the means where they are."""
        weights, means, scales = self.logits.softmax(0).cpu(), self.means.cpu(), self.log_scales.exp().cpu()
        which = torch.multinomial(weights, n, replacement=True, generator=draw) if n else torch.zeros(0).long()
        noise = torch.randn(n, means.shape[1], generator=draw).to(means.dtype)
        return means[which] + temperature * scales[which] * noise

    def gaussianization(self) -> Gaussianization:
        """Coordinate by coordinate."""
        parts = (self.logits.softmax(0), self.means, self.log_scales.exp())
        weights, means, scales = (part.detach().cpu().double().numpy() for part in parts)
        return Gaussianization(weights, means, scales)
