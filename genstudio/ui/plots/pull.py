"""Where a game draws made points."""

from __future__ import annotations

import pyqtgraph as pg

from genstudio.ui.plots.arrows import ArrowsLayer
from genstudio.ui.plots.paint import faded
from genstudio.ui.tokens import Tokens


class PullLayer(ArrowsLayer):
    """Arrows that stand out from points and landscape alike, as both have the colours of the sides."""

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._curve.setPen(pg.mkPen(faded(tokens.text, 0.9), width=1.3))
