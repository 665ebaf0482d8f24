"""The plane of latent points as a generator bends it: cells that are the fuller the denser they lie."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.warped_grid import warped_lines
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]

_SHADES, _FULLEST = 24, 0.42
"""Opacities that are told apart, and the highest: what lies below is never hidden."""


class Cells(pg.GraphicsObject):
    """Quadrilaterals of one colour, each with an opacity of its own; where they overlap, both are seen."""

    def __init__(self) -> None:
        super().__init__()
        self._polygons: list[tuple[QPolygonF, int]] = []
        self._brushes: list[QBrush] = []
        self._bounds = QRectF()

    def set_cells(self, nodes: Floats, opacity: Floats) -> None:
        """Take the corners of a grid of cells, shape (R + 1, C + 1, 2), and opacities from 0 to 1, shape (R, C)."""
        self.prepareGeometryChange()
        finite = np.asarray(np.isfinite(nodes).all(axis=-1))
        whole = finite[:-1, :-1] & finite[:-1, 1:] & finite[1:, 1:] & finite[1:, :-1]
        shades = np.rint(np.clip(opacity, 0.0, 1.0) * (_SHADES - 1)).astype(int)
        points = [[QPointF(float(x), float(y)) for x, y in row] for row in nodes]
        self._polygons = [
            (QPolygonF([points[r][c], points[r][c + 1], points[r + 1][c + 1], points[r + 1][c]]), int(shades[r, c]))
            for r, c in np.argwhere(whole)
        ]
        self._bounds = _around(nodes[finite])
        self.update()

    def set_colour(self, colour: str) -> None:
        """Paint in this colour."""
        self._brushes = [QBrush(faded(colour, _FULLEST * shade / (_SHADES - 1))) for shade in range(_SHADES)]
        self.update()

    def boundingRect(self) -> QRectF:
        """Of all cells."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Fill every cell; smoothed edges would leave seams between them."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for polygon, shade in self._polygons:
            painter.setBrush(self._brushes[shade])
            painter.drawPolygon(polygon)


class ManifoldLayer(Layer):
    """Cells, and the lines between them."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens) -> None:
        super().__init__(title, icon, depth)
        self._nodes = np.empty((0, 0, 2))
        self._cells = self.own(Cells())
        self._lines = self.own(pg.PlotCurveItem(connect="finite"))
        self.retheme(tokens)

    def set(self, nodes: Floats, opacity: Floats) -> None:
        """Take corners, shape (R + 1, C + 1, 2), and opacities from 0 to 1, shape (R, C); none where they are empty."""
        self._nodes = nodes
        self._cells.set_cells(nodes, opacity)
        path = warped_lines(nodes)
        self._lines.setData(path[:, 0], path[:, 1], connect="finite")

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._cells.set_colour(tokens.success)
        self._lines.setPen(pg.mkPen(faded(tokens.success, 0.4), width=1))

    def arrays(self) -> dict[str, Floats]:
        """The corners, row after row."""
        return {"manifold": self._nodes.reshape(-1, 2)} if self._nodes.size else {}


def _around(points: Floats) -> QRectF:
    if not len(points):
        return QRectF()
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return QRectF(QPointF(float(x0), float(y0)), QPointF(float(x1), float(y1)))
