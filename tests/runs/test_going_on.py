"""Stopped, saved, opened and gone on with: equal, bit for bit, to what was never stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import prepare
from genstudio.errors import RecipeError, TrainingError
from genstudio.runs import container, worker
from genstudio.runs.archive import open_session, save_run, wait_for
from genstudio.runs.going_on import ask_to_go_on, go_on, why_not_go_on
from genstudio.runs.loading import load_raw
from genstudio.runs.migration import FORMAT
from genstudio.runs.recipe import Recipe, TrainingRecipe, recipe_from_values
from genstudio.runs.remote import RemoteJob
from genstudio.runs.run import Run, new_run, with_settings
from genstudio.runs.session import Session
from genstudio.runs.status import Status
from genstudio.runs.workers import Workers
from genstudio.training.events import Changed, Progress
from tests.patience import PATIENCE_S
from tests.runs.learners import until

MODEL = {
    "name": "vae", "hidden_features": [8], "latent_dim": 2, "average": 0.9, "warmup": 10, "clip_norm": 1.0,
    "conditional": False,
}
STEPS = 60


def recipe(**training: Any) -> Recipe:
    limits = {name: limit for name, limit in (training or {"steps": STEPS}).items() if limit is not None}
    return recipe_from_values({
        "seed": 5, "data": {"source": "two_moons", "samples": 200, "valid": 0.2, "test": 0.0}, "model": MODEL,
        "training": {"batch_size": 32, "precision": "float32", **limits},
        "changes": [{"step": 20, "name": "beta", "value": 0.5}, {"step": 45, "name": "beta", "value": 2.0}],
    })


@cache
def data() -> Dataset:
    chosen = recipe()
    return prepare(load_raw(chosen), chosen.data.preparation, chosen.data_seed)


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    """Runs whose jobs are closed when the test ends."""
    made: list[Run] = []
    yield made
    assert all(run.job.close() for run in made)


@pytest.fixture
def begun(runs: list[Run]) -> Callable[..., Run]:
    """Makes a run that waits."""

    def begin(chosen: Recipe | None = None, workers: Workers | None = None) -> Run:
        runs.append(new_run(chosen or recipe(), data(), workers=workers))
        return runs[-1]

    return begin


def ended(run: Run) -> Run:
    def over() -> bool:
        run.pull()
        return run.status.ended

    until(over)
    run.pull()
    return run


def stepped(run: Run, steps: int) -> Run:
    """Take so many steps one by one, then stop."""
    for step in range(1, steps + 1):
        run.job.step()
        until(lambda wanted=step: run.pull() is not None and run.history.step == wanted)
    run.job.stop()
    return ended(run)


def trained(run: Run) -> Run:
    run.job.start()
    return ended(run)


def gone_on(run: Run, runs: list[Run], recipe: Recipe | None = None, workers: Workers | None = None) -> Run:
    former = run.job
    asked = ask_to_go_on(run)
    wait_for(asked)
    go_on(run, asked, recipe, workers)
    assert run.status is Status.TRAINING
    ended(run)
    assert former.close()
    return run


def learned(run: Run) -> dict[str, np.ndarray]:
    return run.job.ask("learned").result(PATIENCE_S)


def reopened(run: Run, path: Path, runs: list[Run]) -> Run:
    save_run(path, run)
    opened = open_session(path)
    assert opened.problems == []
    runs.extend(opened.runs)
    return opened.runs[0]


def assert_same(run: Run, other: Run) -> None:
    one, two = learned(run), learned(other)
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name]) for name in one), [
        name for name in one if not np.array_equal(one[name], two[name])
    ]
    assert run.history.metrics == other.history.metrics
    for metric in run.history.metrics:
        for mine, theirs in zip(run.history.series(metric), other.history.series(metric), strict=True):
            assert np.array_equal(mine, theirs)
    assert run.history.changes == other.history.changes
    assert run.history.epoch == other.history.epoch


@pytest.mark.parametrize("stop", [1, 20, 53])
def test_stopped_saved_opened_and_gone_on(
    begun: Callable[..., Run], runs: list[Run], tmp_path: Path, stop: int
) -> None:
    whole = trained(begun())
    run = reopened(stepped(begun(), stop), tmp_path / "run.genstudio", runs)
    assert (run.status, run.history.step) == (Status.STOPPED, stop)
    gone_on(run, runs)
    assert (run.status, run.history.step, run.job.items) == (Status.DONE, STEPS, whole.job.items)
    assert_same(run, whole)


def test_saved_while_it_trained_or_paused(begun: Callable[..., Run], runs: list[Run], tmp_path: Path) -> None:
    whole, run = trained(begun()), begun()
    for _ in range(30):
        run.job.step()
    until(lambda: run.pull() is not None and run.history.step == 30)
    again = reopened(run, tmp_path / "run.genstudio", runs)
    assert again.status is Status.STOPPED
    assert "Saved while it was training" in again.message
    assert_same(gone_on(again, runs), whole)
    run.job.start()
    assert_same(ended(run), whole)


def test_here_and_in_a_process_it_is_the_same(
    begun: Callable[..., Run], runs: list[Run], workers: Workers, tmp_path: Path
) -> None:
    whole = trained(begun())
    there = trained(begun(workers=workers))
    assert_same(there, whole)
    run = reopened(stepped(begun(workers=workers), 23), tmp_path / "run.genstudio", runs)
    assert_same(gone_on(run, runs, workers=workers), whole)


def test_it_goes_on_twice(begun: Callable[..., Run], runs: list[Run]) -> None:
    whole, run = trained(begun()), stepped(begun(), 10)
    asked = ask_to_go_on(run)
    wait_for(asked)
    former = run.job
    go_on(run, asked)
    run.job.stop()
    ended(run)
    assert former.close()
    assert_same(gone_on(run, runs), whole)


def test_changes_made_by_a_person_hold_on(begun: Callable[..., Run], runs: list[Run], tmp_path: Path) -> None:
    run = begun()
    for step in (1, 2):
        run.job.step()
        until(lambda wanted=step: run.pull() is not None and run.history.step == wanted)
    run.job.change("learning_rate", 1e-4)
    run.job.step()
    until(lambda: run.pull() is not None and run.history.step == 3)
    run.job.stop()
    again = gone_on(reopened(ended(run), tmp_path / "run.genstudio", runs), runs)
    assert Changed(2, "learning_rate", 1e-4) in again.history.changes
    assert_same(trained(begun(again.repeatable())), again)


@pytest.mark.parametrize("how", ["stopped", "time"])
def test_what_was_cut_short_is_repeated_by_the_step_it_reached(
    begun: Callable[..., Run], runs: list[Run], how: str
) -> None:
    run = stepped(begun(recipe(epochs=100)), 53) if how == "stopped" else trained(begun(recipe(seconds=0.5)))
    repeated = run.repeatable()
    assert (repeated.training.steps, repeated.training.seconds) == (run.history.step, None)
    again = trained(begun(repeated))
    one, two = (r.job.ask("state").result(PATIENCE_S) for r in (run, again))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert np.array_equal(run.history.series("rate")[1], again.history.series("rate")[1])


def test_limits_can_be_raised_after_the_end(begun: Callable[..., Run], runs: list[Run]) -> None:
    run = trained(begun(recipe(steps=30)))
    assert "raise a limit" in str(why_not_go_on(run))
    more = run.recipe.model_copy(update={"training": TrainingRecipe(steps=45, batch_size=32, precision="float32")})
    gone_on(run, runs, more)
    assert (run.status, run.history.step, run.history.total) == (Status.DONE, 45, 45)
    assert [(c.step, c.value) for c in run.history.changes if c.name == "horizon"] == [(0, 30), (30, 45)]
    assert run.history.series("rate")[0].tolist() == list(range(1, 46))


def test_the_models_own_limits_can_be_raised_too(begun: Callable[..., Run], runs: list[Run]) -> None:
    run = trained(begun(with_settings(recipe(steps=None), max_epochs=2)))
    assert (run.status, run.history.step) == (Status.DONE, 10)
    assert "raise a limit" in str(why_not_go_on(run, run.recipe))
    gone_on(run, runs, with_settings(run.recipe, max_epochs=3))
    assert (run.status, run.history.step, run.recipe.model.settings["max_epochs"]) == (Status.DONE, 15, 3)


def test_live_settings_can_change_with_the_step_it_goes_on_with(
    begun: Callable[..., Run], workers: Workers
) -> None:
    run = stepped(begun(), 5)
    asked = ask_to_go_on(run)
    wait_for(asked)
    with pytest.raises(RecipeError, match="latent_dim"):
        go_on(run, asked, live={"latent_dim": 3})
    former = run.job
    go_on(run, asked, workers=workers, live={"learning_rate": 0.0})
    rates = ended(run).history.series("rate")[1]
    assert former.close()
    assert (rates[:5] > 0).all()
    assert not rates[5:].any()
    again = trained(begun(run.repeatable()))
    assert np.array_equal(again.history.series("train")[1], run.history.series("train")[1])


def test_only_what_can_go_on_does(begun: Callable[..., Run], runs: list[Run], tmp_path: Path) -> None:
    mixture = recipe_from_values({"data": {"source": "two_moons"}, "model": {"name": "gmm", "n_components": 2}})
    runs.append(new_run(mixture, data()))
    runs[-1].job.start()
    assert "begins anew" in str(why_not_go_on(ended(runs[-1])))
    waiting = begun()
    assert "not ended" in str(why_not_go_on(waiting))
    with pytest.raises(TrainingError, match="not ended"):
        ask_to_go_on(waiting)
    stopped = stepped(begun(), 3)
    assert why_not_go_on(stopped) is None
    again = reopened(stopped, tmp_path / "run.genstudio", runs)
    again.data = None
    job, asked = again.job, ask_to_go_on(again)
    wait_for(asked)
    with pytest.raises(TrainingError, match="are not at hand"):
        go_on(again, asked)
    assert (again.job, again.status) == (job, Status.STOPPED)


@pytest.mark.parametrize("harm", ["missing", "truncated", "other"])
def test_without_its_checkpoint_a_run_opens_but_cannot_go_on(
    begun: Callable[..., Run], runs: list[Run], tmp_path: Path, harm: str
) -> None:
    path = tmp_path / "run.genstudio"
    save_run(path, stepped(begun(), 20))
    members = dict(container.read(path, FORMAT).members)
    name = "runs/0/checkpoint.safetensors"
    if harm == "missing":
        del members[name]
    elif harm == "truncated":
        members[name] = members[name][:-100]
    else:
        members[name] = members["runs/0/model.safetensors"]
    container.write(path, members, FORMAT)
    opened = open_session(path)
    runs.extend(opened.runs)
    run = opened.runs[0]
    assert any("cannot go on" in problem for problem in opened.problems)
    assert "is damaged" in str(why_not_go_on(run))
    assert run.job.ask("decode", z=np.zeros((1, 2))).result(PATIENCE_S)["x"].shape == (1, 2)


def test_a_failed_run_goes_on_from_its_last_good_step(begun: Callable[..., Run], runs: list[Run]) -> None:
    run = begun(recipe(steps=210))
    for _ in range(204):
        run.job.step()
    until(lambda: run.pull() is not None and run.history.step == 204)
    run.job.change("beta", float("nan"))
    run.job.start()
    ended(run)
    assert run.status is Status.FAILED
    assert "taken back to step 200" in run.message
    gone_on(run, runs)
    assert (run.status, run.message) == (Status.DONE, "")
    assert_same(run, trained(begun(recipe(steps=210))))


def test_a_killed_process_leaves_what_can_go_on(
    begun: Callable[..., Run], runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = Workers()
    try:
        run = begun(recipe(epochs=100_000), workers)
        job = run.job
        assert isinstance(job, RemoteJob)
        run.job.start()
        until(lambda: job._learned is not None and job._learned.step > 0)
        assert job._worker is not None
        os.kill(int(job._worker.process.pid or 0), signal.SIGKILL)
        ended(run)
        assert (run.status, "ended unexpectedly" in run.message) == (Status.FAILED, True)
        kept = job._learned.step
        until(lambda: job._local is not None)
        asked = ask_to_go_on(run)
        wait_for(asked)
        go_on(run, asked, workers=workers)
        assert 0 < run.history.step == kept
        assert run.history.series("train")[0][-1] == kept
        until(lambda: run.pull() is not None and run.history.step > kept)
        steps = run.history.series("rate")[0]
        assert np.array_equal(steps, np.arange(1, len(steps) + 1))
        assert job.close()
        assert run.job.close()
    finally:
        workers.close()


def test_a_process_killed_while_it_held_loses_nothing(begun: Callable[..., Run]) -> None:
    workers = Workers()
    try:
        run = begun(recipe(epochs=100_000), workers)
        job = run.job
        assert isinstance(job, RemoteJob)
        run.job.step()
        run.job.step()
        until(lambda: job._learned is not None and job._learned.step == 2)
        assert job._worker is not None
        os.kill(int(job._worker.process.pid or 0), signal.SIGKILL)
        assert (ended(run).status, run.history.step) == (Status.FAILED, 2)
        until(lambda: job._local is not None)
        assert why_not_go_on(run) is None
        assert learned(run)["checkpoint/step"][0] == 2
        assert job.close()
    finally:
        workers.close()


def test_saved_while_it_trains_elsewhere(
    begun: Callable[..., Run], runs: list[Run], workers: Workers, tmp_path: Path
) -> None:
    run = begun(recipe(epochs=100_000), workers)
    run.job.start()
    until(lambda: run.pull() is not None and run.history.step > 3)
    again = reopened(run, tmp_path / "run.genstudio", runs)
    assert again.status is Status.STOPPED
    assert again.history.step == learned(again)["checkpoint/step"][0] > 3
    assert again.history.series("rate")[0][-1] == again.history.step
    assert run.status is Status.TRAINING
    assert run.job.close()


def test_a_session_goes_on_in_its_processes(workers: Workers) -> None:
    session = Session(workers=workers)
    run = session.add(new_run(recipe(), data(), workers=workers))
    stepped(run, 5)
    asked = ask_to_go_on(run)
    wait_for(asked)
    session.go_on(run, asked)
    assert session.training == [run]
    assert isinstance(run.job, RemoteJob)
    assert ended(run).history.step == STEPS
    assert run.job.close()


@pytest.mark.parametrize(("size", "seconds"), [(0, 5.0), (1_000_000, 5.0), (20_000_000, 20.0), (10**12, 50.0)])
def test_snapshots_are_rarer_the_larger_they_are_but_never_a_minute_apart(size: int, seconds: float) -> None:
    assert worker.snapshot_interval(size) == seconds


def test_progress_tells_passes(begun: Callable[..., Run]) -> None:
    run = begun()
    seen: list[Progress] = []
    run.job.start()

    def over() -> bool:
        seen.extend(told for told in run.pull() if isinstance(told, Progress))
        return run.status.ended

    until(over)
    assert [event.epoch for event in seen[:7]] == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2]
    assert {event.total for event in seen} == {STEPS}
