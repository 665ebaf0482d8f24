"""Where a game draws made points."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from genstudio.ui.plots.arrows import ArrowsLayer
from genstudio.ui.plots.paint import faded
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]


class PullLayer(ArrowsLayer):
    """Arrows that stand out from points and landscape alike, as both have the colours of the sides."""

    def show(self, points: Floats, ways: Floats, drawn: Floats) -> None:
        """Show where points (N, 2) are to go, the ways (N, 2) drawn as these arrows (N, 2)."""
        self.set(points, drawn, 1.0)
        # Numbers that are written to a file are neither scaled nor cut.
        self._vectors = ways

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._curve.setPen(pg.mkPen(faded(tokens.text, 0.9), width=1.3))
