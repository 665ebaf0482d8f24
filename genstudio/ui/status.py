"""The status bar: what is going on, how fast, and how long it will take."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QToolButton

from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.ui.icons import bind_icon
from genstudio.ui.pace import Pace, duration, share
from genstudio.ui.room import keep_room
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

REFRESH_SECONDS = 0.33
RESOLUTION = 1000


class StatusBar(QStatusBar):
    """Progress of what loads or learns, with a way to cancel loading."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("status")
        self._model = model
        self._shown_at = 0.0
        self._pace = Pace()
        self.text = QLabel("Getting ready…")
        self.text.setObjectName("status.text")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.machine = QLabel()
        self.machine.setObjectName("status.machine")
        self.machine.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setObjectName("status.progress")
        self.bar.setRange(0, RESOLUTION)
        self.bar.setFixedWidth(200)
        self.cancel = QToolButton()
        self.cancel.setObjectName("status.cancel")
        self.cancel.setToolTip("Cancel loading and keep the former data")
        self.cancel.setAccessibleName("Cancel loading")
        bind_icon(self.cancel, theme, "close", "muted")
        self.cancel.clicked.connect(model.cancel_loading)
        keep_room(self.bar, self.cancel)
        self.addWidget(self.text, 1)
        for widget in (self.bar, self.cancel, self.machine):
            self.addPermanentWidget(widget)
        model.pump.ticked.connect(self._on_ticked)
        self.refresh()

    def refresh(self) -> None:
        """Show what is going on now."""
        loading, run = self._model.loading, self._model.training
        self.machine.setText(_machine(self._model))
        self.cancel.setVisible(loading is not None)
        self.bar.setVisible(loading is not None or run is not None)
        if loading is not None:
            self._show(f"{loading.progress[1] or 'Loading'}…", loading.progress[0])
        elif run is not None:
            self._show(*self._training(run))
        elif self._model.models is None:
            self._show("Getting ready…", None)
        else:
            self._show(_resting(self._model.current), None)

    def _on_ticked(self) -> None:
        now = time.monotonic()
        if now - self._shown_at >= REFRESH_SECONDS:
            self._shown_at = now
            self.refresh()

    def _training(self, run: Run) -> tuple[str, float | None]:
        self._pace.look(run)
        word = "Training" if run.status is Status.TRAINING else "Paused"
        return " · ".join([word, *self._pace.words(run)]), share(run)

    def _show(self, text: str, fraction: float | None) -> None:
        self.text.setText(text)
        self.bar.setValue(round(RESOLUTION * (fraction or 0.0)))
        self.bar.setTextVisible(fraction is not None)


def _resting(run: Run | None) -> str:
    if run is None:
        return "Ready. Press Train, or space."
    steps = f"{run.history.step:,} {run.model.info.step_name}{'' if run.history.step == 1 else 's'}"
    return f"{run.name}: {run.status} after {steps}, {duration(run.seconds)}"


def _machine(model: SessionModel) -> str:
    """What trains, or would."""
    run = model.training
    training = model.recipe.training if run is None else run.recipe.training
    devices = ("cpu",) if model.models is None else model.models.devices
    device = devices[min(1, len(devices) - 1)] if training.device == "auto" else training.device
    return f"{device.upper()} · {training.threads} thread{'s' * (training.threads != 1)}"
