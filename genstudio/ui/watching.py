"""What panels look at in the shown run: live as it learns, or as it looked at a moment before. No widgets here."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from genstudio.runs.film import Films, Sight
from genstudio.runs.run import Run
from genstudio.runs.status import Status
from genstudio.training.events import Preview

LEARNING_SECONDS, RESTING_SECONDS = 0.03, 2.5
LEARNING_STEPS, RESTING_STEPS = 4, 8
"""What a look takes at most, and how many steps where it solves: what learns is seen often, what rests is seen well."""


class Watching(QObject):
    """Watched questions of the shown run, the newest answer to each, and the film of former ones.

    Signals:
        previewed: the name of a watched question, and the answer that is to be seen now.
        scrubbed: another moment is shown, or what is there now.
        filmed: there is more to be seen again, or another run's.
    """

    previewed = Signal(str, object)
    scrubbed = Signal()
    filmed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.step: int | None = None
        self._run: Run | None = None
        self._films = Films()
        self._watches: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._waiting: dict[str, Preview] = {}

    @property
    def moments(self) -> list[int]:
        """The steps of the shown run that can be seen again, ascending."""
        return [] if self._run is None else self._films.moments(self._run.key)

    def turn_to(self, run: Run | None) -> None:
        """Look at another run from now on, as it is now; `resume` asks it for all that is watched."""
        if self._run is not None:
            for name in self._watches:
                self._run.job.unwatch(name)
        self._run, self.step = run, None
        self._waiting.clear()
        self.scrubbed.emit()
        self.filmed.emit()

    def resume(self) -> None:
        """Ask the shown run for all that is watched."""
        if self._run is not None:
            for name, (question, arguments) in self._watches.items():
                self._run.job.watch(name, question, **arguments)

    def watch(self, name: str, question: str, arguments: Mapping[str, Any]) -> None:
        """Keep asking whatever run is shown."""
        self._watches[name] = (question, arguments)
        if self._run is not None:
            self._run.job.watch(name, question, **arguments)
            if self.step is not None:
                self._show_again(name)

    def unwatch(self, name: str) -> None:
        """Nobody looks any more."""
        self._watches.pop(name, None)
        self._waiting.pop(name, None)
        if self._run is not None:
            self._run.job.unwatch(name)

    def take(self, preview: Preview) -> None:
        """An answer of the shown run came: it is kept, and shown unless a former moment is."""
        sight = self._sight(preview.name)
        if sight is None:
            return
        first = sight not in self._films
        self._films.keep(sight, preview)
        self.filmed.emit()
        if self.step is None or first:
            self._waiting[preview.name] = preview

    def scrub(self, step: int | None) -> None:
        """Show how all looked at a step, or as it is now (None), while training goes on."""
        moments = self.moments if step is not None else []
        if step is not None and moments:
            # All views show the same moment, and say so.
            step = moments[max(0, bisect.bisect_right(moments, step) - 1)]
        if step == self.step:
            return
        self.step = step
        for name in self._watches:
            self._show_again(name)
        self.scrubbed.emit()

    def show_next(self) -> bool:
        """Show one answer that waits to be seen; whether there was one."""
        if not self._waiting:
            return False
        name = next(iter(self._waiting))
        self.previewed.emit(name, self._waiting.pop(name))
        return True

    def _show_again(self, name: str) -> None:
        sight = self._sight(name)
        found = None if sight is None else self._films.at(sight, self.step)
        if found is not None:
            self._waiting[name] = found

    def _sight(self, name: str) -> Sight | None:
        if self._run is None or name not in self._watches:
            return None
        question, arguments = self._watches[name]
        return Sight.of(self._run.key, name, question, arguments)


def look_seconds(run: Run) -> float:
    """What one look at a run may take, where a shorter one shows less."""
    return RESTING_SECONDS if _rests(run) else LEARNING_SECONDS


def look_steps(run: Run) -> int:
    """The steps of a solver that a look at a run takes, fewer than figures are reckoned with."""
    return RESTING_STEPS if _rests(run) else LEARNING_STEPS


def _rests(run: Run) -> bool:
    return run.status.ended or run.status is Status.PAUSED
