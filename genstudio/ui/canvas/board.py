"""The square on which data are drawn: it shows a drawing and tells where the mouse is."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsEllipseItem, QSizePolicy, QWidget

from genstudio.data.drawing import CLASSES, LIMIT, Drawing
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
    """

    pressed = Signal(float, float)
    moved = Signal(float, float)
    released = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription("Press and drag to draw points with the chosen tool")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self._theme = theme
        self._drawing: Drawing | None = None
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
        self._drawing = drawing
        for code, layer in enumerate(self._layers):
            mine = drawing.points[drawing.classes == code]
            if len(mine) or len(layer.data):
                layer.setData(x=mine[:, 0], y=mine[:, 1])

    def show_radius(self, radius: float) -> None:
        """How wide the ring around the mouse is, in units of the axes; 0 hides it."""
        self._radius = radius
        self._ring.setVisible(radius > 0 and self.underMouse())

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
