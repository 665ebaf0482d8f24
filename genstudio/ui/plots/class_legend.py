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

_SYMBOL_PX, _GAP_PX, _LONGEST = 9, 10, 24


class ClassLegend(QWidget):
    """Symbols and names in a row; what does not fit is in the tool tip.

    Arguments:
        name: object name.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self.setObjectName(name)
        self.setAccessibleName("Classes")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
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
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(60, self.fontMetrics().lineSpacing() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As many as fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, metrics = _GAP_PX, self.fontMetrics()
        for place, name in enumerate(self._names):
            width = _SYMBOL_PX + 5 + metrics.horizontalAdvance(name)
            if left + width > self.width():
                painter.drawText(left, 0, 20, self.height(), Qt.AlignmentFlag.AlignVCenter, "…")
                break
            self._draw_one(painter, QRect(left, 0, width, self.height()), place, name)
            left += width + _GAP_PX
        painter.end()

    def _draw_one(self, painter: QPainter, room: QRect, place: int, name: str) -> None:
        colour, symbol = series_colour(self._theme.tokens, place), series_symbol(place)
        painter.save()
        painter.translate(room.left() + _SYMBOL_PX / 2 + 1, room.center().y() + 1)
        pen = pg.mkPen(colour, width=1) if symbol in "+x" else pg.mkPen(None)
        pg.graphicsItems.ScatterPlotItem.drawSymbol(painter, symbol, _SYMBOL_PX, pen, pg.mkBrush(colour))
        painter.restore()
        painter.setPen(QColor(self._theme.tokens.text))
        painter.drawText(room.adjusted(_SYMBOL_PX + 5, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, name)
