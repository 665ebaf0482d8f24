"""Keeps the session once a minute while something learns, so that a crash costs a minute at most."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, QTimer

from genstudio.data.reader import Watch
from genstudio.errors import ArchiveError
from genstudio.runs import archive
from genstudio.runs.archive import SUFFIX
from genstudio.runs.asked import Asked
from genstudio.runs.run import Run
from genstudio.runs.snapshot import Snapshot, ask_state, snapshot
from genstudio.ui.session_model import SessionModel

INTERVAL_MS = 60_000
FORGOTTEN_DAYS = 30
GIVE_UP_SECONDS = 2.0
_TASK = "keep"


class Keeping(QObject):
    """Writes all runs to a file of this window's own, which is removed when the window is closed as it should be.

    Nothing here holds up the window: runs are asked for what they have learned, and the file is written by a thread.
    """

    def __init__(self, model: SessionModel) -> None:
        super().__init__(model)
        self._model = model
        self._path = kept_folder() / f"unsaved-{uuid.uuid4().hex}{SUFFIX}"
        self._kept: object = ()
        self._asked: Sequence[Asked] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.keep)
        self._timer.start()

    def keep(self) -> None:
        """Keep all runs as they are now, unless nothing was learned or put aside since they were; returns at once."""
        runs = list(self._model.session)
        stand = [(run.key, run.name, run.history.step, run.status, run.favourites.items, run.marks) for run in runs]
        if not runs or stand == self._kept or self._model.pump.task(_TASK) is not None:
            return
        self._kept = stand
        self._asked = asked = [ask_state(run) for run in runs]
        for question in asked:
            self._model.pump.follow(question, lambda _: self._write(runs, asked), lambda _: self._write(runs, asked))

    def stop(self) -> None:
        """Keep no more; what is being written is given up."""
        self._timer.stop()
        task = self._model.pump.task(_TASK)
        if task is not None:
            task.cancel()
            task.join(GIVE_UP_SECONDS)

    def forget(self) -> None:
        """Remove the file: the session is safe elsewhere, or there is none."""
        self._path.unlink(missing_ok=True)

    def _write(self, runs: list[Run], asked: Sequence[Asked]) -> None:
        if asked is not self._asked or not all(question.done() for question in asked):
            return
        self._asked = ()
        taken = [snapshot(run, question) for run, question in zip(runs, asked, strict=True)]
        current = self._model.current
        place = runs.index(current) if current in runs else 0
        write = partial(write_kept, self._path, taken, place, keep_former=False)
        self._model.pump.run(_TASK, write, _done, self._on_failed)

    def _on_failed(self, error: BaseException) -> None:
        self._kept = ()
        self._model.messages.show_error(error)


def kept_folder() -> Path:
    """Where sessions are kept that nobody has given a place."""
    return Path(platformdirs.user_state_dir("genstudio"))


def left_behind(since: Path) -> Path | None:
    """What a window kept that was never closed, where it is newer than a file; the newest, or None."""
    latest = since.stat().st_mtime if since.is_file() else 0.0
    found = [path for path in kept_folder().glob(f"unsaved-*{SUFFIX}") if path.stat().st_mtime > latest]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def forget_old() -> None:
    """Remove what was left behind long ago."""
    for path in kept_folder().glob(f"unsaved-*{SUFFIX}"):
        if time.time() - path.stat().st_mtime > FORGOTTEN_DAYS * 86_400:
            path.unlink(missing_ok=True)


def write_kept(path: Path, runs: list[Snapshot], current: int, watch: Watch, *, keep_former: bool = True) -> None:
    """Write runs to a file in the folder of kept sessions, which is made where it is missing.

    Arguments:
        keep_former: the former file stays beside it as `.bak`.

    Raises:
        ArchiveError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"The session cannot be kept in {path.parent}: {error.strerror}.") from None
    archive.save_session(path, runs, current, None, watch, keep_former=keep_former)


def _done(_: None) -> None:
    """Nobody needs to hear of it."""
