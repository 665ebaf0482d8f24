"""The one gradient loop, a generator of events, for whatever learns by descending losses."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.errors import TrainingError
from genstudio.training.budget import Budget
from genstudio.training.descent_settings import DescentSettings
from genstudio.training.descent_state import Arrays, Keeper, Weights, take, weights_of
from genstudio.training.device import AGREEMENT, agreement, computing_in, device_of, fast_bfloat16
from genstudio.training.events import Changed, Event, LiveSettings, Note, Progress
from genstudio.training.schedules import rate_factor

BATCH = 128
GOOD_STEPS = 50
"""How often weights that gave finite figures are put by."""
VALIDATION_STEPS = 50
"""Least number of steps from one validation to the next."""
OFTEN_CLIPPED = 200


@dataclass(frozen=True)
class Batch:
    """What one step goes through.

    Arguments:
        rows: which training items, shape (B,), int64, on the device.
        draw: where the step's random numbers come from.
        step: the step, from 1.
        epoch: passes through the items so far, with fractions.
    """

    rows: Tensor
    draw: torch.Generator
    step: int
    epoch: float


class Learner(Protocol):
    """What the loop needs of a model that learns by descent."""

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
        """Figures of the last step; `train` among them."""

    def validate(self, step: int) -> Mapping[str, float]:
        """Figures of the validation items; `valid`, higher is better, among them. Empty where there are no items."""

    def remarks(self, step: int) -> Iterator[Note]:
        """What a person should know by now that was not said before."""


@dataclass
class Best:
    """The best validation so far: its figure, its step, how many went by since, and the weights."""

    value: float = -math.inf
    step: int = 0
    since: int = 0
    weights: Weights = field(default_factory=dict)


class Descent:
    """One training by gradient descent: steps, validation, the best weights, and all that going on later needs.

    Arguments:
        learner: makes the learner, whose nets and items are on the device given.
        budget: what the recipe allows; `max_epochs` of the settings holds besides.
        live: read at every step.
    """

    def __init__(
        self, learner: Callable[[torch.device], Learner], settings: DescentSettings, budget: Budget,
        live: LiveSettings, seed: int,
    ) -> None:
        self._settings, self._budget, self._live, self._seed = settings, budget, live, seed
        torch.set_num_threads(budget.threads)
        self.device = device_of(budget.device)
        self._learner = learner(self.device)
        self._optimizers = {name: self._optimizer(net) for name, net in self._learner.nets.items()}
        self._averages = Keeper(self._learner.nets, settings.average)
        self._draw = torch.Generator(self.device).manual_seed(seed)
        self._batch: int = min(budget.batch_size or BATCH, self._learner.items)
        self._steps_an_epoch = -(-self._learner.items // self._batch)
        self._step = 0
        self._best = Best()
        self._validation: dict[str, float] = {}
        self._good: tuple[int, Weights] = (0, {})
        self._order = (-1, np.empty(0, np.int64))
        self._clipped = 0
        self._bfloat16 = False
        self._settled: Weights | None = None

    # Going on where another training was left.

    def state(self) -> Arrays:
        """All that going on needs, by name; copies."""
        weights = self._settled if self._settled is not None else weights_of(self._learner.nets)
        counters = np.array([self._step, self._best.step, self._best.since, self._clipped], np.int64)
        arrays: Arrays = {
            "counters": counters, "best_value": np.array([self._best.value]),
            "draw": self._draw.get_state().numpy().copy(),
        }
        for prefix, kept in (
            ("weights", weights), ("best", self._best.weights), ("average", self._averages.weights()),
            ("optimizer", _moments(self._optimizers)),
        ):
            arrays |= {f"{prefix}.{name}": tensor.cpu().numpy().copy() for name, tensor in kept.items()}
        arrays |= {f"validation.{name}": np.array([value]) for name, value in self._validation.items()}
        return arrays

    def load_state(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` told; raises KeyError or ValueError where it does not fit."""
        groups = {name: _part(arrays, name) for name in ("weights", "best", "average", "optimizer")}
        take(self._learner.nets, groups["weights"])
        self._averages.load(groups["average"])
        _load_moments(self._optimizers, self._learner.nets, groups["optimizer"])
        self._step, best_step, since, self._clipped = (int(value) for value in arrays["counters"])
        self._best = Best(float(arrays["best_value"][0]), best_step, since, groups["best"])
        self._validation = {
            name.removeprefix("validation."): float(value[0])
            for name, value in arrays.items() if name.startswith("validation.")
        }
        self._draw.set_state(torch.from_numpy(arrays["draw"].astype(np.uint8)))

    # The loop.

    def shown(self) -> contextlib.AbstractContextManager[None]:
        """Inside, the nets hold what is to be seen: the moving average, or what was kept once training has ended."""
        return contextlib.nullcontext() if self._settled is not None else self._averages.shown(self._learner.nets)

    def run(self) -> Generator[Event, None, None]:
        """Train until the budget is used up; closing the generator leaves what is to be kept in the nets.

        Raises:
            TrainingError: a figure was not finite, or memory gave out; the last good weights are in the nets.
        """
        self._put_by()
        if self._step == 0:
            self._validate()
            yield self._progress({})
        try:
            yield from self._choose_precision()
            while not self._ended():
                yield from self._estimate_horizon()
                figures = self._take_step()
                yield self._progress(figures)
                yield from self._remarks()
        finally:
            self._settle()
        yield from self._last_words()

    def _ended(self) -> bool:
        epochs = self._epochs
        patience = self._settings.patience
        return (
            epochs >= self._settings.max_epochs
            or self._budget.reached(self._step, epochs)
            or 0 < patience <= self._best.since
        )

    @property
    def _epochs(self) -> float:
        whole, rest = divmod(self._step, self._steps_an_epoch)
        return float(whole + rest * self._batch / self._learner.items)

    def _take_step(self) -> dict[str, float]:
        batch = Batch(self._rows(), self._draw, self._step + 1, self._epochs)
        rate = float(self._live["learning_rate"]) * rate_factor(self._settings, batch.step, self._horizon())
        try:
            norms = self._descend(batch, rate)
        except (MemoryError, torch.OutOfMemoryError, RuntimeError) as error:
            raise _in_words(error) from error
        self._step += 1
        self._averages.follow()
        figures = {**self._learner.figures(), "gradient": norms, "rate": rate}
        if self._step % max(self._steps_an_epoch, VALIDATION_STEPS) == 0 or self._ended():
            self._validate()
            figures |= self._validation
        return figures

    def _descend(self, batch: Batch, rate: float) -> float:
        """Descend every loss of a step; the largest gradient's length before it was clipped."""
        largest = 0.0
        losses = self._learner.losses(batch)
        while True:
            with computing_in(self.device, self._bfloat16):
                name, loss = next(losses, ("", None))
            if loss is None:
                break
            optimizer = self._optimizers[name]
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            norm = self._clip(self._learner.nets[name])
            self._require_finite(float(loss.detach()), norm)
            largest = max(largest, norm)
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
        if self._step % GOOD_STEPS == 0:
            self._put_by()
        self._clipped += bool(self._settings.clip_norm) and largest > self._settings.clip_norm
        return largest

    def _clip(self, net: nn.Module) -> float:
        longest = self._settings.clip_norm or math.inf
        return float(nn.utils.clip_grad_norm_(net.parameters(), longest))

    def _require_finite(self, loss: float, norm: float) -> None:
        if math.isfinite(loss) and math.isfinite(norm):
            return
        step, weights = self._good
        take(self._learner.nets, weights)
        self._averages.forget()
        self._best = Best()
        what = "the loss" if not math.isfinite(loss) else "the gradient"
        raise TrainingError(
            f"At step {self._step + 1:,} {what} was no finite number any more; "
            f"the weights of step {step:,} were taken back.",
            "Lower the learning rate, or clip gradients more.",
        )

    def _put_by(self) -> None:
        self._good = (self._step, {name: tensor.clone() for name, tensor in weights_of(self._learner.nets).items()})

    def _rows(self) -> Tensor:
        epoch, place = divmod(self._step, self._steps_an_epoch)
        if self._order[0] != epoch:
            order = np.random.default_rng((self._seed, epoch)).permutation(self._learner.items)
            self._order = (epoch, order)
        rows = self._order[1][place * self._batch:(place + 1) * self._batch]
        return torch.from_numpy(rows).to(self.device)

    # The schedule's end.

    def _horizon(self) -> int | None:
        live = self._live["horizon"]
        if live is not None:
            return int(live)
        if self._budget.seconds is not None:
            return None
        epochs = min(limit for limit in (self._settings.max_epochs, self._budget.epochs) if limit is not None)
        steps = epochs * self._steps_an_epoch
        return int(steps if self._budget.steps is None else min(steps, self._budget.steps))

    def _estimate_horizon(self) -> Iterator[Changed]:
        """Under a limit of time, tell at each sixteenth of it how many steps it will most likely allow."""
        seconds = self._budget.seconds
        if seconds is None or self._settings.schedule == "constant" or not self._step:
            return
        share = self._budget.spent / seconds
        if self._live["horizon"] is None or share >= self._next_estimate:
            self._next_estimate = (math.floor(share * 16) + 1) / 16
            steps = max(self._step + 1, round(self._step / max(share, 1e-6)))
            steps = min(steps, self._settings.max_epochs * self._steps_an_epoch)
            self._live.set("horizon", steps)
            yield Changed(self._step, "horizon", steps)

    _next_estimate = 0.0

    # Validation, and what is kept.

    def _validate(self) -> None:
        with self._averages.shown(self._learner.nets), torch.no_grad():
            self._validation = dict(self._learner.validate(self._step))
        value = self._validation.get("valid")
        if value is None or not self._step:
            return
        if value > self._best.value:
            kept = self._averages.weights() or weights_of(self._learner.nets)
            self._best = Best(value, self._step, 0, {name: tensor.clone() for name, tensor in kept.items()})
        else:
            self._best.since += 1

    def _settle(self) -> None:
        """Put what is to be kept into the nets; what training left stays at hand for going on."""
        self._settled = {name: tensor.clone() for name, tensor in weights_of(self._learner.nets).items()}
        kept = self._best.weights if self._settings.keep_best and self._best.weights else self._averages.weights()
        if kept:
            take(self._learner.nets, kept)

    # What is told.

    def _progress(self, figures: Mapping[str, float]) -> Progress:
        place = (self._step - 1) % self._steps_an_epoch
        rows = min(self._batch, self._learner.items - place * self._batch)
        return Progress(self._step, self._horizon(), dict(figures) or dict(self._validation), rows)

    def _remarks(self) -> Iterator[Note]:
        if self._step == OFTEN_CLIPPED and self._clipped > 0.9 * self._step:
            yield Note(
                "info", f"Gradients are longer than {self._settings.clip_norm:g} at nearly every step and are clipped.",
                "That is no harm in itself; if the loss creeps, raise clip_norm.", "clipped",
            )
        if self._step % VALIDATION_STEPS == 0:
            yield from self._learner.remarks(self._step)

    def _last_words(self) -> Iterator[Note]:
        if self._settings.keep_best and self._best.weights and self._best.step < self._step:
            yield Note("info", f"The weights of step {self._best.step:,} are kept: validation was best there.")
        if 0 < self._settings.patience <= self._best.since:
            yield Note("info", f"Stopped early: validation has not become better {self._best.since} times in a row.")

    # Precision.

    def _choose_precision(self) -> Iterator[Note]:
        wanted = self._budget.precision
        if wanted == "float32" or (wanted == "auto" and not fast_bfloat16(self.device)):
            return
        cosine = agreement(self._first_gradient, self.device)
        self._bfloat16 = cosine >= AGREEMENT
        if not self._bfloat16:
            yield Note(
                "warning" if wanted == "bfloat16" else "info",
                f"Training stays in float32: in bfloat16 the first gradient points elsewhere (cosine {cosine:.3f}).",
            )

    def _first_gradient(self) -> Tensor:
        before = self._draw.get_state()
        batch = Batch(self._rows(), self._draw, self._step + 1, self._epochs)
        name, loss = next(self._learner.losses(batch))
        parameters = [p for p in self._learner.nets[name].parameters() if p.requires_grad]
        found = torch.autograd.grad(loss, parameters, allow_unused=True, materialize_grads=True)
        self._draw.set_state(before)
        return torch.cat([gradient.float().flatten() for gradient in found])

    def _optimizer(self, net: nn.Module) -> torch.optim.Optimizer:
        kind = torch.optim.AdamW if self._settings.weight_decay else torch.optim.Adam
        return kind(
            net.parameters(), lr=self._settings.learning_rate, weight_decay=self._settings.weight_decay, fused=True
        )


def _moments(optimizers: Mapping[str, torch.optim.Optimizer]) -> Weights:
    return {
        f"{name}.{place}.{key}": value
        for name, optimizer in optimizers.items()
        for place, entry in optimizer.state_dict()["state"].items() for key, value in entry.items()
    }


def _load_moments(
    optimizers: Mapping[str, torch.optim.Optimizer], nets: Mapping[str, nn.Module], moments: Weights
) -> None:
    for name, optimizer in optimizers.items():
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in moments.items():
            owner, place, what = key.rsplit(".", 2)
            if owner == name:
                state.setdefault(int(place), {})[what] = value
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def _part(arrays: Mapping[str, np.ndarray], prefix: str) -> Weights:
    return {
        name.removeprefix(f"{prefix}."): torch.from_numpy(np.array(array))
        for name, array in arrays.items() if name.startswith(f"{prefix}.")
    }


def _in_words(error: BaseException) -> Exception:
    text = str(error)
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in text:
        return TrainingError(
            "There was not enough memory for a step.", "Take a smaller batch, smaller pictures or a smaller model."
        )
    return error if isinstance(error, Exception) else RuntimeError(text)
