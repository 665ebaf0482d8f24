from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from pytestqt.qtbot import QtBot

from genstudio.data.reader import Watch
from genstudio.ui.pump import Pump


@pytest.fixture
def pump(qtbot: QtBot) -> Iterator[Pump]:
    found = Pump()
    yield found
    found.close()
    found.deleteLater()


def test_results_come_in_the_windows_thread(pump: Pump, qtbot: QtBot) -> None:
    heard: list[threading.Thread] = []
    pump.run("work", lambda watch: 3, lambda result: heard.append(threading.current_thread()))
    assert pump.task("work") is not None
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert heard == [threading.main_thread()]
    assert pump.task("work") is None


def test_a_later_task_of_the_same_key_takes_the_place(pump: Pump, qtbot: QtBot) -> None:
    heard: list[int] = []
    release = threading.Event()

    def slow(watch: Watch) -> int:
        release.wait(5)
        return 1

    pump.run("work", slow, heard.append)
    pump.run("work", lambda watch: 2, heard.append)
    release.set()
    qtbot.waitUntil(lambda: heard == [2])
    with qtbot.waitSignals([pump.ticked] * 3):
        pass
    assert heard == [2]


def test_errors_go_to_who_asked_else_to_all(pump: Pump, qtbot: QtBot) -> None:
    heard: list[BaseException] = []

    def fail(watch: Watch) -> None:
        raise ValueError("no")

    pump.run("mine", fail, lambda _: None, heard.append)
    qtbot.waitUntil(lambda: len(heard) == 1)
    with qtbot.waitSignal(pump.failed) as told:
        pump.run("nobody's", fail, lambda _: None)
    assert isinstance(told.args[0], ValueError)


def test_cancelled_work_is_silent(pump: Pump, qtbot: QtBot) -> None:
    heard: list[object] = []
    begun = threading.Event()

    def endless(watch: Watch) -> None:
        while True:
            begun.set()
            watch(0.5, "Going on")

    task = pump.run("work", endless, heard.append, heard.append)
    begun.wait(5)
    pump.cancel("work")
    qtbot.waitUntil(task.future.done)
    forgotten: Future[int] = Future()
    forgotten.cancel()
    pump.follow(forgotten, heard.append, heard.append)
    with qtbot.waitSignals([pump.ticked] * 3):
        pass
    assert heard == []


def test_one_answer_may_close_the_pump(pump: Pump, qtbot: QtBot) -> None:
    heard: list[int] = []
    for i in range(3):
        future: Future[int] = Future()
        future.set_result(i)
        pump.follow(future, lambda result: (heard.append(result), pump.close()))
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert heard == [0]
