"""Settings of flow matching: how the field is built and learned, and how it is solved when something is asked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from genstudio.data.dataset import Dataset, Kind
from genstudio.models._autoencoder_settings import Width, passes
from genstudio.settings import Settings, setting
from genstudio.training.descent_settings import DescentSettings

FEW_COLUMNS = 3
"""Of so many columns, waves tell detail apart that dense layers alone are slow to learn."""


class DiffusionSettings(DescentSettings):
    """How the velocity field is built and learned."""

    hidden_features: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (256, 256, 256), "Widths of the dense layers of the field; of points and tables.", label="Dense widths"
    )
    channels: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (32, 64), "Channels of the U-Net at each size of the picture; each size is half of the one before.",
    )
    blocks: int = setting(1, "Residual blocks of the U-Net at each size, down and up.", ge=1, le=8, advanced=True)
    patch: int = setting(
        2, "The U-Net sees squares of so many pixels at once; larger is faster and coarser.", ge=1, le=8, advanced=True,
    )
    waves: int = setting(
        0, "Waves of doubling frequency that are made of each column, so that fine detail is learned sooner; of points "
        "and tables.", ge=0, le=10, advanced=True,
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
    conditional: bool = setting(
        False, "Learn what each class looks like, so that samples can be asked of one.", label="By class"
    )
    class_dropout: float = setting(
        0.1, "Share of items whose class is withheld, so that the model also knows items of no class, which guidance "
        "needs.", ge=0.01, le=0.9, label="Class dropout", advanced=True,
    )


class SolverSettings(Settings):
    """How the way from noise to data is solved at each question."""

    steps: int = setting(
        16, "Steps from noise to data. More are slower and more accurate; double them to see whether it matters.",
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
    if data.kind is Kind.TABLE:
        fine = data.train.shape[1] <= FEW_COLUMNS
        return {
            "waves": 4 if fine else 0, "learning_rate": 2e-3, "average": 0.999, "time_sampling": "late",
            "max_epochs": passes(3_000_000, data, most=4000),
        }
    return {"learning_rate": 1e-3, "average": 0.999, "max_epochs": passes(500_000, data, least=10)}
