"""Arrows at many places: where and how fast something moves."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import faded
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]

_BARB, _HEAD_RADIANS = 0.3, 0.45
"""Length of the strokes of a head, as a share of the arrow's, and their angle to it."""
_HIDDEN = 0.02
"""Arrows shorter than such a share of the longest would be blots."""


class ArrowsLayer(Layer):
    """Arrows that begin at the nodes of a grid, all as one curve: hundreds are drawn at once."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens) -> None:
        super().__init__(title, icon, depth)
        self._points, self._vectors = np.empty((0, 2)), np.empty((0, 2))
        self._curve = self.own(pg.PlotCurveItem(connect="pairs"))
        self.retheme(tokens)

    def set(self, points: Floats, vectors: Floats, scale: float) -> None:
        """Show arrows.

        Arguments:
            points: where they begin, shape (N, 2).
            vectors: what they stand for, shape (N, 2).
            scale: length on the axes of an arrow that stands for 1.
        """
        self._points, self._vectors = points, vectors
        lines = arrow_lines(points, vectors * scale)
        self._curve.setData(lines[:, 0], lines[:, 1], connect="pairs")

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._curve.setPen(pg.mkPen(faded(tokens.warning, 0.7), width=1.2))

    def arrays(self) -> dict[str, Floats]:
        """Where arrows begin, and what they stand for."""
        return {"arrows": np.column_stack([self._points, self._vectors])} if len(self._points) else {}


def arrow_lines(points: Floats, vectors: Floats) -> Floats:
    """Shafts and heads of arrows (N, 2) as pairs of ends, shape (6 M, 2); hardly any arrow is left out."""
    length = np.hypot(vectors[:, 0], vectors[:, 1])
    seen = np.isfinite(length) & (length > _HIDDEN * np.nanmax(length, initial=0.0))
    tails, along = points[seen], vectors[seen]
    tips = tails + along
    strokes = [tails, tips]
    for angle in (np.pi - _HEAD_RADIANS, np.pi + _HEAD_RADIANS):
        cos, sin = _BARB * np.cos(angle), _BARB * np.sin(angle)
        barb = np.column_stack([cos * along[:, 0] - sin * along[:, 1], sin * along[:, 0] + cos * along[:, 1]])
        strokes += [tips, tips + barb]
    return np.stack(strokes, axis=1).reshape(-1, 2)
