"""A grid of pictures whose rows have names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.theme import Theme

_WIDEST_PX = 110
_MARGIN_PX = 8


class NamedGrid(QWidget):
    """Pictures, and close to their left the name of each class beside its first picture.

    Arguments:
        name: object name of the grid; `title` is what those hear who cannot see it.
    """

    def __init__(self, theme: Theme, name: str, title: str) -> None:
        super().__init__()
        self._theme = theme
        self.grid = PictureGrid(theme, name, title)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.grid)
        self._names = _Names(self)
        self.grid.installEventFilter(self)
        theme.changed.connect(self.update)

    def set_names(self, names: Sequence[str], each: int = 1) -> None:
        """Write plain names, one for so many pictures each; none takes no room."""
        self._names.texts, self._names.each = tuple(names), each
        widest = max((self.fontMetrics().horizontalAdvance(name) + 2 * _MARGIN_PX for name in names), default=0)
        self._row.setContentsMargins(min(_WIDEST_PX, widest), 0, 0, 0)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Names follow where pictures move to."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground goes on under the names."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.plot))
        painter.end()

    def _place(self) -> None:
        """From the left edge to the first picture: names end close to it, however wide the room is."""
        self._names.setVisible(bool(self._names.texts))
        if self._names.texts:
            self._row.activate()
            left = self.grid.x() + int(self.grid.places.left)
            self._names.setGeometry(QRect(0, 0, left, self.height()))
            self._names.raise_()
            self._names.update()


class _Names(QWidget):
    def __init__(self, owner: NamedGrid) -> None:
        super().__init__(owner)
        self._owner = owner
        self.texts: Sequence[str] = ()
        self.each = 1
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Each name beside the rows of its pictures; it wraps where they are more than one."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        places, width = self._owner.grid.places, self.width() - _MARGIN_PX
        lines = max(1, self.each // places.columns)
        wraps = Qt.TextFlag.TextWordWrap if lines > 1 else Qt.TextFlag.TextSingleLine
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter) | int(wraps)
        for place, name in enumerate(self.texts):
            _, top, _, high = places.cell(place * self.each)
            text = name if lines > 1 else painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRect(0, int(top), width, int(lines * high)), flags, text)
        painter.end()
