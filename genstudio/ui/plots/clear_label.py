"""The label of a level line, where nothing else is written."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF

_NEAR_PX = 4.0
_PLACES = ((0.99, (1.0, 1.0)), (0.99, (1.0, 0.0)), (0.01, (0.0, 1.0)), (0.01, (0.0, 0.0)))
"""Places along the line, and the corner of the label that lies there: right above, right below, left above, left
below. At the right curves have yet to come; below, a label is cut where the line is at the foot."""


class ClearLabel(pg.InfLineLabel):
    """A label at the first place where it hides nothing of a legend, and is not cut; short where it is too narrow.

    Arguments:
        line: level, in a plot.
        text, short: what it says where there is room, and where there is little.
        legend: what must stay readable.
    """

    def __init__(self, line: pg.InfiniteLine, text: str, short: str, legend: pg.LegendItem) -> None:
        self._legend = legend
        self._sizes: dict[str, QRectF] = {}
        at, anchor = _PLACES[0]
        super().__init__(line, text, position=at, anchors=[anchor, anchor])
        for words in (short, text):
            self.setText(words)
            self._sizes[words] = self.textItem.boundingRect()
        self._texts, self._said = (text, short), text
        legend.geometryChanged.connect(self.updatePosition)

    def updatePosition(self) -> None:
        """Go where the line is now."""
        if self._sizes and self.scene() is not None and isinstance(self.line.getViewBox(), pg.ViewBox):
            text, at, anchor = self._clear_place()
            self.orthoPos, self.anchors = at, [anchor, anchor]
            if text != self._said:
                self._said = self.format = text
                self.setText(text)
        super().updatePosition()

    def _clear_place(self) -> tuple[str, float, tuple[float, float]]:
        view = self._view()
        taken = self._legend.sceneBoundingRect().adjusted(-_NEAR_PX, -_NEAR_PX, _NEAR_PX, _NEAR_PX)
        for text in self._texts:
            for at, anchor in _PLACES:
                covered = self._covered(text, at, anchor)
                if not covered.intersects(taken) and view.contains(covered):
                    return text, at, anchor
        return self._texts[0], *_PLACES[0]

    def _covered(self, text: str, at: float, anchor: tuple[float, float]) -> QRectF:
        """What the label would cover, pixels of the scene."""
        view, size = self._view(), self._sizes[text].size()
        y = self.line.getViewBox().mapViewToScene(QPointF(0.0, self.line.value())).y()
        corner = QPointF(view.left() + at * view.width(), y)
        return QRectF(corner - QPointF(anchor[0] * size.width(), anchor[1] * size.height()), size)

    def _view(self) -> QRectF:
        box = self.line.getViewBox()
        found: QRectF = box.mapRectToScene(box.rect())
        return found
