"""Pictures that Qt draws, and what lies over them: captions, frames round the chosen, stars on the marked ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from genstudio.ui.plots.picture_places import Places
from genstudio.ui.tokens import Tokens

SMALLEST_CAPTIONED_PX = 36
_CAPTION_ALPHA = 200
_LARGEST_STAR_PX = 9.0
_STAR = [(0.0, -1.0), (0.26, -0.36), (0.95, -0.31), (0.42, 0.14), (0.59, 0.81), (0.0, 0.45),
         (-0.59, 0.81), (-0.42, 0.14), (-0.95, -0.31), (-0.26, -0.36)]


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """A picture of shape (H, W, 3) that Qt can draw, with memory of its own."""
    height, width, _ = pixels.shape
    whole = np.ascontiguousarray(pixels)
    # Drawing 32 bits a pixel is faster than 24.
    return QImage(whole.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def draw_rows(painter: QPainter, image: QImage, places: Places) -> None:
    """All pictures, drawn as one image: row by row where there is room below each, else at once."""
    band = places.height + places.gap if places.foot else image.height()
    for row, above in enumerate(range(0, image.height(), band)):
        part = QRectF(0, above, image.width(), min(band, image.height() - above))
        corner = QPointF(places.left, places.top + row * places.pitch)
        painter.drawImage(QRectF(corner, part.size() * places.scale), image, part)


def draw_captions(painter: QPainter, tokens: Tokens, places: Places, captions: Sequence[str]) -> None:
    """A line over the foot of each picture, where pictures are wide enough to read it."""
    if not captions or places.cell(0)[2] < SMALLEST_CAPTIONED_PX:
        return
    metrics = painter.fontMetrics()
    ground = QColor(tokens.surface)
    ground.setAlpha(_CAPTION_ALPHA)
    painter.setPen(QColor(tokens.text))
    for index, caption in enumerate(captions):
        left, top, wide, high = places.cell(index)
        foot = QRectF(left, top + high - metrics.height(), wide, metrics.height())
        painter.fillRect(foot, ground)
        text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(wide) - 2)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, text)


def draw_frames(painter: QPainter, tokens: Tokens, places: Places, indices: Iterable[int]) -> None:
    """A frame round some pictures, in two colours, so that it is seen on black, on white and on its own."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for index in indices:
        frame = QRectF(*places.cell(index)).adjusted(-1, -1, 1, 1)
        for colour, width in ((tokens.plot, 5.0), (tokens.accent, 3.0)):
            painter.setPen(_pen(colour, width))
            painter.drawRect(frame)


def draw_stars(painter: QPainter, tokens: Tokens, places: Places, indices: Iterable[int]) -> None:
    """A star in the upper right corner of some pictures."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(tokens.warning))
    painter.setPen(_pen(tokens.plot, 1.0))
    for index in indices:
        left, top, wide, high = places.cell(index)
        radius = min(_LARGEST_STAR_PX, 0.25 * min(wide, high))
        middle = QPointF(left + wide - radius - 1, top + radius + 1)
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) * radius for x, y in _STAR]))


def _pen(colour: str, width: float) -> QPen:
    pen = QPen(QBrush(QColor(colour)), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen
