"""Writing flagged rows to a file, off the window's thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QPushButton

from genstudio.applications.anomaly import explained
from genstudio.applications.scores import score_meaning
from genstudio.data.reader import Watch
from genstudio.data.table import Table
from genstudio.runs.export import write_flagged
from genstudio.runs.run import Run
from genstudio.ui.icons import bind_icon
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


class FlaggedExport(QPushButton):
    """The button that exports; it has all rows scored by the run's own thread, and writes those beyond a threshold.

    Signals:
        ended: the file is written, or a message says why it is not.
    """

    ended = Signal()

    def __init__(self, model: SessionModel, theme: Theme, name: str) -> None:
        super().__init__("Export…")
        self.setObjectName(name)
        self.setToolTip("Export the flagged rows as CSV (Ctrl+E)")
        self.setAccessibleName("Export the flagged rows")
        bind_icon(self, theme, "export", "muted")
        self._model = model
        self._busy = False

    def offer(self, possible: bool) -> None:
        """Let it be pressed, unless it still writes."""
        self.setEnabled(possible and not self._busy)

    def ask_path(self) -> Path | None:
        """Where to write, or None."""
        name, _ = QFileDialog.getSaveFileName(self, "Export flagged rows", "anomalies.csv", "CSV (*.csv)")
        return Path(name).with_suffix(".csv") if name else None

    def write(self, run: Run, table: Table, value: float, path: Path) -> None:
        """Write the rows that score higher than a value, strangest first, with their columns and why.

        Arguments:
            table: the rows before preparation.
            value: in the unit of the scores.
        """
        self._busy = True
        self.setEnabled(False)
        asked = run.job.ask("flagged", value=value)
        self._model.pump.follow(asked, partial(self._on_found, run, table, path), self._on_failed)

    def _on_found(self, run: Run, table: Table, path: Path, answer: dict[str, Any]) -> None:
        work = partial(_write, path, table, answer, run)
        self._model.pump.run(f"anomaly.export {path}", work, partial(self._on_written, path), self._on_failed)

    def _on_written(self, path: Path, count: int) -> None:
        rows = "1 flagged row" if count == 1 else f"{count:,} flagged rows"
        self._model.messages.show("info", f"Saved {rows} as {path.name} in {path.parent}.")
        self._end()

    def _on_failed(self, error: BaseException) -> None:
        self._model.messages.show_error(error)
        self._end()

    def _end(self) -> None:
        self._busy = False
        self.ended.emit()


def _write(path: Path, table: Table, answer: dict[str, Any], run: Run, watch: Watch) -> int:
    """Write the rows; how many."""
    watch(0.0, "Writing rows")
    names, unit = run.preparation.names, score_meaning(run.offers).unit
    rows = explained(answer["score"], answer["contributions"], answer["row"], names, unit)
    write_flagged(path, table, rows, names)
    return len(rows)
