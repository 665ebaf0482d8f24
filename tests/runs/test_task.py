from __future__ import annotations

import threading

import pytest

from genstudio.data.reader import Watch
from genstudio.errors import Cancelled, DataError
from genstudio.runs.task import Task
from tests.runs.learners import PATIENCE_S, until


def test_a_result_and_its_progress() -> None:
    def work(watch: Watch) -> int:
        watch(0.5, "Counting")
        return 42

    task = Task(work)
    assert task.future.result(PATIENCE_S) == 42
    assert task.progress == (0.5, "Counting")
    assert task.join(PATIENCE_S)


def test_cancelling_ends_the_work() -> None:
    begun = threading.Event()

    def work(watch: Watch) -> None:
        while True:
            watch(0.0, "Waiting")
            begun.set()

    task = Task(work)
    assert begun.wait(PATIENCE_S)
    task.cancel()
    with pytest.raises(Cancelled):
        task.future.result(PATIENCE_S)
    until(lambda: task.join(0.01))


def test_whatever_is_raised_reaches_the_owner() -> None:
    def work(watch: Watch) -> None:
        raise DataError("It is broken.")

    with pytest.raises(DataError, match="broken"):
        Task(work).future.result(PATIENCE_S)
