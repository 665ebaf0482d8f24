from __future__ import annotations

import threading

import pytest

from genstudio.training.background import in_background


def drain(generator):
    """Number of times that it yielded, and what it returned."""
    waits = 0
    try:
        while True:
            next(generator)
            waits += 1
    except StopIteration as end:
        return waits, end.value


def test_the_result_comes_back() -> None:
    assert drain(in_background(lambda: 42, "genstudio-test")) == (0, 42)


def test_it_yields_while_the_work_goes_on() -> None:
    go_on = threading.Event()
    working = in_background(lambda: go_on.wait(10) and threading.current_thread().name, "genstudio-test")
    next(working)
    next(working)
    go_on.set()
    assert drain(working)[1] == "genstudio-test"


def test_what_the_work_raises_is_raised_to_the_one_who_waits() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        drain(in_background(fail, "genstudio-test"))


def test_closing_does_not_wait_for_long_work() -> None:
    go_on = threading.Event()
    working = in_background(lambda: go_on.wait(10), "genstudio-test")
    next(working)
    working.close()
    assert any(thread.name == "genstudio-test" for thread in threading.enumerate())
    go_on.set()
