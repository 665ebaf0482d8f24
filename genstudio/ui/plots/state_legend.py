"""What the colours of a strip of states mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from genstudio.ui.data_views.cells import shortened
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip

_SQUARE_PX, _GAP_PX, _LEFT_PX, _LONGEST = 10, 12, 12, 24


class StateLegend(QWidget):
    """Squares and words on one line; those that do not fit are in the tool tip.

    Arguments:
        name: object name.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._states: tuple[tuple[QColor, str], ...] = ()
        self.setObjectName(name)
        self.setAccessibleName("States")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_states(self, colours: Sequence[QColor], words: Sequence[str]) -> None:
        """Show what each colour means; nothing where there are no words."""
        self._states = tuple(zip(colours, (shortened(word, _LONGEST) for word in words), strict=False))
        told = ", ".join(word for _, word in self._states)
        self.setToolTip(plain_tip(told))
        self.setAccessibleDescription(told)
        self.setVisible(bool(self._states))
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(60, self.fontMetrics().lineSpacing() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Square and word of each, as many as fit whole."""
        painter = QPainter(self)
        left, middle = float(_LEFT_PX), self.height() / 2
        for colour, word in self._states:
            wide = self.fontMetrics().horizontalAdvance(word)
            if left + _SQUARE_PX + 5 + wide > self.width():
                break
            painter.fillRect(QRectF(left, middle - _SQUARE_PX / 2, _SQUARE_PX, _SQUARE_PX), colour)
            painter.setPen(QColor(self._theme.tokens.muted))
            room = QRectF(left + _SQUARE_PX + 5, 0.0, wide + 4, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, word)
            left += _SQUARE_PX + 5 + wide + _GAP_PX
        painter.end()
