"""One timer on which the window pulls everything that threads have to tell; threads never push."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from genstudio.data.reader import Watch
from genstudio.errors import Cancelled
from genstudio.runs.task import Task

T = TypeVar("T")
INTERVAL_MS = 32
AWAITING_MS = 4
"""So often answers are looked for while any are awaited: a cursor that is dragged shows each wait."""
CLOSE_SECONDS = 2.0
Failed = Callable[[BaseException], None]


@dataclass(eq=False)
class _Followed:
    future: Future[Any]
    done: Callable[[Any], None]
    failed: Failed | None


class Pump(QObject):
    """Polls futures and tasks, and ticks for those who pull events themselves.

    Signals:
        ticked: some thirty times a second.
        failed: an exception that nobody else takes care of.
    """

    ticked = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._followed: list[_Followed] = []
        self._tasks: dict[str, Task[Any]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()
        self._awaiting = QTimer(self)
        self._awaiting.setInterval(AWAITING_MS)
        self._awaiting.timeout.connect(self._deliver_ready)

    def follow(self, future: Future[T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Call `done` with the result, in the window's thread, once it is there; nothing if it is cancelled."""
        self._followed.append(_Followed(future, done, failed))
        if not self._awaiting.isActive():
            self._awaiting.start()

    def run(
        self, key: str, function: Callable[[Watch], T], done: Callable[[T], None], failed: Failed | None = None
    ) -> Task[T]:
        """Run a function in the background; a later one of the same key takes its place, and its result is dropped."""
        self.cancel(key)
        task = Task(function, key)
        self._tasks[key] = task
        self.follow(task.future, lambda result: self._if_newest(key, task, done, result),
                    lambda error: self._if_newest(key, task, failed or self.failed.emit, error))
        return task

    def cancel(self, key: str) -> None:
        """Stop a background function; its result will not be delivered."""
        task = self._tasks.pop(key, None)
        if task is not None:
            task.cancel()

    def task(self, key: str) -> Task[Any] | None:
        """The background function that runs under a key, or None."""
        return self._tasks.get(key)

    def close(self) -> None:
        """Stop pulling, cancel what runs, and wait for it; what does not heed in time is left behind."""
        self._timer.stop()
        self._awaiting.stop()
        self._followed.clear()
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        deadline = time.monotonic() + CLOSE_SECONDS
        for task in tasks:
            task.join(max(0.0, deadline - time.monotonic()))

    def _if_newest(self, key: str, task: Task[Any], then: Callable[[Any], None], value: Any) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
            then(value)

    def _on_timeout(self) -> None:
        self._deliver_ready()
        self.ticked.emit()

    def _deliver_ready(self) -> None:
        ready = [followed for followed in self._followed if followed.future.done()]
        for followed in ready:
            # What was delivered before may have closed the pump.
            if followed in self._followed:
                self._followed.remove(followed)
                self._deliver(followed)
        if not self._followed:
            self._awaiting.stop()

    def _deliver(self, followed: _Followed) -> None:
        if followed.future.cancelled():
            return
        error = followed.future.exception()
        if error is None:
            followed.done(followed.future.result())
        elif not isinstance(error, Cancelled | CancelledError):
            (followed.failed or self.failed.emit)(error)
