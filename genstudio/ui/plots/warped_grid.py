"""A grid of latent points as it lies among the data: how a model bends a flat map over them."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray

from genstudio.errors import DataError
from genstudio.ui.plots import gate
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import faded
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]
_EVERY = 2
"""Only some of the lines are drawn, but each through all of its points, so that it bends smoothly."""


class WarpedGridLayer(Layer):
    """Lines through the rows and the columns of a grid."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens) -> None:
        super().__init__(title, icon, depth)
        self._points = np.empty((0, 0, 2))
        self._curve = self.own(pg.PlotCurveItem(connect="finite"))
        self.retheme(tokens)

    def set(self, points: ArrayLike) -> None:
        """Take points, shape (R, C, 2).

        Raises:
            DataError: they have another shape.
        """
        found = np.asarray(points)
        if found.ndim != 3 or found.shape[2] != 2:
            raise DataError(f"`{self.title}` has the shape {found.shape} and cannot be drawn as a grid.")
        rows, columns = found.shape[:2]
        flat = np.column_stack([gate.column(found[:, :, axis].ravel(), self.title) for axis in range(2)])
        self._points = flat.reshape(rows, columns, 2)
        path = warped_lines(self._points)
        self._curve.setData(path[:, 0], path[:, 1], connect="finite")

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._curve.setPen(pg.mkPen(faded(tokens.success, 0.75), width=1))

    def arrays(self) -> dict[str, Floats]:
        """The points, row after row."""
        return {"latent": self._points.reshape(-1, 2)} if self._points.size else {}


def warped_lines(points: Floats) -> Floats:
    """Every other row and column of a grid (R, C, 2) as one path with NaN between the lines, shape (P, 2)."""
    if not points.size:
        return np.empty((0, 2))
    gap = np.full((1, 2), np.nan)
    lines = [*points[::_EVERY], *points.transpose(1, 0, 2)[::_EVERY]]
    return np.concatenate([part for line in lines for part in (line, gap)])
