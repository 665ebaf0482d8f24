"""How far a training is, how fast it goes, and how long it will take. No Qt here."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.training.descent_settings import DescentSettings
from genstudio.ui.metrics import item_word

_MARKS = 50


@dataclass(frozen=True)
class _Mark:
    seconds: float
    step: int
    items: int


class Pace:
    """Follows one training after the other.

    Arguments:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of = ""
        self._marks: deque[_Mark] = deque(maxlen=_MARKS)

    def look(self, run: Run) -> None:
        """See how far it is by now."""
        if run.key != self._of or run.status is not Status.TRAINING:
            self._of = run.key
            self._marks.clear()
        self._marks.append(_Mark(self._clock(), run.history.step, run.job.items))

    @property
    def steps(self) -> float:
        """Steps a second lately, 0 where that is not known yet."""
        return self._rate(lambda mark: mark.step)

    @property
    def items(self) -> float:
        """Training items a second lately."""
        return self._rate(lambda mark: mark.items)

    def words(self, run: Run) -> list[str]:
        """What is said of a run that learns or is held."""
        name, step, last = run.model.info.step_name, run.history.step, last_step(run)
        told = [*_epochs(run), f"{name} {step:,}" + (f" / {last:,}" if last else "")]
        if run.status is Status.TRAINING and self.steps:
            told.append(f"{_speed(self.steps)} steps/s")
            if _descends(run) and self.items:
                told.append(f"{_speed(self.items)} {item_word(run)}s/s")
            left = self._seconds_left(run)
            if left is not None:
                told.append(f"at most {duration(left)} left")
        return told

    def _seconds_left(self, run: Run) -> float | None:
        last, seconds = last_step(run), run.recipe.training.seconds
        by_steps = None if last is None else (last - run.history.step) / self.steps
        by_time = None if seconds is None else seconds - run.seconds
        known = [left for left in (by_steps, by_time) if left is not None]
        return max(0.0, min(known)) if known else None

    def _rate(self, count: Callable[[_Mark], int]) -> float:
        first, last = self._marks[0], self._marks[-1]
        passed = last.seconds - first.seconds
        return (count(last) - count(first)) / passed if passed > 0 else 0.0


def last_step(run: Run) -> int | None:
    """The step at which training ends at the latest, or None."""
    training = run.recipe.training
    # Without batches a step is a pass through all items.
    limits = [run.history.total, training.steps, None if _descends(run) else training.epochs]
    known = [limit for limit in limits if limit]
    return min(known) if known else None


def share(run: Run) -> float | None:
    """How much of the training is done, from 0 to 1; None where there is no limit."""
    last, seconds = last_step(run), run.recipe.training.seconds
    done = [] if last is None else [run.history.step / last]
    done += [] if seconds is None else [run.seconds / seconds]
    return min(1.0, max(done)) if done else None


def duration(seconds: float) -> str:
    """A time in words, in the unit that suits it."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def _epochs(run: Run) -> list[str]:
    if not _descends(run) or run.history.epoch is None:
        return []
    limits = [run.recipe.training.epochs, run.recipe.model.settings.get("max_epochs")]
    last = min((int(limit) for limit in limits if limit), default=None)
    # The pass that is under way is the one after those that are over.
    now = math.floor(run.history.epoch) + 1
    return [f"epoch {now:,}" if last is None else f"epoch {min(now, last):,} / {last:,}"]


def _descends(run: Run) -> bool:
    return issubclass(run.model.Settings, DescentSettings)


def _speed(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
