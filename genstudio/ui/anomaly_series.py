"""Strange stretches of time: a score over windows under the series, a threshold on it, and what it flags."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from genstudio.applications.anomaly import Threshold
from genstudio.applications.scores import ScoreMeaning
from genstudio.applications.screening import Choice, mark_names
from genstudio.applications.windows import Intervals, flagged_intervals
from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.runs.run import Run
from genstudio.runs.series_screening import SeriesScreening, screen_series, write_intervals
from genstudio.runs.timeline import Timeline, timeline
from genstudio.training.events import Preview
from genstudio.ui.beside_map import BesideMap
from genstudio.ui.detection_view import DetectionCurves, DetectionFigures
from genstudio.ui.icons import bind_icon
from genstudio.ui.intervals_table import IntervalsModel, intervals_table
from genstudio.ui.panel import Panel
from genstudio.ui.plots.histogram import Histogram
from genstudio.ui.plots.pyramid import Pyramid
from genstudio.ui.plots.score_plot import ScorePlot
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.threshold_control import ThresholdControl
from genstudio.ui.window_control import WindowControl

ROWS_WHILE_TRAINING = 20_000
_AROUND = 2.0
_PREFIX = "anomaly.series"
Ints = NDArray[np.int64]


class SeriesAnomalies(QWidget):
    """Series and score on one axis of time; histogram, stretches, and how they agree with labels.

    Arguments:
        panel: whose looking it shares.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel, self._model = panel, panel.model
        self._run: Run | None = None
        self._sight: tuple[Any, ...] = ()
        self._line: Timeline | None = None
        self._newest: Preview | None = None
        self._found: SeriesScreening | None = None
        self._choice = Choice()
        self._threshold: Threshold | None = None
        self.intervals: Intervals | None = None
        theme = panel.theme
        self.control = ThresholdControl(_PREFIX)
        self.windows = WindowControl(_PREFIX)
        self.series = SeriesPlot(theme, f"{_PREFIX}.series", pump=self._model.pump)
        self.scores = ScorePlot(theme, f"{_PREFIX}.scores", self.series)
        self.histogram = Histogram(theme, f"{_PREFIX}.histogram")
        self.listed = IntervalsModel()
        self.table = intervals_table(self.listed, f"{_PREFIX}.intervals")
        self.detection = DetectionFigures(theme, _PREFIX)
        self.curves = DetectionCurves(theme, _PREFIX)
        self.export_button = _export_button(panel)
        self._lay_out()
        self._connect()

    @property
    def found(self) -> SeriesScreening | None:
        """The scores that are shown, or None before any are known."""
        return self._found

    def show_run(self, run: Run, data: Dataset) -> None:
        """Look at the scores of another run, or at all of them once it ended."""
        if run is not self._run:
            self._begin(run, data)
        sight = (run.key, run.status.ended)
        if sight != self._sight:
            self._sight = sight
            most = None if run.status.ended else ROWS_WHILE_TRAINING
            self._panel.look("steps", self._on_steps, "step_scores", most=most)

    def leave(self) -> None:
        """Another kind of data is looked at."""
        self._sight = ()
        self._panel.look_away("steps")

    def set_meaning(self, meaning: ScoreMeaning) -> None:
        """Say what the scores are."""
        self.control.set_meaning(meaning)
        self.histogram.set_labels(f"score: {meaning.words}", "count")

    def export(self) -> None:
        """Ask for a file, and write the flagged stretches to it."""
        if self.intervals is None:
            self._model.messages.show("info", "No row is scored yet.", "Train a model, then export its anomalies.")
            return
        name, _ = QFileDialog.getSaveFileName(self, "Export flagged stretches", "anomalies.csv", "CSV (*.csv)")
        if name:
            self.export_to(Path(name).with_suffix(".csv"))

    def export_to(self, path: Path) -> None:
        """Write all flagged stretches, the strangest first, in the background."""
        line, intervals = self._line, self.intervals
        if line is not None and intervals is not None:
            work = partial(_write, path, line, intervals)
            self._model.pump.run(f"{_PREFIX}.export {path}", work, partial(self._on_written, path),
                                 self._model.messages.show_error)

    # Building.

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 0)
        header.addWidget(self.control, 1)
        header.addWidget(self.export_button)
        self.windows.setContentsMargins(12, 2, 8, 4)
        over_time = QSplitter(Qt.Orientation.Vertical)
        over_time.setObjectName(f"{_PREFIX}.over_time")
        over_time.setChildrenCollapsible(False)
        for widget in (self.series, self.scores):
            over_time.addWidget(widget)
        over_time.setSizes([320, 220])
        pages = {"Stretches": self.table, "Labels": self.detection, "Curves": self.curves}
        self.views = BesideMap(_PREFIX, over_time, self.histogram, pages)
        self.views.setSizes([640, 360])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.windows)
        column.addWidget(self.views, 1)

    def _connect(self) -> None:
        self.control.percent_chosen.connect(lambda percent: self._choose(Choice("percent", percent)))
        for chosen in (self.control.value_chosen, self.histogram.threshold_moved, self.detection.value_chosen,
                       self.scores.threshold_moved):
            chosen.connect(lambda value: self._choose(Choice("value", value)))
        self.windows.changed.connect(self._screen)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._jump())
        self.table.clicked.connect(lambda _: self._jump())
        self.series.prepared.connect(self.scores.redraw)
        self.export_button.clicked.connect(self.export)
        for plot in (self.series, self.scores, self.histogram, self.curves.roc, self.curves.precision_recall):
            plot.export_failed.connect(self._model.messages.show_error)

    # Another run, and its scores.

    def _begin(self, run: Run, data: Dataset) -> None:
        """Forget the former run's scores; its percentile carries over, its value would mean nothing here."""
        same = self._run is not None and self._run.data is data
        self._choice = Choice("percent", self._threshold.percent) if same and self._threshold else Choice()
        self._run, self._newest, self._found, self._threshold = run, None, None, None
        self._model.pump.cancel("anomaly.series")
        self._show_intervals(None)
        if not same:
            self._line = None
            self.series.clear()
            self.scores.show_scores(None, (0.0, 1.0))
            self._show_detection()
            work = partial(_ordered, run)
            self._model.pump.run("anomaly.series rows", work, partial(self._on_ordered, run))

    def _on_ordered(self, run: Run, line: Timeline) -> None:
        if self._run is None or run.data is not self._run.data:
            return
        self._line = line
        self.series.show_series(
            line.x, run.preparation.names, line.axis.times, line.axis.name, lengths=line.lengths,
            levels={column.name: column.levels for column in run.preparation.columns if column.levels},
            dates=line.axis.dated,
        )
        self._screen()

    def _on_steps(self, preview: Preview) -> None:
        """Only the newest scores wait: those of a fast training come quicker than they can be ordered."""
        self._newest = preview
        if self._model.pump.task("anomaly.series") is None:
            self._screen()

    def _screen(self) -> None:
        run, line, preview = self._run, self._line, self._newest
        if run is None or run.data is None or line is None or preview is None:
            return
        labels = run.data.labels
        steps = preview.answer["step_log_prob"]
        work = partial(_screened, line, steps, self.windows.window_rows, None if labels is None else labels.anomalous)
        self._model.pump.run("anomaly.series", work, partial(self._on_screened, run, preview))

    def _on_screened(self, run: Run, preview: Preview, known: tuple[SeriesScreening, Pyramid]) -> None:
        if run is not self._run or run.data is None:
            return
        self._found, pyramid = known
        screening = self._found.screening
        bars = screening.bars
        names = mark_names(run.data.labels) if screening.marks is not None else ()
        self.histogram.set_counts(bars.edges, bars.counts, names)
        self.histogram.set_title(f"Scores of {screening.distribution.total:,} rows")
        self.scores.set_title(f"Score: minus the mean log-likelihood of {self.windows.window_rows:,} rows")
        self.scores.show_scores(pyramid, (float(bars.edges[0]), float(bars.edges[-1])))
        self._show_detection()
        self._choose(self._choice)
        if self._newest is not preview:
            self._screen()

    # The threshold.

    def _choose(self, choice: Choice) -> None:
        self._choice = choice
        if self._found is None:
            return
        self._threshold = choice.threshold(self._found.screening.distribution)
        self.control.set_threshold(self._threshold)
        for part in (self.histogram, self.scores):
            part.set_threshold(self._threshold.value)
        for judged in (self.detection, self.curves):
            judged.set_threshold(self._threshold)
        work = partial(_flagged, self._found, self._threshold.value, self.windows.join_rows)
        self._model.pump.run("anomaly.series stretches", work, self._show_intervals)

    def _show_detection(self) -> None:
        screening = None if self._found is None else self._found.screening
        for view in (self.detection, self.curves):
            view.show_detection(screening.detection if screening else None, screening.reason if screening else "")

    # The stretches.

    def _show_intervals(self, intervals: Intervals | None) -> None:
        self.intervals, line = intervals, self._line
        self.listed.show_intervals(line, intervals)
        self.table.setColumnHidden(0, line is None or len(line.keys) < 2)
        shaded = np.sort(self.listed.order)
        self.series.show_intervals([] if intervals is None or line is None else _spans(line, intervals, shaded))
        count = f"Stretches ({0 if intervals is None else len(intervals):,})"
        self.views.tabs.setTabText(self.views.tabs.indexOf(self.table), count)
        self.export_button.setEnabled(intervals is not None)

    def _jump(self) -> None:
        """Bring the selected stretch into the middle, as large as it can be seen well."""
        chosen = self.table.selectionModel().selectedRows()
        line, found = self._line, self.intervals
        if not chosen or line is None or found is None:
            return
        place = self.listed.order[chosen[0].row()]
        first, last = _spans(line, found, np.array([place]))[0]
        spare = _AROUND * max(last - first, self.windows.window_rows * (last - first) / found.rows[place])
        self.series.box.setXRange(first - spare, last + spare, padding=0.0)

    def _on_written(self, path: Path, count: int) -> None:
        stretches = "1 flagged stretch" if count == 1 else f"{count:,} flagged stretches"
        self._model.messages.show("info", f"Saved {stretches} as {path.name} in {path.parent}.")


def _export_button(panel: Panel) -> QPushButton:
    button = QPushButton("Export…")
    button.setObjectName(f"{_PREFIX}.export")
    button.setToolTip("Export the flagged stretches as CSV (Ctrl+E)")
    button.setAccessibleName("Export the flagged stretches")
    bind_icon(button, panel.theme, "export", "muted")
    return button


def _spans(line: Timeline, intervals: Intervals, places: Ints) -> list[tuple[float, float]]:
    """First and last time of some stretches, half a step wider on either side."""
    times, start, end = line.axis.times, intervals.start[places], intervals.end[places]
    before, after = times[np.maximum(start - 1, 0)], times[np.minimum(end, len(times) - 1)]
    first, last = (before + times[start]) / 2, (times[end - 1] + after) / 2
    return list(zip(first.tolist(), last.tolist(), strict=True))


def _ordered(run: Run, watch: Watch) -> Timeline:
    assert run.data is not None
    watch(0.0, "Ordering rows")
    return timeline(run.data, run.raw, run.recipe.data.preparation)


def _screened(
    line: Timeline, steps: Any, window: int, anomalous: int | None, watch: Watch
) -> tuple[SeriesScreening, Pyramid]:
    found = screen_series(line, steps, window, anomalous, watch)
    return found, Pyramid(found.scores)


def _flagged(found: SeriesScreening, value: float, join: int, watch: Watch) -> Intervals:
    return flagged_intervals(found.scores, found.line.lengths, value, join)


def _write(path: Path, line: Timeline, intervals: Intervals, watch: Watch) -> int:
    """Write the stretches; how many."""
    watch(0.0, "Writing stretches")
    write_intervals(path, line, intervals)
    return len(intervals)
