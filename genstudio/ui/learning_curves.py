"""The bottom dock: curves of the shown run, of those compared with it, and the truth's entropy as a floor."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from genstudio.models.capabilities import Resumable
from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.ui import metrics
from genstudio.ui.gap_label import GapLabel
from genstudio.ui.plots.curves import Curves
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from genstudio.ui.truth_gap import can_measure

REFRESH_SECONDS = 0.4
"""How often curves follow a run that learns."""
HINT = "Press Train: how well the model explains the data is drawn here, step by step."


class LearningCurves(QWidget):
    """Figures by step, one group of them at a time; likelihoods and bounds are drawn as losses, nats per item.

    Where the truth is known, the gap to it is a group of its own, and stands in words beside every other.
    """

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("curves")
        self._model = model
        self.group = metrics.LOSS
        self._labels = ("step", "nats per row")
        self.curves = Curves(theme, "curves.plot", *self._labels)
        self._drawn: dict[str, int] = {}
        self._appended = 0.0
        self._make_choice()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self.curves, 1)
        self.setMinimumHeight(150)
        self.refresh()
        model.current_changed.connect(self.refresh)
        model.runs_changed.connect(self.refresh)
        model.advanced.connect(self._on_advanced)
        model.truth_gap.measured.connect(self._on_measured)
        model.watching.scrubbed.connect(lambda: self.curves.set_moment(model.watching.step))

    def refresh(self) -> None:
        """Begin all curves anew."""
        self.curves.clear()
        self._drawn.clear()
        current = self._model.current
        self._refresh_choice(current)
        self.curves.set_hint("" if self._shown() else HINT)
        for place, run in enumerate(self._shown()):
            self._append(run, place)
        if current is not None:
            self._refresh_words(current)
            self._refresh_floor(current)
            self.curves.set_marks(metrics.changes_of(current))

    def _refresh_floor(self, run: Run) -> None:
        if self.group == metrics.GAP:
            self.curves.set_floor(0.0, "the truth")
        else:
            self.curves.set_floor(metrics.entropy_of(run) if self.group == metrics.LOSS else None)

    def _make_choice(self) -> None:
        self._head = QWidget()
        self.choice = QComboBox()
        self.choice.setObjectName("curves.group")
        self.choice.setAccessibleName("Figures to draw")
        self.choice.setToolTip("Which figures of the training are drawn")
        self.choice.activated.connect(self._on_chosen)
        self._title = QLabel()
        self._title.setObjectName("curves.title")
        self._title.setProperty("role", "muted")
        self._gap = GapLabel(self._model, "curves.gap")
        row = QHBoxLayout(self._head)
        row.setContentsMargins(8, 2, 8, 0)
        row.addWidget(self.choice)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._gap)

    def _refresh_choice(self, run: Run | None) -> None:
        found = () if run is None else metrics.groups(run)
        if found and run is not None and can_measure(run):
            found = (*found, metrics.GAP)
        if found and self.group not in found:
            self.group = found[0]
        if [self.choice.itemText(i) for i in range(self.choice.count())] != list(found):
            self.choice.clear()
            self.choice.addItems(list(found))
        self.choice.setCurrentText(self.group)
        self._head.setVisible(len(found) > 1)

    def _refresh_words(self, run: Run) -> None:
        labels = (run.model.info.step_name, metrics.unit_of(run, self.group))
        if labels != self._labels:
            self._labels = labels
            self.curves.set_labels(*labels)
        self._title.setText(metrics.loss_title(run) if self.group == metrics.LOSS else "")

    def _shown(self) -> list[Run]:
        current = self._model.current
        others = [run for run in self._model.session if run.key in self._model.compared and run is not current]
        return ([current] if current is not None else []) + others

    def _on_chosen(self, place: int) -> None:
        self.group = self.choice.itemText(place)
        self.refresh()

    def _on_advanced(self, run: Run) -> None:
        now = time.monotonic()
        if run in self._shown() and (run.status is not Status.TRAINING or now - self._appended >= REFRESH_SECONDS):
            self._appended = now
            self._append(run, self._shown().index(run))
            if run is self._model.current:
                self._refresh_choice(run)
                self._refresh_words(run)
                self.curves.set_marks(metrics.changes_of(run))

    def _on_measured(self, run: Run) -> None:
        if self.group == metrics.GAP and run in self._shown():
            self._append_gaps(run, self._shown().index(run))

    def _append_gaps(self, run: Run, place: int) -> None:
        key, known = f"{run.key}.gap", self._model.truth_gap.of(run)
        if not known:
            return
        # A step that was measured again, by more draws, takes the place of what stood there.
        if key not in self._drawn or self._drawn[key] >= known[-1].step:
            name = f"{run.name}: gap" if len(self._shown()) > 1 else "gap to the truth"
            self.curves.add_series(key, name, "valid", place)
            self._drawn[key] = -1
        new = [gap for gap in known if gap.step > self._drawn[key]]
        self.curves.append(key, [gap.step for gap in new], [gap.value for gap in new])
        self._drawn[key] = known[-1].step

    def _append(self, run: Run, place: int) -> None:
        if self.group == metrics.GAP:
            self._append_gaps(run, place)
            return
        for name in run.history.metrics:
            if metrics.metric(name).group != self.group:
                continue
            key = f"{run.key}.{name}"
            if key not in self._drawn:
                self._begin(key, run, name, place)
            steps, values = run.history.series(name, self._drawn[key])
            if len(steps):
                self.curves.append(key, steps, metrics.drawn(name, values))
                self._drawn[key] += len(steps)

    def _begin(self, key: str, run: Run, metric: str, place: int) -> None:
        known, several = metrics.metric(metric), len(self._shown()) > 1
        # One run's curves differ in colour as well; several runs have a colour each.
        colour = place if several else metrics.colour_of(metric)
        title = metrics.title_of(run, metric)
        name = f"{run.name}: {title}" if several else title
        role = metrics.role_of(run, metric) if several else "valid" if known.held_out else "train"
        # What is measured batch by batch is noisy.
        smooth = not known.held_out and run.offers(Resumable)
        self.curves.add_series(key, name, role, colour, smooth)
        self._drawn[key] = 0
