"""What the model invents: samples as a table and over the data, drawn again as it learns."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout

from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.errors import GenStudioError
from genstudio.models.contract import Samples
from genstudio.runs.export import check_format, write_samples
from genstudio.runs.job import Asked, Status
from genstudio.runs.run import Run
from genstudio.runs.sampled import sampled_table
from genstudio.settings import SettingInfo, Settings, describe, setting
from genstudio.training.events import Preview
from genstudio.ui.fields import Field, field_for
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.plots.line_view import LineView
from genstudio.ui.plots.stage import Stage
from genstudio.ui.sample_table import SampleTable
from genstudio.ui.view_choice import ViewChoice

Array = NDArray[Any]

LIVE_SAMPLES = 5_000
"""So many are drawn again and again while a run learns; more are drawn once, when it rests."""
DATA_POINTS, DRAWN_POINTS = 50_000, 100_000
MOST_SEEDS = 2**32
SAMPLES_DEPTH = 35
"""In front of the data, as it is the samples that one looks at here."""
FORMATS = "CSV (*.csv);;NumPy (*.npz)"


class SampleSettings(Settings):
    """What is drawn."""

    n: int = setting(1000, "How many samples are drawn.", ge=1, le=10_000_000, label="Samples", log=True)
    seed: int = setting(0, "The same seed gives the same samples.", ge=0, lt=MOST_SEEDS)


class SamplesPanel(Panel):
    """Samples over the data with the colours of their components, and as rows."""

    info = PanelInfo(
        key="samples",
        title="Samples",
        icon="sample",
        order=35,
        help="New rows that the model invents, over the data and as a table, to be copied and exported.",
        needs=Samples,
        needs_run=True,
        doing="invent samples",
    )

    def build(self) -> None:
        """A line of controls; the stage beside the table."""
        self._run: Run | None = None
        self._data: Dataset | None = None
        self._points = np.empty((0, 0))
        self._x, self._component = np.empty((0, 0)), np.empty(0, np.int64)
        self._asked: Asked | None = None
        self._exporting = False
        self.fields = {info.name: _field(info) for info in describe(SampleSettings)}
        self.choice = ViewChoice("samples", all_pairs=False)
        self.new_seed = quiet_button(self.theme, "samples.new_seed", "reset", "New seed", "Draw other samples")
        self.export_button = quiet_button(
            self.theme, "samples.export", "export", "Export…", "Save the samples as CSV or NPZ (Ctrl+E)"
        )
        self.problem = plain_label("samples.problem", "problem", "What is wrong with what was typed")
        self.stage = Stage(self.theme, "samples.stage")
        self.stage.offer_layers(["data", "samples"])
        self.stage.samples.set_depth(SAMPLES_DEPTH)
        self.line = LineView(self.theme, "samples.line")
        self.samples = SampleTable(self.theme, "samples")
        self._arrange()
        self._connect()

    @property
    def n(self) -> int:
        """How many samples are asked for."""
        return int(self.fields["n"].value())

    @property
    def seed(self) -> int:
        """What they are drawn with."""
        return int(self.fields["seed"].value())

    @property
    def shown_samples(self) -> Array:
        """The samples that are shown, shape (N, D), data units."""
        return self._x

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and the run must have learned something."""
        reason = super().unsuitable(run)
        if not reason and run is not None and run.status is Status.FAILED and not run.history.step:
            return "This run failed before it had learned anything. Change the settings and train again."
        return reason

    def run_changed(self, run: Run | None) -> None:
        """Draw samples of another run, or of one that ended."""
        if run is None:
            return
        if run is not self._run:
            self._run = run
            self._show(np.empty((0, len(run.preparation.columns))), np.empty(0, np.int64))
        self._take_data(run)
        self._draw_again()

    def export(self) -> None:
        """Ask for a file, and write as many samples as are asked for."""
        name, kind = QFileDialog.getSaveFileName(self, "Export samples", "samples.csv", FORMATS)
        if name:
            path = Path(name)
            ending = ".npz" if "npz" in kind else ".csv"
            self.export_to(path if path.suffix.lower() in (".csv", ".npz") else path.with_name(path.name + ending))

    def export_to(self, path: Path) -> None:
        """Draw all samples that are asked for, and write them to a file, in the background."""
        run = self._run
        try:
            check_format(path)
        except GenStudioError as error:
            self.model.messages.show_error(error)
            return
        if run is not None:
            self._set_exporting(True)
            asked = run.job.ask("sample", n=self.n, seed=self.seed)
            self.model.pump.follow(asked, partial(self._write, run, path), self._on_export_failed)

    # Building.

    def _arrange(self) -> None:
        choice = QHBoxLayout()
        choice.setContentsMargins(12, 0, 12, 0)
        choice.addWidget(self.choice)
        self._views = QStackedWidget()
        self._views.addWidget(self.stage)
        self._views.addWidget(self.line)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("samples.splitter")
        both.setChildrenCollapsible(False)
        both.addWidget(self._views)
        both.addWidget(self.samples)
        both.setSizes([560, 440])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._header())
        layout.addLayout(choice)
        layout.addWidget(both, 1)

    def _header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 4)
        header.setSpacing(6)
        for name, width in (("n", 108), ("seed", 112)):
            header.addWidget(_label(self.fields[name].info))
            self.fields[name].widget.setFixedWidth(width)
            header.addWidget(self.fields[name].widget)
        header.addWidget(self.new_seed)
        header.addWidget(self.problem, 1)
        header.addWidget(self.export_button)
        return header

    def _connect(self) -> None:
        for field in self.fields.values():
            field.committed.connect(self._on_wished)
            field.problem.connect(partial(self._on_problem, field))
        self.new_seed.clicked.connect(self._on_new_seed)
        self.export_button.clicked.connect(self.export)
        self.choice.changed.connect(self._on_view_chosen)
        self.samples.copied.connect(self._on_copied)
        for plot in (self.stage, self.line):
            plot.export_failed.connect(self.model.messages.show_error)

    # The data behind.

    def _take_data(self, run: Run) -> None:
        names = run.preparation.names
        self.choice.set_columns(names)
        self._views.setCurrentIndex(1 if len(names) == 1 else 0)
        if run.data is self._data:
            return
        self._data = run.data
        self._points = np.empty((0, len(names)))
        self._draw_points()
        if run.data is not None:
            self.model.pump.run("samples.points", partial(_rows, run.data), partial(self._on_points, run.data))

    def _on_points(self, data: Dataset, points: Array) -> None:
        if data is self._data:
            self._points = points
            self._draw_points()

    def _draw_points(self) -> None:
        if self._points.shape[1] < 2:
            return
        columns = list(self.choice.columns)
        names = [] if self._run is None else self._run.preparation.names
        self.stage.set_labels(*(names[column] for column in columns))
        self.stage.set_points(self._points[:, columns])
        if len(self._points):
            self.stage.fit_view()

    # The samples.

    def _draw_again(self) -> None:
        """Draw some samples again and again, as the model changes by learning or by hand."""
        if self._run is not None:
            self.look("drawn", self._on_drawn, "sample", n=min(self.n, LIVE_SAMPLES), seed=self.seed)

    def _ask_many(self) -> None:
        if self._asked is not None:
            self._asked.give_up()
        wish = (self.n, self.seed)

        def done(answer: dict[str, Array]) -> None:
            self._asked = None
            if wish == (self.n, self.seed):
                self._show(answer["x"], answer["component"])

        self._asked = self.model.ask("sample", done, key="samples.many", n=self.n, seed=self.seed)

    def _on_drawn(self, preview: Preview) -> None:
        run, x = self._run, preview.answer["x"]
        if run is None or x.shape[1] != len(run.preparation.columns) or len(x) != min(self.n, LIVE_SAMPLES):
            return
        if self.n > LIVE_SAMPLES and run.status.ended:
            self._ask_many()
        else:
            self._show(x, preview.answer["component"])

    def _show(self, x: Array, component: Array) -> None:
        self._x, self._component = x, component
        run = self._run
        known = run is not None and len(x) > 0
        self.samples.show_table(sampled_table(run.preparation, x, component) if run and known else None, self.n)
        self._set_exporting(self._exporting)
        self._draw_samples()

    def _draw_samples(self) -> None:
        run, x = self._run, self._x[:DRAWN_POINTS]
        if run is None:
            return
        if len(run.preparation.columns) == 1:
            if len(x):
                self.line.set_values(x[:, 0], run.preparation.names[0])
            return
        self.stage.set_samples(x[:, list(self.choice.columns)], self._component[:DRAWN_POINTS])
        step = f" · {run.model.info.step_name} {run.history.step:,}" if run.history.step else ""
        self.stage.set_title(f"Samples{step}")
        if not len(self._points):
            self.stage.fit_view()

    # What the person does.

    def _on_wished(self, value: object) -> None:
        self._draw_again()

    def _on_new_seed(self) -> None:
        self.fields["seed"].commit()
        self.fields["seed"].set_value((self.seed + 1) % MOST_SEEDS)
        self._on_problem(self.fields["seed"], "")
        self._draw_again()

    def _on_problem(self, field: Field, sentence: str) -> None:
        field.mark(bool(sentence))
        self.problem.setText(sentence)
        self.problem.setToolTip(sentence)

    def _on_view_chosen(self) -> None:
        self._draw_points()
        self._draw_samples()

    def _on_copied(self, count: int) -> None:
        self.model.messages.show("info", f"{count:,} sample{'s' * (count != 1)} copied.")

    # Export.

    def _write(self, run: Run, path: Path, answer: dict[str, Array]) -> None:
        self.model.pump.run(f"samples.export {path}", partial(_write_file, run, path, answer),
                            partial(self._on_exported, path), self._on_export_failed)

    def _on_exported(self, path: Path, count: int) -> None:
        self.model.messages.show("info", f"Saved {count:,} sample{'s' * (count != 1)} as {path.name} in {path.parent}.")
        self._set_exporting(False)

    def _on_export_failed(self, error: BaseException) -> None:
        self.model.messages.show_error(error)
        self._set_exporting(False)

    def _set_exporting(self, exporting: bool) -> None:
        self._exporting = exporting
        self.export_button.setEnabled(len(self._x) > 0 and not exporting)


def _rows(data: Dataset, watch: Watch) -> Array:
    """Rows in data units, at most so many as a stage can show, evenly spaced."""
    everything = data.everything
    some = np.linspace(0, len(everything) - 1, min(DATA_POINTS, len(everything))).astype(np.int64)
    return data.preparation.to_data(everything[some])


def _write_file(run: Run, path: Path, answer: dict[str, Array], watch: Watch) -> int:
    write_samples(path, run.preparation, answer["x"], answer["component"])
    return len(answer["x"])


def _field(info: SettingInfo) -> Field:
    field = field_for(info)
    field.set_value(info.default)
    editor = field.editors()[0]
    editor.setObjectName(f"samples.{info.name}")
    editor.setAccessibleName("Number of samples" if info.name == "n" else info.label)
    editor.setToolTip(info.help)
    return field


def _label(info: SettingInfo) -> QLabel:
    label = QLabel(info.label)
    label.setToolTip(info.help)
    return label
