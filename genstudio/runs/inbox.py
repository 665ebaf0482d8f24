"""What a worker sends: answers to those who wait for them, and what it tells until somebody listens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from genstudio.errors import Cancelled
from genstudio.runs.asked import Asked
from genstudio.runs.status import Told
from genstudio.runs.wire import Answered, Watching
from genstudio.training.events import Preview


class OpenQuestions:
    """Questions that were put to a worker, by their numbers, until they are answered."""

    def __init__(self) -> None:
        self._asked: dict[int, Asked] = {}

    def add(self, number: int, asked: Asked) -> None:
        """A question is on its way."""
        self._asked[number] = asked

    def all(self) -> list[Asked]:
        """Those that are not answered."""
        return list(self._asked.values())

    def show(self, progress: Mapping[int, tuple[float, str]]) -> None:
        """Tell the askers how far their answers have come."""
        for number, reached in progress.items():
            asked = self._asked.get(number)
            if asked is not None and _wanted(asked):
                asked.progress = reached

    def settle(self, answered: Answered) -> None:
        """Hand an answer, or why there is none, to whoever asked and still wants it."""
        asked = self._asked.pop(answered.number, None)
        dropped = answered.answer is None and answered.error is None
        if asked is None or (dropped and asked.cancel()) or not _wanted(asked):
            return
        asked.step = answered.step
        asked.settle(answered.answer, Cancelled() if dropped else answered.error)

    def end(self, step: int, error: Exception | None = None) -> None:
        """None will be answered any more; for a reason, or as they were dropped."""
        for number in list(self._asked):
            self.settle(Answered(number, step, None, error))


class Inbox:
    """What was told since somebody last listened; of previews only the newest of each name."""

    def __init__(self) -> None:
        self._told: list[Told] = []
        self._previews: dict[str, Preview] = {}

    def remember(self, told: Iterable[Told], watched: Mapping[str, Watching]) -> None:
        """Keep what was told; previews only where they answer what is watched now.

        Arguments:
            watched: by the names that askers know. Those that are sent stand behind a number and a colon.
        """
        for item in told:
            if not isinstance(item, Preview):
                self._told.append(item)
                continue
            name = item.name.partition(":")[2]
            if name in watched and watched[name].name == item.name:
                self._previews[name] = replace(item, name=name)

    def forget(self, name: str) -> None:
        """Nobody looks at what has this name any more."""
        self._previews.pop(name, None)

    def take(self) -> list[Told]:
        """All of it; then nothing is kept."""
        found = [*self._told, *self._previews.values()]
        self._told, self._previews = [], {}
        return found


def _wanted(asked: Asked) -> bool:
    """Whether anybody still wants the answer; from now on it cannot be withdrawn any more, only given up."""
    return asked.running() or asked.set_running_or_notify_cancel()
