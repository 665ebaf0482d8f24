"""What models of torch networks have in common: building, state, going on, and answering with the right weights."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.data.dataset import Dataset
from genstudio.errors import ArchiveError, TrainingError
from genstudio.models.contract import Array, Ints, Model
from genstudio.training.budget import Budget
from genstudio.training.checkpoint import require_fit
from genstudio.training.descent import Descent, Learner
from genstudio.training.descent_settings import DescentSettings
from genstudio.training.descent_state import take, weights_of
from genstudio.training.events import Event, LiveSettings

ROWS = 512
"""So many items go through a network at once when a question is answered."""
Shape = tuple[int, ...]


class DeepModel(Model):
    """A model made of networks, trained by `training.descent`."""

    settings: DescentSettings

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.nets: dict[str, nn.Module] = {}
        self.shape: Shape = ()
        self.n_classes = 0
        self._descent: Descent | None = None
        self._checkpoint: dict[str, Array] = {}

    @abstractmethod
    def build(self, shape: Shape, n_classes: int) -> dict[str, nn.Module]:
        """Untrained networks by name.

        Arguments:
            shape: of an item.
            n_classes: classes that are learned apart; 0 for none.
        """

    @abstractmethod
    def learner(self, data: Dataset, live: LiveSettings, device: torch.device) -> Learner:
        """What descends; it trains `self.nets`."""

    def classes_of(self, data: Dataset) -> int:
        """Classes of the data that the model learns apart."""
        return 0

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn, one gradient step an event, or go on from a checkpoint.

        Raises:
            TrainingError: the data do not suit, figures were not finite, or memory gave out.
        """
        if (reason := self.unsuitable(data)) is not None:
            raise TrainingError(reason)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._make(data.train.shape[1:], self.classes_of(data))
        budget = budget or Budget()
        descent = Descent(lambda device: self.learner(data, live, device), self.settings, budget, live, seed)
        if self._checkpoint:
            descent.load_state(self._checkpoint)
            self._checkpoint = {}
        self._descent = descent
        yield from descent.run()

    def state(self) -> dict[str, Array]:
        """Weights by name, and the shape of an item; empty before any learning."""
        if not self.nets:
            return {}
        with self.answering():
            weights = {name: _array(tensor) for name, tensor in weights_of(self.nets).items()}
        return {**weights, "shape": np.array(self.shape, np.int64), "classes": np.array([self.n_classes], np.int64)}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        self._descent = None
        if not state:
            self.nets = {}
            return
        try:
            shape, n_classes = tuple(int(side) for side in state["shape"]), int(state["classes"][0])
            weights = {name: torch.from_numpy(np.array(array)) for name, array in state.items()}
            self._require_weights(shape, n_classes, weights)
            self._make(shape, n_classes)
            take(self.nets, weights)
        except (KeyError, ValueError, IndexError, RuntimeError, TypeError) as error:
            raise ArchiveError(f"What {self.info.title} has learned is damaged: {error}.", "Train again.") from None

    def checkpoint(self) -> dict[str, Array]:
        """Everything that going on needs besides the state; empty where nothing has been trained."""
        return dict(self._checkpoint) if self._descent is None else self._descent.state()

    def load_checkpoint(self, checkpoint: Mapping[str, Array]) -> None:
        """Let the next `fit` go on from here.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        try:
            if checkpoint:
                require_fit(self.nets, checkpoint)
        except (KeyError, ValueError, IndexError) as error:
            raise ArchiveError(f"What going on with the training needs is damaged: {error}.", "Train again.") from None
        self._checkpoint = dict(checkpoint)

    def _wanted(self, condition: int | None, count: int, draw: torch.Generator) -> Ints | None:
        """The classes of samples: the one that is asked for, or any.

        Raises:
            TrainingError: there is no such class.
        """
        if condition is None:
            return self._any_classes(count, draw)
        if not 0 <= condition < self.n_classes:
            raise TrainingError(
                f"There is no class number {condition} to be sampled.", "Train with the setting By class, on labels."
            )
        return np.full(count, condition)

    def _any_classes(self, count: int, draw: torch.Generator) -> Ints | None:
        """Classes of samples that nobody asked of one: drawn evenly, as the networks seldom saw items of none."""
        return torch.randint(self.n_classes, (count,), generator=draw).numpy() if self.n_classes else None

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Inside, the networks hold the weights that count, and nothing is learned from what is asked."""
        if not self.nets:
            raise TrainingError(f"{self.info.title} has not learned anything yet.", "Train it first.")
        shown = contextlib.nullcontext() if self._descent is None else self._descent.shown()
        with shown, torch.no_grad():
            yield

    def _require_weights(self, shape: Shape, n_classes: int, weights: Mapping[str, Tensor]) -> None:
        """Weights as the networks of that shape have them; looked at before any memory is taken for those."""
        with torch.device("meta"):
            wanted = weights_of(self.build(shape, n_classes))
        for name, place in wanted.items():
            if weights[name].shape != place.shape:
                raise ValueError(f"`{name}` has shape {tuple(weights[name].shape)}, not {tuple(place.shape)}")
            if not torch.isfinite(weights[name]).all():
                raise ValueError(f"`{name}` holds what is no finite number")

    def _make(self, shape: Shape, n_classes: int) -> None:
        self.shape, self.n_classes = shape, n_classes
        self.nets = self.build(shape, n_classes)
        self._descent = None


def pieces(count: int, size: int = ROWS) -> Iterator[slice]:
    """Slices that cover so many rows."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def tensor_of(x: Array, device: torch.device | None = None) -> Tensor:
    """Items as float32; bytes are intensities of 255."""
    made = torch.from_numpy(np.ascontiguousarray(x))
    if device is not None:
        made = made.to(device)
    return made.float() / 255 if made.dtype == torch.uint8 else made.float()


def _array(tensor: Tensor) -> Array:
    return tensor.detach().cpu().numpy().copy()
