"""The window whose runs learn in processes of their own, as it is when a person opens it."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt

from genstudio.runs.job import Status
from genstudio.runs.remote import RemoteJob
from genstudio.runs.run import new_run
from genstudio.runs.workers import Workers
from tests.patience import PATIENCE_S
from tests.ui.desk import Desk


@pytest.fixture
def _no_process_left() -> Iterator[None]:
    """No process outlives the window."""
    before = set(multiprocessing.active_children())
    yield
    assert set(multiprocessing.active_children()) <= before


@pytest.fixture
def desk(_no_process_left: None, open_desk: Callable[..., Desk]) -> Desk:
    """The window with processes of its own."""
    return open_desk(workers=Workers())


def learning_on(desk: Desk) -> RemoteJob:
    """Train what does not end by itself, until it has taken steps."""
    desk.model.edit_settings(n_components=20, max_iter=1_000_000, tol=0.0)
    desk.click("training.start")
    desk.until(lambda: desk.run.history.step > 0)
    assert isinstance(desk.run.job, RemoteJob)
    return desk.run.job


def test_numbers_are_those_of_a_thread(desk: Desk) -> None:
    run = desk.train()
    here = new_run(run.recipe, desk.model.data)  # type: ignore[arg-type]
    here.job.start()
    desk.until(lambda: bool(here.pull()) and here.status.ended)
    np.testing.assert_array_equal(run.history.series("train"), here.history.series("train"))
    found, expected = (job.ask("parameters").result(PATIENCE_S) for job in (run.job, here.job))
    assert all(np.array_equal(found[name], expected[name]) for name in expected)
    assert here.job.close()


def test_a_hundred_clicks_on_train_are_one_run_that_pauses_steps_and_stops(desk: Desk) -> None:
    desk.model.edit_settings(n_components=20, max_iter=1_000_000, tol=0.0)
    for _ in range(100):
        desk.model.train()
    run = desk.run
    assert desk.model.session.runs == [run]
    desk.until(lambda: run.history.step > 3)
    desk.model.play_or_pause()
    desk.until(lambda: run.status is Status.PAUSED)
    held = run.history.step
    desk.model.step()
    desk.until(lambda: run.history.step == held + 1)
    desk.model.stop()
    desk.until(lambda: run.status is Status.STOPPED)
    assert run.job.ask("state").result(PATIENCE_S)["weights"].shape == (20,)


def test_views_follow_a_run_that_learns_elsewhere(desk: Desk) -> None:
    seen: list[int] = []
    desk.model.previewed.connect(lambda name, preview: seen.append(preview.step))
    learning_on(desk)
    desk.until(lambda: len(set(seen)) > 2)
    assert seen == sorted(seen)


def test_closing_while_training_waits_for_nothing(desk: Desk) -> None:
    learning_on(desk)
    began = time.monotonic()
    desk.window.close()
    assert time.monotonic() - began < PATIENCE_S / 2
    assert not [thread for thread in threading.enumerate() if thread.name == "genstudio-remote"]


def test_a_run_that_is_deleted_while_it_learns_comes_back_held(desk: Desk) -> None:
    learning_on(desk)
    run = desk.run
    desk.model.remove_run(run)
    assert desk.model.session.runs == []
    desk.model.undo.undo()
    assert desk.model.session.runs == [run]
    desk.until(lambda: run.status is Status.PAUSED)


def test_a_process_that_is_killed_leaves_the_window_alive(desk: Desk) -> None:
    job = learning_on(desk)
    assert job._worker is not None
    job._worker.kill()
    desk.until(lambda: desk.run.status is Status.FAILED)
    assert "ended unexpectedly" in desk.run.message
    desk.model.edit_settings(n_components=2, max_iter=5)
    desk.key(Qt.Key.Key_Escape)
    again = desk.train()
    assert again.history.step > 0
