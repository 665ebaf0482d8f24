"""How an item is distributed round what a decoder says: exact log-likelihoods, nats per item."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = 255
NARROWEST = -7.0
"""Least log-deviation of what a decoder says: intensities and columns have no more digits than that."""


class Likelihood(nn.Module, ABC):
    """p(x | what the decoder says); items of any shape, model units."""

    @abstractmethod
    def log_prob(self, said: Tensor, x: Tensor) -> Tensor:
        """Log-likelihood of each coordinate, same shape as x, nats."""

    @abstractmethod
    def mean(self, said: Tensor) -> Tensor:
        """The item that is said."""

    @abstractmethod
    def sample(self, said: Tensor, draw: torch.Generator, temperature: float = 1.0) -> Tensor:
        """An item drawn; `draw` is a generator of the processor, whatever the device."""


class Bernoulli(Likelihood):
    """Each coordinate is 1 with the said probability; intensities between 0 and 1 count by their share."""

    def log_prob(self, said: Tensor, x: Tensor) -> Tensor:
        """-cross-entropy of each coordinate."""
        return -F.binary_cross_entropy_with_logits(said, x, reduction="none")

    def mean(self, said: Tensor) -> Tensor:
        """Probabilities of 1."""
        return torch.sigmoid(said)

    def sample(self, said: Tensor, draw: torch.Generator, temperature: float = 1.0) -> Tensor:
        """0 or 1 each; the lower the temperature, the more certain."""
        chances = torch.sigmoid(said / max(temperature, 1e-6))
        return (_uniform(said, draw) < chances).float()


class Gaussian(Likelihood):
    """Each coordinate lies round what is said, with a deviation that is learned.

    Arguments:
        shape: of the deviations; 1 stands for axes along which they are equal.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(*shape))

    def log_prob(self, said: Tensor, x: Tensor) -> Tensor:
        """Log-density of each coordinate."""
        log_scale = self.log_scale.clamp(min=NARROWEST)
        return -0.5 * ((x - said) * torch.exp(-log_scale)) ** 2 - log_scale - 0.5 * math.log(2 * math.pi)

    def mean(self, said: Tensor) -> Tensor:
        """What is said."""
        return said

    def sample(self, said: Tensor, draw: torch.Generator, temperature: float = 1.0) -> Tensor:
        """What is said, and noise."""
        noise = torch.randn(said.shape, generator=draw).to(said.device)
        return said + temperature * torch.exp(self.log_scale.clamp(min=NARROWEST)) * noise


class DiscretizedLogistic(Likelihood):
    """Each of 256 intensities has the probability of a logistic between its neighbours' middles.

    Salimans et al. (2017), PixelCNN++, with one component.

    Arguments:
        shape: of the scales; 1 stands for axes along which they are equal.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.full(tuple(shape), -2.0))

    def log_prob(self, said: Tensor, x: Tensor) -> Tensor:
        """Log-probability of each intensity, x being k / 255."""
        sharpness = torch.exp(-self.log_scale.clamp(min=NARROWEST))
        mean = torch.sigmoid(said)
        above = (x + 0.5 / LEVELS - mean) * sharpness
        below = (x - 0.5 / LEVELS - mean) * sharpness
        # Of the lowest and the highest intensity everything beyond belongs to it, too.
        inside = torch.sigmoid(above) - torch.sigmoid(below)
        middle = (x - mean) * sharpness
        density = middle - 2 * F.softplus(middle) + torch.log(sharpness) - math.log(LEVELS)
        exact = torch.where(inside > 1e-5, torch.log(inside.clamp(min=1e-12)), density)
        lowest = torch.where(x < 0.5 / LEVELS, F.logsigmoid(above), exact)
        return torch.where(x > 1 - 0.5 / LEVELS, F.logsigmoid(-below), lowest)

    def mean(self, said: Tensor) -> Tensor:
        """The middle of the logistic."""
        return torch.sigmoid(said)

    def sample(self, said: Tensor, draw: torch.Generator, temperature: float = 1.0) -> Tensor:
        """An intensity k / 255."""
        u = _uniform(said, draw).clamp(1e-6, 1 - 1e-6)
        noise = temperature * torch.exp(self.log_scale.clamp(min=NARROWEST)) * torch.logit(u)
        return torch.round((torch.sigmoid(said) + noise).clamp(0, 1) * LEVELS) / LEVELS


def likelihood(name: str, shape: Sequence[int]) -> Likelihood:
    """A likelihood by its name.

    Arguments:
        name: "bernoulli", "gaussian" or "logistic".
        shape: of an item: (D,), or (C, H, W), whose pixels share the scale of their channel.
    """
    scales = tuple(shape) if len(shape) == 1 else (shape[0], 1, 1)
    if name == "bernoulli":
        return Bernoulli()
    return Gaussian(scales) if name == "gaussian" else DiscretizedLogistic(scales)


def _uniform(said: Tensor, draw: torch.Generator) -> Tensor:
    return torch.rand(said.shape, generator=draw).to(said.device)
