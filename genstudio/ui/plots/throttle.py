"""News at most so often: the first at once, the last for certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer


class Throttle(QObject):
    """Calls a function at most once an interval, with the newest arguments.

    Arguments:
        function: what is called.
        interval_ms: the least time between two calls.
    """

    def __init__(self, function: Callable[..., None], interval_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._function = function
        self._waiting: tuple[Any, ...] | None = None
        self._timer = QTimer(self, singleShot=True, interval=interval_ms)
        self._timer.timeout.connect(self._on_timeout)

    def __call__(self, *arguments: Any) -> None:
        """Call now, or when the interval is over."""
        if self._timer.isActive():
            self._waiting = arguments
        else:
            self._timer.start()
            self._function(*arguments)

    def _on_timeout(self) -> None:
        if self._waiting is not None:
            arguments, self._waiting = self._waiting, None
            self._timer.start()
            self._function(*arguments)
