"""Settings of flow matching: how the field is built and learned, and how it is solved when something is asked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from genstudio.data.dataset import Dataset, Kind
from genstudio.models._autoencoder_settings import Width, passes
from genstudio.settings import Settings, setting
from genstudio.training.descent_settings import DescentSettings

FEW_COLUMNS = 3
"""Of so many columns, waves tell detail apart that dense layers alone are slow to learn."""
STEPS = 6000
"""So many steps are enough for most tables, and take a minute or so."""
FEWEST_ITEMS, MOST_ITEMS, PICTURES = 64, 512, 128
SEEN, ACCURATE = 16, 64
"""Steps from noise to data that are enough for what is looked at, and for rows to come back from noise within 1e-4."""


class DiffusionSettings(DescentSettings):
    """How the velocity field is built and learned."""

    hidden_features: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (128, 128, 128), "Widths of the dense layers of the field; of points and tables.", label="Dense widths",
        of="table",
    )
    channels: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (32, 64), "Channels of the U-Net at each size of the picture; each size is half of the one before.",
        of="images",
    )
    blocks: int = setting(
        1, "Residual blocks of the U-Net at each size, down and up.", ge=1, le=8, advanced=True, of="images",
    )
    patch: int = setting(
        2, "The U-Net sees squares of so many pixels at once; larger is faster and coarser.", ge=1, le=8, advanced=True,
        of="images",
    )
    waves: int = setting(
        0, "Waves of doubling frequency that are made of each column, so that fine detail is learned sooner; of points "
        "and tables.", ge=0, le=10, advanced=True, of="table",
    )
    activation: Literal["relu", "silu", "gelu", "tanh"] = setting("silu", "What bends between layers.", advanced=True)
    time_sampling: Literal["uniform", "logit_normal", "late"] = setting(
        "uniform", "Where between noise and data a step looks: everywhere alike, in the middle above all (logit "
        "normal), or more often the nearer to the data, where narrow clouds are told apart (late).",
    )
    pairing: Literal["independent", "optimal"] = setting(
        "independent", "Which noise becomes which item: any, or within small groups the nearest (minibatch optimal "
        "transport), which makes paths straighter, so that fewer solver steps do, and a step of learning slower.",
    )
    mean_ways: bool = setting(
        True, "Where several rows of a step come through a place, the field is held against the mean of their ways, "
        "which steadies learning; of points and tables, with independent pairing.", label="Mean of ways", advanced=True,
        of="table",
    )
    conditional: bool = setting(
        False, "Learn what each class looks like, so that samples can be asked of one.", label="By class"
    )
    average: float = setting(
        0.999, "Decay of a moving average of the weights, which is what is shown and kept; 0 takes the weights "
        "themselves.", ge=0, lt=1, label="Weight average", advanced=True,
    )
    class_dropout: float = setting(
        0.1, "Share of items whose class is withheld, so that the model also knows items of no class, which guidance "
        "needs.", ge=0.01, le=0.9, label="Class dropout", advanced=True,
    )


    def items_a_step(self, items: int) -> int:
        """Many where there are many: a row is seen with one noise and at one time only."""
        return int(np.clip(2 ** round(np.log2(max(1, items) / 32)), FEWEST_ITEMS, MOST_ITEMS))


class PictureDiffusionSettings(DiffusionSettings):
    """The same, as pictures take them."""

    def items_a_step(self, items: int) -> int:
        """Few: a picture has many pixels to learn from."""
        return PICTURES


class SolverSettings(Settings):
    """How the way from noise to data is solved at each question."""

    steps: int | None = setting(
        None, "Steps from noise to data. More are slower and more accurate; double them to see whether it matters. "
        f"Auto: {SEEN}, and {ACCURATE} of rows once learning has ended, so that they come back from noise unchanged.",
        ge=1, le=1000, log=True,
    )
    solver: Literal["euler", "midpoint", "heun", "rk4"] = setting(
        "rk4", "Method of a step: Euler looks at the velocity once, midpoint and Heun twice, Runge-Kutta (rk4) four "
        "times, with an error of first, second and fourth order in the length of a step.",
    )
    guidance: float = setting(
        1.0, "How far samples of a class are pushed towards what is typical of it: 0 ignores the class, 1 is what was "
        "learned, more is clearer and less diverse.", ge=0, le=20,
    )


def for_data(data: Dataset) -> dict[str, Any]:
    """What suits these data: many short steps for numbers, as many passes as take minutes for pictures."""
    if data.kind is not Kind.TABLE:
        return {"learning_rate": 1e-3, "max_epochs": passes(500_000, data, least=10)}
    rows, fine = len(data.train), data.train.shape[1] <= FEW_COLUMNS
    steps_an_epoch = -(-rows // DiffusionSettings().items_a_step(rows))
    return {
        "waves": 2 if fine else 0, "time_sampling": "late", "learning_rate": 5e-3,
        "max_epochs": int(np.clip(STEPS // steps_an_epoch, 10, 1000)),
    }
