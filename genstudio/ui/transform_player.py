"""A slider from the base to the data, and buttons that play the way, step through it and turn it round."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from genstudio.ui.film_bar import FilmSlider
from genstudio.ui.icons import bind_icon
from genstudio.ui.plain_table import icon_button, plain_choice, quiet_button
from genstudio.ui.theme import Theme

STEPS = 10_000
TICK_MS = 16
HOLD_SECONDS = 0.9
"""So long both ends are seen where the way is played over and over."""
SPEEDS = (("slow", 12.0), ("steady", 6.0), ("fast", 3.0), ("very fast", 1.5))
"""Seconds from one end to the other."""


class TransformPlayer(QWidget):
    """Where on the way one is.

    Signals:
        placed: how far from the base (0) to the data (1).
        stepped: to the next station (1) or the one before (-1).
    """

    placed = Signal(float)
    stepped = Signal(int)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._forth, self._share, self._last, self._held = True, 0.0, 0.0, 0.0
        self.previous = icon_button(theme, f"{prefix}.previous", "chevron-left", "The station before (Left)")
        self.play = quiet_button(theme, f"{prefix}.play", "play", "Play", "Play the way, or hold it (P)")
        self.play.setCheckable(True)
        self._icon = bind_icon(self.play, theme, "play")
        self.next = icon_button(theme, f"{prefix}.next", "chevron-right", "The next station (Right)")
        self.loop = icon_button(theme, f"{prefix}.loop", "loop", "Play over and over")
        self.loop.setCheckable(True)
        self.loop.setChecked(True)
        self.slider = self._make_slider(prefix)
        self.label = QLabel()
        self.label.setObjectName(f"{prefix}.place_label")
        self.label.setProperty("role", "muted")
        self.speed = plain_choice(
            f"{prefix}.speed", "Speed", "How fast the way is played, in the window and as a GIF", SPEEDS, chosen=1
        )
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._connect()

    @property
    def share(self) -> float:
        """How far from the base (0) to the data (1)."""
        return self._share

    @property
    def playing(self) -> bool:
        """Whether the way is being played."""
        return self._timer.isActive()

    @property
    def seconds(self) -> float:
        """From one end to the other."""
        return float(self.speed.currentData())

    def head(self, forth: bool) -> None:
        """Play from the base to the data, or back, beginning at that end."""
        self._forth = forth
        self.place(0.0 if forth else 1.0)

    def place(self, share: float) -> None:
        """Go somewhere."""
        self._held = 0.0
        self._go(share)

    def say(self, words: str) -> None:
        """Say in words where one is."""
        self.label.setText(words)
        # Longer texts widen the label, and shorter ones leave it so: the slider must not tremble.
        self.label.setMinimumWidth(max(self.label.minimumWidth(), self.label.sizeHint().width()))

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.play.setChecked(False)

    def _make_slider(self, prefix: str) -> FilmSlider:
        slider = FilmSlider()
        slider.setObjectName(f"{prefix}.place")
        slider.setAccessibleName("Place between base and data")
        slider.setToolTip("Place on the way; arrows go from station to station, Home to the base, End to the data")
        slider.setRange(0, STEPS)
        slider.setPageStep(STEPS // 10)
        return slider

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 4)
        layout.setSpacing(4)
        ends = [QLabel(text) for text in ("Base", "Data")]
        for end in ends:
            end.setProperty("role", "muted")
        for widget in (self.previous, self.play, self.next, ends[0]):
            layout.addWidget(widget)
        layout.addWidget(self.slider, 1)
        layout.addWidget(ends[1])
        layout.addSpacing(12)
        for shown in (self.label, self.loop, self.speed):
            layout.addWidget(shown)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._on_tick)
        self.slider.valueChanged.connect(self._on_slid)
        self.slider.stepped.connect(self.stepped)
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self.play.toggled.connect(self._on_toggled)

    def _on_slid(self, value: int) -> None:
        self._held = 0.0
        self._share = value / STEPS
        self.placed.emit(self._share)

    def _go(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self.slider.blockSignals(True)
        self.slider.setValue(round(self._share * STEPS))
        self.slider.blockSignals(False)
        self.placed.emit(self._share)

    def _on_toggled(self, playing: bool) -> None:
        self._icon.show("pause" if playing else "play")
        self.play.setText("Pause" if playing else "Play")
        self._last, self._held = time.monotonic(), 0.0
        if not playing:
            self._timer.stop()
            return
        if self._at_end():
            self._go(0.0 if self._forth else 1.0)
        self._timer.start()

    def _at_end(self) -> bool:
        return self._share >= 1.0 if self._forth else self._share <= 0.0

    def _on_tick(self) -> None:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        if not self._at_end():
            self._go(self._share + passed / self.seconds * (1 if self._forth else -1))
        elif not self.loop.isChecked():
            self.play.setChecked(False)
        else:
            self._hold(passed)

    def _hold(self, passed: float) -> None:
        self._held += passed
        if self._held >= HOLD_SECONDS:
            self.place(0.0 if self._forth else 1.0)
