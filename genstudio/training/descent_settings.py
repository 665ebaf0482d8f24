"""Settings of every model that learns by gradient descent."""

from __future__ import annotations

from typing import Literal

from genstudio.settings import Settings, setting


class DescentSettings(Settings):
    """How gradients are followed; models add their own settings in front of these."""

    learning_rate: float = setting(
        1e-3, "How far each step goes along the gradient. Too large and the loss jumps, too small and it creeps.",
        ge=0, le=1e9, log=True, live=True,
    )
    max_epochs: int = setting(
        50, "Most passes through the training items, where the recipe sets no other limit.", ge=1, le=1_000_000,
        label="Most epochs",
    )
    schedule: Literal["constant", "cosine"] = setting(
        "cosine", "How the learning rate goes on: as it is, or down to zero along a cosine over the whole training.",
        advanced=True,
    )
    warmup: int = setting(
        100, "Over so many steps the learning rate rises from zero.", ge=0, le=1_000_000, unit="steps", advanced=True
    )
    horizon: int | None = setting(
        None, "Steps over which the schedule runs; found from the limits of training when left out.", ge=1, le=10**9,
        hidden=True, live=True,
    )
    compiled: bool | None = setting(
        None, "Whether steps are compiled; found out while training when left out.", hidden=True, live=True
    )
    clip_norm: float = setting(
        10.0, "Gradients longer than this are shortened to it; 0 leaves them as they are.", ge=0, log=True,
        label="Gradient clipping", advanced=True,
    )
    weight_decay: float = setting(
        0.0, "How strongly weights are drawn to zero at each step.", ge=0, le=10, log=True, advanced=True
    )
    average: float = setting(
        0.0, "Decay of a moving average of the weights, which is what is shown and kept; 0 takes the weights "
        "themselves.", ge=0, lt=1, label="Weight average", advanced=True,
    )
    keep_best: bool = setting(
        True, "At the end the weights that did best on the validation items are kept.", label="Keep the best",
        advanced=True,
    )
    patience: int = setting(
        0, "Training ends when validation has not become better so many times in a row; 0 never ends it early.",
        ge=0, le=1_000_000, label="Early stopping", advanced=True,
    )

    def betas(self) -> tuple[float, float]:
        """How much of the running means of gradients and of their squares stays at each step."""
        return 0.9, 0.999

    def items_a_step(self, items: int) -> int:
        """Items that a step goes through where a recipe says nothing else.

        Arguments:
            items: training items.
        """
        return 128
