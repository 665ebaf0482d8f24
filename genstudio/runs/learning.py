"""A model's own learning, within the recipe's limits and with figures in data units."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.models.contract import Model
from genstudio.runs.recipe import LiveChange, Recipe
from genstudio.training.events import Changed, Event, LiveSettings, Progress


def learn(
    model: Model, data: Dataset, recipe: Recipe, live: LiveSettings, going_on: GoingOn | None = None
) -> Generator[Event, None, None]:
    """Events of one training; the window, the command line and the tests drive this same generator.

    Closing it stops training cleanly. Mean log-likelihoods are nats per item in data units.

    Arguments:
        recipe: its seed, its limits, and the changes of live settings that are to be made on the way.
        going_on: how far an earlier training of the same model has come; None for a new one.
    """
    offsets = _offsets(data)
    budget = recipe.training.budget()
    going_on = going_on or GoingOn()
    budget.spent = going_on.seconds
    changes = _Changes(recipe.changes, live, going_on)
    # Only the time spent learning counts, not that of pauses between two events.
    resumed = time.monotonic()
    with closing(model.fit(data, live, recipe.seed, budget)) as events:
        yield from changes.due(going_on.step)
        for event in events:
            budget.spent += time.monotonic() - resumed
            yield _in_data_units(event, offsets)
            if isinstance(event, Progress):
                yield from changes.due(event.step)
            resumed = time.monotonic()


@dataclass(frozen=True)
class GoingOn:
    """How far an earlier training had come.

    Arguments:
        step: steps taken.
        seconds: what they took.
        changes: live settings that were changed until then, in order.
    """

    step: int = 0
    seconds: float = 0.0
    changes: tuple[LiveChange, ...] = ()


class _Changes:
    """Changes of live settings that stand in a recipe, made when their steps are reached.

    Arguments:
        past: what was changed before is taken up at once, and not told again.
    """

    def __init__(self, changes: Sequence[LiveChange], live: LiveSettings, past: GoingOn) -> None:
        self._live = live
        for change in past.changes:
            live.set(change.name, change.value)
        # Training may have been left just before a change that belongs to its last step.
        waiting = [c for c in changes if c.step > past.step or (c.step == past.step and c not in past.changes)]
        self._waiting = sorted(waiting, key=lambda change: change.step)

    def due(self, step: int) -> Iterator[Changed]:
        while self._waiting and self._waiting[0].step <= step:
            change = self._waiting.pop(0)
            self._live.set(change.name, change.value)
            yield Changed(step, change.name, change.value)


def _in_data_units(event: Event, offsets: Mapping[str, float]) -> Event:
    if not isinstance(event, Progress):
        return event
    return replace(event, metrics={name: value + offsets.get(name, 0.0) for name, value in event.metrics.items()})


def _offsets(data: Dataset) -> dict[str, float]:
    """What turns a mean log-likelihood of model units into one of data units."""
    if data.kind not in (Kind.TABLE, Kind.SEQUENCES):
        return {}
    preparation = data.preparation
    means = {
        name: float(np.nanmean(preparation.log_det(preparation.to_data(part)))) if len(part) else 0.0
        for name, part in (("train", data.train), ("valid", data.valid))
    }
    return {
        **means, "bound": means["train"], "reconstruction": means["train"], "valid_reconstruction": means["valid"],
    }
