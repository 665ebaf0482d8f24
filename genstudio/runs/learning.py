"""A model's own learning, within the recipe's limits and with figures in data units."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace

import numpy as np

from genstudio.data.dataset import Dataset
from genstudio.models.contract import Model
from genstudio.runs.recipe import TrainingRecipe
from genstudio.training.events import Event, LiveSettings, Progress


def learn(
    model: Model, data: Dataset, training: TrainingRecipe, live: LiveSettings, seed: int
) -> Generator[Event, None, None]:
    """Events of one training; the window, the command line and the tests drive this same generator.

    Closing it stops training cleanly. Mean log-likelihoods are nats per item in data units.
    """
    offsets = _offsets(data)
    # Only the time spent learning counts, not that of pauses between two events.
    seconds, resumed = 0.0, time.monotonic()
    with closing(model.fit(data, live, seed)) as events:
        for event in events:
            seconds += time.monotonic() - resumed
            yield _in_data_units(event, offsets)
            if isinstance(event, Progress) and _reached(training, event.step, seconds):
                return
            resumed = time.monotonic()


def _in_data_units(event: Event, offsets: Mapping[str, float]) -> Event:
    if not isinstance(event, Progress):
        return event
    return replace(event, metrics={name: value + offsets.get(name, 0.0) for name, value in event.metrics.items()})


def _offsets(data: Dataset) -> dict[str, float]:
    """What turns a mean log-likelihood of model units into one of data units."""
    preparation = data.preparation
    means = {
        name: float(np.mean(preparation.log_det(preparation.to_data(part)))) if len(part) else 0.0
        for name, part in (("train", data.train), ("valid", data.valid))
    }
    return {**means, "bound": means["train"]}


def _reached(training: TrainingRecipe, step: int, seconds: float) -> bool:
    steps = [limit for limit in (training.steps, training.epochs) if limit is not None]
    return (bool(steps) and step >= min(steps)) or (training.seconds is not None and seconds >= training.seconds)
