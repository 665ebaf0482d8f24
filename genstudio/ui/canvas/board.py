"""The square on which data are drawn: it shows a drawing and tells where the mouse is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsEllipseItem, QMenu, QSizePolicy, QWidget

from genstudio.data.drawing import CLASSES, LIMIT, Drawing
from genstudio.ui.plots.export import save
from genstudio.ui.plots.export_menu import ExportMenu
from genstudio.ui.plots.paint import series_colour, series_symbol
from genstudio.ui.theme import Theme

_POINT_SIZE_PX = 7
_ABOVE_POINTS = 10
_OPACITY = 0.85
_AXIS_PX = 26
# Room for the numbers at the ends of the axes.
_MARGIN = 0.2


class Board(pg.PlotWidget):
    """Axes from -4 to 4 that neither move nor zoom.

    Signals:
        pressed, moved, released: the place in units of the axes, as x and y; `moved` only while a button is down.
        export_failed: an error; a file could not be written.
    """

    pressed = Signal(float, float)
    moved = Signal(float, float)
    released = Signal()
    export_failed = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription("Press and drag to draw points with the chosen tool")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self._theme = theme
        self._shown = [np.empty((0, 2)) for _ in CLASSES]
        self._layers = [
            pg.ScatterPlotItem(symbol=series_symbol(code), size=_POINT_SIZE_PX) for code in range(len(CLASSES))
        ]
        self._ring = QGraphicsEllipseItem()
        self._ring.setZValue(_ABOVE_POINTS)
        self._ring.hide()
        self._radius = 0.0
        self._fix_axes()
        theme.changed.connect(self._dress)
        self._dress()

    def show_drawing(self, drawing: Drawing) -> None:
        """Show other points."""
        for code, layer in enumerate(self._layers):
            shown, wanted = self._shown[code], drawing.points[drawing.classes == code]
            if np.array_equal(shown, wanted):
                continue
            # A stroke mostly adds; placing thousands of points anew would hold up the mouse.
            if len(shown) and np.array_equal(shown, wanted[: len(shown)]):
                added = wanted[len(shown):]
                layer.addPoints(x=added[:, 0], y=added[:, 1])
            else:
                layer.setData(x=wanted[:, 0], y=wanted[:, 1])
            self._shown[code] = wanted

    def show_radius(self, radius: float) -> None:
        """How wide the ring around the mouse is, in units of the axes; 0 hides it."""
        self._radius = radius
        self._ring.setVisible(radius > 0 and self.underMouse())

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """What is drawn: points, shape (N, 2), and their classes, shape (N,), as numbers from 0."""
        classes = np.repeat(np.arange(len(self._shown), dtype=np.float64), [len(mine) for mine in self._shown])
        return {"points": np.concatenate(self._shown), "class": classes}

    def export(self, path: Path) -> None:
        """Write the drawing as PNG, SVG, CSV or NPZ.

        Raises:
            GenStudioError: the file cannot be written.
        """
        save(path, self, self.arrays)

    def context_menu(self) -> QMenu:
        """The menu of the right mouse button."""
        return ExportMenu(self, self.export, self.export_failed.emit)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer exports."""
        self.context_menu().popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to draw."""
        if event.button() == Qt.MouseButton.LeftButton:
            place = self._place(event)
            self.pressed.emit(place.x(), place.y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on; the ring follows."""
        place = self._place(event)
        self._move_ring(place)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(place.x(), place.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End of a stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two quick clicks are two clicks."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The axes stay; whoever holds the canvas may use the wheel."""
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """No ring without a mouse."""
        super().leaveEvent(event)
        self._ring.hide()

    def _place(self, event: QMouseEvent) -> QPointF:
        return QPointF(self.plotItem.vb.mapSceneToView(self.mapToScene(event.position().toPoint())))

    def _move_ring(self, place: QPointF) -> None:
        radius = self._radius
        self._ring.setRect(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius)
        self._ring.setVisible(radius > 0)

    def _fix_axes(self) -> None:
        plot = self.plotItem
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        end = LIMIT + _MARGIN
        plot.setRange(xRange=(-end, end), yRange=(-end, end), padding=0.0, disableAutoRange=True)
        plot.showGrid(x=True, y=True, alpha=0.25)
        # Fixed, so that the board does not move under the mouse once the numbers are known.
        plot.getAxis("left").setWidth(_AXIS_PX)
        plot.getAxis("bottom").setHeight(_AXIS_PX)
        for layer in self._layers:
            plot.addItem(layer)
        plot.vb.addItem(self._ring, ignoreBounds=True)

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.setBackground(tokens.plot)
        for side in ("left", "bottom"):
            axis = self.plotItem.getAxis(side)
            axis.setPen(pg.mkPen(tokens.axis))
            axis.setTextPen(pg.mkPen(tokens.axis))
        for code, layer in enumerate(self._layers):
            layer.setPen(pg.mkPen(None))
            layer.setBrush(series_colour(tokens, code, _OPACITY))
        pen = pg.mkPen(tokens.text, width=1.2, style=Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self._ring.setPen(pen)


class SquareFrame(QWidget):
    """Keeps one widget as large a square as fits, in the middle, so that circles look round."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self._inner = inner
        inner.setParent(self)
        self.setMinimumSize(220, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the square."""
        side = min(self.width(), self.height())
        self._inner.setGeometry((self.width() - side) // 2, (self.height() - side) // 2, side, side)
