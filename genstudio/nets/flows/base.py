"""What a flow brings the data to: a standard normal, or a mixture of Gaussians."""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.flows.gaussianization import Gaussianization

_LOG_TWO_PI = math.log(2.0 * math.pi)


class Base(nn.Module):
    """A density of points that is known exactly and easy to draw from."""

    @abstractmethod
    def log_prob(self, z: Tensor, given: Tensor) -> Tensor:
        """Log-density, nats, shape (N,), of points (N, Z), given classes (N, n_classes)."""

    @abstractmethod
    def sample(self, given: Tensor, draw: torch.Generator, temperature: float) -> Tensor:
        """A point for each row of classes, shape (N, Z), on the processor, deviations multiplied by a temperature."""

    @abstractmethod
    def gaussianization(self, given: Tensor) -> Gaussianization | None:
        """The exact way of points of such classes from this density to a standard normal; None where it is one."""


class StandardNormal(Base):
    """Mean 0 and deviation 1 in every coordinate."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self._dimension = dimension

    def log_prob(self, z: Tensor, given: Tensor) -> Tensor:
        """Log-density, nats, shape (N,)."""
        return -0.5 * (z.square().sum(1) + self._dimension * _LOG_TWO_PI)

    def sample(self, given: Tensor, draw: torch.Generator, temperature: float) -> Tensor:
        """Points, shape (N, Z)."""
        return temperature * torch.randn(len(given), self._dimension, generator=draw)

    def gaussianization(self, given: Tensor) -> None:
        """Nothing is left to be done."""


class GaussianMixture(Base):
    """Gaussians of any shape, whose means and shapes are learned, and whose weights may be others for each class.

    They start spread over a standard normal.

    Arguments:
        dimension: coordinates.
        n_components: Gaussians.
        n_classes: classes that are given beside points.
    """

    def __init__(self, dimension: int, n_components: int, n_classes: int = 0) -> None:
        super().__init__()
        self.n_classes = n_classes
        self.logits = nn.Parameter(torch.zeros(n_components))
        self.of_class = nn.Parameter(torch.zeros(n_components, n_classes)) if n_classes else None
        self.means = nn.Parameter(torch.randn(n_components, dimension))
        # Lower triangles A with A (z - mean) of deviation 1; their diagonals are kept as logarithms.
        self.below = nn.Parameter(torch.zeros(n_components, dimension, dimension))
        self.log_diagonal = nn.Parameter(torch.full((n_components, dimension), 0.5 * math.log(2.0)))

    def log_prob(self, z: Tensor, given: Tensor) -> Tensor:
        """Log-density, nats, shape (N,)."""
        factors = self._factors()
        k, d = self.means.shape
        shift = (factors @ self.means.unsqueeze(2)).view(k * d)
        apart = F.linear(z, factors.view(k * d, d), -shift).view(len(z), k, d)
        each = self.log_diagonal.sum(1) - 0.5 * (apart.square().sum(2) + d * _LOG_TWO_PI)
        return torch.logsumexp(each + self._log_weights(given), 1)

    def sample(self, given: Tensor, draw: torch.Generator, temperature: float) -> Tensor:
        """Points, shape (N, Z); the temperature leaves the means where they are."""
        weights, means, factors = (part.cpu() for part in (self._log_weights(given).exp(), self.means, self._factors()))
        n = len(given)
        which = torch.multinomial(weights, 1, generator=draw).squeeze(1) if n else torch.zeros(0).long()
        noise = temperature * torch.randn(n, means.shape[1], 1, generator=draw).to(means.dtype)
        apart: Tensor = torch.linalg.solve_triangular(factors[which], noise, upper=False).squeeze(2)
        return means[which] + apart

    def gaussianization(self, given: Tensor) -> Gaussianization:
        """Coordinate by coordinate."""
        parts = (self._log_weights(given), self.means, self._factors())
        log_weights, means, factors = (part.detach().cpu().double().numpy() for part in parts)
        return Gaussianization(log_weights, means, factors)

    @torch.no_grad()
    def put(self, weights: Tensor, means: Tensor, factors: Tensor) -> None:
        """Take up a mixture that was found otherwise.

        Arguments:
            weights, means: shapes (K,) and (K, D).
            factors: lower triangles A with A (z - mean) of deviation 1, shape (K, D, D).
        """
        self.logits.copy_(weights.clamp(min=torch.finfo(weights.dtype).tiny).log())
        self.means.copy_(means)
        self.below.copy_(factors.tril(-1))
        self.log_diagonal.copy_(factors.diagonal(dim1=1, dim2=2).log())

    def _log_weights(self, given: Tensor) -> Tensor:
        """Of each component for each point, shape (N, K)."""
        if self.of_class is None:
            return torch.log_softmax(self.logits, 0).expand(len(given), -1)
        return torch.log_softmax(F.linear(given, self.of_class, self.logits), 1)

    def _factors(self) -> Tensor:
        return self.below.tril(-1) + torch.diag_embed(self.log_diagonal.exp())
