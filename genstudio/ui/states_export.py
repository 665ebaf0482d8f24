"""Writing the labelling of all sequences of a run to a file, off the window's thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QPushButton

from genstudio.data.pictures import Raw
from genstudio.data.reader import Watch
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.data.sequences import Sequences
from genstudio.runs.labelled import ordered_rows, sequence_preparation, write_labelling
from genstudio.runs.run import Run
from genstudio.ui.icons import bind_icon
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

_FORMATS = "CSV (*.csv);;NPZ (*.npz)"


class StatesExport(QPushButton):
    """The button that exports: the states of all sequences, as `genstudio states` writes them.

    Signals:
        ended: the file is written, or a message says why it is not.
    """

    ended = Signal()

    def __init__(self, model: SessionModel, theme: Theme, name: str) -> None:
        super().__init__("Export…")
        self.setObjectName(name)
        self.setToolTip("Export sequence, time, state and posteriors of all rows as CSV or NPZ (Ctrl+E)")
        self.setAccessibleName("Export the labelling")
        bind_icon(self, theme, "export", "muted")
        self._model = model
        self._busy = False

    def offer(self, possible: bool) -> None:
        """Let it be pressed, unless it still writes."""
        self.setEnabled(possible and not self._busy)

    def ask_path(self) -> Path | None:
        """Where to write, or None."""
        name, chosen = QFileDialog.getSaveFileName(self, "Export the labelling", "states.csv", _FORMATS)
        if not name:
            return None
        known = Path(name).suffix.lower() in (".csv", ".npz")
        return Path(name) if known else Path(f"{name}{'.npz' if 'npz' in chosen else '.csv'}")

    def write(self, run: Run, raw: Raw, path: Path) -> None:
        """Write the states of all sequences of the raw data."""
        self._busy = True
        self.setEnabled(False)
        preparation = sequence_preparation(run.preparation, run.name)
        self._run(path, partial(_ordered, preparation, raw), partial(self._on_ordered, run, path))

    def _on_ordered(self, run: Run, path: Path, known: tuple[Sequences, Any, Any]) -> None:
        ordered, x, lengths = known
        asked = run.job.ask("labelling", x=x, lengths=lengths)
        self._model.pump.follow(asked, partial(self._on_found, run, path, ordered), self._on_failed)

    def _on_found(self, run: Run, path: Path, ordered: Sequences, answer: dict[str, Any]) -> None:
        work = partial(_write, path, ordered, answer, run)
        self._run(path, work, partial(self._on_written, path))

    def _on_written(self, path: Path, count: int) -> None:
        self._model.messages.show("info", f"Saved the states of {count:,} rows as {path.name} in {path.parent}.")
        self._end()

    def _on_failed(self, error: BaseException) -> None:
        self._model.messages.show_error(error)
        self._end()

    def _run(self, path: Path, work: Any, done: Any) -> None:
        self._model.pump.run(f"states.export {path}", work, done, self._on_failed)

    def _end(self) -> None:
        self._busy = False
        self.ended.emit()


def _ordered(preparation: SequencePreparation, raw: Raw, watch: Watch) -> tuple[Sequences, Any, Any]:
    """The sequences, their rows in data units and how many of these each has."""
    watch(0.0, "Ordering rows")
    x, lengths, _ = preparation.series(raw)
    return ordered_rows(preparation, raw), x, lengths


def _write(path: Path, ordered: Sequences, answer: dict[str, Any], run: Run, watch: Watch) -> int:
    watch(0.0, "Writing states")
    write_labelling(path, ordered, answer, run.marks)
    return len(ordered)
