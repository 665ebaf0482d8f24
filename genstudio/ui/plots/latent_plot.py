"""The map of a latent space: decoded pictures, items by class, a way, and a cursor that is dragged."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent

from genstudio.applications.latent_map import Bounds, MapScale
from genstudio.ui.plots.latent_layers import CursorLayer, ItemsLayer, ManifoldLayer, MeshLayer, WayLayer
from genstudio.ui.plots.layered import LayeredPlot
from genstudio.ui.theme import Theme

Array = NDArray[Any]
Floats = NDArray[np.float64]

_STEPS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}
_STEP_SHARE, _LONG_STEPS = 0.01, 5
_EMPTY = np.empty((0, 2))


class LatentPlot(LayeredPlot):
    """Two latent coordinates as a map.

    Layers are "manifold", "items" and "way"; their switches are named `<name>.layer.<layer>`. All coordinates given
    and told are latent ones, however the map is scaled.

    Signals:
        cursor_moved: where a person wants the cursor: by pressing, dragging or arrow keys.
        station_wanted: a point that was pressed together with Ctrl.
    """

    cursor_moved = Signal(float, float)
    station_wanted = Signal(float, float)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._scale = MapScale(by_prior=False)
        self._items: tuple[Floats, Array | None] = (_EMPTY, None)
        self._way: tuple[Floats, Floats] = (_EMPTY, _EMPTY)
        self._make_layers()
        self._cursor = CursorLayer(theme.tokens)
        self._adopt(self._cursor)
        # Pressing and dragging move the cursor; the wheel and the right button zoom, the middle one pans.
        self.box.drawing = True
        self.graph.setCursor(Qt.CursorShape.CrossCursor)
        self.box.stroked.connect(self._on_stroked)
        self.retheme()

    # What is shown.

    @property
    def scale(self) -> MapScale:
        """How latent coordinates are laid out."""
        return self._scale

    @property
    def cursor_point(self) -> tuple[float, float]:
        """Where the cursor stands."""
        return self._cursor.point

    def set_scale(self, scale: MapScale) -> None:
        """Lay the coordinates out otherwise, and show all."""
        if scale == self._scale:
            return
        self._scale = scale
        for side in ("left", "bottom"):
            ticks = scale.ticks()
            self.item.getAxis(side).setTicks(None if ticks is None else [ticks])
        self.manifold.clear()
        self._draw_all()
        self.fit_view()

    def set_square(self, square: bool) -> None:
        """Let both coordinates be drawn as long as each other, as pictures need it, or fill the room."""
        self.box.setAspectLocked(square)

    def set_items(self, points: Floats, classes: Array | None) -> None:
        """Show where items lie, shape (N, 2), and their classes, shape (N,), whole numbers from 0."""
        self._items = (points, classes)
        self._draw_items()

    def set_manifold(self, pictures: NDArray[Any], n: int, bounds: Bounds) -> None:
        """Show n × n decoded pictures, rows from the top, over a part of the map (in places of the map)."""
        self.manifold.set(pictures, n, bounds)

    def set_mesh(self, points: Floats) -> None:
        """Show a grid of latent points as lines, shape (n, n, 2); an empty one shows none."""
        self.mesh.set(self._scale.to_map(points))

    def set_way(self, stations: Floats, line: Floats) -> None:
        """Show stations, shape (P, 2), and the way through them, shape (M, 2)."""
        self._way = (stations, line)
        self.way.set(self._scale.to_map(stations), self._scale.to_map(line))

    def set_cursor(self, x: float, y: float) -> None:
        """Put the cursor somewhere, silently."""
        self._cursor.set((x, y), self._scale.to_map(np.array([x, y])))

    def fit_view(self) -> None:
        """Show the prior, and all items."""
        self.set_bounds(self._scale.view(self._items[0]))

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        self._cursor.retheme(self.theme.tokens)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """The items and their classes, the way, and the cursor, in latent coordinates."""
        points, classes = self._items
        found = {"items": points, "way": self._way[1], "cursor": np.array([self.cursor_point])}
        if classes is not None:
            found["items.class"] = np.asarray(classes, float)
        return {name: array for name, array in found.items() if len(array)}

    # What the person does.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move the cursor; with Shift further."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        far = _LONG_STEPS if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        x0, x1, y0, y1 = self.bounds()
        x, y = self._scale.to_map(np.array(self.cursor_point))
        share = _STEP_SHARE * far
        self._tell(x + step[0] * share * (x1 - x0), y + step[1] * share * (y1 - y0))

    def _on_stroked(self, phase: str, x: float, y: float) -> None:
        self._tell(x, y)
        if phase == "start" and QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            self.station_wanted.emit(*self._latent(x, y))

    def _tell(self, x: float, y: float) -> None:
        self.cursor_moved.emit(*self._latent(x, y))

    def _latent(self, x: float, y: float) -> tuple[float, float]:
        found = self._scale.to_latent(np.array([x, y]))
        return float(found[0]), float(found[1])

    # Layers.

    def _make_layers(self) -> None:
        tokens = self.theme.tokens
        self.manifold = self._add("manifold", ManifoldLayer())
        self.mesh = self._add("mesh", MeshLayer("Grid under the prior", "manifold", 15, tokens))
        self.items = self._add("items", ItemsLayer(tokens))
        self.way = self._add("way", WayLayer(tokens))

    def _draw_all(self) -> None:
        self._draw_items()
        self.set_way(*self._way)
        self.set_cursor(*self.cursor_point)

    def _draw_items(self) -> None:
        points, classes = self._items
        self.items.set(self._scale.to_map(points), classes)
