"""Which rows are strange: scores, a threshold on them, where the flagged rows lie, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from genstudio.applications.anomaly import Threshold, explained
from genstudio.applications.scores import ScoreMeaning, score_meaning
from genstudio.applications.screening import Choice, Detection, Screening, mark_names, screen
from genstudio.data.dataset import Dataset
from genstudio.data.picture_preparation import PicturePreparation
from genstudio.data.reader import Watch
from genstudio.models.capabilities import Density, Marginals, Scores
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.anomaly_map import AnomalyMap
from genstudio.ui.beside_map import BesideMap
from genstudio.ui.detection_view import DetectionCurves, DetectionFigures
from genstudio.ui.flagged_export import FlaggedExport
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.plots.histogram import Histogram
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.strange_pictures import StrangePictures
from genstudio.ui.strange_rows import StrangeRows
from genstudio.ui.threshold_control import ThresholdControl

Array = NDArray[Any]

GRID = (128, 128)
ROWS_WHILE_TRAINING = 20_000
MAP_MS, ROWS_MS = 33, 400
FIRST_ROWS, MORE_ROWS = 50, 200
SHOWN_PICTURES, PICTURES, PICTURES_WHILE_TRAINING = 100, 2_000, 300


@dataclass(frozen=True)
class _Listed:
    """The rows of the table as they were when their reasons were asked for."""

    rows: Array
    scores: Array
    x: Array


class AnomaliesPanel(Panel):
    """Scores as histogram and on the map, a threshold kept in step three ways, and the strangest rows."""

    info = PanelInfo(
        key="anomaly",
        title="Anomalies",
        icon="anomaly",
        order=40,
        help="Flag the strangest rows: choose a percentile or a score, or drag the line in the histogram. "
        "Select a row to see why it is strange.",
        needs=Scores,
        needs_run=True,
        doing="say how strange a row is",
    )

    def build(self) -> None:
        """A line of controls; the map; the histogram; the rows, and how they agree with labels."""
        self._run: Run | None = None
        self._sight: tuple[Any, ...] = ()
        self._newest: Preview | None = None
        self._screening: Screening | None = None
        self._choice = Choice()
        self._threshold: Threshold | None = None
        self._listed: _Listed | None = None
        self._wanted_rows = FIRST_ROWS
        self.control = ThresholdControl("anomaly")
        self.map = AnomalyMap(self.theme, "anomaly")
        self.histogram = Histogram(self.theme, "anomaly.histogram")
        self.histogram.set_title("Scores")
        # A hand drags faster than a map need be drawn.
        self._follow = Throttle(self._draw_map, MAP_MS, self)
        self._tell_rows = Throttle(self._show_rows, ROWS_MS, self)
        self.more = quiet_button(self.theme, "anomaly.more", "add", f"List {MORE_ROWS} more",
                                 "List more of the strangest rows")
        self.strange = StrangeRows(self.theme, "anomaly", self.more)
        self.detection = DetectionFigures(self.theme, "anomaly")
        self.curves = DetectionCurves(self.theme, "anomaly")
        self.pictures = StrangePictures(self.theme, "anomaly")
        self.kinds = QStackedWidget()
        self.caveat = plain_label("anomaly.caveat", title="How far the score can be trusted")
        self.caveat.setWordWrap(True)
        self.caveat.setContentsMargins(12, 6, 12, 0)
        self.export_button = FlaggedExport(self.model, self.theme, "anomaly.export")
        self._lay_out()
        self._connect()
        self._allow()

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and the run must have its data."""
        reason = super().unsuitable(run)
        if not reason and run is not None and (run.data is None or (run.table is None and not _of_pictures(run))):
            return "The data of this run are not at hand. Open them again to score them."
        return reason

    def run_changed(self, run: Run | None) -> None:
        """Look at the scores of another run, or at all of them once it ended."""
        if run is None or run.data is None:
            return
        self._say(score_meaning(run.offers))
        self.kinds.setCurrentIndex(_of_pictures(run))
        if _of_pictures(run):
            self._look_at_pictures(run)
            return
        self.look_away("pictures")
        if run is not self._run:
            self._begin(run, run.data)
        sight = (run.key, run.status.ended)
        if sight != self._sight:
            self._sight = sight
            most = None if run.status.ended else ROWS_WHILE_TRAINING
            self.look("scores", self._on_scores, "anomaly_scores", most=most)
            self._look_at_density()

    def _say(self, meaning: ScoreMeaning) -> None:
        """What the scores are, wherever they are shown."""
        for part in (self.control, self.strange, self.pictures):
            part.set_meaning(meaning)
        self.histogram.set_labels(f"score: {meaning.words}", "count")
        self.caveat.setText(meaning.caveat)
        self.caveat.setVisible(bool(meaning.caveat))

    @property
    def screening(self) -> Screening | None:
        """The scores that are shown, or None before any are known."""
        return self._screening

    def export(self) -> None:
        """Ask for a file, and write the flagged rows to it; of pictures, offer what they can be saved as."""
        if self.kinds.currentIndex():
            self.pictures.grid.context_menu().popup(self.mapToGlobal(self.rect().center()))
            return
        if self._run is None or self._threshold is None:
            self.model.messages.show("info", "No row is scored yet.", "Train a model, then export its anomalies.")
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
        of_rows = QWidget()
        column = _tight(of_rows)
        column.addLayout(header)
        column.addWidget(self.views, 1)
        self.kinds.addWidget(of_rows)
        self.kinds.addWidget(self.pictures)
        whole = _tight(self.content)
        whole.addWidget(self.caveat)
        whole.addWidget(self.kinds, 1)
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
            plot.export_failed.connect(self.model.messages.show_error)

    # Another run, and its scores.

    def _begin(self, run: Run, data: Dataset) -> None:
        """Forget the former run's scores; its percentile carries over, its value would mean nothing here."""
        if self._threshold is not None:
            self._choice = Choice("percent", self._threshold.percent)
        same_data = self._run is not None and self._run.data is data
        self._screening = self._threshold = None
        self._run, self._newest, self._listed = run, None, None
        self._wanted_rows = FIRST_ROWS
        self.look_away("why")
        self.model.pump.cancel("anomaly.screening")
        if not same_data:
            self._choice = Choice()
            self.map.set_columns(data.preparation.names, mark_names(data.labels))
            self.strange.show_rows((), (), ())
            self._show_detection(None, "")
        self._allow()

    def _look_at_pictures(self, run: Run) -> None:
        for name in ("scores", "density", "why"):
            self.look_away(name)
        if run is not self._run:
            self.pictures.clear()
        self._run, self._sight = run, ()
        most = PICTURES if run.status.ended else PICTURES_WHILE_TRAINING
        self.look("pictures", lambda found: self.pictures.show_answer(dict(found.answer)), "strangest_pictures",
                  n=SHOWN_PICTURES, most=most)

    def _look_at_density(self) -> None:
        run, columns = self._run, self.map.columns
        whole = run is not None and run.data is not None and len(run.data.preparation.names) == len(columns)
        known = run is not None and bool(columns) and run.offers(Density if whole else Marginals)
        self.map.offer_density(known)
        if known:
            self.look("density", lambda preview: self.map.set_density(preview.answer), "density_grid",
                      bounds=self.map.bounds(), shape=GRID, columns=columns)
        else:
            self.look_away("density")

    def _on_scores(self, preview: Preview) -> None:
        """Only the newest scores wait: those of a fast training come quicker than they can be ordered."""
        self._newest = preview
        if self.model.pump.task("anomaly.screening") is None:
            self._screen()

    def _screen(self) -> None:
        run, preview, self._newest = self._run, self._newest, None
        if run is None or run.data is None or preview is None:
            return
        labels = run.data.labels
        work = partial(_screened, preview, None if labels is None else labels.anomalous)
        self.model.pump.run("anomaly.screening", work, partial(self._on_screened, run))

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
            self.look("why", self._on_why, "contributions", x=listed.x)
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


def _of_pictures(run: Run) -> bool:
    return isinstance(run.preparation, PicturePreparation)


def _tight(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout


def _screened(preview: Preview, anomalous: int | None, watch: Watch) -> Screening:
    found = preview.answer
    return screen(found["score"], found["row"], found["x"], found["label"], anomalous, on_step=watch)
