"""Layers that show a density over a grid: as a picture, and as lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt

from genstudio.errors import DataError
from genstudio.ui.plots import gate, levels
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import SmoothImage, density_table, faded
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]


class HeatLayer(Layer):
    """A density as a picture that fades into the ground."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens) -> None:
        super().__init__(title, icon, depth)
        self._table = density_table(tokens)
        self._grid: tuple[Floats, Floats, Floats] | None = None
        self._image = self.own(SmoothImage())

    def set(self, grid: tuple[Floats, Floats, Floats] | None) -> None:
        """Take cell centres and log-density: shapes (C,), (R,) and (R, C), nats."""
        self._grid = grid
        self._image.setOpacity(1.0 if grid else 0.0)
        if grid:
            xs, ys, z = grid
            self._image.show_cells(levels.shades(z), self._table, levels.cell_rectangle(xs, ys))

    @property
    def seen(self) -> bool:
        """Whether there is a density, and it is switched on."""
        return self.visible and self._grid is not None

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._table = density_table(tokens)
        self.set(self._grid)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """One row a cell: x, y, log-density; NaN where the density is zero."""
        if self._grid is None:
            return {}
        xs, ys, z = self._grid
        x, y = np.meshgrid(xs, ys)
        return {"log_density": np.column_stack([x.ravel(), y.ravel(), z.ravel()])}


class ContourLayer(Layer):
    """Lines of equal density, or of one given level.

    Arguments:
        colour: name of a token.
        style: of the pen; a dashed truth is told from a solid model.
        masses: shares of the probability that the lines enclose, where no level is given.
    """

    def __init__(
        self, title: str, icon: str, depth: int, tokens: Tokens, *, colour: str,
        width: float = 1.0, alpha: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine,
        masses: Sequence[float] = levels.MASSES,
    ) -> None:
        super().__init__(title, icon, depth)
        self._colour, self._width, self._alpha, self._style = colour, width, alpha, style
        self._masses = masses
        self._grid: tuple[Floats, Floats, Floats] | None = None
        self._levels: Sequence[float] | None = None
        self._stale = False
        self._curve = self.own(pg.PlotCurveItem(connect="finite"))
        self.retheme(tokens)

    def set(self, grid: tuple[Floats, Floats, Floats] | None, at: Sequence[float] | None = None) -> None:
        """Take cell centres and values: shapes (C,), (R,) and (R, C).

        Arguments:
            at: levels; None: those that enclose round shares of the probability.
        """
        self._grid, self._levels = grid, at
        self._stale = True
        self._draw()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the layer; a hidden one finds no lines."""
        super().set_visible(visible)
        self._draw()

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        colour = faded(getattr(tokens, self._colour), self._alpha)
        self._curve.setPen(pg.mkPen(colour, width=self._width, style=self._style))

    def _draw(self) -> None:
        if not (self._stale and self.visible):
            return
        self._stale = False
        if self._grid is None:
            self._curve.setData(np.empty(0), np.empty(0))
            return
        found = levels.enclosing_levels(self._grid[2], self._masses) if self._levels is None else self._levels
        self._curve.setData(*levels.contour_lines(*self._grid, found), connect="finite")


def checked_grid(xs: ArrayLike, ys: ArrayLike, z: ArrayLike, name: str) -> tuple[Floats, Floats, Floats]:
    """Cell centres and values that can be drawn.

    Raises:
        DataError: the shapes do not fit, or hold no real numbers.
    """
    along, up = gate.column(xs, f"{name}, x"), gate.column(ys, f"{name}, y")
    if min(len(along), len(up)) < 2:
        raise DataError(f"`{name}` needs a grid of at least 2 × 2 cells.")
    return along, up, gate.grid(z, (len(up), len(along)), name)
