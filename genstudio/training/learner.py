"""What the gradient loop needs of a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from genstudio.training.events import Note


@dataclass(frozen=True)
class Batch:
    """What one step goes through.

    Arguments:
        rows: which training items, shape (B,), int64, on the device.
        draw: where every random number of the step comes from, so that training can go on where it was left.
        step: the step, from 1.
        epoch: passes through the items so far, with fractions.
        share: of the training that is behind, 0 to 1, by the horizon of its schedule.
    """

    rows: Tensor
    draw: torch.Generator
    step: int
    epoch: float
    share: float


class Learner(Protocol):
    """What the loop needs of a model that learns by descent.

    A learner whose losses are made of what one network says shows how it asks that as `objective`, an `Objective`:
    it may then be compiled. One whose nets have rates of their own tells as `rates`, a mapping, by which live setting
    each goes that does not go by `learning_rate`. One of which only some nets are to be averaged names them as
    `averaged`.
    """

    @property
    def nets(self) -> Mapping[str, nn.Module]:
        """The networks by name; each has an optimizer of its own."""

    @property
    def items(self) -> int:
        """Training items."""

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The losses of one step, each with the name of the net that descends it.

        A loss is descended before the next is asked for.
        """

    def figures(self) -> Mapping[str, float]:
        """Figures of the last step; `train` among them, or `loss` where no likelihood is known at each step."""

    def validate(self, step: int) -> Mapping[str, float]:
        """Figures of the validation items, `valid` or `valid_loss` among them. Empty where there are no items."""

    def remarks(self, step: int) -> Iterator[Note]:
        """What a person should know by now that was not said before."""


def averaged_nets(learner: Learner) -> Mapping[str, nn.Module]:
    """The nets whose weights are to be averaged: all, or those that the learner names."""
    names: Collection[str] = getattr(learner, "averaged", learner.nets.keys())
    return {name: net for name, net in learner.nets.items() if name in names}


def worth_of(figures: Mapping[str, float]) -> float | None:
    """How good weights are by their figures of validation, higher being better.

    It is `valid`, or minus `valid_loss`, or, where no loss tells it, minus `distance`: how far samples are from items.
    """
    falling = next((-figures[name] for name in ("valid_loss", "distance") if name in figures), None)
    return figures.get("valid", falling)
