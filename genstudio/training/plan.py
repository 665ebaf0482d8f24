"""Which items a step goes through, and when training ends by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genstudio.errors import TrainingError
from genstudio.training.budget import Budget
from genstudio.training.descent_settings import DescentSettings


class Plan:
    """Passes through the training items, each in an order of its own that the seed alone decides.

    Arguments:
        items: training items.
        settings: `max_epochs` of them holds where the budget sets no limit.

    Attributes:
        batch: items of a step; the last step of a pass goes through what is left.
        last_step: the step at which training ends, None where only time ends it.

    Raises:
        TrainingError: there are no items.
    """

    def __init__(self, items: int, settings: DescentSettings, budget: Budget, seed: int) -> None:
        if not items:
            raise TrainingError("There are no items to learn from.", "Leave more rows for training.")
        self._items, self._budget, self._seed = items, budget, seed
        self.batch = min(budget.batch_size or settings.items_a_step(items), items)
        self.steps_an_epoch = -(-items // self.batch)
        self.last_step = self._last_step(settings)
        self._order = (-1, np.empty(0, np.int64))

    def epochs(self, step: int) -> float:
        """Passes through the items after so many steps, with fractions."""
        whole, rest = divmod(step, self.steps_an_epoch)
        return float(whole + rest * self.batch / self._items)

    def rows(self, step: int) -> NDArray[np.int64]:
        """Items that the step after so many goes through, shape (B,)."""
        epoch, place = divmod(step, self.steps_an_epoch)
        if self._order[0] != epoch:
            self._order = (epoch, np.random.default_rng((self._seed, epoch)).permutation(self._items))
        return self._order[1][place * self.batch:(place + 1) * self.batch]

    def over(self, step: int) -> bool:
        """Whether training must end after so many steps; one is taken however short the time."""
        if self.last_step is not None and step >= self.last_step:
            return True
        return self._budget.seconds is not None and step > 0 and self._budget.spent >= self._budget.seconds

    def _last_step(self, settings: DescentSettings) -> int | None:
        budget = self._budget
        if budget.epochs is None and budget.steps is None and budget.seconds is None:
            return settings.max_epochs * self.steps_an_epoch
        epochs = None if budget.epochs is None else budget.epochs * self.steps_an_epoch
        return min((limit for limit in (epochs, budget.steps) if limit is not None), default=None)
