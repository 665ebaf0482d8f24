"""Strange rows of a table: where they lie, a threshold on their scores kept in step three ways, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from genstudio.applications.anomaly import Threshold, explained
from genstudio.applications.scores import ScoreMeaning, score_meaning
from genstudio.applications.screening import Choice, Detection, Screening, mark_names, screen
from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.models.capabilities import Density, Marginals
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.anomaly_map import AnomalyMap
from genstudio.ui.beside_map import BesideMap
from genstudio.ui.detection_view import DetectionCurves, DetectionFigures
from genstudio.ui.flagged_export import FlaggedExport
from genstudio.ui.panel import Panel
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.plots.histogram import Histogram
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.strange_rows import StrangeRows
from genstudio.ui.threshold_control import ThresholdControl

Array = NDArray[Any]

GRID = (128, 128)
ROWS_WHILE_TRAINING = 20_000
MAP_MS, ROWS_MS = 33, 400
FIRST_ROWS, MORE_ROWS = 50, 200


@dataclass(frozen=True)
class _Listed:
    """The rows of the table as they were when their reasons were asked for."""

    rows: Array
    scores: Array
    x: Array


class RowAnomalies(QWidget):
    """A line of controls; the map; the histogram; the rows, and how they agree with labels.

    Arguments:
        panel: whose looking it shares.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel, self._model = panel, panel.model
        self._run: Run | None = None
        self._sight: tuple[Any, ...] = ()
        self._newest: Preview | None = None
        self._screening: Screening | None = None
        self._choice = Choice()
        self._threshold: Threshold | None = None
        self._listed: _Listed | None = None
        self._wanted_rows = FIRST_ROWS
        theme = panel.theme
        self.control = ThresholdControl("anomaly")
        self.map = AnomalyMap(theme, "anomaly")
        self.histogram = Histogram(theme, "anomaly.histogram")
        self.histogram.set_title("Scores")
        # A hand drags faster than a map need be drawn.
        self._follow = Throttle(self._draw_map, MAP_MS, self)
        self._tell_rows = Throttle(self._show_rows, ROWS_MS, self)
        self.more = quiet_button(theme, "anomaly.more", "add", f"List {MORE_ROWS} more",
                                 "List more of the strangest rows")
        self.strange = StrangeRows(theme, "anomaly", self.more)
        self.detection = DetectionFigures(theme, "anomaly")
        self.curves = DetectionCurves(theme, "anomaly")
        self.export_button = FlaggedExport(self._model, theme, "anomaly.export")
        self._lay_out()
        self._connect()
        self._allow()

    @property
    def screening(self) -> Screening | None:
        """The scores that are shown, or None before any are known."""
        return self._screening

    def show_run(self, run: Run, data: Dataset) -> None:
        """Look at the scores of another run, or at all of them once it ended."""
        if run is not self._run:
            self._begin(run, data)
        sight = (run.key, run.status.ended)
        if sight != self._sight:
            self._sight = sight
            most = None if run.status.ended else ROWS_WHILE_TRAINING
            self._panel.look("scores", self._on_scores, "anomaly_scores", most=most)
            self._look_at_density()

    def leave(self) -> None:
        """Another kind of data is looked at."""
        self._sight = ()
        for name in ("scores", "density", "why"):
            self._panel.look_away(name)

    def set_meaning(self, meaning: ScoreMeaning) -> None:
        """Say what the scores are."""
        self.control.set_meaning(meaning)
        self.strange.set_meaning(meaning)
        self.histogram.set_labels(f"score: {meaning.words}", "count")

    def export(self) -> None:
        """Ask for a file, and write the flagged rows to it."""
        if self._run is None or self._threshold is None:
            self._model.messages.show("info", "No row is scored yet.", "Train a model, then export its anomalies.")
            return
        path = self.export_button.ask_path()
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write all rows beyond the threshold, in the background."""
        run, threshold = self._run, self._threshold
        if run is not None and run.table is not None and threshold is not None:
            self.export_button.write(run, run.table, threshold.value, path)

    # Building.

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 4)
        header.addWidget(self.control, 1)
        header.addWidget(self.export_button)
        pages = {"Rows": self.strange, "Labels": self.detection, "Curves": self.curves}
        self.views = BesideMap("anomaly", self.map, self.histogram, pages)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.views, 1)
        order = (self.control.percent.widget, self.control.value.widget, self.export_button, self.histogram,
                 self.views.tabs.tabBar(), self.strange.table, self.more, self.detection.best)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _connect(self) -> None:
        self.control.percent_chosen.connect(lambda percent: self._choose(Choice("percent", percent)))
        for chosen in (self.control.value_chosen, self.histogram.threshold_moved, self.detection.value_chosen):
            chosen.connect(lambda value: self._choose(Choice("value", value)))
        self.map.moved.connect(self._look_at_density)
        self.strange.row_chosen.connect(self._on_row_chosen)
        self.more.clicked.connect(self._on_more)
        self.export_button.clicked.connect(self.export)
        self.export_button.ended.connect(self._allow)
        for plot in (self.map.stage, self.histogram, self.strange.bars, self.curves.roc, self.curves.precision_recall):
            plot.export_failed.connect(self._model.messages.show_error)

    # Another run, and its scores.

    def _begin(self, run: Run, data: Dataset) -> None:
        """Forget the former run's scores; its percentile carries over, its value would mean nothing here."""
        if self._threshold is not None:
            self._choice = Choice("percent", self._threshold.percent)
        same_data = self._run is not None and self._run.data is data
        self._screening = self._threshold = None
        self._run, self._newest, self._listed = run, None, None
        self._wanted_rows = FIRST_ROWS
        self._panel.look_away("why")
        self._model.pump.cancel("anomaly.screening")
        if not same_data:
            self._choice = Choice()
            self.map.set_columns(data.preparation.names, mark_names(data.labels))
            self.strange.show_rows((), (), ())
            self._show_detection(None, "")
        self._allow()

    def _look_at_density(self) -> None:
        run, columns = self._run, self.map.columns
        whole = run is not None and run.data is not None and len(run.data.preparation.names) == len(columns)
        known = run is not None and bool(columns) and run.offers(Density if whole else Marginals)
        self.map.offer_density(known)
        if known:
            self._panel.look("density", lambda preview: self.map.set_density(preview.answer), "density_grid",
                             bounds=self.map.bounds(), shape=GRID, columns=columns)
        else:
            self._panel.look_away("density")

    def _on_scores(self, preview: Preview) -> None:
        """Only the newest scores wait: those of a fast training come quicker than they can be ordered."""
        self._newest = preview
        if self._model.pump.task("anomaly.screening") is None:
            self._screen()

    def _screen(self) -> None:
        run, preview, self._newest = self._run, self._newest, None
        if run is None or run.data is None or preview is None:
            return
        labels = run.data.labels
        work = partial(_screened, preview, None if labels is None else labels.anomalous)
        self._model.pump.run("anomaly.screening", work, partial(self._on_screened, run))

    def _on_screened(self, run: Run, screening: Screening) -> None:
        if run is not self._run or run.data is None:
            return
        self._screening = screening
        bars = screening.bars
        names = mark_names(run.data.labels)
        self.histogram.set_counts(bars.edges, bars.counts, names if screening.marks is not None else ())
        beyond = f" · {bars.beyond:,} off the axis" if bars.beyond else ""
        self.histogram.set_title(f"Scores of {screening.distribution.total:,} rows{beyond}")
        self._show_detection(screening.detection, screening.reason)
        self._threshold = self._choice.threshold(screening.distribution)
        self.map.set_screening(screening, self._threshold)
        self._show_threshold(self._threshold)
        self._list_rows(screening)
        self._allow()
        self._screen()

    # The threshold.

    def _choose(self, choice: Choice) -> None:
        self._choice = choice
        if self._screening is not None:
            self._threshold = choice.threshold(self._screening.distribution)
            self._show_threshold(self._threshold)
            self._follow()

    def _draw_map(self) -> None:
        if self._threshold is not None:
            self.map.set_threshold(self._threshold)

    def _show_threshold(self, threshold: Threshold) -> None:
        self.control.set_threshold(threshold)
        self.histogram.set_threshold(threshold.value)
        self.detection.set_threshold(threshold)
        self.curves.set_threshold(threshold)

    def _show_detection(self, detection: Detection | None, reason: str) -> None:
        self.detection.show_detection(detection, reason)
        self.curves.show_detection(detection, reason)

    # The strangest rows.

    def _list_rows(self, screening: Screening) -> None:
        top = screening.strangest(self._wanted_rows)
        listed = _Listed(screening.rows[top], screening.scores[top], screening.x[top])
        if self._listed is None or not np.array_equal(self._listed.x, listed.x):
            self._panel.look("why", self._on_why, "contributions", x=listed.x)
        self._listed = listed

    def _on_why(self, preview: Preview) -> None:
        self._tell_rows(self._run, preview)

    def _show_rows(self, run: Run, preview: Preview) -> None:
        listed = self._listed
        of_these = listed is not None and np.array_equal(preview.answer["x"], listed.x)
        if listed is None or not of_these or run is not self._run or run.table is None:
            return
        names, unit = run.preparation.names, score_meaning(run.offers).unit
        rows = explained(listed.scores, preview.answer["contributions"], listed.rows, names, unit)
        self.strange.show_rows(rows, run.table.take(listed.rows).columns, names)

    def _on_row_chosen(self, place: int) -> None:
        if place < 0 or self._listed is None:
            self.map.mark(None)
            return
        row = self.strange.rows.rows[place].row
        found = np.flatnonzero(self._listed.rows == row)
        if len(found):
            self.map.mark(self._listed.x[found[0]], float(self._listed.scores[found[0]]))

    def _on_more(self) -> None:
        self._wanted_rows += MORE_ROWS
        if self._screening is not None:
            self._list_rows(self._screening)
        self._allow()

    def _allow(self) -> None:
        """Offer what can be done now."""
        known = self._screening
        self.export_button.offer(known is not None)
        self.more.setEnabled(known is not None and self._wanted_rows < known.distribution.total)


def _screened(preview: Preview, anomalous: int | None, watch: Watch) -> Screening:
    found = preview.answer
    return screen(found["score"], found["row"], found["x"], found["label"], anomalous, on_step=watch)
