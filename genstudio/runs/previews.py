"""What is being looked at while a model learns, and how much time looking may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from genstudio.training.events import Preview

SHARE = 0.018
"""Most of the training time that looking may take, divided evenly between what is looked at."""
FIRST_SHARE = 0.04
"""What looks may take in all while something is shown for the first time, which nobody wants to wait for."""
INTERVAL_SECONDS = 0.1


@dataclass(eq=False)
class Watched:
    """One question that is answered again and again as the model learns.

    Arguments:
        spent: seconds that its answers have taken from training.
    """

    name: str
    question: str
    arguments: Mapping[str, Any]
    stale: bool = True
    seen: float = -1.0
    spent: float = 0.0


class Previews:
    """Watched questions and the newest answer to each; safe to use from any thread.

    Arguments:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = 0.0
        self._clock = clock
        self._watched: dict[str, Watched] = {}
        self._answers: dict[str, Preview] = {}
        self._costs: dict[str, float] = {}
        self._lock = threading.Lock()

    def watch(self, name: str, question: str, arguments: Mapping[str, Any]) -> None:
        """Look at something from now on; a former question of that name is forgotten."""
        with self._lock:
            self._watched[name] = Watched(name, question, arguments)

    def unwatch(self, name: str) -> None:
        """Nobody looks any more."""
        with self._lock:
            self._watched.pop(name, None)
            self._answers.pop(name, None)

    def mark_stale(self) -> None:
        """The model has changed, so every answer is out of date."""
        with self._lock:
            for watched in self._watched.values():
                watched.stale = True

    @property
    def stale(self) -> bool:
        """Whether any answer is out of date."""
        with self._lock:
            return any(watched.stale for watched in self._watched.values())

    def due(self, training_seconds: float, idle: bool) -> Watched | None:
        """The question to answer now, the one seen longest ago, or None.

        Arguments:
            training_seconds: what training has taken so far; looking may take a fixed share of it.
            idle: nothing is being trained just now, so looking costs nothing.
        """
        now = self._clock()
        with self._lock:
            due = [
                w for w in self._watched.values() if w.stale
                and (idle or (now - w.seen >= INTERVAL_SECONDS and self._affordable(w, training_seconds)))
            ]
            if not due:
                return None
            chosen = min(due, key=lambda watched: watched.seen)
            chosen.stale, chosen.seen = False, now
            return chosen

    def took(self, watched: Watched, seconds: float) -> None:
        """A look has taken so much of the training time."""
        with self._lock:
            self.seconds += seconds
            watched.spent += seconds
            self._costs[watched.question] = seconds

    def _affordable(self, watched: Watched, training_seconds: float) -> bool:
        cost = self._costs.get(watched.question, 0.0)
        if watched.seen < 0:
            return self.seconds + cost <= FIRST_SHARE * training_seconds
        allowed = SHARE * training_seconds
        # What is dear must not keep what is cheap from being seen often, nor the other way round.
        return self.seconds + cost <= allowed and watched.spent + cost <= allowed / len(self._watched)

    def keep(self, watched: Watched, step: int, answer: Mapping[str, Any]) -> None:
        """Hold an answer ready, unless nobody looks any more."""
        with self._lock:
            if self._watched.get(watched.name) is watched:
                self._answers[watched.name] = Preview(watched.name, step, answer)

    def take(self) -> list[Preview]:
        """The answers that came since the last call, the newest of each name."""
        with self._lock:
            found, self._answers = list(self._answers.values()), {}
        return found
