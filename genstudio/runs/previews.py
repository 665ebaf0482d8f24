"""What is being looked at while a model learns, and how much time looking may take."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from genstudio.training.events import Preview

SHARE = 0.0125
"""Most of the training time that looking may take, divided evenly between what is looked at."""
FIRST_SHARE = 0.025
"""What first looks at something may take besides, which nobody wants to wait for."""
INTERVAL_SECONDS = 0.1
ADVANCED_SECONDS = 6.0
"""What was never seen by anyone may be paid for by so much of the training to come, so that a short one is seen too."""
SAVED_SECONDS = 12.0
"""First looks are paid for by so much of the training before them at most, so that no stretch is slow for them."""
HELD_UP_SECONDS = 3.0
"""What was never seen by anyone waits at most so long for others to be paid for."""
UNFORESEEN_SECONDS = 20.0
"""The first answer to a question may be dear for once, as it loads what it needs: it is paid for by then."""


@dataclass(eq=False)
class Watched:
    """One question that is answered again and again as the model learns.

    Arguments:
        seen: seconds of the clock at the last answer, below 0 before any.
        began: seconds of training at the last answer.
        paid: seconds of training by which its last answer is paid for.
    """

    name: str
    question: str
    arguments: Mapping[str, Any]
    stale: bool = True
    first: bool = True
    seen: float = -1.0
    began: float = 0.0
    paid: float = 0.0


class Previews:
    """Watched questions and the newest answer to each; safe to use from any thread.

    Each look is paid for by a share of the training that follows it. So looking takes a small share of any longer
    stretch, what is dear does not keep what is cheap from being seen often, and after a time in which nobody looked
    there is nothing to be made up for.

    Arguments:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = 0.0
        self._clock = clock
        self._watched: dict[str, Watched] = {}
        self._answers: dict[str, Preview] = {}
        self._known: set[str] = set()
        self._firsts_paid, self._first_began = 0.0, -math.inf
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
                and (idle or (now - w.seen >= INTERVAL_SECONDS and self._paid(w, training_seconds)))
            ]
            if not due:
                return None
            chosen = min(due, key=lambda watched: watched.seen)
            chosen.first = chosen.seen < 0
            chosen.stale, chosen.seen, chosen.began = False, now, training_seconds
            return chosen

    def took(self, watched: Watched, seconds: float) -> None:
        """A look, begun while a model trains, has taken so much of the training time."""
        with self._lock:
            self.seconds += seconds
            known = watched.question in self._known
            self._known.add(watched.question)
            wait = seconds * max(1, len(self._watched)) / SHARE
            watched.paid = watched.began + (wait if known else min(wait, UNFORESEEN_SECONDS))
            if watched.first:
                self._pay_first(watched.began, seconds, known)

    def _pay_first(self, began: float, seconds: float, known: bool) -> None:
        paid = max(self._firsts_paid, began - SAVED_SECONDS) + seconds / FIRST_SHARE
        most = math.inf if known else max(self._firsts_paid, began + UNFORESEEN_SECONDS)
        self._firsts_paid, self._first_began = min(paid, most), began

    def _paid(self, watched: Watched, training_seconds: float) -> bool:
        if watched.seen >= 0:
            return watched.paid <= training_seconds
        if watched.question in self._known:
            return self._firsts_paid <= training_seconds
        held_up = training_seconds - self._first_began >= HELD_UP_SECONDS
        return held_up or self._firsts_paid <= training_seconds + ADVANCED_SECONDS

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
