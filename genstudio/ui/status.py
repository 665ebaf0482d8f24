"""The status bar: what is going on, how fast, and how long it will take."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QToolButton

from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.ui.icons import bind_icon
from genstudio.ui.room import keep_room
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

REFRESH_SECONDS = 0.2
RATE_WINDOW = 25
RESOLUTION = 1000


class StatusBar(QStatusBar):
    """Progress of what loads or learns, with a way to cancel loading."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("status")
        self._model = model
        self._shown_at = 0.0
        self._marks: deque[tuple[float, int]] = deque(maxlen=RATE_WINDOW)
        self._of: str = ""
        self.text = QLabel("Getting ready…")
        self.text.setObjectName("status.text")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.machine = QLabel("CPU · 1 thread")
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
        if run.key != self._of:
            self._of = run.key
            self._marks.clear()
        step, total = run.history.step, _last_step(run)
        self._marks.append((time.monotonic(), step))
        rate = self._rate()
        word = "Training" if run.status is Status.TRAINING else "Paused"
        of = f" / {total:,}" if total else ""
        parts = [word, f"{run.model.info.step_name} {step:,}{of}"]
        if rate and run.status is Status.TRAINING:
            parts.append(f"{rate:,.0f} steps/s" if rate >= 10 else f"{rate:.1f} steps/s")
            if total:
                parts.append(f"at most {_duration((total - step) / rate)} left")
        return " · ".join(parts), (step / total if total else None)

    def _rate(self) -> float:
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start) if end > start else 0.0

    def _show(self, text: str, fraction: float | None) -> None:
        self.text.setText(text)
        self.bar.setValue(round(RESOLUTION * (fraction or 0.0)))
        self.bar.setTextVisible(fraction is not None)


def _last_step(run: Run) -> int | None:
    limits = [run.history.total, run.recipe.training.steps, run.recipe.training.epochs]
    known = [limit for limit in limits if limit]
    return min(known) if known else None


def _resting(run: Run | None) -> str:
    if run is None:
        return "Ready. Press Train, or space."
    steps = f"{run.history.step:,} {run.model.info.step_name}{'' if run.history.step == 1 else 's'}"
    return f"{run.name}: {run.status} after {steps}, {_duration(run.seconds)}"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"
