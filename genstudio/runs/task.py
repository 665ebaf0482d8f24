"""One piece of work in the background, with progress and a way to cancel it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from genstudio.data.reader import Watch
from genstudio.errors import Cancelled

T = TypeVar("T")


class Task(Generic[T]):
    """Runs a function in a thread of its own; the owner polls `future` and `progress`.

    Arguments:
        function: called with a watch; it should report often, for cancelling works through the watch.
    """

    def __init__(self, function: Callable[[Watch], T], name: str = "task") -> None:
        self.future: Future[T] = Future()
        self.progress: tuple[float, str] = (0.0, "")
        self._function = function
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"genstudio-{name}", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to stop; its future ends with `Cancelled`."""
        self._cancelled.set()

    def join(self, seconds: float) -> bool:
        """Wait for the thread; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _watch(self, fraction: float, doing: str) -> None:
        self.progress = (fraction, doing)
        if self._cancelled.is_set():
            raise Cancelled

    def _work(self) -> None:
        try:
            result = self._function(self._watch)
        except BaseException as error:  # noqa: BLE001 - it is handed on, whole, to whoever asks for the result
            self.future.set_exception(error)
        else:
            self.future.set_result(result)
