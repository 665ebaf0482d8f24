"""One thread that owns one model for the model's whole life; nobody else ever touches the model."""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Generator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from genstudio.errors import Cancelled, GenStudioError, TrainingError
from genstudio.runs.questions import Answer, Subject, answer
from genstudio.training.events import Changed, Event, LiveSettings, Note, Preview, Progress

PREVIEW_SHARE = 0.05
PREVIEW_INTERVAL_SECONDS = 1 / 30


class Status(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    TRAINING = "training"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether no further step will be taken."""
        return self in (Status.DONE, Status.STOPPED, Status.FAILED)


@dataclass(frozen=True)
class Turned:
    """The job's status changed.

    Arguments:
        message: a sentence for a person, empty where nothing needs saying.
        details: a traceback for those who report faults.
    """

    status: Status
    message: str = ""
    details: str = ""


Told = Event | Turned


class Asked(Future[Answer]):
    """The answer that will come to one question."""

    def __init__(self, name: str, arguments: Mapping[str, Any], key: str | None) -> None:
        super().__init__()
        self.name = name
        self.arguments = arguments
        self.key = key
        self.progress: tuple[float, str] = (0.0, "")
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Nobody wants the answer any more; a long question ends with `Cancelled`."""
        self._given_up.set()
        self.cancel()

    def watch(self, fraction: float, doing: str) -> None:
        """Told by the question as it gets on."""
        self.progress = (fraction, doing)
        if self._given_up.is_set():
            raise Cancelled


@dataclass
class _Watched:
    name: str
    question: str
    arguments: Mapping[str, Any]
    stale: bool = True
    seen: float = field(default=-1.0)


class Job:
    """Carries out one training and answers questions, between two steps and ever after.

    Arguments:
        subject: the model to be owned, and its data.
        learning: the event generator, or None for a model that has learned already.
        live: the live settings that the generator reads.
    """

    def __init__(
        self, subject: Subject, learning: Generator[Event, None, None] | None, live: LiveSettings | None = None
    ) -> None:
        self.status = Status.DONE if learning is None else Status.WAITING
        self.training_seconds = 0.0
        self.preview_seconds = 0.0
        self.items = 0
        self._subject = subject
        self._learning = learning
        self._live = live or LiveSettings()
        self._step = 0
        self._questions: deque[Asked] = deque()
        self._watched: dict[str, _Watched] = {}
        self._told: deque[Told] = deque()
        self._previews: dict[str, Preview] = {}
        self._wake = threading.Condition()
        self._going = False
        self._single_steps = 0
        self._stopping = False
        self._closing = False
        self._delay_seconds = 0.0
        self._next_step_at = 0.0
        self._thread = threading.Thread(target=self._work, name="genstudio-job", daemon=True)
        self._thread.start()

    # What others may say; each returns at once.

    def start(self) -> None:
        """Begin, or go on after a pause."""
        self._say(_going=True)

    def pause(self) -> None:
        """Hold after the present step."""
        self._say(_going=False)

    def step(self) -> None:
        """Take one step, then hold."""
        with self._wake:
            self._going = False
            self._single_steps += 1
            self._wake.notify()

    def stop(self) -> None:
        """End training after the present step and keep what was learned."""
        self._say(_stopping=True)

    def slow_down(self, delay_seconds: float) -> None:
        """At least so long from one step to the next; 0 is full speed."""
        self._say(_delay_seconds=delay_seconds)

    def ask(self, question: str, key: str | None = None, **arguments: Any) -> Asked:
        """Put a question; one of the same key that still waits is replaced."""
        asked = Asked(question, arguments, key)
        with self._wake:
            if self._closing:
                asked.cancel()
                return asked
            if key is not None:
                for waiting in [q for q in self._questions if q.key == key]:
                    self._questions.remove(waiting)
                    waiting.cancel()
            self._questions.append(asked)
            self._wake.notify()
        return asked

    def watch(self, name: str, question: str, **arguments: Any) -> None:
        """From now on answer a question again and again as the model learns, within the preview budget."""
        with self._wake:
            self._watched[name] = _Watched(name, question, arguments)
            self._wake.notify()

    def unwatch(self, name: str) -> None:
        """Nobody looks any more."""
        with self._wake:
            self._watched.pop(name, None)
            self._previews.pop(name, None)

    def change(self, name: str, value: Any) -> None:
        """Change a live setting from the next step on."""
        with self._wake:
            self._live.set(name, value)
            self._told.append(Changed(self._step, name, value))

    def drain(self) -> list[Told]:
        """All that was told since the last call; of previews only the newest of each name."""
        told = []
        while self._told:
            told.append(self._told.popleft())
        with self._wake:
            told.extend(self._previews.values())
            self._previews.clear()
        return told

    def close(self, seconds: float = 5.0) -> bool:
        """Stop, give up all questions and end the thread; whether it ended in time."""
        with self._wake:
            self._closing = True
            for asked in self._questions:
                asked.give_up()
            self._wake.notify()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # What the thread does.

    def _say(self, **values: Any) -> None:
        with self._wake:
            for name, value in values.items():
                setattr(self, name, value)
            self._wake.notify()

    def _work(self) -> None:
        while self._await_turn():
            self._answer_next()
            if self._stopping:
                self._end(Status.STOPPED)
            elif self._due():
                self._advance()
            else:
                self._turn_to_rest()
                self._preview(idle=True)
        self._end(Status.STOPPED)
        for asked in self._questions:
            asked.cancel()

    def _await_turn(self) -> bool:
        with self._wake:
            while not (self._closing or self._questions or self._stopping or self._due() or self._stale()):
                if self._going is False:
                    self._turn_to_rest()
                self._wake.wait(self._seconds_to_next_step())
            return not self._closing

    def _active(self) -> bool:
        return self._learning is not None and (self._going or self._single_steps > 0)

    def _due(self) -> bool:
        return self._active() and (self._single_steps > 0 or time.monotonic() >= self._next_step_at)

    def _seconds_to_next_step(self) -> float | None:
        return max(0.0, self._next_step_at - time.monotonic()) if self._active() else None

    def _stale(self) -> bool:
        return any(w.stale for w in self._watched.values())

    def _turn_to_rest(self) -> None:
        if self._learning is not None and not self._active() and self.status is Status.TRAINING:
            self._turn(Status.PAUSED)

    def _turn(self, status: Status, message: str = "", details: str = "") -> None:
        self.status = status
        self._told.append(Turned(status, message, details))

    def _answer_next(self) -> None:
        with self._wake:
            asked = self._questions.popleft() if self._questions else None
        if asked is None or not asked.set_running_or_notify_cancel():
            return
        try:
            asked.set_result(answer(asked.name, self._subject, asked.arguments, asked.watch))
        except (GenStudioError, Cancelled) as error:
            asked.set_exception(error)
        except Exception as error:  # noqa: BLE001 - the thread must live on; the asker is told
            asked.set_exception(unexpected(error))
        if asked.name.startswith("set_"):
            self._mark_stale()

    def _advance(self) -> None:
        if self.status is not Status.TRAINING:
            self._turn(Status.TRAINING)
        self._next_step_at = time.monotonic() + self._delay_seconds
        started = time.perf_counter()
        try:
            event = next(self._learning)  # type: ignore[arg-type]
        except StopIteration:
            self._end(Status.DONE)
        except GenStudioError as error:
            self._end(Status.FAILED, str(error))
        except MemoryError:
            self._end(Status.FAILED, "There is not enough memory for this step. Take fewer rows or a smaller model.")
        except Exception as error:  # noqa: BLE001 - whatever a model raises ends its run, never the program
            self._end(Status.FAILED, str(unexpected(error)), "".join(traceback.format_exception(error)))
        else:
            self._took(event, time.perf_counter() - started)

    def _took(self, event: Event, seconds: float) -> None:
        self.training_seconds += seconds
        self._told.append(event)
        if isinstance(event, Progress):
            self._step = event.step
            self.items += event.items
            self._single_steps = max(0, self._single_steps - 1)
            self._mark_stale()
            self._preview(idle=False)

    def _end(self, status: Status, message: str = "", details: str = "") -> None:
        self._stopping = self._going = False
        self._single_steps = 0
        if self._learning is None:
            return
        learning, self._learning = self._learning, None
        learning.close()
        self._turn(status, message, details)
        self._mark_stale()

    def _mark_stale(self) -> None:
        with self._wake:
            for watched in self._watched.values():
                watched.stale = True

    def _preview(self, idle: bool) -> None:
        """Answer one watched question, the one seen longest ago, where the budget allows."""
        with self._wake:
            stale = [w for w in self._watched.values() if w.stale]
        now = time.monotonic()
        within = self.preview_seconds <= PREVIEW_SHARE * self.training_seconds
        if not idle and not within:
            return
        due = [w for w in stale if idle or now - w.seen >= PREVIEW_INTERVAL_SECONDS]
        if due:
            self._look(min(due, key=lambda w: w.seen), idle)

    def _look(self, watched: _Watched, idle: bool) -> None:
        watched.stale = False
        started = time.perf_counter()
        try:
            found = answer(watched.question, self._subject, watched.arguments, self._unless_closing)
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 - a view that fails must not end the training it looks at
            self.unwatch(watched.name)
            self._told.append(Note("warning", f"A view could not be drawn: {error}"))
            return
        finally:
            watched.seen = time.monotonic()
        if not idle:
            self.preview_seconds += time.perf_counter() - started
        with self._wake:
            if self._watched.get(watched.name) is watched:
                self._previews[watched.name] = Preview(watched.name, self._step, found)

    def _unless_closing(self, fraction: float, doing: str) -> None:
        if self._closing:
            raise Cancelled


def unexpected(error: Exception) -> TrainingError:
    """A fault of ours, told in a sentence."""
    return TrainingError(
        f"Something went wrong inside the program ({type(error).__name__}: {error}).",
        "Try other settings; the details can be copied for a report.",
    )


