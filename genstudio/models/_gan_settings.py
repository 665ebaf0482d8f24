"""Settings of generative adversarial networks."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from genstudio.data.dataset import Dataset, Kind
from genstudio.models._autoencoder_settings import Width, passes
from genstudio.settings import setting
from genstudio.training.descent_settings import DescentSettings

FEWEST_ITEMS, MOST_ITEMS, PICTURES, TEXTBOOK = 64, 256, 64, 32
COARSEST, FEWEST_CHANNELS, MOST_CHANNELS = 7, 16, 64
"""Pictures are seen down to about this side, pixels, by so many channels."""
FEW_COLUMNS = 3
"""Of so many columns, waves tell detail apart that dense layers alone are slow to learn, and deep layers part it."""
FINE: dict[str, Any] = {
    "waves": 6, "latent_waves": 4, "generator_features": (64,) * 6, "learning_rate": 2.5e-3, "discriminator_rate": 5e-3,
    "r1": 0.02, "r2": 0.02, "penalty_interval": 4,
}
"""What tells narrow clouds of points apart. A generator slower than its discriminator keeps all of them."""
MOST_LEFT, ROWS_LEFT = 0.1, 50
"""Share of the penalties that is left at the end: with more rows, finer detail can be told from chance."""
MOST_NOISE = 64
STEPS = 8000
"""So many steps are enough for most tables, and take a minute or so."""


class GanSettings(DescentSettings):
    """How the two networks are built, and by which rules they play."""

    loss: Literal["non_saturating", "minimax", "least_squares", "hinge", "wasserstein", "relativistic"] = setting(
        "relativistic", "The game. Minimax is the original, in which a generator that loses learns nothing; "
        "non-saturating mends that; least squares and hinge judge otherwise; Wasserstein measures a distance and "
        "needs a gradient penalty; relativistic asks which of a real and a made item is the real one.",
    )
    latent_dim: int = setting(
        2, "Coordinates of the noise that items are made of. Two can be seen as a grid that is warped; pictures need "
        "more.", ge=1, le=1024, label="Latent size",
    )
    hidden_features: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (128, 128, 128), "Widths of the dense layers of both networks; of points and tables.", label="Dense widths",
        of="table",
    )
    generator_features: tuple[Width, ...] = setting(
        (), "Widths of the generator's dense layers; left empty, they are those of the discriminator. A deep generator "
        "parts narrow clouds sharply; of points and tables.", label="Generator's widths", advanced=True, of="table",
    )
    architecture: Literal["residual", "textbook"] = setting(
        "residual", "Networks of pictures: residual ones, which want a penalty, or those of the textbook's DCGAN.",
        of="images",
    )
    channels: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (32, 64), "Channels at each size of the picture; each size is half of the one before.", of="images",
    )
    progressive: bool = setting(
        False, "Small pictures are learned first; higher resolutions are blended in one after the other.",
        label="Progressive growing", of="images",
    )
    waves: int = setting(
        0, "Waves of doubling frequency that the discriminator is shown of each column, so that it sees fine detail; "
        "of points and tables.", ge=0, le=10, advanced=True, of="table",
    )
    latent_waves: int = setting(
        0, "Waves of doubling frequency that the generator is shown of each coordinate of the noise, so that it can "
        "part narrow clouds; of points and tables.", ge=0, le=10, label="Waves of noise", advanced=True, of="table",
    )
    learning_rate: float = setting(
        2e-4, "How far each step of the generator goes along its gradient.", ge=0, le=1e9, log=True, live=True,
        label="Generator's rate",
    )
    discriminator_rate: float = setting(
        2e-4, "How far each step of the discriminator goes. A faster discriminator judges better, and a generator that "
        "is judged too well learns little.", ge=0, le=1e9, log=True, live=True, label="Discriminator's rate",
    )
    discriminator_steps: int = setting(
        1, "Steps of the discriminator for each one of the generator.", ge=1, le=100,
    )
    players: Literal["both", "generator", "discriminator"] = setting(
        "both", "Who learns: both, or one of them while the other waits.", live=True, label="Who learns",
    )
    r1: float = setting(
        0.1, "Weight of the penalty on the discriminator's slope at real items: it steadies the game where it is "
        "won.", ge=0, le=1e6, log=True, label="R1 penalty", advanced=True,
    )
    r2: float = setting(
        0.1, "Weight of the penalty on its slope at made items.", ge=0, le=1e6, log=True,
        label="R2 penalty", advanced=True,
    )
    penalty_left: float = setting(
        1.0, "So much of both penalties is left at the end; they fall to it by and by. A heavy penalty at first finds "
        "all modes, a light one later tells narrow ones apart.", gt=0, le=1, log=True, label="Penalties left",
        advanced=True,
    )
    penalty_interval: int = setting(
        1, "Steps of the game from one of the R1 and R2 penalties to the next; they then weigh so many times as much. "
        "A penalty costs more than all else of the discriminator's step.", ge=1, le=64, label="Penalties every",
        unit="steps", advanced=True,
    )
    gradient_penalty: float = setting(
        0.0, "Weight of the penalty on slopes that are not 1 between real and made items; the Wasserstein loss needs "
        "about 10 for pictures, 0.1 for points.", ge=0, le=1e6, log=True, label="Gradient penalty", advanced=True,
    )
    label_smoothing: float = setting(
        0.0, "How far below 1 the label of real items is, so that the discriminator is never quite sure; of the "
        "minimax, non-saturating and least-squares losses.", ge=0, lt=1, advanced=True,
    )
    instance_noise: float = setting(
        0.0, "Deviation of noise that is added to all that the discriminator sees, in deviations of the data; it fades "
        "to nothing by the end of training.", ge=0, le=10, live=True,
    )
    spectral_norm: bool = setting(
        False, "The layers of the discriminator are held to a slope of 1 at most (spectral normalization).",
        advanced=True,
    )
    minibatch_discrimination: bool = setting(
        False, "Against collapse: the discriminator is told how close the items of a batch are to one another.",
    )
    minibatch_stddev: bool = setting(
        False, "Against collapse: the discriminator is told how much the items of a batch differ.",
        label="Minibatch deviation",
    )
    unrolled_steps: int = setting(
        0, "Against collapse: the generator plays against the discriminator as it will be after so many more steps, "
        "which are undone afterwards.", ge=0, le=20,
    )
    pack: int = setting(
        1, "Against collapse: the discriminator judges so many items at once, all real or all made (PacGAN); 1 judges "
        "each alone.", ge=1, le=8, label="Packed items",
    )
    mode_seeking: float = setting(
        0.0, "Against collapse: weight of a loss of the generator that is high where different noise gives the same "
        "item.", ge=0, le=100, label="Mode-seeking weight",
    )
    conditional: bool = setting(
        False, "Learn what each class looks like, so that samples can be asked of one.", label="By class"
    )
    average: float = setting(
        0.999, "Decay of a moving average of the generator's weights, which is what is shown and kept; 0 takes the "
        "weights themselves.", ge=0, lt=1, label="Generator average", advanced=True,
    )
    beta1: float = setting(
        0.0, "How much of the running mean of gradients stays at each step; little, as the game goes on under it.",
        ge=0, lt=1, label="Memory of gradients", advanced=True,
    )
    beta2: float = setting(
        0.99, "How much of the running mean of their squares stays.", ge=0, lt=1, label="Memory of their squares",
        advanced=True,
    )
    clip_norm: float = setting(
        100.0, "Gradients longer than this are shortened to it; 0 leaves them as they are.", ge=0, log=True,
        label="Gradient clipping", advanced=True,
    )

    def betas(self) -> tuple[float, float]:
        """How much of the running means of gradients and of their squares stays at each step."""
        return self.beta1, self.beta2

    def items_a_step(self, items: int) -> int:
        """Many where there are many: dense layers go through them at little cost."""
        return int(np.clip(2 ** round(np.log2(max(1, items) / 8)), FEWEST_ITEMS, MOST_ITEMS))


class PictureGanSettings(GanSettings):
    """The same, as pictures take them."""

    def items_a_step(self, items: int) -> int:
        """Few: a picture has many pixels to learn from."""
        return TEXTBOOK if self.architecture == "textbook" else PICTURES


def for_data(data: Dataset) -> dict[str, Any]:
    """What suits these data: many short steps for numbers, for pictures sizes down to about 7 pixels."""
    if data.kind is not Kind.TABLE:
        return {
            "architecture": "textbook", "loss": "non_saturating", "r1": 0.1, "r2": 0.0, "beta1": 0.5, "beta2": 0.999,
            "latent_dim": 64, "channels": picture_channels(min(data.train.shape[2:])),
            "max_epochs": passes(500_000, data, least=10),
        }
    return for_rows(*data.train.shape)


def for_rows(rows: int, columns: int) -> dict[str, Any]:
    """Many quick steps of small networks; of few columns in ever finer detail."""
    steps_an_epoch = -(-rows // GanSettings().items_a_step(rows))
    found = {
        "latent_dim": int(np.clip(columns, 2, MOST_NOISE)), "hidden_features": (64, 64, 64), "beta1": 0.5,
        "learning_rate": 3e-3, "discriminator_rate": 3e-3,
        "max_epochs": int(np.clip(STEPS // steps_an_epoch, 10, 10_000)),
    }
    if columns > FEW_COLUMNS:
        return found
    return {**found, **FINE, "penalty_left": min(MOST_LEFT, ROWS_LEFT / rows)}


def picture_channels(side: int) -> tuple[int, ...]:
    """Channels for pictures of a side: twice as many at half of it, so that each size is gone through as fast."""
    sizes = max(1, round(math.log2(max(1, side) / COARSEST)))
    return tuple(max(FEWEST_CHANNELS, MOST_CHANNELS >> (sizes - 1 - place)) for place in range(sizes))
