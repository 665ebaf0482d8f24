"""A few sentences that wrap."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel


class Sentence(QLabel):
    """Plain text over some lines.

    Labels that wrap let whatever they stand in have no height of its own, so that what can be scrolled always would
    be. This one takes the height that its text needs, and keeps room for some lines, so that nothing jumps.

    Arguments:
        lines: that there is always room for.
    """

    def __init__(self, name: str, title: str, lines: int = 2) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("role", "muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setWordWrap(True)
        self.setContentsMargins(12, 0, 12, 6)
        self._least = lines * self.fontMetrics().lineSpacing() + 8
        self._fit()

    def setText(self, text: str) -> None:
        """Show a text."""
        if text != self.text():
            super().setText(text)
            self._fit()

    def hasHeightForWidth(self) -> bool:
        """Its height is its own affair."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(max(self._least, super().heightForWidth(self.width())))
