"""Ladder variational autoencoders: several latent levels, from the whole of an item down to its details."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from pydantic import Field

from genstudio.data.dataset import Dataset, Kind
from genstudio.models._autoencoder import Autoencoder
from genstudio.models._autoencoder_settings import AutoencoderSettings, Width, for_numbers, for_pictures
from genstudio.models._deep import Shape
from genstudio.models._ladder_nets import LadderNet
from genstudio.models.contract import Floats, ModelInfo
from genstudio.settings import setting

Size = Annotated[int, Field(ge=1, le=512)]


class LadderSettings(AutoencoderSettings):
    """How a ladder VAE is built and learned."""

    latent_dims: Annotated[tuple[Size, ...], Field(min_length=1, max_length=8)] = setting(
        (8, 4, 2), "Coordinates of each latent level, nearest the data first; so many numbers, so many levels.",
        label="Latent sizes",
    )
    hidden_features: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (128, 128), "Widths of the dense layers from each level to the next.", label="Dense widths"
    )
    kl_warmup: int = setting(
        1000, "Over so many steps the KL weight rises from zero, which keeps upper levels from collapsing.", ge=0,
        le=10_000_000, label="KL warm-up", unit="steps", advanced=True,
    )


class LadderVae(Autoencoder):
    """A VAE of several levels whose encoder and prior are merged by their precisions.

    Its latent space is that of all levels together, the top level first; each coordinate is measured from its prior's
    mean in its prior's deviations, which makes the prior of all a standard normal.
    """

    info: ClassVar[ModelInfo] = ModelInfo(
        key="ladder_vae",
        title="Ladder VAE",
        summary="A hierarchical autoencoder: the top level decides what an item is, each level below adds detail.",
        kinds=frozenset({Kind.TABLE, Kind.IMAGES}),
        order=42,
        step_name="step",
        climbs="bound",
        presets={"Two levels": {"latent_dims": (8, 2)}, "Five levels": {"latent_dims": (32, 16, 8, 4, 2)}},
        references=("Sønderby, Raiko, Maaløe, Sønderby, Winther (2016): Ladder variational autoencoders",),
    )
    Settings = LadderSettings
    settings: LadderSettings

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """Few small levels and many passes for few numbers."""
        if data.kind is Kind.TABLE:
            return {"latent_dims": (4, 2), **for_numbers(data)}
        return {"latent_dims": (16, 8, 4), "learning_rate": 2e-3, "free_bits": 0.1, **for_pictures(data)}

    def make_net(self, shape: Shape, n_classes: int) -> LadderNet:
        """The untrained network."""
        return LadderNet(self.settings, shape, n_classes)

    def n_levels(self) -> int:
        """Latent levels."""
        return len(self.settings.latent_dims)

    def sample_levels(
        self, n: int, seed: int, fixed: int, temperature: float = 1.0, condition: int | None = None
    ) -> Floats:
        """n items that share so many levels from the top down, shape (n, *item), model units.

        Arguments:
            seed: the levels that are shared are the same for every `fixed`, and so are those that are not.
            fixed: 0 shares none, `n_levels` shares all.
        """
        draw = torch.Generator().manual_seed(seed)
        shared, own = (temperature * torch.randn(rows, self.latent_dim, generator=draw) for rows in (1, n))
        held = torch.arange(self.latent_dim) < sum(self._levels[:fixed])
        return self._invented(torch.where(held, shared, own), draw, temperature, condition)

    @property
    def _levels(self) -> tuple[int, ...]:
        return self.settings.latent_dims[::-1]
