"""One thread that owns one model for the model's whole life; nobody else ever touches the model."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

from genstudio.errors import Cancelled
from genstudio.runs.asked import Asked, told, traced
from genstudio.runs.live_changes import LiveChanges
from genstudio.runs.previews import Previews, Watched
from genstudio.runs.question import Subject, answer
from genstudio.runs.status import Reached, Status, Told, Turned
from genstudio.training.events import Event, LiveSettings, Note, Progress

__all__ = ["Asked", "Job", "Status", "Told", "Turned"]


class Job:
    """Carries out one training and answers questions, between two steps and ever after.

    Arguments:
        subject: the model to be owned, and its data.
        learning: the event generator, or None for a model that has learned already.
        live: the live settings that the generator reads.
        reached: how far training has come already, elsewhere or before.
        turned: called by the thread whenever the status has changed.
    """

    def __init__(
        self,
        subject: Subject,
        learning: Generator[Event, None, None] | None,
        live: LiveSettings | None = None,
        reached: Reached | None = None,
        turned: Callable[[Status], None] | None = None,
    ) -> None:
        reached = reached or (Reached(Status.DONE, begun=True) if learning is None else Reached(Status.WAITING))
        self.status = reached.status
        self.training_seconds = reached.training_seconds
        self.items = reached.items
        self._subject = subject
        self._learning = learning
        self._changes = LiveChanges(live or LiveSettings())
        self._step = reached.step
        self._begun = reached.begun
        self._turned = turned
        self._questions: deque[Asked] = deque()
        self._answering: Asked | None = None
        self._previews = Previews()
        self._previews.seconds = reached.preview_seconds
        self._told: deque[Told] = deque()
        self._wake = threading.Condition()
        self._going = False
        self._single_steps = 0
        self._stopping = False
        self._closing = False
        self._delay_seconds = 0.0
        self._stepped_at = -float("inf")
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
        self.take(asked)
        return asked

    def take(self, asked: Asked) -> None:
        """Answer a question that was put elsewhere; otherwise as `ask`."""
        with self._wake:
            if self._closing:
                asked.cancel()
                return
            if asked.key is not None:
                for waiting in [q for q in self._questions if q.key == asked.key]:
                    self._questions.remove(waiting)
                    waiting.cancel()
            self._questions.append(asked)
            self._wake.notify()

    def watch(self, name: str, question: str, **arguments: Any) -> None:
        """From now on answer a question again and again as the model learns, within the preview budget."""
        with self._wake:
            self._previews.watch(name, question, arguments)
            self._wake.notify()

    def unwatch(self, name: str) -> None:
        """Nobody looks any more."""
        self._previews.unwatch(name)

    def change(self, name: str, value: Any) -> None:
        """Change a live setting from the next step on.

        Raises:
            SettingsError: the model has no live setting of that name.
        """
        self._changes.ask(name, value)

    def drain(self) -> list[Told]:
        """All that was told since the last call; of previews only the newest of each name."""
        found: list[Told] = []
        while self._told:
            found.append(self._told.popleft())
        return [*found, *self._previews.take()]

    @property
    def reached(self) -> Reached:
        """How far training has come."""
        return Reached(self.status, self._step, self.items, self.training_seconds, self.preview_seconds, self._begun)

    @property
    def preview_seconds(self) -> float:
        """Training time that looking has taken."""
        return self._previews.seconds

    def close(self, seconds: float = 5.0) -> bool:
        """Stop, give up all questions and end the thread; whether it ended in time."""
        with self._wake:
            self.retire()
            for asked in (*self._questions, self._answering):
                if asked is not None:
                    asked.give_up()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def retire(self) -> None:
        """End the thread once it has done what it is at; questions that still wait are cancelled."""
        self._say(_closing=True)

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
            while not (self._closing or self._questions or self._stopping or self._due() or self._worth_a_look()):
                self._turn_to_rest()
                self._wake.wait(self._seconds_to_next_step())
            return not self._closing

    def _worth_a_look(self) -> bool:
        # Before the first event a model has nothing to show.
        return self._begun and self._previews.stale

    def _active(self) -> bool:
        return self._learning is not None and (self._going or self._single_steps > 0)

    def _due(self) -> bool:
        return self._active() and (self._single_steps > 0 or self._seconds_to_next_step() == 0.0)

    def _seconds_to_next_step(self) -> float | None:
        if not self._active():
            return None
        return max(0.0, self._stepped_at + self._delay_seconds - time.monotonic())

    def _turn_to_rest(self) -> None:
        if self._learning is not None and not self._active() and self.status is Status.TRAINING:
            self._turn(Status.PAUSED)

    def _turn(self, status: Status, message: str = "", details: str = "") -> None:
        self.status = status
        self._told.append(Turned(status, message, details))
        if self._turned is not None:
            self._turned(status)

    def _answer_next(self) -> None:
        with self._wake:
            self._answering = self._questions.popleft() if self._questions else None
        asked = self._answering
        if asked is None or not asked.set_running_or_notify_cancel():
            return
        asked.step = self._step
        try:
            found = answer(asked.name, self._subject, asked.arguments, asked.watch)
        except Exception as error:  # noqa: BLE001 - the thread must live on; the asker is told
            asked.settle(None, error)
        else:
            asked.settle(found)
        self._answering = None
        if asked.name.startswith("set_"):
            self._previews.mark_stale()

    def _advance(self) -> None:
        if self.status is not Status.TRAINING:
            self._turn(Status.TRAINING)
        self._told += self._changes.apply(self._step)
        self._stepped_at = time.monotonic()
        started = time.perf_counter()
        try:
            event = next(self._learning)  # type: ignore[arg-type]
        except StopIteration:
            self._end(Status.DONE)
        except Exception as error:  # noqa: BLE001 - whatever a model raises ends its run, never the program
            self._end(Status.FAILED, str(told(error)), traced(error))
        else:
            self._took(event, time.perf_counter() - started)

    def _took(self, event: Event, seconds: float) -> None:
        self.training_seconds += seconds
        self._told.append(event)
        if isinstance(event, Progress):
            # While a start is still being looked for, there are no figures and nothing to show.
            self._begun = self._begun or bool(event.metrics) or event.step > 0
            # A start that is still being looked for, or a last look at the best, is progress but no step.
            if event.step > self._step:
                self._step = event.step
                self.items += event.items
                with self._wake:
                    self._single_steps = max(0, self._single_steps - 1)
            self._previews.mark_stale()
            self._preview(idle=False)

    def _end(self, status: Status, message: str = "", details: str = "") -> None:
        with self._wake:
            self._stopping = self._going = False
            self._single_steps = 0
            learning, self._learning = self._learning, None
        if learning is None:
            return
        try:
            learning.close()
        except Exception as error:  # noqa: BLE001 - a model that cannot even stop must not take the thread with it
            status, message, details = Status.FAILED, str(told(error)), traced(error)
        self._turn(status, message, details)
        self._previews.mark_stale()

    def _preview(self, idle: bool) -> None:
        watched = self._previews.due(self.training_seconds, idle) if self._begun else None
        if watched is None:
            return
        # By the thread's own clock: what a busy machine makes of it is not the look's fault.
        started = time.thread_time()
        self._look(watched)
        if not idle:
            self._previews.took(watched, time.thread_time() - started)

    def _look(self, watched: Watched) -> None:
        try:
            found = answer(watched.question, self._subject, watched.arguments, self._unless_closing)
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 - a view that fails must not end the training it looks at
            self._previews.unwatch(watched.name)
            self._told.append(Note("warning", f"A view could not be drawn: {error}"))
        else:
            self._previews.keep(watched, self._step, found)

    def _unless_closing(self, fraction: float, doing: str) -> None:
        if self._closing:
            raise Cancelled
