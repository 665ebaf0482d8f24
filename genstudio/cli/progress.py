"""How far the work has got: a bar where somebody watches, a line now and then where a file does."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_WIDTH = 24
_REDRAW_SECONDS = 0.1
_QUIET_SECONDS = 2.0
_LINE_SECONDS = 10.0


class Bar:
    """Progress on standard error.

    Arguments:
        stream: where to write; a terminal gets a bar, anything else a line now and then for what takes long.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._due = 0.0
        self._task = ""

    def watch(self, fraction: float, doing: str) -> None:
        """Show a task and the share of it that is done, 0 to 1; nothing where there is no task yet."""
        if doing:
            self.show(doing, fraction, "")

    def show(self, task: str, fraction: float | None, detail: str) -> None:
        """Show a task, how far it is, None where nobody knows, and a detail that changes often."""
        now = time.monotonic()
        if task != self._task:
            self._task, self._due = task, now + (0.0 if self._terminal else _QUIET_SECONDS)
        if now < self._due:
            return
        self._due = now + (_REDRAW_SECONDS if self._terminal else _LINE_SECONDS)
        words = " ".join(word for word in (task, _share(fraction), detail) if word)
        self._write(f"\r\x1b[K{_drawn(fraction)}{words}" if self._terminal else f"{words}\n")

    def note(self, sentence: str) -> None:
        """A line that stays."""
        self._write(f"\r\x1b[K{sentence}\n" if self._terminal else f"{sentence}\n")

    def clear(self) -> None:
        """Take the bar away."""
        if self._terminal and self._task:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _share(fraction: float | None) -> str:
    return "" if fraction is None else f"{fraction:.0%}"


def _drawn(fraction: float | None) -> str:
    if fraction is None:
        return ""
    full = round(min(max(fraction, 0.0), 1.0) * _WIDTH)
    return "█" * full + "░" * (_WIDTH - full) + " "
