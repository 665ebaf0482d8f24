"""What is strange: rows of a table, pictures, or stretches of time; scores, a threshold on them, and why."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from genstudio.applications.scores import ScoreMeaning, score_meaning
from genstudio.applications.screening import Screening
from genstudio.data.dataset import Dataset, Kind
from genstudio.models.capabilities import Scores
from genstudio.models.sequential import Hidden
from genstudio.runs.run import Run
from genstudio.ui.anomaly_rows import RowAnomalies
from genstudio.ui.anomaly_series import SeriesAnomalies
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import plain_label
from genstudio.ui.strange_pictures import StrangePictures

SHOWN_PICTURES, PICTURES, PICTURES_WHILE_TRAINING = 100, 2_000, 300


class AnomaliesPanel(Panel):
    """Scores as histogram and where they lie, a threshold kept in step three ways, and what is strangest."""

    info = PanelInfo(
        key="anomaly",
        title="Anomalies",
        icon="anomaly",
        order=40,
        help="Flag the strangest rows: choose a percentile or a score, or drag the line in the histogram. "
        "Select a row to see why it is strange; of sequences, a stretch of time to jump there.",
        needs=Scores,
        needs_run=True,
        doing="say how strange a row is",
    )

    def build(self) -> None:
        """One view for each kind of data."""
        self._run: Run | None = None
        self.rows = RowAnomalies(self)
        self.pictures = StrangePictures(self.theme, "anomaly")
        self.series = SeriesAnomalies(self)
        self.kinds = QStackedWidget()
        for view in (self.rows, self.pictures, self.series):
            self.kinds.addWidget(view)
        self.caveat = plain_label("anomaly.caveat", title="How far the score can be trusted")
        self.caveat.setWordWrap(True)
        self.caveat.setContentsMargins(12, 6, 12, 0)
        whole = QVBoxLayout(self.content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.caveat)
        whole.addWidget(self.kinds, 1)

    def serves(self, run: Run) -> bool:
        """Models of rows that score them, and models that explain sequences by hidden states."""
        return super().serves(run) or run.offers(Hidden)

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and the run must have its data."""
        reason = super().unsuitable(run)
        if not reason and run is not None and (run.data is None or (run.table is None and _kind(run) != Kind.IMAGES)):
            return "The data of this run are not at hand. Open them again to score them."
        return reason

    def run_changed(self, run: Run | None) -> None:
        """Look at the scores of another run, or at all of them once it ended."""
        if run is None or run.data is None:
            return
        self._say(score_meaning(run.offers))
        kind = _kind(run)
        for other, view in ((Kind.TABLE, self.rows), (Kind.SEQUENCES, self.series)):
            if other != kind:
                view.leave()
        if kind == Kind.IMAGES:
            self._look_at_pictures(run)
        else:
            self.look_away("pictures")
            self._look_over(run, run.data, kind)
        self._run = run

    @property
    def screening(self) -> Screening | None:
        """The scores of rows that are shown, or None before any are known."""
        return self.rows.screening

    def export(self) -> None:
        """Ask for a file, and write what is flagged to it; of pictures, offer what they can be saved as."""
        shown = self.kinds.currentWidget()
        if isinstance(shown, StrangePictures):
            self.pictures.grid.context_menu().popup(self.mapToGlobal(self.rect().center()))
        elif isinstance(shown, SeriesAnomalies):
            self.series.export()
        else:
            self.rows.export()

    def export_to(self, path: Path) -> None:
        """Write all that is flagged, in the background."""
        (self.series if self.kinds.currentWidget() is self.series else self.rows).export_to(path)

    def _say(self, meaning: ScoreMeaning) -> None:
        """What the scores are, wherever they are shown."""
        for view in (self.rows, self.pictures, self.series):
            view.set_meaning(meaning)
        self.caveat.setText(meaning.caveat)
        self.caveat.setVisible(bool(meaning.caveat))

    def _look_over(self, run: Run, data: Dataset, kind: Kind) -> None:
        view = self.series if kind == Kind.SEQUENCES else self.rows
        self.kinds.setCurrentWidget(view)
        view.show_run(run, data)

    def _look_at_pictures(self, run: Run) -> None:
        self.kinds.setCurrentWidget(self.pictures)
        if run is not self._run:
            self.pictures.clear()
        most = PICTURES if run.status.ended else PICTURES_WHILE_TRAINING
        self.look("pictures", lambda found: self.pictures.show_answer(dict(found.answer)), "strangest_pictures",
                  n=SHOWN_PICTURES, most=most)


def _kind(run: Run) -> Kind:
    return run.preparation.kind
