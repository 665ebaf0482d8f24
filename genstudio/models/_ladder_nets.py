"""The network of a ladder VAE: features upwards, latent levels downwards."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.models._autoencoder_net import (
    LEAST_LOG_VAR,
    MOST_LOG_VAR,
    AutoencoderNet,
    Drawn,
    decoder,
    encoder,
    whole,
)
from genstudio.nets.mlp import ACTIVATIONS, mlp

if TYPE_CHECKING:
    from genstudio.models.ladder_vae import LadderSettings


class LadderNet(AutoencoderNet):
    """Levels z_L, ..., z_1, each a diagonal normal given the one above; items are decoded from z_1.

    What the encoder says of a level is merged with its prior by their precisions. A level's coordinates are measured
    from its prior's mean in its prior's deviations, so that together they have a standard normal prior; the top level
    stands first.

    Arguments:
        shape: of an item, (D,) or (C, H, W).
        n_classes: classes that are given beside items; 0 for none.
    """

    def __init__(self, settings: LadderSettings, shape: tuple[int, ...], n_classes: int) -> None:
        super().__init__(settings, shape, n_classes, settings.latent_dims[::-1])
        hidden, bend = settings.hidden_features, settings.activation
        upward = [nn.Sequential(encoder(settings, shape, hidden), ACTIVATIONS[bend]())]
        for _ in self.levels[1:]:
            upward.append(nn.Sequential(mlp((hidden[-1], *hidden), bend), ACTIVATIONS[bend]()))
        self.upward = nn.ModuleList(upward)
        self.heads = nn.ModuleList(nn.Linear(hidden[-1] + n_classes, 2 * size) for size in self.levels[::-1])
        self.priors = nn.ModuleList(
            mlp((above + n_classes, *hidden, 2 * size), bend) for above, size in itertools.pairwise(self.levels)
        )
        self.decoder = decoder(settings, shape, self.levels[-1] + n_classes, hidden[::-1])

    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """What the encoder says of each level, its mean and log-variance side by side, the top level first."""
        found: list[Tensor] = []
        for up, head in zip(self.upward, self.heads, strict=True):
            x = up(x)
            found.insert(0, whole(head(torch.cat([x, given], dim=1))))
        return torch.cat(found, dim=1)

    def draw(self, features: Tensor, given: Tensor, noise: Tensor) -> Drawn:
        """Latent points from what the encoder said and standard normal noise (N, Z)."""
        said = torch.split(features, [2 * size for size in self.levels], dim=1)
        z, means, log_vars = [], [], []
        above: Tensor | None = None
        for level, (mine, eps) in enumerate(zip(said, torch.split(noise, list(self.levels), dim=1), strict=True)):
            mean, log_var = mine.chunk(2, dim=1)
            log_var = log_var.clamp(LEAST_LOG_VAR, MOST_LOG_VAR)
            prior = self._prior(level, above, given)
            if prior is not None:
                mean, log_var = _merged(mean, log_var, *prior)
            point = mean + torch.exp(0.5 * log_var) * eps
            above = _placed(point, prior)
            z.append(point)
            means.append(mean)
            log_vars.append(log_var)
        return Drawn(torch.cat(z, dim=1), torch.cat(means, dim=1), torch.cat(log_vars, dim=1))

    def said(self, z: Tensor, given: Tensor) -> Tensor:
        """What the decoder says of latent points, (N, *item)."""
        above: Tensor | None = None
        for level, point in enumerate(torch.split(z, list(self.levels), dim=1)):
            above = _placed(point, self._prior(level, above, given))
        assert above is not None
        found: Tensor = self.decoder(torch.cat([above, given], dim=1))
        return whole(found)

    def _prior(self, level: int, above: Tensor | None, given: Tensor) -> tuple[Tensor, Tensor] | None:
        """Mean and log-variance of a level given the one above; None for the top, whose prior is standard."""
        if above is None:
            return None
        mean, log_var = whole(self.priors[level - 1](torch.cat([above, given], dim=1))).chunk(2, dim=1)
        return mean, log_var.clamp(LEAST_LOG_VAR, MOST_LOG_VAR)


def _merged(mean: Tensor, log_var: Tensor, prior_mean: Tensor, prior_log_var: Tensor) -> tuple[Tensor, Tensor]:
    """The product of two normals, measured from the prior's mean in the prior's deviations."""
    precision_ratio = prior_log_var - log_var
    away = (mean - prior_mean) * torch.exp(-0.5 * prior_log_var)
    return away * torch.sigmoid(precision_ratio), -F.softplus(precision_ratio)


def _placed(point: Tensor, prior: tuple[Tensor, Tensor] | None) -> Tensor:
    """A level as the one below and the decoder see it."""
    return point if prior is None else prior[0] + torch.exp(0.5 * prior[1]) * point
