"""A job whose training happens in another process; before, meanwhile and after it is asked like any other."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from dataclasses import replace
from functools import partial
from multiprocessing.connection import wait
from typing import Any

from genstudio.errors import TrainingError
from genstudio.runs.asked import Asked, AskedElsewhere, told, traced
from genstudio.runs.inbox import Inbox, OpenQuestions
from genstudio.runs.job import Job
from genstudio.runs.learned import Learned
from genstudio.runs.live_changes import check_live
from genstudio.runs.outbox import Outbox
from genstudio.runs.status import Reached, Status, Told, Turned
from genstudio.runs.wire import Answered, Ask, Begin, Command, Forget, GiveUp, Report, Watching, receive, send
from genstudio.runs.work import Work
from genstudio.runs.workers import Worker, Workers
from genstudio.training.events import Note

GRACE_SECONDS = 0.5
"""So long a worker may take to stop before its process is ended."""

_DIED = TrainingError(
    "The process that was learning ended unexpectedly, most likely for want of memory.",
    "Take fewer rows or a smaller model.",
)
_HERE = Note(
    "warning", "No process could be started for this training, so it shares one with the window, which may stutter.",
    "Close other programs, then train again.",
)


class RemoteJob:
    """Carries out one training in a worker process; once it has ended, the learned model lives on in this one.

    Arguments:
        work: what is to be carried out.
        workers: where processes come from. Where there are none, the training happens in a thread.

    Raises:
        RecipeError: the model cannot learn these data.
    """

    def __init__(self, work: Work, workers: Workers) -> None:
        self._work, self._workers = work, workers
        self._subject = work.subject()
        self._live = self._subject.fitted.model.live_settings()
        self._reached = self._work.reached()
        self._inbox, self._outbox, self._open = Inbox(), Outbox(), OpenQuestions()
        self._watches: dict[str, Watching] = {}
        self._numbers = itertools.count()
        self._worker: Worker | None = None
        self._learned: Learned | None = None
        self._local: Job | None = None
        self._closing = False
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._carry_out, name="genstudio-remote", daemon=True)
        self._thread.start()

    # How far it has come.

    @property
    def status(self) -> Status:
        """Where the training stands."""
        return self._now.status

    @property
    def items(self) -> int:
        """Training items gone through."""
        return self._now.items

    @property
    def training_seconds(self) -> float:
        """Time that steps took."""
        return self._now.training_seconds

    @property
    def preview_seconds(self) -> float:
        """Training time that looking has taken."""
        return self._now.preview_seconds

    @property
    def _now(self) -> Reached:
        local = self._local
        return self._reached if local is None else local.reached

    # What others may say; each returns at once.

    def start(self) -> None:
        """Begin, or go on after a pause."""
        self._command("start")

    def pause(self) -> None:
        """Hold after the present step."""
        self._command("pause")

    def step(self) -> None:
        """Take one step, then hold."""
        self._command("step")

    def stop(self) -> None:
        """End training after the present step and keep what was learned."""
        self._command("stop")

    def slow_down(self, delay_seconds: float) -> None:
        """At least so long from one step to the next; 0 is full speed."""
        self._command("slow_down", delay_seconds)

    def change(self, name: str, value: Any) -> None:
        """Change a live setting from the next step on.

        Raises:
            SettingsError: the model has no live setting of that name.
        """
        check_live(name, self._live)
        self._command("change", name, value)

    def ask(self, question: str, key: str | None = None, **arguments: Any) -> Asked:
        """Put a question; one of the same key that still waits is replaced."""
        with self._lock:
            if self._local is not None:
                return self._local.ask(question, key, **arguments)
            number = next(self._numbers)
            asked = AskedElsewhere(question, arguments, key, partial(self._outbox.post, GiveUp(number)))
            if self._closing:
                asked.cancel()
            else:
                self._open.add(number, asked)
                self._outbox.post(Ask(number, question, key, arguments))
            return asked

    def watch(self, name: str, question: str, **arguments: Any) -> None:
        """From now on answer a question again and again as the model learns, within the preview budget."""
        with self._lock:
            self.unwatch(name)
            # A number of its own tells it from what was watched under that name before.
            watching = Watching(f"{next(self._numbers)}:{name}", question, arguments)
            self._watches[name] = watching
            if self._local is not None:
                self._local.watch(name, question, **arguments)
            else:
                self._outbox.post(watching)

    def unwatch(self, name: str) -> None:
        """Nobody looks any more."""
        with self._lock:
            watching = self._watches.pop(name, None)
            self._inbox.forget(name)
            if self._local is not None:
                self._local.unwatch(name)
            elif watching is not None:
                self._outbox.post(Watching(watching.name))

    def drain(self) -> list[Told]:
        """All that was told since the last call; of previews only the newest of each name."""
        with self._lock:
            found = self._inbox.take()
            return found if self._local is None else [*found, *self._local.drain()]

    def close(self, seconds: float = 5.0) -> bool:
        """Stop, give up all questions and end every thread, if need be with the process; whether that was in time."""
        deadline = time.monotonic() + seconds
        with self._lock:
            self._closing = True
            self._command("stop")
            for asked in self._open.all():
                asked.give_up()
        self._thread.join(min(seconds, GRACE_SECONDS))
        if seconds > 0 and self._thread.is_alive() and self._worker is not None:
            self._worker.kill()
        self._thread.join(max(0.0, deadline - time.monotonic()))
        closed = self._local is None or self._local.close(max(0.0, deadline - time.monotonic()))
        return closed and not self._thread.is_alive()

    # Orders on their way out.

    def _command(self, name: str, *arguments: Any) -> None:
        with self._lock:
            if self._local is not None:
                getattr(self._local, name)(*arguments)
            else:
                self._outbox.post(Command(name, arguments))

    def _send_orders(self, worker: Worker) -> None:
        for order in self._outbox.take():
            try:
                send(worker.connection, order)
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - what cannot be sent is the asker's alone
                if isinstance(order, Ask):
                    self._open.settle(Answered(order.number, 0, None, error))

    # What the thread does.

    def _carry_out(self) -> None:
        try:
            worker = self._worker = self._workers.take()
        except OSError:
            self._train_here()
        else:
            self._finish(self._trained(worker))
        self._outbox.close()
        if self._local is None:
            self._open.end(self._reached.step)

    def _train_here(self) -> None:
        if self._closing:
            self._finish(self._failed(_DIED))
            return
        try:
            self._work.restore(self._subject)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong ends this run, never the program
            self._finish(self._failed(error))
        else:
            self._settle_in(self._work.learning(self._subject, self._live), self._reached, (_HERE,))

    def _trained(self, worker: Worker) -> Report:
        """The last report of the worker, or one in its stead where it died."""
        reusable = False
        try:
            last = self._converse(worker)
            reusable = last.reusable
        except (EOFError, OSError):
            last = self._failed(_DIED)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong ends this run, never the program
            last = self._failed(error)
        finally:
            self._workers.give_back(worker, reusable)
        return last

    def _converse(self, worker: Worker) -> Report:
        send(worker.connection, Begin(self._work))
        while True:
            ready = wait([worker.connection, self._outbox.heard])
            if self._outbox.heard in ready:
                self._send_orders(worker)
            if worker.connection in ready:
                report: Report = receive(worker.connection)
                self._take(report)
                if report.ended:
                    with contextlib.suppress(OSError):
                        send(worker.connection, Forget())
                    return report

    def _failed(self, error: Exception) -> Report:
        if self._closing:
            return Report((Turned(Status.STOPPED),), replace(self._reached, status=Status.STOPPED), ended=True)
        self._open.end(self._reached.step, error)
        turned = Turned(Status.FAILED, str(told(error)), traced(error))
        return Report((turned,), replace(self._reached, status=Status.FAILED), ended=True)

    def _take(self, report: Report) -> None:
        self._open.show(report.progress)
        self._learned = report.learned or self._learned
        if not report.ended:
            with self._lock:
                self._reached = report.reached
                self._inbox.remember(report.told, self._watches)
        # Whoever gets an answer can know by then all that was told before it.
        for answered in report.answered:
            self._open.settle(answered)

    def _finish(self, last: Report) -> None:
        try:
            reached = self._brought_home(last.reached)
        except Exception as error:  # noqa: BLE001 - as above
            last = self._failed(error)
            reached = replace(last.reached, begun=False)
        self._settle_in(None, reached, last.told)

    def _brought_home(self, reached: Reached) -> Reached:
        """Let the model of this process have learned what that of the other had; where that stands."""
        before = self._work.reached()
        if self._learned is not None:
            self._learned.give_to(self._subject.fitted.model)
            return replace(reached, step=self._learned.step)
        self._work.restore(self._subject)
        return replace(reached, step=before.step if before.begun else reached.step, begun=before.begun)

    def _settle_in(self, learning: Any, reached: Reached, told_now: tuple[Told, ...]) -> None:
        """Go on in this process: with what is asked and watched, and with what was said but not yet heard."""
        with self._lock:
            self._reached = reached
            if not self._closing:
                job = Job(self._subject, learning, self._live, reached)
                for name, watching in self._watches.items():
                    job.watch(name, str(watching.question), **watching.arguments)
                for asked in self._open.all():
                    job.take(asked)
                for order in self._outbox.close():
                    if isinstance(order, Command):
                        getattr(job, order.name)(*order.arguments)
                self._local = job
            self._inbox.remember(told_now, self._watches)
