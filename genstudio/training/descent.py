"""The one gradient loop, a generator of events, for whatever learns by descending losses."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genstudio.errors import TrainingError
from genstudio.training.average import MovingAverage
from genstudio.training.best import Best
from genstudio.training.budget import Budget
from genstudio.training.compiling import Compiling
from genstudio.training.descent_settings import DescentSettings
from genstudio.training.descent_state import Arrays, Weights, copies, from_arrays, put, take, to_arrays, weights_of
from genstudio.training.device import computing_in, device_of
from genstudio.training.events import Event, LiveSettings, Note, Progress
from genstudio.training.guards import memory_in_words
from genstudio.training.horizon import Horizon
from genstudio.training.learner import Batch, Learner, averaged_nets, worth_of
from genstudio.training.memory import keep_freed_memory
from genstudio.training.optimizers import Optimizers
from genstudio.training.plan import Plan
from genstudio.training.precision import agrees, allows_bfloat16
from genstudio.training.schedules import rate_factor

__all__ = ["Batch", "Descent", "Learner"]

GOOD_STEPS = 200
"""How often a state that gave finite figures is put by; copying it takes as long as a step or two."""
VALIDATION_STEPS = 50
"""Least number of steps from one validation to the next."""
OFTEN_CLIPPED = 200


class Descent:
    """One training by gradient descent: steps, validation, the best weights, and all that going on later needs.

    Arguments:
        learner: makes the learner, whose nets and items are on the device given.
        budget: what the recipe allows.
        live: read at every step.

    Raises:
        TrainingError: there is no such device, or nothing to learn from, or the items do not fit into memory.
    """

    def __init__(
        self, learner: Callable[[torch.device], Learner], settings: DescentSettings, budget: Budget,
        live: LiveSettings, seed: int,
    ) -> None:
        self._settings, self._budget, self._live = settings, budget, live
        torch.set_num_threads(budget.threads)
        keep_freed_memory()
        self.device = device_of(budget.device)
        with memory_in_words(budget.batch_size or 1):
            self._learner = learner(self.device)
        self._plan = Plan(self._learner.items, settings, budget, seed)
        self._horizon = Horizon(self._plan, settings, budget, live)
        self._optimizers = Optimizers(self._learner.nets, settings)
        self._average = MovingAverage(averaged_nets(self._learner), settings.average)
        self._draw = torch.Generator(self.device).manual_seed(seed)
        self._compiling = Compiling(
            getattr(self._learner, "objective", None), self._plan, budget, live,
            gradient=self._some_gradient, waiting=self._waiting,
        )
        self._step = 0
        self._clipped = 0
        self._best = Best()
        self._bfloat16: bool | None = None
        self._good: Arrays = {}
        self._trained: Weights = {}

    # Going on where another training was left.

    def state(self) -> Arrays:
        """All that going on needs, by name; copies. `step` tells after how many steps."""
        return {
            "step": np.array([self._step], np.int64),
            "clipped": np.array([self._clipped], np.int64),
            "bfloat16": np.array([-1 if self._bfloat16 is None else int(self._bfloat16)], np.int64),
            "draw": self._draw.get_state().numpy().copy(),
            **to_arrays("weights", self._trained or weights_of(self._learner.nets)),
            **self._optimizers.state(),
            **self._average.state(),
            **self._best.state(),
        }

    def load_state(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state` told; raises KeyError or ValueError where it does not fit."""
        arrays = dict(arrays)
        take(self._learner.nets, from_arrays("weights", arrays))
        self._optimizers.load(arrays)
        self._average.load(arrays)
        self._best = Best.of(arrays)
        self._step, self._clipped = int(arrays["step"][0]), int(arrays["clipped"][0])
        self._bfloat16 = None if arrays["bfloat16"][0] < 0 else bool(arrays["bfloat16"][0])
        self._draw.set_state(torch.from_numpy(np.array(arrays["draw"], np.uint8)))

    def shown(self) -> contextlib.AbstractContextManager[None]:
        """Inside, the nets hold what is to be seen: the moving average, or what was kept once training has ended."""
        return contextlib.nullcontext() if self._trained else self._average.shown()

    # The loop.

    def run(self) -> Generator[Event, None, None]:
        """Train until the budget is used up; closing the generator leaves what is to be kept in the nets.

        Raises:
            TrainingError: a figure was not finite, or memory gave out; the last good weights are in the nets.
        """
        try:
            with memory_in_words(self._plan.batch):
                yield from self._opened()
                while not self._ended():
                    figures = self._guarded_step()
                    yield self._progress(figures)
                    yield from self._remarks()
                    yield from self._horizon.revised(self._step)
                    yield from self._compiling.revised(self._step)
                yield from self._last_validation()
        finally:
            self._compiling.close()
            self._settle()
        yield from self._last_words()

    def _opened(self) -> Iterator[Event]:
        self._good = self.state()
        if not self._step:
            yield self._progress(self._validated())
        yield from self._horizon.opened(self._step)
        yield from self._choose_precision()
        yield from self._compiling.opened(self._step, bool(self._bfloat16))

    def _ended(self) -> bool:
        return self._plan.over(self._step) or 0 < self._settings.patience <= self._best.since

    def _guarded_step(self) -> dict[str, float]:
        """One step, or none: where it fails, all is as it was when it was last known to be good."""
        # What a step begins from is known to be good once its figures are.
        begun = self.state() if self._step % GOOD_STEPS == 0 else self._good
        try:
            figures = self._take_step()
        except Exception:
            # Whatever a model raises goes on to whoever drives the training; half a step is nothing to go on from.
            self.load_state(self._good)
            raise
        self._good = begun
        return figures

    def _take_step(self) -> dict[str, float]:
        batch = self._batch(self._step)
        factor = rate_factor(self._settings, batch.step, self._horizon.step)
        gradient = self._descend(batch, factor)
        self._step += 1
        self._average.follow()
        rate = factor * float(self._live["learning_rate"])
        figures = {**self._learner.figures(), "gradient": gradient, "rate": rate}
        if self._validation_is_due():
            figures |= self._judged()
        return figures

    def _batch(self, place: int) -> Batch:
        """What the next step goes through, of the items whose turn is at a place of the plan."""
        rows = torch.from_numpy(self._plan.rows(place)).to(self.device)
        share = min(1.0, self._step / self._horizon.step)
        return Batch(rows, self._draw, self._step + 1, self._plan.epochs(self._step), share)

    def _descend(self, batch: Batch, factor: float) -> float:
        """Descend every loss of a step, the rates times a factor; the largest gradient's length before clipping."""
        rates: Mapping[str, str] = getattr(self._learner, "rates", {})
        largest = 0.0
        losses = self._learner.losses(batch)
        while True:
            with computing_in(self.device, bool(self._bfloat16)):
                name, loss = next(losses, ("", None))
            if loss is None:
                break
            length = self._optimizers.gradient(name, loss)
            self._require_finite(float(loss.detach()), length)
            self._optimizers.step(name, factor * float(self._live[rates.get(name, "learning_rate")]))
            largest = max(largest, length)
        self._clipped += 0 < self._settings.clip_norm < largest
        return largest

    def _require_finite(self, loss: float, length: float) -> None:
        if math.isfinite(loss) and math.isfinite(length):
            return
        what = "gradient" if math.isfinite(loss) else "loss"
        raise TrainingError(
            f"At step {self._step + 1:,} the {what} was no finite number any more; "
            f"training was taken back to step {int(self._good['step'][0]):,}.",
            "Lower the learning rate, or clip gradients more.",
        )

    # Validation, and what is kept.

    def _validation_is_due(self) -> bool:
        return self._step % max(self._plan.steps_an_epoch, VALIDATION_STEPS) == 0

    def _validated(self) -> dict[str, float]:
        with self._average.shown(), torch.no_grad():
            return dict(self._learner.validate(self._step))

    def _judged(self) -> dict[str, float]:
        figures = self._validated()
        if (worth := worth_of(figures)) is not None:
            weights = {**weights_of(self._learner.nets), **self._average.weights}
            self._best.judge(worth, self._step, weights if self._settings.keep_best else {})
        return figures

    def _last_validation(self) -> Iterator[Progress]:
        """Judge the last weights, too, where the schedule ran out; a training cut short ends as it stands."""
        if self._step and self._step >= self._horizon.step and not self._validation_is_due():
            yield self._progress(self._judged())

    def _settle(self) -> None:
        """Put what is to be kept into the nets; what training left stays at hand for going on."""
        self._trained = copies(weights_of(self._learner.nets))
        put(weights_of(self._learner.nets), self._best.weights or {**self._trained, **self._average.weights})

    # What is told.

    def _progress(self, figures: Mapping[str, float]) -> Progress:
        items = len(self._plan.rows(self._step - 1)) if self._step else 0
        total = None if self._budget.seconds is not None else self._plan.last_step
        return Progress(self._step, total, figures, items, self._plan.epochs(self._step))

    def _waiting(self) -> Progress:
        return dataclasses.replace(self._progress({}), items=0)

    def _remarks(self) -> Iterator[Note]:
        if self._step == OFTEN_CLIPPED and self._clipped > 0.9 * self._step:
            yield Note(
                "info", f"Gradients are longer than {self._settings.clip_norm:g} at nearly every step and are clipped.",
                "That is no harm in itself; if the loss creeps, raise clip_norm.", "clipped",
            )
        if self._step % VALIDATION_STEPS == 0:
            yield from self._learner.remarks(self._step)

    def _last_words(self) -> Iterator[Note]:
        if self._best.weights and self._best.step < self._step:
            yield Note("info", f"The weights of step {self._best.step:,} are kept: validation was best there.")
        if 0 < self._settings.patience <= self._best.since:
            yield Note("info", f"Stopped early: validation has not become better {self._best.since} times in a row.")

    # Precision.

    def _choose_precision(self) -> Iterator[Note]:
        wanted = self._budget.precision
        if not allows_bfloat16(wanted, self.device):
            self._bfloat16 = False
        elif self._bfloat16 is None:
            self._bfloat16, note = agrees(self._some_gradient, self.device, wanted)
            if note is not None:
                yield note

    def _some_gradient(self) -> Tensor:
        """The gradient of a whole batch by the weights as they are, which leaves no trace."""
        draw, weights = self._draw.get_state(), copies(weights_of(self._learner.nets))
        name, loss = next(self._learner.losses(self._batch(0)))
        parameters = [p for p in self._learner.nets[name].parameters() if p.requires_grad]
        found = torch.autograd.grad(loss, parameters, allow_unused=True, materialize_grads=True)
        self._draw.set_state(draw)
        take(self._learner.nets, weights)
        return torch.cat([gradient.float().flatten() for gradient in found])
