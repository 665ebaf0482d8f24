"""What holds for a job, whether it trains in a thread or in another process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from genstudio.errors import Cancelled, GenStudioError, SettingsError, TrainingError
from genstudio.runs.asked import Asked
from genstudio.runs.job import Status, Told, Turned
from genstudio.runs.joblike import JobLike
from genstudio.runs.workers import Workers
from genstudio.training.events import Changed, Note, Preview
from tests.runs.learners import (
    PATIENCE_S,
    count,
    counting_job,
    once,
    raising,
    remote_counting_job,
    stubborn,
    until,
)

Make = Callable[..., JobLike]


@pytest.fixture(params=["thread", "process"])
def make(request: pytest.FixtureRequest, workers: Workers) -> Iterator[Make]:
    """Makes jobs of either kind, which are closed when the test ends."""
    kind = counting_job if request.param == "thread" else partial(remote_counting_job, workers)
    made: list[JobLike] = []

    def made_by(*arguments: Any, **live: Any) -> JobLike:
        made.append(kind(*arguments, **live))
        return made[-1]

    yield made_by
    assert all(job.close() for job in made)


@pytest.fixture
def job(make: Make) -> JobLike:
    return make(rate=0.1)


def turns(told: list[Told]) -> list[Status]:
    return [item.status for item in told if isinstance(item, Turned)]


def test_a_job_waits_until_it_is_started(job: JobLike) -> None:
    assert count(job) == 0
    assert job.status is Status.WAITING


@pytest.mark.parametrize("steps", [1, 3])
def test_each_click_on_step_is_one_step(job: JobLike, steps: int) -> None:
    for _ in range(steps):
        job.step()
    # A click may be heard when the step of the one before is over already, and the job at rest.
    until(lambda: count(job) >= steps and job.status is Status.PAUSED)
    assert count(job) == steps
    assert job.items == 10 * steps  # the event before the first step is none


def test_pause_holds_and_start_goes_on(job: JobLike) -> None:
    job.start()
    until(lambda: count(job) > 3)
    job.pause()
    until(lambda: job.status is Status.PAUSED)
    held = count(job)
    assert count(job) == held
    job.start()
    until(lambda: count(job) > held)


def test_stop_keeps_what_was_learned(job: JobLike) -> None:
    job.start()
    until(lambda: count(job) > 0)
    job.stop()
    until(lambda: job.status.ended)
    assert job.status is Status.STOPPED
    reached = count(job)
    job.start()
    assert count(job) == reached > 0


def test_stop_answers_within_a_second_even_in_slow_motion(job: JobLike) -> None:
    job.slow_down(1000.0)
    job.start()
    until(lambda: job.status is Status.TRAINING)
    began = time.monotonic()
    job.stop()
    until(lambda: job.status is Status.STOPPED)
    assert time.monotonic() - began < 1.0


def test_full_speed_ends_slow_motion_at_once(job: JobLike) -> None:
    job.slow_down(1000.0)
    job.start()
    until(lambda: job.status is Status.TRAINING)
    job.slow_down(0.0)
    until(lambda: count(job) > 5)


def test_questions_are_answered_while_training(job: JobLike) -> None:
    job.start()
    counts = [count(job) for _ in range(20)]
    assert counts == sorted(counts)


def test_an_answer_tells_the_step_it_speaks_of(job: JobLike) -> None:
    job.start()
    until(lambda: count(job) > 3)
    asked = job.ask("state")
    assert asked.result(PATIENCE_S)["count"][0] == asked.step


class Slow:
    """Puts a question that waits until it is let go; files tell, since the job may be elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.begun, self.go = folder / "begun", folder / "go"

    def ask(self, job: JobLike, key: str | None = None, value: int = 0) -> Asked:
        return job.ask("slow", key, begun=self.begun, go=self.go, value=value)


@pytest.fixture
def slow(tmp_path: Path) -> Slow:
    return Slow(tmp_path)


def test_a_question_of_the_same_key_replaces_one_that_waits(job: JobLike, slow: Slow) -> None:
    first = slow.ask(job, value=0)
    until(slow.begun.exists)
    dragged = [slow.ask(job, "slider", i) for i in range(1, 4)]
    other = slow.ask(job, value=9)
    until(dragged[1].cancelled)
    slow.go.touch()
    assert first.result(PATIENCE_S)["value"] == 0
    assert [asked.cancelled() for asked in dragged] == [True, True, False]
    assert dragged[-1].result(PATIENCE_S)["value"] == 3
    assert other.result(PATIENCE_S)["value"] == 9


def test_a_long_question_reports_progress_and_can_be_given_up(job: JobLike, slow: Slow) -> None:
    asked = slow.ask(job)
    until(lambda: asked.progress == (0.5, "Thinking"))
    asked.give_up()
    with pytest.raises(Cancelled):
        asked.result(PATIENCE_S)
    assert count(job) == 0


def test_a_late_answer_is_dropped_after_close(job: JobLike, slow: Slow) -> None:
    running, waiting = slow.ask(job), slow.ask(job)
    job.watch("view", "state")
    until(running.running)
    assert job.close()
    with pytest.raises(Cancelled):
        running.result(0)
    assert waiting.cancelled()
    with pytest.raises(CancelledError):
        job.ask("state").result(0)


def test_closing_ends_the_threads(job: JobLike) -> None:
    job.start()
    assert job.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("genstudio-")]
    assert turns(job.drain())[-1] is Status.STOPPED


@pytest.mark.parametrize(
    ("error", "sentence", "traceback"),
    [
        (RuntimeError("shapes differ"), "RuntimeError: shapes differ", True),
        (FloatingPointError("overflow"), "overflow", True),
        (TrainingError("The variance vanished.", "Raise reg_covar."), "The variance vanished. Raise reg_covar.", False),
        (MemoryError(), "not enough memory", True),
    ],
)
def test_an_exception_ends_the_run_not_the_job(make: Make, error: Exception, sentence: str, traceback: bool) -> None:
    job = make(raising(error))
    job.start()
    until(lambda: job.status.ended)
    turned = [item for item in job.drain() if isinstance(item, Turned)][-1]
    assert turned.status is Status.FAILED
    assert sentence in turned.message
    assert ("Traceback" in turned.details) is traceback
    assert count(job) == 1  # what was learned before stays usable


def test_a_model_that_cannot_stop_fails_alone(make: Make) -> None:
    job = make(stubborn)
    job.start()
    until(lambda: job.status is Status.TRAINING)
    job.stop()
    until(lambda: job.status.ended)
    assert job.status is Status.FAILED
    assert count(job) == 0


def test_the_end_of_the_events_is_done(make: Make) -> None:
    job = make(once)
    job.start()
    until(lambda: job.status is Status.DONE)
    assert turns(job.drain()) == [Status.TRAINING, Status.DONE]


def test_a_question_that_fails_tells_the_asker_alone(job: JobLike) -> None:
    with pytest.raises(GenStudioError, match="cannot invent samples"):
        job.ask("sample", n=1, seed=0).result(PATIENCE_S)
    with pytest.raises(GenStudioError, match="Known: "):
        job.ask("nonsense").result(PATIENCE_S)
    with pytest.raises(GenStudioError, match="inside the program"):
        job.ask("sample", wrong=1).result(PATIENCE_S)
    assert count(job) == 0


def test_a_live_change_is_recorded_with_its_step(job: JobLike) -> None:
    job.step()
    until(lambda: job.status is Status.PAUSED)
    job.change("rate", 0.5)
    job.step()
    until(lambda: count(job) == 2)
    assert list(job.ask("state").result(PATIENCE_S)["seen"]) == [0.1, 0.5]
    assert [item for item in job.drain() if isinstance(item, Changed)] == [Changed(1, "rate", 0.5)]
    with pytest.raises(SettingsError, match="did you mean `rate`"):
        job.change("rat", 1.0)


def test_watched_questions_follow_the_model(job: JobLike) -> None:
    job.watch("view", "state")
    assert count(job) == 0
    assert job.drain() == []  # before the first event there is nothing to see
    job.step()
    until(lambda: any(isinstance(item, Preview) and item.answer["count"][0] == 1 for item in job.drain()))
    job.unwatch("view")
    job.step()
    until(lambda: job.status is Status.PAUSED and count(job) == 2)
    assert not any(isinstance(item, Preview) for item in job.drain())


def test_a_view_that_fails_leaves_training_alone(job: JobLike) -> None:
    job.watch("broken", "sample", n=1, seed=0)
    job.start()
    notes: list[Note] = []

    def told() -> bool:
        notes.extend(item for item in job.drain() if isinstance(item, Note))
        return bool(notes)

    until(told)
    until(lambda: count(job) > 5)
    assert "could not be drawn" in notes[0].text
    assert len(notes) == 1


def test_a_job_stopped_before_it_began_never_trains(job: JobLike) -> None:
    job.stop()
    until(lambda: job.status is Status.STOPPED)
    job.step()
    job.start()
    assert count(job) == 0
