"""One point, or one cell of a plane, on its way from noise to what a generator makes of it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from genstudio.ui.plots.latent_layers import Ring
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import faded
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]


class FlightLayer(Layer):
    """A ring that flies straight along a line, and the outline of a cell that changes its shape on the way."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens) -> None:
        super().__init__(title, icon, depth)
        self._start, self._end = np.empty((0, 2)), np.empty((0, 2))
        self._halo = self.own(pg.PlotCurveItem())
        self._line = self.own(pg.PlotCurveItem())
        self._outline = self.own(pg.PlotCurveItem())
        self._ring = self.own(Ring(tokens))
        self.clear()
        self.retheme(tokens)

    @property
    def flying(self) -> bool:
        """Whether anything is on its way."""
        return len(self._start) > 0

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """Where the corners begin and end, shape (M, 2) each."""
        return self._start, self._end

    @property
    def place(self) -> tuple[float, float]:
        """Where the ring is."""
        return self._ring.pos().x(), self._ring.pos().y()

    def set(self, start: Floats, end: Floats) -> None:
        """Fly a point, or the corners of a cell, from one place to another, shape (M, 2) each."""
        self._start, self._end = start, end
        line = np.stack([start.mean(axis=0), end.mean(axis=0)]) if len(start) else start
        for item in (self._halo, self._line):
            item.setData(line[:, 0], line[:, 1])
        self.go(0.0)

    def clear(self) -> None:
        """Nothing flies."""
        self.set(np.empty((0, 2)), np.empty((0, 2)))

    def go(self, share: float) -> None:
        """Be so far from the start (0) to the end (1)."""
        now = (1 - share) * self._start + share * self._end
        closed = np.concatenate([now, now[:1]])
        self._outline.setData(closed[:, 0], closed[:, 1])
        if len(now):
            self._ring.setPos(*map(float, now.mean(axis=0)))
        self._ring.setVisible(self.visible and self.flying)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the layer."""
        super().set_visible(visible)
        self._ring.setVisible(visible and self.flying)

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._halo.setPen(pg.mkPen(faded(tokens.plot, 0.8), width=4))
        self._line.setPen(pg.mkPen(tokens.danger, width=1.5, style=Qt.PenStyle.DashLine))
        self._outline.setPen(pg.mkPen(tokens.danger, width=2))
        self._ring.retheme(tokens)
