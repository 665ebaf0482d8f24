"""Points on their way from a base to the data: they move, and a grid, arrows and the way of one go with them."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from genstudio.ui.plots.arrows import ArrowsLayer
from genstudio.ui.plots.axis import Axis
from genstudio.ui.plots.layered import LayeredPlot
from genstudio.ui.plots.layers import PointsLayer
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.paths import Look, MovingPointsLayer, PathLayer, RingsLayer
from genstudio.ui.plots.warped_grid import WarpedGridLayer
from genstudio.ui.theme import Theme

Floats = NDArray[np.float64]
Ticks = Sequence[tuple[float, str]]

_NEAR_PX = 14.0
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
_NO_GRID = np.empty((0, 0, 2))


class PathsPlot(LayeredPlot):
    """One pair of axes that stay still while all on them moves.

    Layers are "base", "data", "grid", "arrows", "points" and "way"; their switches are named `<name>.layer.<layer>`.

    Signals:
        pointed: the point under the mouse, -1 for none.
        chosen: the point that was clicked or reached by the arrow keys, -1 for none.
    """

    pointed = Signal(int)
    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._home = (-3.5, 3.5, -3.5, 3.5)
        self._under, self._chosen = -1, -1
        self.item.setAxisItems({side: Axis(side) for side in ("top", "right")})
        self._make_layers()
        self.hovered.connect(self._on_hovered)
        self.unhovered.connect(partial(self._point_at, -1))
        self.graph.scene().sigMouseClicked.connect(self._on_pressed)
        self.retheme()

    # What is shown.

    def set_home(self, bounds: tuple[float, float, float, float], square: bool) -> None:
        """What the whole view is, x0, x1, y0, y1, and whether both axes have one scale."""
        moved = bounds != self._home
        self._home = bounds
        self.box.setAspectLocked(square)
        if moved:
            self.fit_view()

    def set_ticks(self, side: str, label: str, ticks: Ticks | None) -> None:
        """Write other units along an axis.

        Arguments:
            side: "left", "bottom", "top" or "right"; the last two are seen only with a label.
            label: plain text.
            ticks: places and texts; None for those of any axis.
        """
        axis = self.item.getAxis(side)
        axis.setTicks(None if ticks is None else [list(ticks), []])
        self.item.setLabel(side, html.escape(label) or None)
        axis.resizeEvent()
        if side in ("top", "right"):
            self.item.showAxis(side, bool(label))

    def set_backdrop(self, points: Floats) -> None:
        """Show where the data lie, faintly, shape (N, 2)."""
        self.data.set(points, None, ())
        size = self.graph.viewport().size()
        self.data.refine(self.bounds(), (size.width(), size.height()))
        self._adopt(self.data)

    def set_base(self, middle: Floats, deviations: Floats) -> None:
        """Show where a normal distribution lies: its mean and deviations along the axes, shape (2,) each."""
        self.base.set(middle, deviations)

    def set_points(self, points: Floats, looks: Sequence[Look]) -> None:
        """Show other points, shape (N, 2), and what each looks like; none is under the mouse until that moves."""
        self.points.set(points, looks)
        if self._chosen >= len(points):
            self._chosen = -1

    def move_to(self, points: Floats, grid: Floats) -> None:
        """Let the points, shape (N, 2), and the nodes of the grid, shape (R, C, 2), go elsewhere."""
        self.points.move(points)
        if self.grid.visible:
            self.grid.set(grid)

    def set_arrows(self, points: Floats, vectors: Floats, scale: float) -> None:
        """Show arrows; see `ArrowsLayer.set`."""
        self.arrows.set(points, vectors, scale)

    def set_way(self, path: Floats, stations: Floats) -> None:
        """Show the way of a point, shape (M, 2), and the stations on it, shape (S, 2); none where they are empty."""
        self.way.set(path, stations)

    def set_chosen(self, index: int) -> None:
        """From which point the arrow keys go on, silently."""
        self._chosen = index

    def clear(self) -> None:
        """Show nothing."""
        self.set_points(np.empty((0, 2)), ())
        self.grid.set(_NO_GRID)
        self.set_arrows(np.empty((0, 2)), np.empty((0, 2)), 1.0)
        self.set_way(np.empty((0, 2)), np.empty((0, 2)))

    def fit_view(self) -> None:
        """Show the whole way."""
        self.set_bounds(self._home)

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        for side in ("top", "right"):
            axis = self.item.getAxis(side)
            axis.setPen(faded(self.theme.tokens.axis, 0.6))
            axis.setTextPen(self.theme.tokens.axis)

    # What the person does.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go from point to point, Escape lets go of it."""
        count, way = len(self.points.points), _STEPS.get(Qt.Key(event.key()))
        if way is not None and count:
            self._choose((self._chosen + way) % count if self._chosen >= 0 else 0)
        elif event.key() == Qt.Key.Key_Escape and self._chosen >= 0:
            self._choose(-1)
        else:
            super().keyPressEvent(event)

    def _on_hovered(self, x: float, y: float) -> None:
        self._point_at(self._nearest(x, y))

    def _point_at(self, index: int) -> None:
        if index != self._under:
            self._under = index
            self.pointed.emit(index)

    def _on_pressed(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not event.double():
            place: QPointF = self.box.mapSceneToView(event.scenePos())
            self._choose(self._nearest(place.x(), place.y()))

    def _choose(self, index: int) -> None:
        self._chosen = index
        self.chosen.emit(index)

    def _nearest(self, x: float, y: float) -> int:
        """The point nearest to a place, if it is near on the screen; else -1."""
        points = self.points.points
        if not len(points) or not self.points.visible:
            return -1
        far = np.hypot(*((points - (x, y)) / self.box.viewPixelSize()).T)
        nearest = int(np.argmin(far))
        return nearest if far[nearest] <= _NEAR_PX else -1

    # Layers.

    def _make_layers(self) -> None:
        tokens = self.theme.tokens
        self.base = self._add("base", RingsLayer(tokens))
        self.data = self._add("data", PointsLayer("Data", "data", 5, tokens, colour="muted", size=3))
        self.grid = self._add("grid", WarpedGridLayer("Grid carried along", "warp", 20, tokens))
        self.arrows = self._add("arrows", ArrowsLayer("Velocity", "velocity", 25, tokens))
        self.points = self._add("points", MovingPointsLayer(tokens))
        self.way = self._add("way", PathLayer(tokens))
