"""Where a model errs: its log-density less the true one, as a picture in two colours that meet at zero."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from genstudio.ui.plots import levels
from genstudio.ui.plots.colour_bar import ColourBar
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import SmoothImage, diverging_table
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]


class ErrorLayer(Layer):
    """A signed error over a grid, between limits that are as far from zero on both sides.

    Cells where there is nothing to tell let the ground through. A line is drawn where the error is zero.
    """

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens, box: pg.ViewBox) -> None:
        super().__init__(title, icon, depth)
        self._tokens = tokens
        self._grid: tuple[Floats, Floats, Floats] | None = None
        self._bound = False
        self.limit = 0.0
        self._image = self.own(SmoothImage())
        self._zero = self.own(pg.PlotCurveItem(connect="finite"))
        self._bar = ColourBar(box, tokens)
        self._bar.hide()
        self.retheme(tokens)

    def set(self, grid: tuple[Floats, Floats, Floats] | None, typical: float = 0.0, bound: bool = False) -> None:
        """Take cell centres and log-ratios: shapes (C,), (R,) and (R, C), nats.

        Arguments:
            grid: NaN where there is nothing to tell.
            typical: size of the errors, by which the limits are chosen.
            bound: the ratios are at least these.
        """
        self._grid, self._bound = grid, bound
        self.limit = 0.0 if grid is None else levels.symmetric_limit(typical, self.limit)
        self._draw()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the layer; a hidden one draws nothing."""
        super().set_visible(visible)
        self._draw()

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._tokens = tokens
        self._zero.setPen(pg.mkPen(tokens.text, width=1.2, style=Qt.PenStyle.DotLine))
        self._draw()

    def arrays(self) -> dict[str, Floats]:
        """One row a cell: x, y, log-ratio."""
        if self._grid is None:
            return {}
        xs, ys, z = self._grid
        x, y = np.meshgrid(xs, ys)
        return {"log_ratio": np.column_stack([x.ravel(), y.ravel(), z.ravel()])}

    def _draw(self) -> None:
        shown = self.visible and self._grid is not None
        self._bar.setVisible(shown)
        self._image.setOpacity(1.0 if shown else 0.0)
        if not shown or self._grid is None:
            self._zero.setData(np.empty(0), np.empty(0))
            return
        xs, ys, z = self._grid
        known = ~np.isnan(z)
        table = diverging_table(self._tokens)
        self._image.show_picture(levels.diverging_picture(z, self.limit, table), levels.cell_rectangle(xs, ys))
        bounded = np.where(known, np.clip(z, -self.limit, self.limit), np.nan)
        self._zero.setData(*levels.contour_lines(xs, ys, bounded, [0.0], holes=True), connect="finite")
        least = "≥ " if self._bound else ""
        words = (f"{least}+{self.limit:g} nats, too much", "0", f"{least}−{self.limit:g} nats, too little")
        self._bar.show_scale(table, words, self._tokens)
