"""What a plot prepares at once where that is quick, and else in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from genstudio.ui.pump import Failed, Pump

T = TypeVar("T")
# More values than these take longer than a frame allows.
AT_ONCE = 200_000


class Background:
    """Prepares parts of one plot; the newest of each part is delivered, in the window's thread.

    Arguments:
        pump: None: everything at once.
        name: of the plot; no other shares it.
    """

    def __init__(self, pump: Pump | None, name: str) -> None:
        self._pump, self._name = pump, name
        self._parts: set[str] = set()

    def prepare(
        self, part: str, size: int, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """Hand the result of some work to `done`.

        Arguments:
            size: how many values are gone through.
            failed: takes what goes wrong in the background; None: the pump tells of it.
        """
        self._parts.add(part)
        if self._pump is None or size <= AT_ONCE:
            self._cancel(part)
            done(work())
        else:
            self._pump.run(f"{self._name}.{part}", lambda watch: work(), done, failed)

    def cancel(self) -> None:
        """Deliver nothing of what is being prepared."""
        for part in self._parts:
            self._cancel(part)

    def _cancel(self, part: str) -> None:
        if self._pump is not None:
            self._pump.cancel(f"{self._name}.{part}")
