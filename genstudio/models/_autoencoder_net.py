"""What the networks of autoencoders have in common: terms of the bound from encoder, decoder and likelihood."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from genstudio.models._autoencoder_settings import AutoencoderSettings, likelihood_name
from genstudio.nets.conv import PictureDecoder, PictureEncoder
from genstudio.nets.likelihoods import likelihood
from genstudio.nets.mlp import mlp

# Posteriors wider or narrower than these are none that anybody needs, and their exponentials would overflow.
LEAST_LOG_VAR, MOST_LOG_VAR = -12.0, 12.0


class Drawn(NamedTuple):
    """A latent point for each item, and the normal that it was drawn from; each (N, Z)."""

    z: Tensor
    mean: Tensor
    log_var: Tensor


class AutoencoderNet(nn.Module):
    """q(z | x, class) and p(x | z, class) over coordinates whose prior is a standard normal.

    Arguments:
        shape: of an item, (D,) or (C, H, W).
        n_classes: classes that are given beside items; 0 for none.
        levels: coordinates of each group of z that is drawn at once; one group but in hierarchical models.
    """

    def __init__(
        self, settings: AutoencoderSettings, shape: tuple[int, ...], n_classes: int, levels: Sequence[int]
    ) -> None:
        super().__init__()
        self.shape, self.n_classes, self.levels = shape, n_classes, tuple(levels)
        self.likelihood = likelihood(likelihood_name(settings, shape), shape)

    @abstractmethod
    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """What the encoder says of items (N, *item), given classes (N, n_classes): (N, F)."""

    @abstractmethod
    def draw(self, features: Tensor, given: Tensor, noise: Tensor) -> Drawn:
        """Latent points from what the encoder said and standard normal noise (N, Z)."""

    @abstractmethod
    def said(self, z: Tensor, given: Tensor) -> Tensor:
        """What the decoder says of latent points, (N, *item)."""

    def reconstruction(self, x: Tensor, z: Tensor, given: Tensor) -> Tensor:
        """log p(x | z), nats, (N,)."""
        return self.explain(x, z, given).flatten(1).sum(1)

    def explain(self, x: Tensor, z: Tensor, given: Tensor) -> Tensor:
        """log p of each coordinate given a latent point, (N, *item), nats."""
        return self.likelihood.log_prob(self.said(z, given), x)

    def mean(self, z: Tensor, given: Tensor) -> Tensor:
        """The mean item of latent points, (N, *item)."""
        return self.likelihood.mean(self.said(z, given))

    def invent(self, z: Tensor, given: Tensor, draw: torch.Generator, temperature: float) -> Tensor:
        """Items of latent points: pictures as their means, rows with their noise."""
        said = self.said(z, given)
        if len(self.shape) == 3:
            return self.likelihood.mean(said)
        return self.likelihood.sample(said, draw, temperature)

    def log_weights(self, x: Tensor, given: Tensor, noise: Tensor) -> Tensor:
        """log p(x, z) - log q(z | x), nats, (k, N), of draws made from noise (k, N, Z)."""
        k = len(noise)
        given = given.repeat(k, 1)
        z, _, log_var = self.draw(self.features(x, given[:len(x)]).repeat(k, 1), given, noise.flatten(0, 1))
        explained = self.reconstruction(x.repeat(k, *[1] * (x.dim() - 1)), z, given)
        prior, posterior = -0.5 * z**2, -0.5 * (noise.flatten(0, 1)**2 + log_var)
        return (explained + (prior - posterior).sum(1)).view(k, -1)


def whole(found: Tensor) -> Tensor:
    """Numbers of half the width as float32: exponentials and sums need the digits."""
    return found.float() if found.dtype in (torch.bfloat16, torch.float16) else found


def kl_to_prior(drawn: Drawn) -> Tensor:
    """KL of the normals that were drawn from to the standard normal, each coordinate, nats, (N, Z)."""
    return 0.5 * (drawn.mean**2 + torch.exp(drawn.log_var) - 1.0 - drawn.log_var)


def encoder(settings: AutoencoderSettings, shape: tuple[int, ...], widths: Sequence[int]) -> nn.Module:
    """From items to features: convolutions for pictures, then dense layers of some widths, the last the outputs."""
    if _convolves(settings, shape):
        return PictureEncoder(_picture(shape), settings.channels, widths, settings.activation)
    return nn.Sequential(nn.Flatten(), mlp((math.prod(shape), *widths), settings.activation))


def decoder(settings: AutoencoderSettings, shape: tuple[int, ...], inputs: int, widths: Sequence[int]) -> nn.Module:
    """From features to what is said of items: dense layers of some widths, then convolutions for pictures."""
    if _convolves(settings, shape):
        return PictureDecoder(
            inputs, shape[0], _picture(shape), channels=settings.channels, widths=widths[:-1],
            activation=settings.activation,
        )
    return nn.Sequential(mlp((inputs, *widths, math.prod(shape)), settings.activation), nn.Unflatten(1, shape))


def _convolves(settings: AutoencoderSettings, shape: tuple[int, ...]) -> bool:
    return len(shape) == 3 and settings.architecture != "mlp"


def _picture(shape: tuple[int, ...]) -> tuple[int, int, int]:
    return shape[0], shape[1], shape[2]
