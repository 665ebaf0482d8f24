"""Changes of live settings that wait for the next step."""

from __future__ import annotations

from collections import deque
from typing import Any

from genstudio.errors import SettingsError
from genstudio.settings import nearest
from genstudio.training.events import Changed, LiveSettings


class LiveChanges:
    """What was asked for by any thread, until the one that learns takes it up.

    Arguments:
        live: the live settings that the learning reads.
    """

    def __init__(self, live: LiveSettings) -> None:
        self._live = live
        self._waiting: deque[tuple[str, Any]] = deque()

    def ask(self, name: str, value: Any) -> None:
        """Ask for a value from the next step on.

        Raises:
            SettingsError: there is no live setting of that name.
        """
        check_live(name, self._live)
        self._waiting.append((name, value))

    def apply(self, step: int) -> list[Changed]:
        """Carry out what waits, before the step after this one; what has changed by it.

        A setting that is dragged changes many times between two steps; only where it comes to rest counts.
        """
        newest: dict[str, Any] = {}
        while self._waiting:
            name, value = self._waiting.popleft()
            newest[name] = value
        changed = {name: value for name, value in newest.items() if self._live[name] != value}
        for name, value in changed.items():
            self._live.set(name, value)
        return [Changed(step, name, value) for name, value in changed.items()]


def check_live(name: str, live: LiveSettings) -> None:
    """Whether a setting may change while training goes on.

    Raises:
        SettingsError: it may not, or there is none of that name.
    """
    if name not in live.values:
        raise SettingsError(f"`{name}` cannot change while training ({nearest(name, live.values)}).")
