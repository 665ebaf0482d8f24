"""A thin line that joins the points of a sequence in the order of time."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike

from genstudio.ui.plots import gate
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.stage import Stage

_DEPTH = 24
"""Behind the samples that it joins, in front of densities."""
_LONGEST = 20_000


class SequencePath:
    """The line on a stage; it is seen as long as the samples are."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.curve = pg.PlotCurveItem(connect="finite")
        self.curve.setZValue(_DEPTH)
        stage.item.addItem(self.curve, ignoreBounds=True)
        stage.theme.changed.connect(self.retheme)
        stage.layer_toggled.connect(self._on_toggled)
        self.retheme()

    def set(self, points: ArrayLike) -> None:
        """Join points, shape (N, 2), in their order; those that cannot be drawn leave a gap."""
        found = np.asarray(points, float)[:_LONGEST]
        self.curve.setData(gate.column(found[:, 0], "sequence, x"), gate.column(found[:, 1], "sequence, y"))

    def retheme(self) -> None:
        """Take up the theme's colours."""
        self.curve.setPen(pg.mkPen(faded(self._stage.theme.tokens.muted, 0.55), width=1))

    def _on_toggled(self, layer: str, visible: bool) -> None:
        if layer == "samples":
            self.curve.setVisible(visible)
