"""What flow matching learns and keeps: a velocity field, and the units in which it holds."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.scaling import Standard
from genstudio.errors import ArchiveError
from genstudio.models._deep import DeepModel, Shape
from genstudio.models._diffusion_learner import MatchingLearner
from genstudio.models._diffusion_ode import EXACT, Solution, moments
from genstudio.models._diffusion_settings import (
    ACCURATE,
    SEEN,
    DiffusionSettings,
    PictureDiffusionSettings,
    SolverSettings,
)
from genstudio.models._one_net import NET, BatchedItems, classes_given
from genstudio.models._suitability import FEWEST_ROWS, unsuitable_numbers
from genstudio.models.contract import Array, Ints
from genstudio.nets.unet import UNet
from genstudio.nets.velocity import VelocityField, VelocityMLP
from genstudio.settings import Settings, validate
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings

LEVELS = 255
LOOKED_AT = 64
"""So many items are solved twice to see whether the solver's steps are enough."""


class FieldModel(DeepModel):
    """A velocity field over items of mean 0 and deviation 1: each column; of pictures all pixels of a channel."""

    settings: DiffusionSettings

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.scaling = Standard(np.zeros(0), np.ones(0))
        self.choices = SolverSettings()
        self._learning = False

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few items, or numbers beyond what squares allow."""
        reason = super().unsuitable(data)
        if reason is not None:
            return reason
        if data.kind is Kind.TABLE:
            return unsuitable_numbers(data, "Flow matching")
        if len(data.train) < FEWEST_ROWS:
            return f"Flow matching needs at least 2 pictures to learn from; {data.name} has {len(data.train)}."
        return None

    # Learning.

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn, one gradient step an event, or go on from a checkpoint.

        Raises:
            TrainingError: the data do not suit, figures were not finite, or memory gave out.
        """
        if data.kind is Kind.IMAGES:
            self.settings = PictureDiffusionSettings(**dict(self.settings))
        self._learning = True
        try:
            yield from super().fit(data, live, seed, budget)
        finally:
            self._learning = False

    def build(self, shape: Shape, n_classes: int) -> dict[str, nn.Module]:
        """The one network: dense for rows, a U-Net for pictures."""
        chosen = self.settings
        net: nn.Module = UNet(
            (shape[0], shape[1], shape[2]), n_classes, chosen.channels, blocks=chosen.blocks, patch=chosen.patch,
            activation=chosen.activation,
        ) if len(shape) == 3 else VelocityMLP(
            shape[0], n_classes, chosen.hidden_features, activation=chosen.activation, waves=chosen.waves,
        )
        return {NET: VelocityField(net)}

    def classes_of(self, data: Dataset) -> int:
        """The classes of the label where samples are to be asked of one."""
        return len(data.labels.levels) if self.settings.conditional and data.labels is not None else 0

    def learner(self, data: Dataset, live: LiveSettings, device: torch.device) -> MatchingLearner:
        """What holds the field against straight ways."""
        self.scaling = _scaling_of(data.train)
        codes = (None, None) if data.labels is None else (data.labels.train, data.labels.valid)
        train, valid = (
            BatchedItems(part if part.dtype == np.uint8 else self.scaling.forward(part), known, self.n_classes, device)
            for part, known in zip((data.train, data.valid), codes, strict=True)
        )
        field, looked_at = self.field.to(device), self._tensor(data.train[:LOOKED_AT])
        return MatchingLearner(
            field, self.settings, (train, valid), self._between_bytes,
            (lambda: self._solver_error(looked_at)) if self._exact else None,
        )

    def state(self) -> dict[str, Array]:
        """Weights by name, the shape of an item, and its units; empty before any learning."""
        found = super().state()
        return found and {**found, "shift": self.scaling.shift.copy(), "scale": self.scaling.scale.copy()}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        super().load_state(state)
        if state:
            shift, scale = (np.array(state.get(name, ()), np.float64) for name in ("shift", "scale"))
            if not (shift.shape == scale.shape == self.shape and np.isfinite(shift).all() and (scale > 0).all()):
                raise ArchiveError(f"What {self.info.title} has learned is damaged: its scaling.", "Train again.")
            self.scaling = Standard(shift, scale)

    # Choices at each question.

    @classmethod
    def steering(cls) -> type[Settings]:
        """The solver, its steps, and the guidance weight."""
        return SolverSettings

    def steered(self, choices: Mapping[str, Any]) -> Self:
        """The same model, sharing all that was learned, that answers by these choices.

        Raises:
            SettingsError: a choice that there is not, or a value out of range.
        """
        other = copy.copy(self)
        other.choices = validate(SolverSettings, choices, f"how {self.info.title} is solved")
        return other

    # Within.

    @property
    def field(self) -> VelocityField:
        """The network; built by `fit` or `load_state`."""
        found = self.nets[NET]
        assert isinstance(found, VelocityField)
        return found

    @property
    def steps(self) -> int:
        """Steps from noise to data; few of pictures, which take long, and of what changes with the next step anyhow."""
        return self.choices.steps or (SEEN if self._learning or len(self.shape) == 3 else ACCURATE)

    def _solution(self, finer: int = 1) -> Solution:
        """Ways by the choices that were made, in so many times their steps."""
        return Solution(self.field, moments(finer * self.steps), self.choices)

    @property
    def _exact(self) -> bool:
        """Whether divergences are computed, not estimated."""
        return len(self.shape) == 1 and self.shape[0] <= EXACT

    def _solver_error(self, x: Tensor) -> float:
        """How far log-densities reckoned in half of the usual steps are off: the usual ones are nearer."""
        solutions = (Solution(self.field, moments(steps), self.choices) for steps in (ACCURATE // 2, ACCURATE))
        with torch.no_grad():
            given = self._given(None, len(x), slice(None))
            one, other = (solution.log_prob(x, given, None) for solution in solutions)
            return float((one - other).abs().mean())

    @property
    def _log_det(self) -> float:
        """What turns a log-density of standard units into one of model units, nats."""
        return -float(np.log(self.scaling.scale).sum())

    def _tensor(self, x: Array) -> Tensor:
        """Items (N, *item), model units or bytes, in standard units."""
        intensities = x / LEVELS if x.dtype == np.uint8 else x
        return torch.from_numpy(self.scaling.forward(intensities)).float().to(self._device)

    def _between_bytes(self, x: Tensor, share: Tensor) -> Tensor:
        """Intensities in standard units, each moved to a place between two bytes that round to it, share in [0, 1)."""
        units = self.scaling.shift, self.scaling.scale
        shift, scale = (torch.from_numpy(part).float().to(x.device) for part in units)
        return (x + (share - 0.5) / LEVELS - shift) / scale

    @property
    def _device(self) -> torch.device:
        return next(self.field.parameters()).device

    def _given(self, labels: Ints | None, count: int, part: slice) -> Tensor:
        return classes_given(labels, count, self.n_classes)[part].to(self._device)

    def _any_classes(self, count: int, draw: torch.Generator) -> None:
        """The field knows items of no class, too, as classes were withheld from it."""


def _scaling_of(x: Array) -> Standard:
    """Mean 0 and deviation 1 of each column, or of all pixels of each channel."""
    if x.ndim == 2:
        fitted = Standard.fit(x, ())
        return Standard(fitted.shift, fitted.scale)
    mean = x.mean(axis=(0, 2, 3), dtype=np.float64)
    # Squares that are added up as they are taken need no memory of their own.
    squares = np.einsum("nchw,nchw->c", x, x, dtype=np.float64) / (x.size / x.shape[1])
    # A byte stands for all intensities that round to it: even pictures of one intensity have some deviation.
    deviation = np.sqrt(np.maximum(squares - mean**2, 0.0) + 1 / 12)
    shift, scale = (np.broadcast_to(part[:, None, None] / LEVELS, x.shape[1:]) for part in (mean, deviation))
    return Standard(shift.copy(), scale.copy())
