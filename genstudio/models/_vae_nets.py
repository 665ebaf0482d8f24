"""The network of a variational autoencoder: one encoder, one decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
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

if TYPE_CHECKING:
    from genstudio.models.vae import VaeSettings


class VaeNet(AutoencoderNet):
    """q(z | x, class) a diagonal normal, p(x | z, class) a likelihood round the decoder's output.

    Arguments:
        shape: of an item, (D,) or (C, H, W).
        n_classes: classes that are given beside items; 0 for none.
    """

    def __init__(self, settings: VaeSettings, shape: tuple[int, ...], n_classes: int) -> None:
        super().__init__(settings, shape, n_classes, (settings.latent_dim,))
        hidden, z = settings.hidden_features, settings.latent_dim
        self.encoder = encoder(settings, shape, (*hidden, 2 * z))
        self.decoder = decoder(settings, shape, z + n_classes, hidden[::-1])
        # What a class moves the posterior by; convolutions take pictures only.
        self.shift = nn.Linear(n_classes, 2 * z, bias=False) if n_classes else None

    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """Means and log-variances of q(z | x) side by side, (N, 2 Z)."""
        found: Tensor = self.encoder(x)
        return whole(found if self.shift is None else found + self.shift(given))

    def draw(self, features: Tensor, given: Tensor, noise: Tensor) -> Drawn:
        """Latent points from what the encoder said and standard normal noise (N, Z)."""
        mean, log_var = features.chunk(2, dim=1)
        log_var = log_var.clamp(LEAST_LOG_VAR, MOST_LOG_VAR)
        return Drawn(mean + torch.exp(0.5 * log_var) * noise, mean, log_var)

    def said(self, z: Tensor, given: Tensor) -> Tensor:
        """What the decoder says of latent points, (N, *item)."""
        found: Tensor = self.decoder(torch.cat([z, given], dim=1) if self.n_classes else z)
        return whole(found)
