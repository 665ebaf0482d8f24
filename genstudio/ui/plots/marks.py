"""Small marks at the foot of a plot, where something happened on the way."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

HEIGHT_PX = 14
REACH_PX = 5


class Marks(pg.GraphicsObject):
    """Short vertical lines at the foot of the view, each with a text."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: tuple[tuple[float, str], ...] = ()
        self._log = False
        self._pen = pg.mkPen(width=2)

    def set_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Show these places along x, each with what happened there."""
        self.marks = tuple(marks)
        self.update()

    def set_log(self, on: bool) -> None:
        """The x axis is logarithmic, or not."""
        self._log = on
        self.update()

    def set_colour(self, colour: str) -> None:
        """Draw in this colour."""
        self._pen = pg.mkPen(colour, width=2)
        self.update()

    def texts_near(self, x: float) -> list[str]:
        """What happened near a place along x, as it is drawn."""
        reach = REACH_PX * self.pixelWidth()
        return [text for place, text in self.marks if (found := self._drawn(place)) is not None
                and abs(found - x) <= reach]

    def boundingRect(self) -> QRectF:
        """The whole view: the marks stay at its foot."""
        return QRectF(self.viewRect())

    def viewRangeChanged(self, *_: object) -> None:
        """The foot has moved."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw those in sight."""
        view = self.boundingRect()
        foot, height = min(view.top(), view.bottom()), HEIGHT_PX * self.pixelHeight()
        painter.setPen(self._pen)
        for place, _ in self.marks:
            x = self._drawn(place)
            if x is not None and view.left() <= x <= view.right():
                painter.drawLine(pg.Point(x, foot), pg.Point(x, foot + height))

    def _drawn(self, place: float) -> float | None:
        if not self._log:
            return place
        return math.log10(place) if place > 0 else None
