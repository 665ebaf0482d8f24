"""How good the runs are: figures with their errors, side by side, and what must be known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from genstudio.data.dataset import Kind
from genstudio.data.reader import Watch
from genstudio.models.capabilities import Approximates, Bound
from genstudio.runs.figure_sheet import csv_of, text_of, write_figures
from genstudio.runs.figures import Row, plain_figures, reasons, side_by_side
from genstudio.runs.job import Asked, Status
from genstudio.runs.remarks import Judged, remarks
from genstudio.runs.run import Run
from genstudio.ui.figures_model import FiguresModel
from genstudio.ui.measure_bar import MeasureBar
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import on_copy, plain_table

AUTOMATIC_ROWS = 200_000
"""Runs on more rows are measured only when a person asks for it."""
SEED = 0
"""As on the command line, so that both give the same figures."""
BOUNDED = {Kind.TABLE: 10_000, Kind.IMAGES: 1_000}
"""Of models that only bound their likelihood at most so many items are measured, as each takes many draws."""
IN_STEPS = {Kind.TABLE: 2_000, Kind.IMAGES: 200}
"""As many of models that solve an equation for each."""
PICTURES = 2_000
"""As many pictures of all others, as each goes through a network of features, and so does one that is made."""
NOTHING = "No figures yet. Press Measure."
LEARNING = "Pause or stop the run to measure it."
NO_DATA = "The data of this run are not at hand."
WAITING = "Waiting for the model…"
MEASURING = "The figures will stand here as soon as they are measured."
CHANGED = "The model has changed since it was measured. Press Measure."


class EvaluatePanel(Panel):
    """Measures the shown run and those compared with it."""

    info = PanelInfo(
        key="evaluate",
        title="Evaluate",
        icon="compare",
        order=60,
        help="How good the model is, each figure with its standard error; tick runs in the list to see them side by "
        "side.",
        needs_run=True,
    )

    def build(self) -> None:
        """A line of controls, the table, and remarks below it."""
        self._asked: dict[str, Asked] = {}
        self._measured: dict[str, Judged] = {}
        self._automatic: set[str] = set()
        self._rows: tuple[Row, ...] = ()
        self.figures = FiguresModel(self.theme)
        self.table = plain_table(self.figures, "evaluate.table", "Figures")
        self.table.verticalHeader().hide()
        self.controls = MeasureBar(self.theme, "evaluate")
        self.notes = QPlainTextEdit()
        self.empty = QLabel(NOTHING)
        self._dress()
        self._arrange()
        self._connect()
        self._allow()

    def run_changed(self, run: Run | None) -> None:
        """Show another run's figures; measure them by itself once the run has ended."""
        self.refresh()
        if run is not None and self.isVisible() and self._due(run):
            self._automatic.add(run.key)
            self.measure([run])

    def measure(self, runs: list[Run]) -> None:
        """Measure some runs afresh, those that can be measured now."""
        for run in runs:
            if _measurable(run) and run.key not in self._asked:
                asked = run.job.ask("evaluation", seed=SEED, most=_most(run))
                self._asked[run.key] = asked
                self.model.pump.follow(asked, partial(self._on_measured, run, asked),
                                       partial(self._on_failed, run, asked))
        self._allow()
        self._show_progress()

    def stop(self) -> None:
        """Give up what is being measured; former figures stay."""
        asked, self._asked = list(self._asked.values()), {}
        for question in asked:
            question.give_up()
        self._allow()
        self._show_progress()

    def refresh(self) -> None:
        """Show the figures as they are now."""
        runs = self._shown()
        judged, comparable = [self._judged(run) for run in runs], _comparable(runs)
        missing = {key for found in judged for key in found.reasons}
        chosen = self.table.currentIndex().row()
        self._rows = side_by_side([found.figures for found in judged], comparable, missing)
        self._show_figures([found.name for found in judged], [found.reasons for found in judged])
        if self._rows:
            self.table.selectRow(min(max(chosen, 0), len(self._rows) - 1))
        self.notes.setPlainText("\n".join(remarks(judged, comparable)))
        self._allow()
        self._show_progress()

    def export(self) -> None:
        """Ask for a file, and write the figures to it."""
        if not self._rows:
            self.model.messages.show("info", "Nothing was measured yet.", "Press Measure, then export the figures.")
            return
        name, _ = QFileDialog.getSaveFileName(self, "Export figures", "figures.csv", "CSV (*.csv)")
        if name:
            self.export_to(Path(name).with_suffix(".csv"))

    def copy(self, kind: str) -> None:
        """Put the figures on the clipboard, as "text" or "csv"."""
        if self._rows:
            write = csv_of if kind == "csv" else text_of
            QGuiApplication.clipboard().setText(write(self._rows, self.figures.names))
            self.model.messages.show("info", "The figures were copied.")

    def export_to(self, path: Path) -> None:
        """Write the figures that are shown as CSV, in the background."""
        work = partial(_write, path, self._rows, self.figures.names)
        self.model.pump.run(f"evaluate.export {path}", work, lambda _: self.model.messages.show(
            "info", f"Saved the figures as {path.name} in {path.parent}."), self.model.messages.show_error)

    # Building.

    def _dress(self) -> None:
        self.notes.setObjectName("evaluate.notes")
        self.notes.setAccessibleName("Remarks on the figures")
        self.notes.setReadOnly(True)
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(64)
        self.empty.setObjectName("evaluate.empty")
        self.empty.setProperty("role", "empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)

    def _arrange(self) -> None:
        self._both = QSplitter(Qt.Orientation.Vertical)
        self._both.setObjectName("evaluate.splitter")
        self._both.setChildrenCollapsible(False)
        self._both.addWidget(_framed(self.table, 2, 4))
        self._both.addWidget(_framed(self.notes, 4, 8))
        self._both.setSizes([460, 110])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        layout.addWidget(self._both, 1)
        layout.addWidget(self.empty, 1)

    def _connect(self) -> None:
        self.controls.measure_asked.connect(lambda: self.measure(self._shown()))
        self.controls.cancel_asked.connect(self.stop)
        self.controls.export_asked.connect(self.export)
        self.controls.copy_asked.connect(self.copy)
        on_copy(self.table, partial(self.copy, "text"))
        self.model.pump.ticked.connect(self._on_ticked)
        self.model.runs_changed.connect(self._on_runs_changed)
        self.model.advanced.connect(self._on_advanced)

    # What is shown.

    def _shown(self) -> list[Run]:
        """The shown run, then those compared with it."""
        current = self.model.current
        others = [run for run in self.model.session if run.key in self.model.compared and run is not current]
        return ([] if current is None else [current]) + others

    def _show_figures(self, names: list[str], why: list[Mapping[str, str]]) -> None:
        """Columns grow with their numbers, and shrink only when other runs are shown."""
        same = list(self.figures.names) == names
        former = [self.table.columnWidth(section) for section in range(self.figures.columnCount())] if same else []
        self.figures.show_figures(self._rows, names, why)
        self.table.resizeColumnsToContents()
        for section, width in enumerate(former):
            self.table.setColumnWidth(section, max(width, self.table.columnWidth(section)))

    def _judged(self, run: Run) -> Judged:
        found = self._measured.get(run.key, Judged("", {}))
        return replace(found, name=run.name, figures=run.figures)

    def _show_progress(self) -> None:
        asked = list(self._asked.values())
        share = sum(question.progress[0] for question in asked) / len(asked) if asked else 0.0
        doing = next((f"{question.progress[1]}…" for question in asked if question.progress[1]), WAITING)
        run = self.model.current
        if not asked:
            doing = "" if run is None or _measurable(run) or not self._rows else self._why_empty()
        self.controls.show_progress(share, doing)

    def _allow(self) -> None:
        measurable = not self._asked and any(_measurable(run) for run in self._shown())
        self.controls.allow(measurable, bool(self._asked), bool(self._rows))
        self._both.setVisible(bool(self._rows))
        self.empty.setVisible(not self._rows)
        self.empty.setText(self._why_empty())

    def _why_empty(self) -> str:
        run = self.model.current
        if self._asked:
            return MEASURING
        if run is not None and not _measurable(run):
            return NO_DATA if run.data is None else LEARNING
        return CHANGED if run is not None and run.key in self._measured else NOTHING

    def _due(self, run: Run) -> bool:
        """Whether a run that has just ended is measured without being asked."""
        ended = run.status in (Status.DONE, Status.STOPPED) and run.key not in self._automatic
        few = run.data is not None and sum(len(rows) for rows in run.data.rows) < AUTOMATIC_ROWS
        return ended and few and not run.figures and not run.by_hand

    # What happens.

    def _on_measured(self, run: Run, asked: Asked, answer: dict[str, Any]) -> None:
        if self._asked.get(run.key) is not asked:
            return
        del self._asked[run.key]
        run.figures = dict(plain_figures(answer))
        self._measured[run.key] = Judged(run.name, run.figures, reasons(answer), str(answer["part"]))
        self.refresh()

    def _on_failed(self, run: Run, asked: Asked, error: BaseException) -> None:
        if self._asked.get(run.key) is asked:
            del self._asked[run.key]
            self.model.messages.show_error(error)
            self.refresh()

    def _on_advanced(self, run: Run, told: list[Any]) -> None:
        """What is measured just now would be of a model that is no more."""
        if run.figures:
            return
        if run.key in self._asked:
            self._asked.pop(run.key).give_up()
        if run in self._shown() and any(row.figures[self._shown().index(run)] for row in self._rows):
            self._measured[run.key] = Judged(run.name, {})
            self.refresh()

    def _on_runs_changed(self) -> None:
        if self.model.current is not None:
            self.refresh()

    def _on_ticked(self) -> None:
        if self._asked and self.isVisible():
            self._show_progress()


def _measurable(run: Run) -> bool:
    return run.data is not None and (run.status.ended or run.status is Status.PAUSED)


def _most(run: Run) -> int | None:
    if run.data is None:
        return None
    if run.offers(Approximates):
        return IN_STEPS.get(run.data.kind)
    if run.offers(Bound):
        return BOUNDED.get(run.data.kind)
    return PICTURES if run.data.kind is Kind.IMAGES else None


def _comparable(runs: list[Run]) -> bool:
    """Whether all were judged by the same rows."""
    return len({(run.recipe.data.model_dump_json(), run.recipe.data_seed) for run in runs}) == 1


def _framed(widget: QWidget, above: int, below: int) -> QWidget:
    """A widget with some room around it."""
    frame = QWidget()
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(12, above, 12, below)
    layout.addWidget(widget)
    return frame


def _write(path: Path, rows: tuple[Row, ...], names: tuple[str, ...], watch: Watch) -> None:
    write_figures(path, rows, names)
