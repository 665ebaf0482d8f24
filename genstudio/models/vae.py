"""Variational autoencoders: dense for points and tables, convolutional for pictures."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.models._autoencoder import Autoencoder
from genstudio.models._autoencoder_settings import AutoencoderSettings, for_numbers, for_pictures
from genstudio.models._deep import Shape
from genstudio.models._vae_nets import VaeNet
from genstudio.models.contract import ModelInfo
from genstudio.settings import setting


class VaeSettings(AutoencoderSettings):
    """How a variational autoencoder is built and learned."""

    latent_dim: int = setting(
        2, "Coordinates of the latent space. Two can be seen as a map; more explain the data better.", ge=1, le=512,
        label="Latent size",
    )


class VariationalAutoencoder(Autoencoder):
    """An encoder to a small latent space and a decoder back, trained on a lower bound of the likelihood."""

    info: ClassVar[ModelInfo] = ModelInfo(
        key="vae",
        title="Variational autoencoder",
        summary="Learns a small map of the data: every place on it decodes to a new item, and near places look alike.",
        kinds=frozenset({Kind.TABLE, Kind.IMAGES}),
        order=40,
        step_name="step",
        climbs="bound",
        presets={
            "Textbook (28 × 28 pictures)": {
                "latent_dim": 2, "channels": (32, 64), "hidden_features": (16,), "likelihood": "bernoulli",
                "max_epochs": 30, "learning_rate": 3e-3, "warmup": 1000, "clip_norm": 0.0, "average": 0.999,
            },
            # Dense layers go through five times as many of these small pictures in a second as convolutions do.
            "Larger latent space (28 × 28, black and white)": {
                "latent_dim": 32, "architecture": "mlp", "hidden_features": (512, 512), "likelihood": "bernoulli",
                "binarize": True, "max_epochs": 150, "learning_rate": 1e-3, "warmup": 200, "clip_norm": 0.0,
                "average": 0.999,
            },
        },
        references=("Kingma, Welling (2014): Auto-encoding variational Bayes",
                    "Burda, Grosse, Salakhutdinov (2016): Importance weighted autoencoders"),
    )
    Settings = VaeSettings
    settings: VaeSettings

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """A map of two coordinates, or as many as numbers call for; small networks and many passes for few numbers."""
        if data.kind is Kind.TABLE:
            return {"latent_dim": int(np.clip(data.train.shape[1] // 2, 2, 8)), **for_numbers(data)}
        return for_pictures(data)

    def make_net(self, shape: Shape, n_classes: int) -> VaeNet:
        """The untrained network."""
        return VaeNet(self.settings, shape, n_classes)

    @property
    def _levels(self) -> tuple[int, ...]:
        return (self.settings.latent_dim,)
