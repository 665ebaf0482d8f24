"""The step at which the schedule of the learning rate ends."""

from __future__ import annotations

from collections.abc import Iterator

from genstudio.training.budget import Budget
from genstudio.training.descent_settings import DescentSettings
from genstudio.training.events import Changed, LiveSettings
from genstudio.training.plan import Plan

FAR = 10**9
"""Where the schedule ends while nobody knows."""
_PARTS = 16
_STEPS = 20
"""A first estimate needs so many steps, or a quarter of the time where steps are slow."""


class Horizon:
    """Found from the limits of training; under a limit of time estimated again at each sixteenth of it.

    It stands in the live setting `horizon`, and each time it is set that is told: a run is then
    repeated, or goes on, by what was recorded, however long its steps take next time.
    """

    def __init__(self, plan: Plan, settings: DescentSettings, budget: Budget, live: LiveSettings) -> None:
        self._plan, self._budget, self._live = plan, budget, live
        self._timed = budget.seconds is not None and settings.horizon is None
        self._schedule_bends = settings.schedule != "constant"
        self._part = 0
        self._mark: tuple[int, float] | None = None

    @property
    def step(self) -> int:
        """Where the schedule ends."""
        horizon = self._live["horizon"]
        return FAR if horizon is None else int(horizon)

    def opened(self, step: int) -> Iterator[Changed]:
        """Set it from the limits, where nothing says yet what it is."""
        if self._live["horizon"] is None:
            yield self._told(step, self._plan.last_step or FAR)

    def revised(self, step: int) -> Iterator[Changed]:
        """Set it again where the time that was spent tells more than before."""
        if not self._timed:
            return
        spent, seconds = self._budget.spent, float(self._budget.seconds or 0.0)
        if spent >= seconds:
            yield self._told(step, step)
        elif self._mark is None:
            # The first step of a process is slower than any later one.
            self._mark = (step, spent)
        elif self._due(step, spent / seconds):
            horizon = self._estimate(step, seconds - spent, *self._mark)
            # Steps may have become quicker on the way, as those that are compiled do: the last stretch tells.
            self._mark = (step, spent)
            yield self._told(step, horizon)

    def _due(self, step: int, share: float) -> bool:
        part = int(share * _PARTS)
        if not self._schedule_bends or part <= self._part or (step < _STEPS and share < 0.25):
            return False
        self._part = part
        return True

    def _estimate(self, step: int, left: float, since: int, spent_then: float) -> int:
        pace = (step - since) / max(self._budget.spent - spent_then, 1e-9)
        most = FAR if self._plan.last_step is None else self._plan.last_step
        return min(step + max(1, round(left * pace)), most)

    def _told(self, step: int, horizon: int) -> Changed:
        self._live.set("horizon", horizon)
        return Changed(step, "horizon", horizon)
