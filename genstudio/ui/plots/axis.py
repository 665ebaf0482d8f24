"""Axes with tidy numbers."""

from __future__ import annotations

import html
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneResizeEvent

# Half of a label at the very end of an axis reaches so far beyond it.
_BEYOND_END = 14
_LABEL_SPARE = 12


class Axis(pg.AxisItem):
    """An axis that labels its ends as well, and writes 1 for 1.0 and a true minus sign."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        # Numbers and grid stay as they are while a model learns, and drawing them takes half of a frame.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def boundingRect(self) -> QRectF:
        """With room for the labels at both ends, which would be left out otherwise."""
        rectangle: QRectF = super().boundingRect()
        if self.orientation in ("left", "right"):
            return rectangle.adjusted(0, -_BEYOND_END, 0, _BEYOND_END)
        return rectangle.adjusted(-_BEYOND_END, 0, _BEYOND_END, 0)

    def labelString(self) -> str:
        """The label, shortened to the length of the axis: names of columns may be long."""
        along = self.size().height() if self.orientation in ("left", "right") else self.size().width()
        metrics = QFontMetricsF(self.label.font())
        shown = metrics.elidedText(html.unescape(self.labelText), Qt.TextElideMode.ElideRight, along - _LABEL_SPARE)
        style = ";".join(f"{key}: {value}" for key, value in self.labelStyle.items())
        return f"<span style='{style}'>{html.escape(shown)}</span>"

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        """Shorten the label, or show more of it, and centre it."""
        if self.label is not None:
            self.label.setHtml(self.labelString())
        super().resizeEvent(event)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The texts of ticks."""
        texts = super().tickStrings(values, scale, spacing)
        return texts if self.logMode else [_tidy(text) for text in texts]


def _tidy(text: str) -> str:
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")
