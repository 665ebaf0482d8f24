"""Points of one side of a game, real or made, and those that are taken for the other."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import faded, series_colour
from genstudio.ui.plots.paths import MovingScatter
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]

_RING_PX = 13


class SideLayer(Layer):
    """Points that may move at every frame.

    Arguments:
        side: place among the theme's series colours.
        symbol, size: of a point; the symbol tells the sides apart where colours do not.
    """

    def __init__(
        self, title: str, icon: str, depth: int, tokens: Tokens, *, side: int, symbol: str, size: float
    ) -> None:
        super().__init__(title, icon, depth)
        self._side = side
        self.points = np.empty((0, 2))
        self._rings = self.own(pg.ScatterPlotItem(size=_RING_PX, symbol="o", brush=None))
        self.scatter = self.own(MovingScatter(pxMode=True, symbol=symbol, size=size))
        self.retheme(tokens)

    def set(self, points: Floats) -> None:
        """Show points, shape (N, 2); as many as before only move."""
        if len(points) == len(self.points):
            self.points = points
            self.scatter.move(points)
        else:
            self.points = points
            self.scatter.setData(points[:, 0], points[:, 1])

    def ring(self, chosen: NDArray[np.bool_]) -> None:
        """Draw rings round some of the points, shape (N,)."""
        found = self.points[chosen[:len(self.points)]]
        self._rings.setData(found[:, 0], found[:, 1])

    @property
    def ringed(self) -> int:
        """So many points have rings."""
        return len(self._rings.data)

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self.scatter.setBrush(pg.mkBrush(series_colour(tokens, self._side)))
        # A rim of the ground's colour lifts a point off a landscape of its own.
        self.scatter.setPen(pg.mkPen(faded(tokens.plot, 0.85), width=1))
        self._rings.setPen(pg.mkPen(tokens.danger, width=1.8))

    def arrays(self) -> dict[str, Floats]:
        """The points."""
        return {self.title.partition(" ")[0].lower(): self.points} if len(self.points) else {}
