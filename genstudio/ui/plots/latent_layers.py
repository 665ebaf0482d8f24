"""What the map of a latent space is made of, besides its items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from genstudio.applications.latent_map import Bounds
from genstudio.applications.mosaic import mosaic
from genstudio.ui.plots import gate
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import SmoothImage, faded, series_colour, series_symbol
from genstudio.ui.tokens import Tokens

Array = NDArray[Any]
Floats = NDArray[np.float64]

_CURSOR_PX, _STATION_PX, _ITEM_PX = 20, 15, 5
_CURSOR_DEPTH = 60


class ManifoldLayer(Layer):
    """Decoded pictures side by side, as one picture."""

    def __init__(self) -> None:
        super().__init__("Decoded pictures", "manifold", 10)
        self._image = self.own(SmoothImage())

    def set(self, pictures: Array, n: int, bounds: Bounds) -> None:
        """Show n × n pictures (n * n, C, H, W), rows from the top, over a part of the axes."""
        # Pictures grow downwards, axes upwards.
        self._image.setImage(mosaic(pictures, n, gap=0)[::-1], autoLevels=False, levels=None)
        x0, x1, y0, y1 = bounds
        self._image.setRect(x0, y0, x1 - x0, y1 - y0)

    def clear(self) -> None:
        """Show none."""
        self._image.clear()


class MeshLayer(Layer):
    """The lines of a grid, bent or straight."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens) -> None:
        super().__init__(title, icon, depth)
        self._lines = self.own(pg.PlotCurveItem(connect="finite"))
        self.retheme(tokens)

    def set(self, points: Floats) -> None:
        """Show the lines through a grid of points, shape (n, n, 2), along both directions."""
        if not len(points):
            self._lines.clear()
            return
        both = np.concatenate([points, points.transpose(1, 0, 2)])
        # A gap after each line keeps it apart from the next.
        parted = np.concatenate([both, np.full((len(both), 1, 2), np.nan)], axis=1).reshape(-1, 2)
        self._lines.setData(parted[:, 0], parted[:, 1])

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._lines.setPen(pg.mkPen(faded(tokens.accent, 0.6), width=1))


class WayLayer(Layer):
    """Stations in their order, and the way through them."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("Way through the stations", "way", 40)
        self._tokens = tokens
        self._halo = self.own(pg.PlotCurveItem())
        self._line = self.own(pg.PlotCurveItem())
        self._stations = self.own(pg.ScatterPlotItem(size=_STATION_PX, symbol="s"))
        self.retheme(tokens)

    def set(self, stations: Floats, line: Floats) -> None:
        """Show stations, shape (P, 2), and a way, shape (M, 2)."""
        self._stations.setData(stations[:, 0], stations[:, 1])
        for item in (self._halo, self._line):
            item.setData(line[:, 0], line[:, 1])

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._tokens = tokens
        self._halo.setPen(pg.mkPen(faded(tokens.plot, 0.8), width=5))
        self._line.setPen(pg.mkPen(tokens.warning, width=2.5))
        self._stations.setPen(pg.mkPen(tokens.plot, width=2))
        self._stations.setBrush(pg.mkBrush(tokens.warning))


class ItemsLayer(Layer):
    """Points by class: colour and symbol, few enough to be drawn singly.

    All are one item of the scene: at every movement of the mouse the library asks each item for its bounds.
    """

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("Items", "points", 30)
        self._tokens = tokens
        self._points, self._classes = np.empty((0, 2)), np.empty(0, np.int64)
        self._scatter = self.own_still(pg.ScatterPlotItem())

    def set(self, points: Floats, classes: Array | None) -> None:
        """Show points, shape (N, 2), and their classes, shape (N,), whole numbers from 0."""
        self._points, _ = gate.points(points, self.title)
        known = classes is not None and len(self._points) == len(classes)
        self._classes = np.asarray(classes, np.int64) if known else np.full(len(self._points), -1)
        self._draw()

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._tokens = tokens
        self._draw()

    def _draw(self) -> None:
        looks = {k: self._look(int(k)) for k in np.unique(self._classes)}
        # In a random, fixed order no class hides another.
        order = np.random.default_rng(0).permutation(len(self._points))
        chosen = [looks[k] for k in self._classes[order]]
        self._scatter.setData(
            self._points[order, 0], self._points[order, 1], size=_ITEM_PX,
            symbol=[symbol for symbol, _, _ in chosen], brush=[brush for _, brush, _ in chosen],
            pen=[pen for _, _, pen in chosen],
        )

    def _look(self, place: int) -> tuple[str, Any, Any]:
        if place < 0:
            return "o", pg.mkBrush(faded(self._tokens.point, 0.8)), pg.mkPen(None)
        symbol, colour = series_symbol(place), series_colour(self._tokens, place, 0.9)
        # Strokes alone make up these two.
        return symbol, pg.mkBrush(colour), pg.mkPen(colour, width=1) if symbol in "+x" else pg.mkPen(None)


class CursorLayer(Layer):
    """A ring that is seen on black, white and colours."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("Cursor", "point", _CURSOR_DEPTH)
        self.point = (0.0, 0.0)
        self._ring = self.own(Ring(tokens))

    def set(self, point: tuple[float, float], place: Floats) -> None:
        """Stand at a latent point (x, y), which lies at a place of the map, shape (2,)."""
        self.point = point
        self._ring.setPos(float(place[0]), float(place[1]))

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._ring.retheme(tokens)


class Ring(QGraphicsObject):
    """A ring of one size on the screen, however the axes are zoomed; it moves without being made anew."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self.setFlag(QGraphicsObject.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._tokens = tokens
        self.update()

    def boundingRect(self) -> QRectF:
        """Of the ring, pixels of the screen."""
        half = _CURSOR_PX / 2 + 4
        return QRectF(-half, -half, 2 * half, 2 * half)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A bright ring in a broad one of the ground's colour, and the very place in its middle."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, radius = QPointF(0, 0), _CURSOR_PX / 2
        for colour, width in ((self._tokens.plot, 6), (self._tokens.danger, 3)):
            painter.setPen(pg.mkPen(colour, width=width))
            painter.drawEllipse(middle, radius, radius)
        painter.setPen(pg.mkPen(self._tokens.plot, width=1))
        painter.setBrush(pg.mkBrush(self._tokens.danger))
        painter.drawEllipse(middle, 2.5, 2.5)
