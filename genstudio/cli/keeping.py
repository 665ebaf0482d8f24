"""Keeping what a long training has learned so far, so that little is lost whatever happens to the machine."""

from __future__ import annotations

import time
from pathlib import Path

from genstudio.cli.progress import Bar
from genstudio.errors import ArchiveError
from genstudio.runs.archive import save_run, save_session
from genstudio.runs.asked import Asked
from genstudio.runs.run import Run
from genstudio.runs.snapshot import ask_state, snapshot
from genstudio.runs.status import Status

INTERVAL_SECONDS = 60.0


class Keeper:
    """Writes a run to its file, now and then while it trains and at the end; the file is whole at every moment.

    Arguments:
        path: what stood there before stays beside it as `.bak`, however often is written.
    """

    def __init__(self, run: Run, path: Path, bar: Bar) -> None:
        self._run, self._path, self._bar = run, path, bar
        self._due = time.monotonic() + INTERVAL_SECONDS
        self._asked: Asked | None = None
        self._written = False
        # What goes into a pipe cannot be written again.
        self._again = path.is_file() or not path.exists()

    def look(self) -> None:
        """Write what was learned where it is time to; does not wait for the model."""
        if self._asked is not None and self._asked.done():
            self._keep(self._asked)
            self._asked, self._due = None, time.monotonic() + INTERVAL_SECONDS
        elif self._asked is None and self._worth_it():
            self._asked = ask_state(self._run)

    def finish(self) -> None:
        """Write the run as it is in the end.

        Raises:
            ArchiveError: it cannot be written.
        """
        save_run(self._path, self._run, self._bar.watch, keep_former=not self._written)

    def _worth_it(self) -> bool:
        return (
            self._again and time.monotonic() >= self._due and self._run.status is Status.TRAINING
            and self._run.history.step > 0
        )

    def _keep(self, asked: Asked) -> None:
        try:
            save_session(self._path, [snapshot(self._run, asked)], keep_former=not self._written)
        except ArchiveError as error:
            # There may be room again at the end; a training is not given up for that.
            self._bar.note(f"Warning: {error}")
        else:
            self._written = True
