"""The inside of the axes: it pans and zooms, or hands the mouse to a drawing tool."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal


class PlotBox(pg.ViewBox):
    """A view box whose left button can draw.

    `stroked(phase, x, y)` carries a stroke in data coordinates, phase "start", "move" or "end",
    while `drawing` is set; zooming by wheel and right button goes on.
    """

    stroked = Signal(str, float, float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.drawing = False

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Draw with the left button, or pan."""
        if not (self.drawing and event.button() == Qt.MouseButton.LeftButton):
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        if event.isStart():
            self._tell("start", event.buttonDownPos())
        self._tell("end" if event.isFinish() else "move", event.pos())

    def mouseClickEvent(self, event: Any) -> None:
        """A click is the shortest stroke."""
        if self.drawing and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self._tell("start", event.pos())
            self._tell("end", event.pos())
        else:
            super().mouseClickEvent(event)

    def _tell(self, phase: str, place: QPointF) -> None:
        point = self.mapToView(place)
        self.stroked.emit(phase, point.x(), point.y())
