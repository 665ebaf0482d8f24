"""What holds beyond `test_job`: numbers, the way home, and processes that die or cannot be had."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Kind
from genstudio.errors import GenStudioError, RecipeError, TrainingError
from genstudio.runs.job import Status, Told, Turned
from genstudio.runs.recipe import Recipe, TrainingRecipe, recipe_from_values
from genstudio.runs.remote import RemoteJob
from genstudio.runs.run import Run, new_run
from genstudio.runs.session import Session
from genstudio.runs.workers import Workers
from genstudio.training.events import Preview
from tests.runs.learners import (
    PATIENCE_S,
    Learning,
    count,
    counting,
    distracted,
    endless_step,
    gated,
    once,
    remote_counting_job,
    small_data,
    unspeakable,
    until,
)

ROOT = Path(__file__).parents[2]
PARENT = """
import sys
from genstudio.runs.workers import Workers
if __name__ == "__main__":
    worker = Workers().take()
    print(worker.process.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def jobs(workers: Workers) -> Iterator[list[RemoteJob]]:
    """Jobs that are closed when the test ends."""
    made: list[RemoteJob] = []
    yield made
    assert all(job.close() for job in made)


@pytest.fixture
def begun(jobs: list[RemoteJob], workers: Workers) -> Any:
    """Makes a job that trains."""

    def begin(way: Learning) -> RemoteJob:
        jobs.append(remote_counting_job(workers, way))
        jobs[-1].start()
        return jobs[-1]

    return begin


@pytest.fixture
def own_workers() -> Iterator[Workers]:
    """A pool that this test may spoil."""
    made = Workers()
    yield made
    made.close()


def recipe(name: str = "gmm", **settings: Any) -> Recipe:
    return recipe_from_values({"data": {"source": "two_moons"}, "model": {"name": name, **settings}})


def ended(run: Run) -> Run:
    until(lambda: bool(run.pull()) and run.status.ended)
    return run


def told_until(job: RemoteJob, status: Status) -> list[Told]:
    """What a job tells until it says that it has turned so."""
    told: list[Told] = []

    def turned() -> bool:
        told.extend(job.drain())
        return any(isinstance(item, Turned) and item.status is status for item in told)

    until(turned)
    return told


def shown(job: RemoteJob, told: list[Told]) -> list[Preview]:
    """The views that a job tells of, with those told before; at least one."""

    def found() -> list[Preview]:
        told.extend(job.drain())
        return [item for item in told if isinstance(item, Preview)]

    until(lambda: bool(found()))
    return found()


def processes() -> set[int | None]:
    return {process.pid for process in multiprocessing.active_children()}


def spare(workers: Workers) -> int | None:
    """The process that the next training gets."""
    worker = workers.take()
    workers.give_back(worker)
    return worker.process.pid


@pytest.mark.parametrize(
    "chosen", [recipe(n_components=3, tol=0.0, max_iter=60), recipe("kde")], ids=lambda chosen: chosen.model.name
)
def test_numbers_are_those_of_a_thread(chosen: Recipe, workers: Workers) -> None:
    runs = [new_run(chosen, small_data(300)), new_run(chosen, small_data(300), workers=workers)]
    for run in runs:
        run.job.start()
        ended(run)
    here, there = runs
    assert there.status is Status.DONE, there.message
    assert here.history.metrics == there.history.metrics
    for metric in here.history.metrics:
        np.testing.assert_array_equal(here.history.series(metric), there.history.series(metric))
    answers = [[run.job.ask(q).result(PATIENCE_S) for q in ("state", "likelihoods", "anomaly_scores")] for run in runs]
    for one, other in zip(*answers, strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in one)
    assert here.job.items == there.job.items > 0
    assert all(run.job.close() for run in runs)


def test_a_limit_of_steps_and_a_live_seed_hold_there_too(workers: Workers) -> None:
    limited = recipe(tol=0.0, max_iter=1000).model_copy(update={"training": TrainingRecipe(steps=7), "seed": 3})
    run = new_run(limited, small_data(), workers=workers)
    run.job.start()
    assert ended(run).history.step == 7
    assert run.seconds > 0
    assert run.job.close()


def test_the_way_home_keeps_watches_and_questions(begun: Any, workers: Workers, tmp_path: Path) -> None:
    job = begun(partial(gated, tmp_path / "gate"))
    until(lambda: job.items > 0)
    job.watch("view", "state")
    # The second step is being taken, so that nobody can answer before the training has ended.
    asked = [job.ask("state"), job.ask("state", "slider"), job.ask("state", "slider")]
    (tmp_path / "gate").touch()
    told = told_until(job, Status.DONE)
    assert job.status is Status.DONE
    assert [a.result(PATIENCE_S)["count"][0] for a in (asked[0], asked[2])] == [2, 2]
    assert asked[1].cancelled()
    assert asked[0].step == 2
    views = shown(job, told)
    assert [(view.name, view.step, view.answer["count"][0]) for view in views[-1:]] == [("view", 2, 2)]
    assert job.items == 10
    assert spare(workers) in processes()


def test_answers_of_a_former_view_are_dropped(begun: Any, tmp_path: Path) -> None:
    job = begun(partial(gated, tmp_path / "gate"))
    job.watch("view", "state")
    job.watch("view", "likelihoods_of_nobody")
    (tmp_path / "gate").touch()
    told = told_until(job, Status.DONE)
    assert not [item for item in told if isinstance(item, Preview)]


def test_one_process_serves_one_training_after_another(begun: Any, workers: Workers) -> None:
    pids = []
    for _ in range(3):
        told_until(begun(once), Status.DONE)
        pids.append(spare(workers))
    assert len(set(pids)) == 1


def test_a_process_with_something_left_running_is_not_used_again(begun: Any, workers: Workers) -> None:
    former = spare(workers)
    told_until(begun(distracted), Status.DONE)
    until(lambda: former not in processes())


def test_a_killed_process_fails_its_run_alone(begun: Any) -> None:
    job = begun(endless_step)
    until(lambda: job.status is Status.TRAINING)
    asked = job.ask("state")
    os.kill(job._worker.process.pid, signal.SIGKILL)
    turned = [item for item in told_until(job, Status.FAILED) if isinstance(item, Turned)][-1]
    assert "ended unexpectedly" in turned.message
    assert "smaller model" in turned.message
    assert job.status is Status.FAILED
    with pytest.raises(TrainingError, match="want of memory"):
        asked.result(PATIENCE_S)
    assert count(job) == 0  # nothing had come home yet
    job.start()
    told_until(begun(once), Status.DONE)


def test_what_was_learned_before_a_process_died_is_kept(workers: Workers) -> None:
    run = new_run(recipe(tol=0.0, max_iter=10**6), small_data(), workers=workers)
    run.job.start()
    until(lambda: run.job._learned is not None)  # type: ignore[attr-defined]
    run.job._worker.kill()  # type: ignore[attr-defined]
    assert ended(run).status is Status.FAILED
    asked = run.job.ask("parameters")
    assert np.isfinite(asked.result(PATIENCE_S)["means"]).all()
    assert asked.step > 0
    assert run.job.close()


def test_closing_waits_for_no_step(begun: Any) -> None:
    job = begun(endless_step)
    until(lambda: job.status is Status.TRAINING)
    pid, began = job._worker.process.pid, time.monotonic()
    assert job.close()
    assert time.monotonic() - began < PATIENCE_S / 2
    assert job.status is Status.STOPPED
    until(lambda: pid not in processes())


def test_closing_a_job_whose_process_is_still_starting(own_workers: Workers) -> None:
    job = remote_counting_job(own_workers)
    job.start()
    asked = job.ask("state")
    began = time.monotonic()
    assert job.close()
    assert time.monotonic() - began < PATIENCE_S / 2
    assert asked.cancelled()
    assert [item.status for item in job.drain() if isinstance(item, Turned)][-1] is Status.STOPPED


def test_what_cannot_be_told_fails_the_run(begun: Any) -> None:
    job = begun(unspeakable)
    told = told_until(job, Status.FAILED)
    assert "inside the program" in [item for item in told if isinstance(item, Turned)][-1].message


def test_a_question_that_cannot_be_sent_tells_the_asker_alone(begun: Any, tmp_path: Path) -> None:
    job = begun(partial(gated, tmp_path / "gate"))
    with pytest.raises(GenStudioError, match="inside the program"):
        job.ask("sample", n=lambda: 1, seed=0).result(PATIENCE_S)
    (tmp_path / "gate").touch()
    told_until(job, Status.DONE)


def test_large_arrays_cross(workers: Workers) -> None:
    run = new_run(recipe(tol=0.0, max_iter=10**6), small_data(200_000), workers=workers)
    run.job.start()
    until(lambda: bool(run.pull()) and run.history.step > 0)
    x = np.random.default_rng(1).normal(size=(300_000, 2))
    found = run.job.ask("log_prob", x=x).result(PATIENCE_S)["log_prob"]
    assert found.shape == (300_000,)
    assert np.isfinite(found).all()
    assert found.flags.writeable
    assert run.job.close()


def test_the_window_is_not_imported_there(begun: Any) -> None:
    job = begun(counting)
    assert list(job.ask("foreign_modules").result(PATIENCE_S)["names"]) == []


class NoProcesses(Workers):
    def take(self) -> Any:
        raise OSError("no more processes")


def test_without_processes_a_thread_learns_and_says_so() -> None:
    workers = NoProcesses()
    workers.prepare()
    run = new_run(recipe(), small_data(), workers=workers)
    view = run.job.ask("likelihoods")
    run.job.watch("view", "parameters")
    run.job.start()
    assert ended(run).status is Status.DONE
    assert "No process" in run.history.notes[0].text
    with pytest.raises(TrainingError, match="has not learned"):
        view.result(PATIENCE_S)
    assert run.job.training_seconds > 0
    assert run.job.close()


def test_data_that_do_not_suit_start_nothing(own_workers: Workers) -> None:
    before = set(threading.enumerate())
    with pytest.raises(RecipeError):
        new_run(recipe(), dataclasses.replace(small_data(), kind=Kind.TEXT), workers=own_workers)
    assert set(threading.enumerate()) == before
    assert not own_workers._out


def test_a_session_closes_its_processes() -> None:
    before, threads = processes(), set(threading.enumerate())
    session = Session(workers=Workers())
    session.prepare()
    session.prepare()
    assert len(processes() - before) == 1
    runs = [session.start(recipe(tol=0.0, max_iter=10**6), small_data()) for _ in range(2)]
    assert session.training == runs
    began = time.monotonic()
    session.close()
    assert time.monotonic() - began < PATIENCE_S / 2
    assert processes() <= before
    assert set(threading.enumerate()) <= threads


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_worker_ends_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Where nobody collects orphans they stay behind as zombies.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
