"""Pictures with a number from 0 to 1 below each: as digits, as the length of a bar, and as its colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.theme import Theme, with_tabular_digits

Array = NDArray[Any]

FOOT_PX, BAR_PX = 17.0, 5.0
_DIGITS_PX, _FONT_PX, _LEAST_BAR_PX, _SIDE_PX = 26.0, 11, 10.0, 1.0


class JudgedGrid(PictureGrid):
    """A grid of pictures with a verdict under each: the farther the bar reaches, the more real it looks.

    Arguments:
        name, title: as a grid of pictures has them.
    """

    def __init__(self, theme: Theme, name: str, title: str = "Pictures", parent: QWidget | None = None) -> None:
        super().__init__(theme, name, title, parent, foot_px=FOOT_PX)
        self.verdicts: tuple[float, ...] = ()
        font = with_tabular_digits(self.font())
        font.setPixelSize(_FONT_PX)
        self._digits = font

    def set_judged(self, x: Array, verdicts: Array, words: Sequence[str]) -> None:
        """Show pictures and what is held of them.

        Arguments:
            x: shape (N, C, H, W) with C 1 or 3: bytes, or intensities from 0 to 1.
            verdicts: how real each is held to be, 0 to 1, shape (N,).
            words: what is said of each under the mouse.
        """
        self.verdicts = tuple(np.asarray(verdicts, float).tolist())
        self.set_pictures(x, captions=words)

    def paint_words(self, painter: QPainter) -> None:
        """A bar and a number below each picture."""
        painter.setFont(self._digits)
        for index, verdict in enumerate(self.verdicts[:len(self.pictures)]):
            left, top, wide, high = self.places.cell(index)
            foot = QRectF(left, top + high, wide, FOOT_PX).adjusted(_SIDE_PX, 1, -_SIDE_PX, 0)
            if foot.width() >= _DIGITS_PX + _LEAST_BAR_PX:
                painter.setPen(QColor(self.theme.tokens.text))
                upright = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(foot, upright, f"{verdict:.2f}")
                foot.setWidth(foot.width() - _DIGITS_PX)
            self._draw_bar(painter, foot, verdict)

    def _draw_bar(self, painter: QPainter, room: QRectF, verdict: float) -> None:
        tokens = self.theme.tokens
        bar = QRectF(room.left(), room.center().y() - BAR_PX / 2, room.width(), BAR_PX)
        painter.fillRect(bar, QColor(tokens.grid))
        filled = QRectF(bar.topLeft(), bar.size())
        filled.setWidth(bar.width() * min(max(verdict, 0.0), 1.0))
        painter.fillRect(filled, QColor(tokens.series[0 if verdict >= 0.5 else 1]))
        # Half way the discriminator cannot tell.
        middle = QRectF(bar.center().x() - 0.5, bar.top() - 2, 1, BAR_PX + 4)
        painter.fillRect(middle, QColor(tokens.axis))
