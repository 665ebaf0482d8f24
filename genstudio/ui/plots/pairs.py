"""Tables of several columns: every pair at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from genstudio.errors import DataError
from genstudio.ui.plots import binning, export, gate
from genstudio.ui.plots.export_menu import ExportMenu
from genstudio.ui.plots.mosaic import draw_mosaic
from genstudio.ui.plots.paint import series_colour
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.theme import Theme

COLUMNS_AT_MOST = 8

_DRAWN_AT_MOST = 6_000
_LABEL_SPACE = 20
_SMALLEST_CELL = 24
_DOT = 3
_REDRAW_MS = 60


class Pairs(QWidget):
    """A matrix of plots: columns against each other, histograms on the diagonal.

    All cells are one picture, since dozens of axes would take a second to draw.
    `pair_chosen(x, y)` carries the numbers of the columns of a cell that was clicked,
    `export_failed(error)` what could not be written.
    """

    pair_chosen = Signal(int, int)
    export_failed = Signal(object)

    def __init__(self, theme: Theme, name: str = "pairs", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("Pairs of columns")
        self.setToolTip("Click a pair to see it large")
        self._theme = theme
        self._names: list[str] = []
        self._values = np.empty((0, 0))
        self._classes: NDArray[np.int64] | None = None
        self._picture: QImage | None = None
        self._redraw = Throttle(self._draw, _REDRAW_MS, self)
        theme.changed.connect(self._draw)

    def set_columns(self, names: Sequence[str], values: ArrayLike, classes: ArrayLike | None = None) -> None:
        """Show a table; of very many rows some are drawn.

        Arguments:
            names: plain text, one a column.
            values: shape (N, D); the first 8 columns are shown, rows that are not finite are left out.
            classes: whole numbers from 0, shape (N,), drawn in colours.
        """
        given = np.asarray(values)
        if given.ndim != 2 or given.shape[1] != len(names):
            raise DataError(f"{len(names)} columns were named, but the table has the shape {given.shape}.")
        some = binning.thinned(len(given), _DRAWN_AT_MOST)
        self._values, good = gate.points(given[some, :COLUMNS_AT_MOST], "columns", width=None)
        self._names = [str(name) for name in names[:COLUMNS_AT_MOST]]
        self._classes = None
        if classes is not None:
            numbers = gate.column(np.asarray(classes)[some], "classes")[good]
            self._classes = np.nan_to_num(numbers).astype(np.int64).clip(0, 63)
        self._draw()

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """The rows that are drawn, one array a column."""
        return {name: self._values[:, place] for place, name in enumerate(self._names)}

    def export(self, path: Path) -> None:
        """Write the matrix as PNG, SVG, CSV or NPZ.

        Raises:
            GenStudioError: the file cannot be written.
        """
        export.save(path, self, self.arrays)

    def sizeHint(self) -> QSize:
        """Large enough to tell shapes."""
        side = max(len(self._names), 3) * 110 + _LABEL_SPACE
        return QSize(side, side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for the new size, at most so often."""
        super().resizeEvent(event)
        self._redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a pair."""
        cell = self._cell()
        place = event.position().toPoint() - self._corner()
        across, row = place.x() // cell, place.y() // cell
        inside = 0 <= across < len(self._names) and 0 <= row < len(self._names)
        if inside and across != row and event.button() == Qt.MouseButton.LeftButton:
            self.pair_chosen.emit(across, row)

    def context_menu(self) -> QMenu:
        """The menu of the right mouse button."""
        return ExportMenu(self, self.export, self.export_failed.emit)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer exports."""
        self.context_menu().popup(event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Put the picture and the names up."""
        painter = QPainter(self)
        tokens = self._theme.tokens
        painter.fillRect(self.rect(), QColor(tokens.plot))
        if self._picture is not None:
            painter.drawImage(self._corner(), self._picture)
            self._paint_frame(painter, QColor(tokens.border), QColor(tokens.muted))
        painter.end()

    def _paint_frame(self, painter: QPainter, border: QColor, text: QColor) -> None:
        cell, corner = self._cell(), self._corner()
        metrics = painter.fontMetrics()
        for place, name in enumerate(self._names):
            short = metrics.elidedText(" ".join(name.split()), Qt.TextElideMode.ElideRight, cell - 8)
            painter.setPen(text)
            below = QRect(corner.x() + place * cell, corner.y() - _LABEL_SPACE, cell, _LABEL_SPACE)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, short)
            painter.setPen(border)
            for row in range(len(self._names)):
                painter.drawRect(QRect(corner + QPoint(place * cell, row * cell), QSize(cell, cell)))

    def _draw(self) -> None:
        self._picture = None
        if len(self._values) and self._names:
            tokens = self._theme.tokens
            scale = self.devicePixelRatioF()
            cell, dot = round(self._cell() * scale), round(_DOT * scale)
            self._picture = _image(draw_mosaic(self._values, self._colours(), _rgb(QColor(tokens.plot)), cell, dot))
            self._picture.setDevicePixelRatio(scale)
        self.update()

    def _colours(self) -> NDArray[np.float64]:
        tokens = self._theme.tokens
        if self._classes is None:
            return np.broadcast_to(_rgb(QColor(tokens.accent)), (len(self._values), 3))
        table = np.array([_rgb(series_colour(tokens, place)) for place in range(64)])
        return table[self._classes]

    def _cell(self) -> int:
        side = min(self.width() - 8, self.height() - _LABEL_SPACE - 8)
        return max(_SMALLEST_CELL, side // max(len(self._names), 1))

    def _corner(self) -> QPoint:
        used = self._cell() * len(self._names)
        return QPoint(max((self.width() - used) // 2, 0), _LABEL_SPACE)


def _rgb(colour: QColor) -> NDArray[np.float64]:
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def _image(pixels: NDArray[np.uint8]) -> QImage:
    height, width, _ = pixels.shape
    # The copy owns its memory; the array does not outlive this call.
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
