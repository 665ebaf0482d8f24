"""The network of a variational autoencoder: encoder, decoder and likelihood."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.conv import PictureDecoder, PictureEncoder
from genstudio.nets.likelihoods import likelihood
from genstudio.nets.mlp import mlp

if TYPE_CHECKING:
    from genstudio.models.vae import VaeSettings


class VaeNet(nn.Module):
    """q(z | x, class) and p(x | z, class), both diagonal.

    Arguments:
        shape: of an item, (D,) or (C, H, W).
        n_classes: classes that are given beside items; 0 for none.
    """

    def __init__(self, settings: VaeSettings, shape: tuple[int, ...], n_classes: int) -> None:
        super().__init__()
        self.shape, self.n_classes = shape, n_classes
        self.likelihood = likelihood(_likelihood_name(settings, shape), shape)
        hidden, z, bend = settings.hidden_features, settings.latent_dim, settings.activation
        size = math.prod(shape)
        self.encoder: nn.Module
        self.decoder: nn.Module
        if len(shape) == 3 and settings.architecture != "mlp":
            picture = (shape[0], shape[1], shape[2])
            self.encoder = PictureEncoder(picture, settings.channels, (*hidden, 2 * z), bend)
            self.decoder = PictureDecoder(
                z + n_classes, shape[0], picture, channels=settings.channels, widths=hidden[1:][::-1], activation=bend
            )
        else:
            self.encoder = nn.Sequential(nn.Flatten(), mlp((size, *hidden, 2 * z), bend))
            self.decoder = nn.Sequential(mlp((z + n_classes, *hidden[::-1], size), bend), nn.Unflatten(1, shape))
        # What a class moves the posterior by; convolutions take pictures only.
        self.shift = nn.Linear(n_classes, 2 * z, bias=False) if n_classes else None

    def encode(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log-variances of q(z | x), each (N, Z)."""
        found = self.encoder(x)
        if self.shift is not None:
            found = found + self.shift(given)
        mean, log_var = found.float().chunk(2, dim=1)
        return mean, log_var.clamp(-12.0, 12.0)

    def said(self, z: Tensor, given: Tensor) -> Tensor:
        """What the decoder says of latent points, (N, *item)."""
        found: Tensor = self.decoder(torch.cat([z, given], dim=1) if self.n_classes else z)
        return found.float()

    def reconstruction(self, x: Tensor, z: Tensor, given: Tensor) -> Tensor:
        """log p(x | z), nats, (N,)."""
        return self.likelihood.log_prob(self.said(z, given), x).flatten(1).sum(1)

    def mean(self, z: Tensor, given: Tensor) -> Tensor:
        """The mean item of latent points, (N, *item)."""
        return self.likelihood.mean(self.said(z, given))

    def explain(self, x: Tensor, z: Tensor) -> Tensor:
        """log p of each coordinate given a latent point, (N, *item), nats."""
        return self.likelihood.log_prob(self.said(z, x.new_zeros(len(x), self.n_classes)), x)

    def invent(self, z: Tensor, given: Tensor, draw: torch.Generator, temperature: float) -> Tensor:
        """Items of latent points: pictures as their means, rows with their noise."""
        said = self.said(z, given)
        if len(self.shape) == 3:
            return self.likelihood.mean(said)
        return self.likelihood.sample(said, draw, temperature)

    def bound(self, x: Tensor, given: Tensor, k: int, draw: torch.Generator) -> Tensor:
        """Importance-weighted bound with k draws, nats, (N,)."""
        mean, log_var = self.encode(x, given)
        noise = torch.randn(k, *mean.shape, generator=draw, device=x.device)
        z = mean + torch.exp(0.5 * log_var) * noise
        prior = -0.5 * (z**2).sum(2)
        posterior = -0.5 * (noise**2 + log_var).sum(2)
        explained = self.reconstruction(x.repeat(k, *[1] * (x.dim() - 1)), z.flatten(0, 1), given.repeat(k, 1))
        weights = explained.view(k, -1) + prior - posterior
        return torch.logsumexp(weights.double(), dim=0) - math.log(k)


def kl_to_prior(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL of diagonal normals to the standard normal, each coordinate, nats, (N, Z)."""
    return 0.5 * (mean**2 + torch.exp(log_var) - 1.0 - log_var)


def one_hot(labels: Tensor, n_classes: int) -> Tensor:
    """Rows with a 1 at the class, all zeros where it is not known (-1), shape (N, n_classes)."""
    if not n_classes:
        return torch.zeros(len(labels), 0)
    return F.one_hot(labels + 1, n_classes + 1)[:, 1:].float()


def _likelihood_name(settings: VaeSettings, shape: tuple[int, ...]) -> str:
    if settings.likelihood != "auto":
        return settings.likelihood
    if len(shape) == 1:
        return "gaussian"
    return "bernoulli" if shape[0] == 1 else "logistic"
