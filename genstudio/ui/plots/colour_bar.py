"""What the colours of a picture stand for: a bar with its ends and its middle, in a corner of the plot."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from genstudio.ui.plots.paint import faded
from genstudio.ui.tokens import Tokens

_BAR_PX, _HEIGHT_PX, _ROOM_PX = 12, 72, 6
_FONT_PX = 11


class ColourBar(pg.GraphicsWidgetAnchor, pg.GraphicsWidget):
    """An upright bar beside three words, framed so that it is read over anything.

    Arguments:
        box: the view in whose lower right corner it stands.
    """

    def __init__(self, box: pg.ViewBox, tokens: Tokens) -> None:
        pg.GraphicsWidget.__init__(self)
        pg.GraphicsWidgetAnchor.__init__(self)
        self._tokens = tokens
        self._table = np.zeros((2, 4), np.uint8)
        self._font = QFont()
        self._font.setPixelSize(_FONT_PX)
        self.words: tuple[str, str, str] = ("", "", "")
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setParentItem(box)
        self.anchor(itemPos=(1, 1), parentPos=(1, 1), offset=(-10, -10))

    def show_scale(self, table: NDArray[np.uint8], words: tuple[str, str, str], tokens: Tokens) -> None:
        """Show colours, shape (N, 4), the lowest first, and what the highest, the middle and the lowest mean."""
        self._table, self.words, self._tokens = table, words, tokens
        wide = max(QFontMetricsF(self._font).horizontalAdvance(word) for word in words)
        self.resize(QSizeF(_BAR_PX + wide + 3 * _ROOM_PX, _HEIGHT_PX + 2 * _ROOM_PX))
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint frame, bar and words."""
        painter.setPen(QColor(self._tokens.border))
        painter.setBrush(faded(self._tokens.plot, 0.85))
        painter.drawRect(self.rect())
        bar = QRectF(_ROOM_PX, _ROOM_PX, _BAR_PX, _HEIGHT_PX)
        column = np.ascontiguousarray(self._table[::-1, None])
        painter.drawImage(bar, QImage(column.data, 1, len(column), 4, QImage.Format.Format_RGBA8888))
        painter.setFont(self._font)
        painter.setPen(QColor(self._tokens.text))
        room = QRectF(bar.right() + _ROOM_PX, bar.top(), self.rect().width(), bar.height())
        ends = (Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignBottom)
        for word, end in zip(self.words, ends, strict=True):
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | end, word)
