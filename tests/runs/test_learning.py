from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import RecipeError
from genstudio.runs import learning
from genstudio.runs.learning import learn
from genstudio.runs.recipe import Recipe, TrainingRecipe, recipe_from_values
from genstudio.runs.run import new_run
from genstudio.training.events import LiveSettings, Progress
from tests.runs.learners import PATIENCE_S, Counter, small_data, until


class Clock:
    """Seconds that pass only when somebody lets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


def limited(**limits: Any) -> Recipe:
    return Recipe(training=TrainingRecipe(**limits))


def steps(**limits: Any) -> int:
    events = learn(Counter(), small_data(), limited(**limits), LiveSettings())
    return [event.step for event in events if isinstance(event, Progress)][-1]


@pytest.mark.parametrize(("limits", "last"), [({"steps": 4}, 4), ({"epochs": 3}, 3), ({"steps": 9, "epochs": 2}, 2)])
def test_training_ends_at_the_first_limit(limits: dict[str, int], last: int) -> None:
    assert steps(**limits) == last


def test_time_ends_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "time", Clock())
    assert 2 <= steps(seconds=5.0) <= 6


def test_pauses_do_not_count_as_training(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(learning, "time", clock)
    events = learn(Counter(), small_data(), limited(seconds=10.0), LiveSettings())
    for _ in range(4):
        next(events)
        clock.now += 1000.0
    assert isinstance(next(events), Progress)
    events.close()


def test_a_jump_of_the_clock_on_the_wall_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", iter(np.geomspace(1e9, 1e-9, 10_000)).__next__)
    run = new_run(gmm_recipe(training={"seconds": 1e6}), small_data())
    run.job.start()
    until(lambda: run.job.status.ended)
    run.pull()
    assert 0.0 < run.seconds < PATIENCE_S
    run.job.close()


def gmm_recipe(**sections: Any) -> Any:
    values: dict[str, Any] = {"data": {"source": "two_moons"}, "model": {"name": "gmm", "n_components": 2}}
    return recipe_from_values(values | sections)


def test_figures_are_in_data_units() -> None:
    table = points_table("points", np.random.default_rng(1).normal(3.0, 200.0, size=(60, 2)))
    data = prepare(table, PreparationSettings(scaling="standard"), 0)
    run = new_run(gmm_recipe(), data)
    run.job.start()
    until(lambda: run.job.status.ended)
    run.pull()
    exact = run.job.ask("likelihoods").result(PATIENCE_S)
    assert run.history.last("train") == pytest.approx(float(exact["train"]), rel=1e-12)
    assert run.history.last("valid") == pytest.approx(float(exact["valid"]), rel=1e-12)
    assert float(exact["train"]) < -10  # a density over hundreds of units is thin
    run.job.close()


def test_the_same_seed_gives_the_same_run() -> None:
    states = []
    for seed in (5, 5, 6):
        recipe = gmm_recipe(seed=seed, model={"name": "gmm", "n_components": 4, "init_params": "random"})
        run = new_run(recipe, small_data(300))
        run.job.start()
        until(lambda run=run: run.job.status.ended)
        states.append(run.job.ask("state").result(PATIENCE_S)["means"])
        run.job.close()
    assert np.array_equal(states[0], states[1])
    assert not np.allclose(states[0], states[2])


@pytest.mark.parametrize(
    ("training", "named"),
    [({"steps": 0}, "steps"), ({"epochs": -1}, "epochs"), ({"seconds": 0}, "seconds"), ({"steps": "many"}, "steps"),
     ({"step": 3}, "did you mean `steps`")],
)
def test_limits_that_make_no_sense_are_named(training: dict[str, Any], named: str) -> None:
    with pytest.raises(RecipeError, match=named):
        gmm_recipe(training=training)


def test_unsuitable_data_are_a_sentence_before_the_work_starts() -> None:
    one = prepare(points_table("one", np.zeros((1, 2))), PreparationSettings(valid=0, test=0), 0)
    with pytest.raises(RecipeError, match="at least 2 rows"):
        new_run(gmm_recipe(), one)
