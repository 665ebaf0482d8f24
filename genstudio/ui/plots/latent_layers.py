"""What the map of a latent space is made of, besides its items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from genstudio.applications.latent_map import Bounds
from genstudio.applications.mosaic import mosaic
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import faded
from genstudio.ui.tokens import Tokens

Array = NDArray[Any]
Floats = NDArray[np.float64]

_CURSOR_PX, _STATION_PX = 20, 15
_CURSOR_DEPTH = 60


class ManifoldLayer(Layer):
    """Decoded pictures side by side, as one picture."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("Decoded pictures", "manifold", 10)
        self._ground = _rgb(tokens.plot)
        self._shown: tuple[Array, int] | None = None
        self._image = self.own(pg.ImageItem(axisOrder="row-major"))

    def set(self, pictures: Array, n: int, bounds: Bounds) -> None:
        """Show n × n pictures (n * n, C, H, W), rows from the top, over a part of the axes."""
        self._shown = (pictures, n)
        self._draw()
        x0, x1, y0, y1 = bounds
        self._image.setRect(x0, y0, x1 - x0, y1 - y0)

    def clear(self) -> None:
        """Show none."""
        self._shown = None
        self._image.clear()

    def retheme(self, tokens: Tokens) -> None:
        """Take up the colour of the gaps."""
        self._ground = _rgb(tokens.plot)
        if self._shown is not None:
            self._draw()

    def _draw(self) -> None:
        if self._shown is not None:
            pictures, n = self._shown
            # Pictures grow downwards, axes upwards.
            self._image.setImage(mosaic(pictures, n, ground=self._ground)[::-1], autoLevels=False, levels=None)


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


class CursorLayer(Layer):
    """A ring that is seen on black, white and colours."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("Cursor", "point", _CURSOR_DEPTH)
        self.point = (0.0, 0.0)
        self._halo = self.own(pg.ScatterPlotItem(size=_CURSOR_PX, symbol="o", brush=None))
        self._ring = self.own(pg.ScatterPlotItem(size=_CURSOR_PX, symbol="o", brush=None))
        self._middle = self.own(pg.ScatterPlotItem(size=5, symbol="o"))
        self.retheme(tokens)

    def set(self, point: tuple[float, float], place: Floats) -> None:
        """Stand at a latent point (x, y), which lies at a place of the map, shape (2,)."""
        self.point = point
        for item in self.items:
            item.setData([place[0]], [place[1]])

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._halo.setPen(pg.mkPen(faded(tokens.plot, 0.9), width=6))
        self._ring.setPen(pg.mkPen(tokens.danger, width=3))
        self._middle.setPen(pg.mkPen(tokens.plot, width=1))
        self._middle.setBrush(pg.mkBrush(tokens.danger))


def _rgb(colour: str) -> tuple[int, int, int]:
    found = QColor(colour)
    return found.red(), found.green(), found.blue()
