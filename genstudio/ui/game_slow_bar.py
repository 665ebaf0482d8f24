"""The line below a game in slow motion: numbered stages, what is said of the one that is seen, and the pace."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from genstudio.ui.game_slow import SlowMotion
from genstudio.ui.game_stages import STAGES
from genstudio.ui.icons import bind_icon
from genstudio.ui.plain_table import icon_button, plain_choice, quiet_button
from genstudio.ui.theme import Theme

PACES = (("very slow", 12.0), ("slow", 8.0), ("steady", 5.0), ("fast", 2.5))
"""Seconds a stage."""
_NEXT = "The next stage (Right)"
_LINES = 3
"""So many lines most texts take in a narrow window."""


class SlowBar(QWidget):
    """Plays, holds and goes through the stages; seen only in slow motion."""

    def __init__(self, slow: SlowMotion, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._slow = slow
        self.setObjectName(prefix)
        self.previous = icon_button(theme, f"{prefix}.previous", "chevron-left", "The stage before (Left)")
        self.play = quiet_button(theme, f"{prefix}.play", "play", "Play", "Go on by itself, or hold (P)")
        self.play.setCheckable(True)
        self._icon = bind_icon(self.play, theme, "play")
        self.next = icon_button(theme, f"{prefix}.next", "chevron-right", _NEXT)
        self._numbers = QButtonGroup(self)
        self.pace = plain_choice(
            f"{prefix}.pace", "Pace", "How long each stage is seen while it is played", PACES, chosen=1
        )
        self.words = QLabel()
        self.words.setObjectName(f"{prefix}.words")
        self._arrange(prefix)
        self._connect()
        self.hide()

    def forward(self) -> None:
        """The next stage, by hand, which holds what is played."""
        self._slow.play(False)
        self._slow.forward()

    def back(self) -> None:
        """The stage before, by hand."""
        self._slow.play(False)
        self._slow.back()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._slow.play(False)

    def _arrange(self, prefix: str) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        for widget in (self.previous, self.play, self.next):
            line.addWidget(widget)
        line.addSpacing(8)
        for place, stage in enumerate(STAGES):
            button = _number(f"{prefix}.stage_{place + 1}", str(place + 1), stage.title)
            self._numbers.addButton(button, place)
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(self.pace)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        # Shorter texts leave the line as high: the plot must not jump from stage to stage.
        self.words.setMinimumHeight(_LINES * self.words.fontMetrics().lineSpacing() + 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.words)

    def _connect(self) -> None:
        self.previous.clicked.connect(self.back)
        self.next.clicked.connect(self.forward)
        self.play.toggled.connect(self._slow.play)
        self._numbers.idClicked.connect(self._on_number)
        self.pace.activated.connect(self._on_pace)
        self._slow.turned.connect(self._show)
        self._slow.staged.connect(self._show)
        self._on_pace()

    def _on_number(self, place: int) -> None:
        self._slow.play(False)
        self._slow.go(place)

    def _on_pace(self) -> None:
        self._slow.seconds = float(self.pace.currentData())

    def _show(self) -> None:
        slow = self._slow
        self.setVisible(slow.on)
        if slow.on != slow.playing:
            self.play.setChecked(slow.playing)
        self.play.setText("Pause" if slow.playing else "Play")
        self._icon.show("pause" if slow.playing else "play")
        self.previous.setEnabled(slow.place > 0)
        self.next.setEnabled(not slow.blocked)
        self.next.setToolTip(slow.blocked or _NEXT)
        for place, button in enumerate(self._numbers.buttons()):
            button.setEnabled(place <= slow.reached)
        self._numbers.button(slow.place).setChecked(True)
        self.words.setText(f"<b>{slow.place + 1}. {slow.stage.title}.</b> {html.escape(slow.words)}")


def _number(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setCheckable(True)
    button.setToolTip(tip)
    button.setAccessibleName(f"Stage {text}: {tip}")
    return button
