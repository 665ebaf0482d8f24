"""Settings of normalizing flows."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from genstudio.settings import setting
from genstudio.training.descent_settings import DescentSettings

Width = Annotated[int, Field(ge=1, le=8192)]
FEWEST_ITEMS, MOST_ITEMS = 128, 1024


class FlowSettings(DescentSettings):
    """How a flow is built and learned."""

    kind: Literal["spline", "affine", "autoregressive"] = setting(
        "spline", "How layers bend numbers: by splines, half of the columns at a time (the most flexible); by shift "
        "and scale, half at a time (RealNVP, the simplest); by splines, each column given all before it, which is "
        "slow to sample.", label="Layers", of="table",
    )
    transforms: int = setting(
        4, "Layers between the base and the data. More can bend further, and each step takes longer.", ge=1, le=64,
        of="table",
    )
    bins: int = setting(16, "Pieces of each spline. More draw finer detail.", ge=2, le=128)
    hidden_features: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (64, 64), "Widths of the dense layers that say how numbers are bent.", label="Dense widths", of="table",
    )
    channels: Annotated[tuple[Width, ...], Field(min_length=1)] = setting(
        (16, 24), "Of pictures: channels of the convolutions for each group of pixels, the finest scale first; the "
        "last holds for all coarser scales.", of="images",
    )
    blocks: int = setting(
        2, "Of pictures: pairs of convolutions at each scale. More see farther, and each step takes longer.", ge=0,
        le=64, of="images",
    )
    base: Literal["gaussian", "mixture"] = setting(
        "mixture", "What the data are brought to: one normal distribution, or several, which start at the clusters of "
        "the data and leave less to be bent.", of="table",
    )
    base_components: int = setting(
        16, "Normal distributions of a mixture.", ge=1, le=1000, label="Base components", of="table",
    )
    conditional: bool = setting(
        False, "Learn what each class looks like, so that samples can be asked of one.", label="By class"
    )
    octaves: int = setting(
        4, "Waves of each column, each half as long as the one before, that are given to the dense layers beside the "
        "column itself: more let the density have sharper edges.", ge=0, le=12, advanced=True, label="Waves",
        of="table",
    )
    bound: float = setting(
        4.0, "Splines bend numbers up to so many deviations from the mean; beyond, numbers stay as they are.", ge=0.5,
        le=1000, log=True, unit="deviations", label="Spline bound", advanced=True, of="table",
    )
    mixing: bool = setting(
        True, "Learned rotations between layers, so that each bends along other directions.", label="Mix columns",
        advanced=True, of="table",
    )
    activation: Literal["relu", "silu", "gelu", "tanh"] = setting(
        "relu", "What bends between dense layers.", advanced=True, of="table",
    )
    dequantize: bool = setting(
        True, "Rounded numbers are spread evenly over all that would be rounded to them, anew at each step. Left as "
        "they are, few distinct values drive their density to infinity.", label="Spread rounded numbers", advanced=True,
        of="table",
    )
    average: float = setting(
        0.999, "Decay of a moving average of the weights, which is what is shown and kept; 0 takes the weights "
        "themselves.", ge=0, lt=1, label="Weight average", advanced=True,
    )
    learning_rate: float = setting(
        2e-3, "How far each step goes along the gradient. Too large and the loss jumps, too small and it creeps.",
        ge=0, le=1e9, log=True, live=True,
    )

    def items_a_step(self, items: int) -> int:
        """Many where there are many: the noise of gradients is what keeps fine detail from being learned."""
        return int(np.clip(2 ** round(np.log2(max(1, items) / 32)), FEWEST_ITEMS, MOST_ITEMS))
