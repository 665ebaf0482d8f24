"""Letting a long training go on faster once its objective is compiled, and only where that changes nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from torch import Tensor

from genstudio.training.budget import Budget
from genstudio.training.compilation import CannotCompile, Compilation
from genstudio.training.events import Changed, Event, LiveSettings, Note
from genstudio.training.objective import Objective
from genstudio.training.plan import Plan

LONG_S = 60.0
"""A training that has no more than this ahead is over before compiling pays."""
LOOK_STEPS = 20
"""After so many steps it is known how long they take."""
AGREEMENT = 1e-4
"""Largest difference between a compiled gradient and one that is not, relative to its length."""
WAIT_S = 0.05
_SHARES = (16, 8, 4, 2)


class Compiling:
    """Compiles the objective of a training in the background and swaps it in between two steps.

    It stands in the live setting `compiled` from which step on that is so, and that is told: a run is repeated, or
    goes on, by what was recorded.

    Arguments:
        objective: what the learner descends; None where it has none that could be compiled.
        gradient: that of a whole batch, the same for the same weights, as one vector; leaves no trace.
        waiting: an event to show that nothing stands still.
    """

    def __init__(
        self, objective: Objective | None, plan: Plan, budget: Budget, live: LiveSettings, *,
        gradient: Callable[[], Tensor], waiting: Callable[[], Event],
    ) -> None:
        self._objective, self._plan, self._budget, self._live = objective, plan, budget, live
        self._gradient, self._waiting = gradient, waiting
        self._undecided = objective is not None and budget.compile == "auto"
        self._compilation: Compilation | None = None
        self._mark: tuple[int, float] | None = None
        self._on = self._refused = False

    def opened(self, step: int, bfloat16: bool) -> Iterator[Event]:
        """Take up again what an earlier training had come to, before the first step.

        Arguments:
            bfloat16: gradients are rounded so much that nobody could tell whether they agree.
        """
        if bfloat16:
            self._undecided, self._refused = False, True
        elif self._live["compiled"]:
            yield from self._as_recorded(step)

    def revised(self, step: int) -> Iterator[Event]:
        """What there is to do after a step."""
        if bool(self._live["compiled"]) != self._on:
            yield from self._as_recorded(step)
        elif self._undecided:
            yield from self._decided(step)
        elif self._compilation is not None and self._compilation.done() and self._may_swap(step):
            yield from self._swapped(step)

    def close(self) -> None:
        """End what goes on in the background, and leave the objective as it was."""
        self._undecided = False
        self._give_up()

    # When.

    def _decided(self, step: int) -> Iterator[Event]:
        """Begin to compile where enough lies ahead."""
        if self._mark is None:
            # The first step of a process is slower than any later one.
            self._mark = (step, self._budget.spent)
        elif step >= self._mark[0] + LOOK_STEPS:
            self._undecided = False
            if self._seconds_ahead(step, *self._mark) > LONG_S:
                yield from self._begun()

    def _seconds_ahead(self, step: int, since: int, spent_then: float) -> float:
        last, seconds = self._plan.last_step, self._budget.seconds
        pace = (self._budget.spent - spent_then) / (step - since)
        by_steps = math.inf if last is None else (last - step) * pace
        return by_steps if seconds is None else min(by_steps, seconds - self._budget.spent)

    def _may_swap(self, step: int) -> bool:
        """At once under a limit of time, otherwise at a few shares of the steps.

        A recipe without such a limit then swaps at the same step each time, unless the machine has become another.
        """
        last = self._plan.last_step
        return self._budget.seconds is not None or last is None or step in [last // share for share in _SHARES]

    # How.

    def _as_recorded(self, step: int) -> Iterator[Event]:
        """Do what stands in the live setting, however long that takes."""
        self._undecided = False
        if self._on:
            self._give_up()
        elif not self._refused:
            if self._compilation is None:
                yield from self._begun()
            while self._compilation is not None and not self._compilation.done():
                self._compilation.wait(WAIT_S)
                yield self._waiting()
            yield from self._swapped(step)

    def _begun(self) -> Iterator[Event]:
        try:
            if self._objective is None:
                raise CannotCompile("the model does not learn by one function alone")
            given = _heard(self._objective, self._gradient)
            self._compilation = Compilation(self._objective.net, given, self._budget.threads)
        except CannotCompile as reason:
            yield self._told_refusal(reason)

    def _swapped(self, step: int) -> Iterator[Event]:
        if self._compilation is None:
            return
        try:
            difference = self._swap(self._compilation)
        except CannotCompile as reason:
            yield self._told_refusal(reason)
            return
        self._compilation = None
        if not self._live["compiled"]:
            self._live.set("compiled", True)
            yield Changed(step, "compiled", True)
        yield Note(
            "info", f"Steps are compiled from step {step + 1:,} on: a batch's gradient differs by {difference:.0e} of "
            "its length from what it was.",
        )

    def _swap(self, compilation: Compilation) -> float:
        """Let gradients come by what was compiled; by how much a batch's differs, relative to its length.

        Raises:
            CannotCompile: there is nothing, or it differs too much; all is as it was.
        """
        assert self._objective is not None
        compiled, wanted = compilation.result(), self._gradient()
        self._objective.carry_out_by(compiled, compilation.given)
        try:
            difference = float((self._gradient() - wanted).norm() / wanted.norm())
        except (RuntimeError, AssertionError) as error:
            # What was made looks itself at what goes in.
            raise CannotCompile(f"what was compiled does not run: {error}") from None
        if not difference <= AGREEMENT:
            raise CannotCompile(f"a batch's gradient would be off by {difference:.2g} of its length")
        self._on = True
        return difference

    def _told_refusal(self, reason: CannotCompile) -> Note:
        self._refused = True
        self._give_up()
        recorded = bool(self._live["compiled"])
        return Note(
            "warning" if recorded else "info", f"Steps stay as they are, not compiled: {reason}.",
            "The run that this one repeats was compiled; the last digits differ from it." if recorded else "",
        )

    def _give_up(self) -> None:
        self._on = False
        if self._objective is not None:
            self._objective.carry_out_by(None)
        if self._compilation is not None:
            self._compilation.close()
            self._compilation = None


def _heard(objective: Objective, gradient: Callable[[], Tensor]) -> tuple[Tensor, ...]:
    """What goes into an objective first when a gradient is computed."""
    heard: list[tuple[Tensor, ...]] = []
    hook = objective.net.register_forward_pre_hook(lambda net, given: heard.append(given))
    try:
        gradient()
    finally:
        hook.remove()
    if not heard:
        raise CannotCompile("the model does not learn by its network alone")
    return tuple(x.detach() for x in heard[0])
