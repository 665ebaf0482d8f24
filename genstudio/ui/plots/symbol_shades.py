"""How often draws have each symbol at each time, as shades in the lanes of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from genstudio.ui.plots.series_drawing import SeriesDrawing

Floats = NDArray[np.float64]

_DARKEST = 235


@dataclass(frozen=True)
class Shade:
    """What is said of a column of symbols over one stretch of time.

    Arguments:
        first, last: where the stretch begins and ends.
        shares: of each symbol at each time, shape (F, T).
    """

    column: int
    first: float
    last: float
    shares: Floats

    @staticmethod
    def of(column: int, times: Floats, draws: Floats, count: int, step: float) -> Shade:
        """Counted from draws.

        Arguments:
            times: shape (T,); `step`: the time from one to the next.
            draws: codes, shape (R, T).
            count: symbols that there are.
        """
        cells = draws.astype(np.int64) * len(times) + np.arange(len(times))
        found = np.bincount(cells.ravel(), minlength=count * len(times)).reshape(count, len(times))
        shares = found / len(draws)
        return Shade(column, float(times[0]) - step / 2, float(times[-1]) + step / 2, shares)


class SymbolShades(pg.GraphicsObject):
    """Draws shades behind the lines of a series, in pixels of the axes as those are.

    Arguments:
        drawing: knows where lanes and times are.
        box: along x it shows times.
    """

    def __init__(self, drawing: SeriesDrawing, box: pg.ViewBox) -> None:
        super().__init__()
        self._drawing, self._box = drawing, box
        self._shades: list[tuple[Shade, QImage]] = []
        self.setParentItem(box)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(9)
        box.sigRangeChanged.connect(lambda *_: self.update())

    def show_shades(self, shades: Sequence[Shade], colour: str) -> None:
        """Show other shades, the darker the more draws have a symbol."""
        self._shades = [(shade, _image(shade.shares, QColor(colour))) for shade in shades]
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """All of the axes."""
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A picture for each stretch, one cell for each symbol and time."""
        for shade, image in self._shades:
            if shade.column < len(self._drawing.lanes):
                lane = self._drawing.lanes[shade.column]
                left, right = self._drawing.pixels(np.array([shade.first, shade.last]))
                top, bottom = lane.heights(np.array([len(shade.shares) - 0.5, -0.5]))
                painter.drawImage(QRectF(left, top, right - left, bottom - top), image)


def _image(shares: Floats, colour: QColor) -> QImage:
    """One pixel for each symbol, the last at the top, and time."""
    height, width = shares.shape
    cells = np.empty((height, width, 4), np.uint8)
    cells[..., :3] = colour.red(), colour.green(), colour.blue()
    # By the root, so that what is rare is seen as well.
    cells[..., 3] = _DARKEST * np.sqrt(shares[::-1])
    return QImage(cells.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
