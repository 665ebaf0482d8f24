"""The bottom dock: loss curves of the shown run, of those compared with it, and the truth's entropy as a floor."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QVBoxLayout, QWidget

from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.ui.plots.curves import Curves
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

REFRESH_SECONDS = 0.2
"""How often curves follow a run that learns."""
TITLES = {"train": "training", "valid": "validation", "bound": "negative bound"}
HINT = "Press Train: how well the model explains the rows is drawn here, step by step."
ROLES = {"train": "train", "valid": "valid", "bound": "valid"}


class LearningCurves(QWidget):
    """Negative mean log-likelihood by step, nats per row in data units."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("curves")
        self._model = model
        self.curves = Curves(theme, "curves.plot", "step", "nats per row")
        self._drawn: dict[str, int] = {}
        self._appended = 0.0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.curves)
        self.setMinimumHeight(150)
        self.refresh()
        model.current_changed.connect(self.refresh)
        model.runs_changed.connect(self.refresh)
        model.advanced.connect(self._on_advanced)

    def refresh(self) -> None:
        """Begin all curves anew."""
        self.curves.clear()
        self._drawn.clear()
        self.curves.set_hint("" if self._shown() else HINT)
        for place, run in enumerate(self._shown()):
            self._append(run, place)
        current = self._model.current
        truth = None if current is None or current.data is None else current.data.truth
        self.curves.set_floor(None if truth is None else truth.entropy)

    def _shown(self) -> list[Run]:
        current = self._model.current
        others = [run for run in self._model.session if run.key in self._model.compared and run is not current]
        return ([current] if current is not None else []) + others

    def _on_advanced(self, run: Run) -> None:
        now = time.monotonic()
        if run in self._shown() and (run.status is not Status.TRAINING or now - self._appended >= REFRESH_SECONDS):
            self._appended = now
            self._append(run, self._shown().index(run))

    def _append(self, run: Run, place: int) -> None:
        for metric in run.history.metrics:
            key = f"{run.key}.{metric}"
            if key not in self._drawn:
                self._begin(key, run, metric, place)
            steps, values = run.history.series(metric, self._drawn[key])
            if len(steps):
                self.curves.append(key, steps, -values)
                self._drawn[key] += len(steps)

    def _begin(self, key: str, run: Run, metric: str, place: int) -> None:
        title = TITLES.get(metric, metric)
        several = len(self._shown()) > 1
        # One run's two curves differ in colour as well; several runs have a colour each.
        colour = place if several else (1 if metric != "train" else 0)
        name = f"{run.name}: {title}" if several else title
        self.curves.add_series(key, name, ROLES.get(metric, "train"), colour)
        self._drawn[key] = 0
