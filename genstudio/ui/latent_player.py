"""A slider along a way, and a button that walks it over and over."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QWidget

from genstudio.ui.icons import bind_icon
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.theme import Theme

STEPS = 1000
TICK_MS = 33
SPEEDS = (("slow", 4.0), ("steady", 2.0), ("fast", 1.0), ("very fast", 0.5))
"""Seconds from one station to the next."""


class WalkPlayer(QWidget):
    """Where on the way one is.

    Signals:
        placed: how far along the way, from 0 to 1.
    """

    placed = Signal(float)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._legs, self._closed, self._forwards, self._last = 1, True, True, 0.0
        self.play = quiet_button(theme, f"{prefix}.play", "play", "Play", "Walk the way over and over")
        self.play.setCheckable(True)
        self._icon = bind_icon(self.play, theme, "play")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{prefix}.share")
        self.slider.setAccessibleName("Place on the way")
        self.slider.setToolTip("Place on the way, from its first station to its last")
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.speed = QComboBox()
        self.speed.setObjectName(f"{prefix}.speed")
        self.speed.setAccessibleName("Speed of the walk")
        self.speed.setToolTip("How fast the walk is, in the window and as a GIF")
        for title, seconds in SPEEDS:
            self.speed.addItem(title, seconds)
        self.speed.setCurrentIndex(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.play)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.speed)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self.slider.valueChanged.connect(lambda place: self.placed.emit(place / STEPS))
        self.play.toggled.connect(self._on_toggled)

    @property
    def seconds_per_leg(self) -> float:
        """From one station to the next."""
        return float(self.speed.currentData())

    @property
    def playing(self) -> bool:
        """Whether the way is being walked."""
        return self._timer.isActive()

    def lead(self, legs: int, closed: bool) -> None:
        """Walk another way: so many stretches; one that is not closed is walked to and fro."""
        self._legs, self._closed = max(1, legs), closed
        self.setEnabled(legs > 0)
        if legs == 0:
            self.play.setChecked(False)

    def rewind(self) -> None:
        """Show the beginning, silently."""
        self.slider.blockSignals(True)
        self.slider.setValue(0)
        self.slider.blockSignals(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.play.setChecked(False)

    def _on_toggled(self, playing: bool) -> None:
        self._icon.show("pause" if playing else "play")
        self.play.setText("Pause" if playing else "Play")
        self._last = time.monotonic()
        (self._timer.start if playing else self._timer.stop)()

    def _on_tick(self) -> None:
        now = time.monotonic()
        far = (now - self._last) / (self.seconds_per_leg * self._legs)
        self._last = now
        share = self.slider.value() / STEPS + max(far, 1 / STEPS) * (1 if self._forwards or self._closed else -1)
        if self._closed:
            share %= 1.0
        elif not 0 <= share <= 1:
            self._forwards = share < 0
            share = min(max(share, 0.0), 1.0)
        self.slider.setValue(round(share * STEPS))
