"""Work that cannot be cut into steps, done in a thread so that whoever waits can still be answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

INTERVAL_S = 0.05
GRACE_S = 0.5


def in_background(work: Callable[[], T], name: str) -> Generator[None, None, T]:
    """Do `work` in a daemon thread, yielding about every 50 ms until it is done.

    Closing the generator waits half a second at most; work that takes longer ends by itself and is forgotten.

    Arguments:
        work: must touch nothing that others touch meanwhile.
        name: name of the thread.

    Returns:
        What `work` returned; what it raised is raised here.
    """
    done: Future[T] = Future()
    thread = threading.Thread(target=_carry_out, args=(work, done), name=name, daemon=True)
    thread.start()
    try:
        thread.join(INTERVAL_S)
        while thread.is_alive():
            yield
            thread.join(INTERVAL_S)
    finally:
        thread.join(GRACE_S)
    return done.result()


def _carry_out(work: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the one who waits
        done.set_exception(error)
