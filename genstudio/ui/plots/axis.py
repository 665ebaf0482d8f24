"""Axes with tidy numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsItem

# Half of a label at the very end of an axis reaches so far beyond it.
_BEYOND_END = 14


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

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The texts of ticks."""
        texts = super().tickStrings(values, scale, spacing)
        return texts if self.logMode else [_tidy(text) for text in texts]


def _tidy(text: str) -> str:
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")
