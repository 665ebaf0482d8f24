"""Settings that all models with an encoder, a decoder and a bound share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from genstudio.data.dataset import Dataset
from genstudio.settings import setting
from genstudio.training.descent_settings import DescentSettings

BATCH = 128
"""Items that a step goes through where a recipe says nothing else."""
Width = Annotated[int, Field(ge=1, le=8192)]


class AutoencoderSettings(DescentSettings):
    """How encoder and decoder are built, and what the bound is made of."""

    architecture: Literal["auto", "mlp", "conv"] = setting(
        "auto", "Dense layers, or convolutions for pictures; auto takes convolutions for pictures.", of="images",
    )
    hidden_features: tuple[Width, ...] = setting(
        (256, 256), "Widths of the dense layers of the encoder; the decoder is its mirror.", label="Dense widths"
    )
    channels: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (32, 64), "Channels of the convolutions, each of which halves the sides.", of="images",
    )
    activation: Literal["relu", "silu", "gelu", "tanh"] = setting("relu", "What bends between layers.", advanced=True)
    likelihood: Literal["auto", "bernoulli", "gaussian", "logistic"] = setting(
        "auto", "How items scatter round a reconstruction: bernoulli for black and white, gaussian with a learned "
        "deviation, logistic for pictures of 256 intensities (bits per dimension). Auto: bernoulli for grey pictures, "
        "logistic for coloured ones, gaussian for numbers.",
    )
    beta: float = setting(
        1.0, "Weight of the KL term. Above 1 the latent space becomes tidier and reconstructions blurrier.", ge=0,
        le=1000, log=True, live=True, label="β (KL weight)",
    )
    kl_warmup: int = setting(
        0, "Over so many steps the KL weight rises from zero, which keeps the posterior from collapsing.", ge=0,
        le=10_000_000, label="KL warm-up", unit="steps", advanced=True,
    )
    free_bits: float = setting(
        0.0, "Nats that each latent coordinate may carry for nothing.", ge=0, le=100, unit="nats", advanced=True
    )
    binarize: bool = setting(
        False, "Pixels are drawn black or white by their intensity, anew at each step.", advanced=True, of="images",
    )
    conditional: bool = setting(
        False, "Learn what each class looks like, so that samples can be asked of one.", label="By class"
    )


def likelihood_name(settings: AutoencoderSettings, shape: tuple[int, ...]) -> str:
    """The likelihood that is meant for items of a shape."""
    if settings.likelihood != "auto":
        return settings.likelihood
    if len(shape) == 1:
        return "gaussian"
    return "bernoulli" if shape[0] == 1 else "logistic"


def unsuitable_likelihood(settings: AutoencoderSettings, data: Dataset) -> str | None:
    """A sentence saying why the likelihood that was chosen does not suit the data, or None."""
    if data.train.ndim > 2:
        return None
    name = likelihood_name(settings, data.train.shape[1:])
    if name == "logistic":
        return f"The logistic likelihood is one of pictures; {data.name} holds numbers. Choose gaussian."
    if name == "bernoulli" and not _between(data.train, 0.0, 1.0):
        return (
            f"The bernoulli likelihood is one of numbers between 0 and 1; {data.name} holds others. Choose gaussian, "
            "or scale the columns to 0 to 1."
        )
    if settings.binarize:
        return f"Only pictures can be drawn black or white; {data.name} holds numbers. Leave binarize off."
    return None


def passes(items: int, data: Dataset, least: int = 20, most: int = 500) -> int:
    """So many epochs that about so many items are gone through."""
    return int(np.clip(items // max(1, len(data.train)), least, most))


def for_numbers(data: Dataset) -> dict[str, Any]:
    """What suits tables: small networks, many steps, and a KL weight that rises slowly, so that details are learned.

    The posterior of a few precise numbers is narrow; under the whole KL weight from the start it stays too wide.
    """
    epochs = passes(1_000_000, data, most=4000)
    warmup = _share_of_steps(0.4, epochs, data)
    return {"hidden_features": (128, 128), "max_epochs": epochs, "kl_warmup": warmup, "average": 0.999}


def for_pictures(data: Dataset) -> dict[str, Any]:
    """What suits pictures: as many passes as take a minute or so, the KL weight rising over the first of them.

    Half the textbook's channels explain small pictures as well, in a third of the time.
    """
    epochs = passes(250_000, data, least=10)
    warmup = _share_of_steps(0.2, epochs, data)
    return {"channels": (16, 32), "clip_norm": 200.0, "max_epochs": epochs, "kl_warmup": warmup}


def _share_of_steps(share: float, epochs: int, data: Dataset) -> int:
    return int(share * epochs * -(-len(data.train) // BATCH))


def _between(x: Any, low: float, high: float) -> bool:
    return bool((x >= low).all() and (x <= high).all())
