from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from genstudio.runs.job import Status, Turned
from genstudio.runs.run import Run
from genstudio.training.events import Progress
from genstudio.ui.pace import Pace, last_step, share


def at_pace(run: Run, seconds: float, steps: int, items: int, **progress: Any) -> list[str]:
    """What is said after so many seconds, steps and items."""
    clock = iter([0.0, seconds])
    pace = Pace(lambda: next(clock))
    pace.look(run)
    run.take(Progress(steps, metrics={}, **{"total": None, **progress}))
    run.job.items = items  # type: ignore[misc]
    pace.look(run)
    return pace.words(run)


def test_descent_tells_epochs_steps_and_items(make_run: Callable[..., Run]) -> None:
    run = make_run("vae", {"epochs": 20}, max_epochs=50)
    assert at_pace(run, 10.0, 50, 6400, total=200, epoch=4.9) == [
        "epoch 5 / 20", "step 50 / 200", "5.0 steps/s", "640 rows/s", "at most 30 s left"
    ]
    assert share(run) == pytest.approx(0.25)
    run.take(Turned(Status.PAUSED))
    pace = Pace()
    pace.look(run)
    assert pace.words(run) == ["epoch 5 / 20", "step 50 / 200"]


def test_a_limit_of_time_counts_where_it_is_tighter(make_run: Callable[..., Run]) -> None:
    run = make_run("vae", {"seconds": 40.0})
    run.seconds = 30.0
    words = at_pace(run, 10.0, 100, 12_800, total=100_000, epoch=1.5)
    assert words[-1] == "at most 10 s left"
    assert words[0] == "epoch 2 / 50"
    assert share(run) == pytest.approx(0.75)


def test_steps_that_are_passes_have_no_epochs(make_run: Callable[..., Run]) -> None:
    run = make_run("gmm", {"epochs": 80})
    assert at_pace(run, 1.0, 20, 0) == ["EM step 20 / 80", "20 steps/s", "at most 3 s left"]
    assert last_step(run) == 80


def test_nothing_is_foretold_without_limits_or_before_the_first_step(make_run: Callable[..., Run]) -> None:
    run = make_run("gmm", {})
    assert at_pace(run, 0.0, 0, 0) == ["EM step 0"]
    assert share(run) is None
    assert at_pace(run, 2.0, 20, 0) == ["EM step 20", "10 steps/s"]


def test_another_run_begins_anew(make_run: Callable[..., Run]) -> None:
    first, second = make_run("gmm", {}), make_run("gmm", {})
    first.take(Progress(1000, None, {}))
    clock = iter(np.arange(10.0))
    pace = Pace(lambda: float(next(clock)))
    pace.look(first)
    pace.look(second)
    assert pace.steps == 0.0
    second.take(Progress(3, None, {}))
    pace.look(second)
    assert pace.steps == 3.0
