"""The bench of collapse: one click trains a plain game and a cured one side by side, from the same seed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from genstudio.runs.run import Run
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.remedies_pair import RemedyPair
from genstudio.ui.remedies_view import RemedyView
from genstudio.ui.remedies_words import COLLAPSING, MODEL, REMEDIES, Remedy, verdict_of
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

REFRESH_MS = 200
TRAIN, STOP = "Train both", "Stop both"
_RULES = (
    ("a game that collapses", True, "A plain game in which the generator outruns the discriminator: it collapses"),
    ("the recipe as edited", False, "The rules under MODEL, with every remedy switched off in the plain run"),
)
INVITATION = "Choose a remedy and press “Train both”: the two runs differ in it alone."


class RemedyBench(QWidget):
    """Chooses a remedy, trains both runs, shows them side by side, and says what came of it."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("remedies")
        self.setAccessibleName("Bench of collapse")
        self._model = model
        self.pair = RemedyPair(model, self)
        self.remedies = _combo("remedies.remedy", "Remedy for collapse")
        for remedy in REMEDIES:
            self.remedies.addItem(remedy.title, remedy)
        self.rules = _combo("remedies.rules", "The game that both runs play")
        for title, collapsing, tip in _RULES:
            self.rules.addItem(title, collapsing)
            self.rules.setItemData(self.rules.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.both = QPushButton(TRAIN)
        self.both.setObjectName("remedies.train")
        self.both.setProperty("role", "primary")
        self.sentence = _wrapped("remedies.sentence", "What the remedy does")
        self.verdict = _wrapped("remedies.verdict", "What came of it")
        self.views = RemedyView(theme, "remedies.plain"), RemedyView(theme, "remedies.cured")
        self._arrange()
        self._refresh_soon = Throttle(self.refresh, REFRESH_MS, self)
        self._connect()
        self._on_remedy_chosen()
        self.refresh()

    @property
    def remedy(self) -> Remedy:
        """The one that is chosen."""
        return REMEDIES[self.remedies.currentIndex()]

    def show_run(self, run: Run | None) -> None:
        """Another run is shown in the window; the pair stays as it is."""
        self.refresh()

    def refresh(self) -> None:
        """Show where both runs stand, and what can be done."""
        known = self._model.families.get(MODEL)
        presets = {} if known is None else known.info.presets
        self.rules.setEnabled(COLLAPSING in presets)
        reason = "" if self.pair.learning else self.pair.why_not()
        self.both.setText(STOP if self.pair.learning else TRAIN)
        self.both.setAccessibleName(self.both.text())
        self.both.setEnabled(not reason)
        self.both.setToolTip(reason or "Two runs of one recipe and seed, one with the remedy and one without")
        for view, run in zip(self.views, self.pair.runs, strict=False):
            view.refresh(run)
        self.verdict.setText(self._verdict() or reason or INVITATION)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look at both runs."""
        super().showEvent(event)
        self.pair.look(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more, so no samples are asked for."""
        super().hideEvent(event)
        self.pair.look(False)

    def _verdict(self) -> str:
        remedy, runs = self.pair.remedy, self.pair.runs
        if remedy is None or len(runs) < len(self.views):
            return ""
        if self.pair.learning:
            return "Both learn from the same seed and the same data; what came of it is said when both have ended."
        return verdict_of(remedy, cured=runs[1], plain=runs[0])

    def _connect(self) -> None:
        self.remedies.currentIndexChanged.connect(self._on_remedy_chosen)
        self.both.clicked.connect(self._on_clicked)
        self.pair.sampled.connect(self._on_sampled)
        self.pair.advanced.connect(self._refresh_soon)
        for signal in (self._model.recipe_changed, self._model.data_changed, self._model.ready_changed,
                       self._model.loading_changed):
            signal.connect(self._on_changed)

    def _on_changed(self, *_: object) -> None:
        self._refresh_soon()

    def _on_remedy_chosen(self) -> None:
        self.sentence.setText(self.remedy.sentence)
        self.remedies.setToolTip(self.remedy.sentence)

    def _on_clicked(self) -> None:
        if self.pair.learning:
            self.pair.stop()
            return
        self.pair.train(self.remedy, bool(self.rules.currentData()) and self.rules.isEnabled())
        for view, run in zip(self.views, self.pair.runs, strict=False):
            view.show_title(run.name)
            view.take_run(run)
        self.refresh()

    def _on_sampled(self, place: int, x: Any) -> None:
        self.views[place].show_samples(x)

    def _arrange(self) -> None:
        for view, title in zip(self.views, ("Plain", "With the remedy"), strict=True):
            view.show_title(title)
        line = QHBoxLayout()
        for widget in (QLabel("Cure"), self.rules, QLabel("with"), self.remedies, self.both):
            line.addWidget(widget)
        line.addStretch(1)
        beside = QHBoxLayout()
        beside.setSpacing(8)
        for view in self.views:
            beside.addWidget(view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.sentence)
        column.addLayout(beside, 1)
        column.addWidget(self.verdict)


def _combo(name: str, title: str) -> FocusedCombo:
    combo = FocusedCombo()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(title)
    combo.setMinimumContentsLength(22)
    return combo


def _wrapped(name: str, title: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAccessibleName(title)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
