"""From full speed to slow motion."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

STEPS_PER_SECOND = (0.5, 1, 2, 5, 10, 20, 50, 0)
"""The slider's places; 0 stands for as fast as it goes."""


class SpeedSlider(QWidget):
    """A slider from slow motion to full speed.

    Signals:
        delay_changed: seconds from one step to the next, 0 at full speed.
    """

    delay_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("training.speed")
        self.slider.setAccessibleName("Speed")
        self.slider.setToolTip("Speed of training: to the left slow motion, to the right as fast as it goes")
        self.slider.setRange(0, len(STEPS_PER_SECOND) - 1)
        self.slider.setPageStep(1)
        self.slider.setFixedWidth(96)
        self._label = QLabel()
        self._label.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._label.setFixedWidth(self._label.fontMetrics().horizontalAdvance("0.5 steps/s") + 6)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.addWidget(self.slider)
        layout.addWidget(self._label)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.setValue(len(STEPS_PER_SECOND) - 1)

    def _on_moved(self, place: int) -> None:
        rate = STEPS_PER_SECOND[place]
        self._label.setText(f"{rate:g} steps/s" if rate else "full speed")
        self.delay_changed.emit(1 / rate if rate else 0.0)
