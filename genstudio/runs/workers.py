"""Processes that can carry out a training, the next one kept warm."""

from __future__ import annotations

import threading
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from genstudio.runs.worker import serve

END_SECONDS = 1.0

# A fork would copy the locks that the window's threads hold at that moment.
_CONTEXT = get_context("spawn")


class Worker:
    """One process, and the connection to it.

    Raises:
        OSError: the system gives no more processes.
    """

    def __init__(self) -> None:
        self.connection, theirs = _CONTEXT.Pipe()
        try:
            self.process: BaseProcess = _CONTEXT.Process(
                target=serve, args=(theirs,), name="genstudio-worker", daemon=True
            )
            self.process.start()
        except OSError:
            self.connection.close()
            raise
        finally:
            # Only when nobody else holds that end does each notice that the other has gone.
            theirs.close()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.is_alive()

    def kill(self) -> None:
        """End the process, whatever it is at; it holds nothing that could be lost."""
        self.process.kill()


class Workers:
    """Hands out workers and takes them back; safe to use from any thread.

    At most one is kept that has nothing to do, so that training begins at once.
    """

    def __init__(self) -> None:
        self._spare: Worker | None = None
        self._out: list[Worker] = []
        self._closed = False
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Start a process to be ready for the first training; nothing where the system gives none."""
        try:
            worker = self.take()
        except OSError:
            return
        self.give_back(worker)

    def take(self) -> Worker:
        """A worker that is free.

        Raises:
            OSError: there is none, and the system gives no more processes.
        """
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError("the pool is closed")
            worker, self._spare = self._spare, None
            if worker is None or not worker.alive:
                worker = Worker()
            self._out.append(worker)
            return worker

    def give_back(self, worker: Worker, reusable: bool = True) -> None:
        """A worker has nothing to do any more.

        Arguments:
            reusable: whether it can do other work.
        """
        with self._lock:
            if worker not in self._out:
                return
            self._out.remove(worker)
            if reusable and not self._closed and self._spare is None and worker.alive:
                self._spare = worker
                return
        _end(worker)
        worker.connection.close()

    def close(self) -> None:
        """End every process, also those that are at work."""
        with self._lock:
            self._closed = True
            workers = [*self._out, *([] if self._spare is None else [self._spare])]
            self._out, self._spare = [], None
        for worker in workers:
            worker.kill()
        for worker in workers:
            _end(worker)


def _end(worker: Worker) -> None:
    worker.kill()
    worker.process.join(END_SECONDS)
