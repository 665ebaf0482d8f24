"""What a worker process does: carries out one training after another, and ends when nobody holds its connection."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections import deque
from concurrent.futures import CancelledError
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from genstudio.models.registry import models
from genstudio.runs.asked import Asked, told, traced
from genstudio.runs.job import Job
from genstudio.runs.learned import Learned, split
from genstudio.runs.status import Reached, Status, Turned
from genstudio.runs.wire import (
    Answered,
    Ask,
    Begin,
    Command,
    Forget,
    GiveUp,
    Order,
    Report,
    Watching,
    receive,
    send,
)
from genstudio.runs.work import Work

REPORT_SECONDS = 0.1
"""How often a training that goes on is reported: somewhat oftener than a window looks."""
SNAPSHOT_SECONDS = (5.0, 50.0)
"""How often what was learned is sent along, so that it outlives the process: at least and at most, by its size."""
SNAPSHOT_BYTES_A_SECOND = 1_000_000
"""So much may be copied and sent without being felt."""
CLOSE_SECONDS = 0.5
SWITCH_SECONDS = 0.0005
"""A thread that reads or reports gets the interpreter so soon, however busy the one that learns."""


def serve(connection: Connection) -> None:
    """Carry out what comes in, until the other end is gone."""
    # An interrupt typed in a terminal reaches every process of the program; the window decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setswitchinterval(SWITCH_SECONDS)
    models()
    errand: Errand | None = None
    while True:
        try:
            order: Order = receive(connection)
        except (EOFError, OSError):
            return
        if isinstance(order, Begin):
            errand = begin(connection, order.work)
        elif isinstance(order, Forget):
            errand = None
        elif errand is not None:
            errand.obey(order)


def begin(connection: Connection, work: Work) -> Errand | None:
    """Make the job of some work; where that fails it is reported."""
    try:
        return Errand(connection, work)
    except Exception as error:  # noqa: BLE001 - whatever a model raises ends its run, never the program
        send(connection, _failed(error, reusable=True))
        return None


def snapshot_interval(size: int) -> float:
    """Seconds until the next snapshot; a minute's work at most is ever lost.

    Arguments:
        size: of the last one, bytes.
    """
    least, most = SNAPSHOT_SECONDS
    return min(max(size / SNAPSHOT_BYTES_A_SECOND, least), most)


def _failed(error: Exception, reusable: bool) -> Report:
    turned = Turned(Status.FAILED, str(told(error)), traced(error))
    return Report((turned,), Reached(Status.FAILED), ended=True, reusable=reusable)


class Errand:
    """One job, and the thread that reports of it until its training has ended."""

    def __init__(self, connection: Connection, work: Work) -> None:
        self._connection = connection
        self._asked: dict[int, Asked] = {}
        self._answered: deque[Answered] = deque()
        self._progress: dict[int, tuple[float, str]] = {}
        self._snapshot: Learned | None = None
        self._learned: Learned | None = None
        self._snapshot_due = time.monotonic() + SNAPSHOT_SECONDS[0]
        self._snapshot_step = 0
        self._ended = False
        self._news = threading.Event()
        self._subject = work.subject()
        work.restore(self._subject)
        live = self._subject.fitted.model.live_settings()
        learning = work.learning(self._subject, live)
        self._job = Job(self._subject, learning, live, work.reached(), self._on_turned)
        threading.Thread(target=self._report_all, name="genstudio-report", daemon=True).start()

    def obey(self, order: Order) -> None:
        """Do as told; what comes after the end does nothing."""
        match order:
            case Command(name, arguments):
                getattr(self._job, name)(*arguments)
            case Ask():
                self._ask(order)
            case GiveUp(number) if number in self._asked:
                self._asked[number].give_up()
            case Watching(name, None):
                self._job.unwatch(name)
            case Watching(name, str(question), arguments):
                self._job.watch(name, question, **arguments)

    def _ask(self, order: Ask) -> None:
        asked = Asked(order.question, order.arguments, order.key)
        self._asked[order.number] = asked
        asked.add_done_callback(partial(self._on_answered, order.number))
        self._job.take(asked)

    # Called by the job's own thread, so that nothing can happen to the model meanwhile.

    def _on_turned(self, status: Status) -> None:
        if status.ended:
            self._learned = self._learned_now()
            self._ended = True
            self._job.retire()
        self._news.set()

    def _learned_now(self) -> Learned | None:
        try:
            return Learned.of(self._subject.fitted.model, self._job.reached.step)
        except Exception:  # noqa: BLE001 - a training that failed may have left nothing that can be told
            return None

    def _on_answered(self, number: int, asked: Any) -> None:
        self._asked.pop(number, None)
        # Questions that come after the end are answered by whoever has the model then.
        if not self._ended:
            self._answered.append(_answered(number, asked))
            self._news.set()

    def _on_snapshot(self, asked: Any) -> None:
        if self._ended or asked.cancelled() or asked.exception() is not None:
            return
        learned = asked.result()
        self._snapshot_step = asked.step
        self._snapshot = split(learned, asked.step)
        self._snapshot_due = time.monotonic() + snapshot_interval(sum(array.nbytes for array in learned.values()))

    # The reporting thread.

    def _report_all(self) -> None:
        try:
            while not self._ended:
                self._news.wait(REPORT_SECONDS)
                self._news.clear()
                self._report()
            self._report_end()
        except OSError:
            # The other end is gone; so will this process be.
            return
        except Exception as error:  # noqa: BLE001 - something was told that cannot be sent; nobody may wait for it
            send(self._connection, _failed(error, self._nothing_left()))

    def _report(self) -> None:
        progress = self._new_progress()
        if self._ended:
            return
        self._ask_for_snapshot()
        snapshot, self._snapshot = self._snapshot, None
        report = self._all_new(progress=progress, learned=snapshot)
        if report.told or report.answered or report.progress or report.learned:
            send(self._connection, report)

    def _ask_for_snapshot(self) -> None:
        new = self._job.reached.step > self._snapshot_step and not self._job.status.ended
        if new and time.monotonic() >= self._snapshot_due:
            self._snapshot_due = math.inf
            asked = Asked("learned", {}, None)
            asked.add_done_callback(self._on_snapshot)
            self._job.take(asked)

    def _report_end(self) -> None:
        reusable = self._nothing_left()
        send(self._connection, self._all_new(ended=True, learned=self._learned, reusable=reusable))

    def _nothing_left(self) -> bool:
        """End the job; whether no thread goes on."""
        closed = self._job.close(CLOSE_SECONDS)
        # A search that heeds nobody may go on for long; its process is of no use until then.
        return closed and not set(threading.enumerate()) - {threading.main_thread(), threading.current_thread()}

    def _all_new(self, **more: Any) -> Report:
        answered = tuple(self._answered.popleft() for _ in range(len(self._answered)))
        told_now = tuple(self._job.drain())
        return Report(told_now, self._job.reached, answered, **more)

    def _new_progress(self) -> dict[int, tuple[float, str]]:
        now = {number: asked.progress for number, asked in list(self._asked.items()) if asked.running()}
        new = {number: progress for number, progress in now.items() if self._progress.get(number) != progress}
        self._progress = now
        return new


def _answered(number: int, asked: Asked) -> Answered:
    try:
        return Answered(number, asked.step, asked.result())
    except CancelledError:
        return Answered(number, asked.step)
    except Exception as error:  # noqa: BLE001 - it goes to the one who asked
        return Answered(number, asked.step, None, error)
