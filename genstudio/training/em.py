"""The one EM loop, a generator of events, for whatever climbs a likelihood or a bound in E and M steps."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from genstudio.training.budget import Budget
from genstudio.training.events import Event, Note, Progress
from genstudio.training.guards import require_finite

S = TypeVar("S")

NOT_CONVERGED = "not converged"


class Learner(Protocol[S]):
    """What the loop needs of a model that learns by EM."""

    @property
    def items(self) -> int:
        """Training items that one step goes through."""

    def start(self) -> Generator[None, None, None]:
        """Take up new starting parameters; yields now and then where that takes long."""

    def step(self) -> float:
        """One E and one M step.

        Returns:
            What climbs: the mean log-likelihood of the parameters before the step, nats per item, or a
            variational bound.
        """

    def metrics(self) -> Mapping[str, float]:
        """Figures of the current parameters, nats per item."""

    def keep(self) -> S:
        """The current parameters, to be given back to `restore`."""

    def restore(self, kept: S) -> None:
        """Take up parameters that were kept."""

    def remarks(self) -> Iterable[Note]:
        """What a person should know of the parameters learned."""


@dataclass(frozen=True)
class Schedule:
    """How long EM goes on; names and meaning as in scikit-learn.

    Arguments:
        max_iter: most steps of one restart.
        tol: a restart has converged when what climbs changes by less in one step.
        n_init: restarts, of which the one with the highest bound is kept.
        limit: what the setting of the most steps is called.
    """

    max_iter: int
    tol: float
    n_init: int = 1
    limit: str = "max_iter"


@dataclass
class _Climb:
    """One restart."""

    bound: float = -math.inf
    change: float = math.inf
    steps: int = 0
    converged: bool = False

    def went_to(self, bound: float, tol: float) -> None:
        self.steps += 1
        self.change, self.bound = abs(bound - self.bound), bound
        self.converged = self.change < tol


@dataclass
class _Search(Generic[S]):
    """All restarts of one learner, and the best parameters of those that ended."""

    learner: Learner[S]
    schedule: Schedule
    budget: Budget
    taken: int = 0
    climb: _Climb = field(default_factory=_Climb)
    best: tuple[_Climb, S] | None = None

    @property
    def spent(self) -> bool:
        """Whether the budget is used up; one EM step is one pass through the items."""
        return self.budget.reached(self.taken, self.taken)

    def progress(self) -> Progress:
        total = self.schedule.max_iter * self.schedule.n_init
        return Progress(self.taken, total, dict(self.learner.metrics()), self.learner.items)

    def restart(self) -> Generator[Event, None, None]:
        self.climb = _Climb()
        for _ in self.learner.start():
            yield Progress(self.taken, self.schedule.max_iter * self.schedule.n_init, {}, self.learner.items)
        yield self.progress()
        while self.climb.steps < self.schedule.max_iter and not (self.climb.converged or self.spent):
            self._step()
            yield self.progress()
        self.record()

    def record(self) -> None:
        """Remember the current restart if it is the best so far."""
        if self.best is None or self.climb.bound > self.best[0].bound:
            self.best = (self.climb, self.learner.keep())

    def settle(self) -> bool:
        """Take up the best restart; whether that was an earlier one."""
        self.record()
        if self.best is None or self.climb is self.best[0]:
            return False
        self.climb, kept = self.best
        self.learner.restore(kept)
        return True

    def _step(self) -> None:
        before = self.learner.keep()
        try:
            bound = self.learner.step()
            require_finite(bound, "log-likelihood", self.taken + 1)
        except BaseException:
            # Whatever ends a step, an interrupt too, half of one is no set of parameters.
            self.learner.restore(before)
            raise
        self.climb.went_to(bound, self.schedule.tol)
        self.taken += 1


def expectation_maximization(
    learner: Learner[S], schedule: Schedule, budget: Budget | None = None
) -> Generator[Event, None, None]:
    """Climb until the bound changes by less than `tol`, as often as `n_init` says; keep the best.

    The first event (step 0) shows the starting parameters, each later one a step; steps are counted through
    all restarts. Events without figures say that a start is still being looked for. Closing the generator
    leaves the learner with the best parameters seen: those of the restart under way or of one that ended.

    Raises:
        TrainingError: a step gave a figure that is not finite; the parameters before it are kept.
    """
    search = _Search(learner, schedule, budget or Budget())
    try:
        for _ in range(schedule.n_init):
            yield from search.restart()
            if search.spent:
                break
    finally:
        restored = search.settle()
    if restored:
        yield search.progress()
    if not search.climb.converged and schedule.max_iter and not search.spent:
        yield _not_converged(search.climb, schedule)
    yield from learner.remarks()


def _not_converged(climb: _Climb, schedule: Schedule) -> Note:
    pace = f"the last one still changed the bound by {climb.change:.2g} nats (tol is {schedule.tol:g})"
    steps = f"{climb.steps} step" + "s" * (climb.steps != 1)
    remedy = f"Raise {schedule.limit}, or tol."
    return Note("warning", f"EM had not converged after {steps}: {pace}.", remedy, NOT_CONVERGED)
