"""The classes of a plot's points beside it, with their symbols, where a legend would hide what is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plots.paint import series_colour, series_symbol
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip

_SYMBOL_PX, _GAP_PX, _LONGEST, _MOST_LINES = 9, 10, 24, 3


class ClassLegend(QWidget):
    """Symbols and names, in a few lines where need be; those that do not fit are in the tool tip.

    Arguments:
        name: object name.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self.setObjectName(name)
        self.setAccessibleName("Classes")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    @property
    def names(self) -> tuple[str, ...]:
        """The classes, in the order of their codes."""
        return self._names

    def set_names(self, names: Sequence[str]) -> None:
        """Name the classes, in the order of their codes."""
        self._names = tuple(shortened(name, _LONGEST) for name in names)
        self.setToolTip(plain_tip(", ".join(self._names)))
        self.setAccessibleDescription(", ".join(self._names))
        self.setVisible(bool(names))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(60, self._line_px())

    def hasHeightForWidth(self) -> bool:
        """Where it is narrow, it takes more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As many lines as the names need."""
        rooms = self._rooms(width)
        return min(_MOST_LINES * self._line_px(), rooms[-1].bottom() + 1) if rooms else self._line_px()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Symbol and name of each class."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, (room, name) in enumerate(zip(self._rooms(self.width()), self._names, strict=True)):
            self._draw_one(painter, room, place, name)
        painter.end()

    def _line_px(self) -> int:
        return self.fontMetrics().lineSpacing() + 4

    def _rooms(self, width: int) -> list[QRect]:
        """Where each class stands."""
        found, left, top = [], _GAP_PX, 0
        for name in self._names:
            wide = _SYMBOL_PX + 5 + self.fontMetrics().horizontalAdvance(name)
            if left + wide > width and left > _GAP_PX:
                left, top = _GAP_PX, top + self._line_px()
            found.append(QRect(left, top, wide, self._line_px()))
            left += wide + _GAP_PX
        return found

    def _draw_one(self, painter: QPainter, room: QRect, place: int, name: str) -> None:
        colour, symbol = series_colour(self._theme.tokens, place), series_symbol(place)
        painter.save()
        painter.translate(room.left() + _SYMBOL_PX / 2 + 1, room.center().y() + 1)
        pen = pg.mkPen(colour, width=1) if symbol in "+x" else pg.mkPen(None)
        pg.graphicsItems.ScatterPlotItem.drawSymbol(painter, symbol, _SYMBOL_PX, pen, pg.mkBrush(colour))
        painter.restore()
        painter.setPen(QColor(self._theme.tokens.text))
        painter.drawText(room.adjusted(_SYMBOL_PX + 5, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, name)
