"""What a discriminator believes, as a picture in two colours that meet in an even grey where it cannot tell."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from genstudio.ui.plots import levels
from genstudio.ui.plots.colour_bar import ColourBar
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import SmoothImage, series_colour
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]

REAL, MADE = 0, 1
"""Places among the theme's series colours of what is real and what is made: blue and orange, whoever sees them."""
_STRENGTH, _GREY = {"dark": 0.72, "light": 0.62}, {"dark": 0.34, "light": 0.3}
"""How much of its colour each end has, and how much of grey the middle, over the ground: points must stand out."""
_BALANCE, _STEEP = 0.5, 0.65
"""Near the balance colours change faster, as that is where a game is decided; the key changes with them."""
WORDS = ("real", "cannot tell", "made")


def verdict_table(tokens: Tokens) -> NDArray[np.uint8]:
    """256 colours of verdicts from 0, made, over grey to 1, real, shape (256, 4)."""
    ground = _rgb(QColor(tokens.plot))
    ends = [
        ground + share * (_rgb(colour) - ground)
        for colour, share in (
            (series_colour(tokens, MADE), _STRENGTH[tokens.name]),
            (QColor("#8c8c8c"), _GREY[tokens.name]),
            (series_colour(tokens, REAL), _STRENGTH[tokens.name]),
        )
    ]
    lead = np.linspace(-1.0, 1.0, 256)
    places = np.sign(lead) * np.abs(lead) ** _STEEP
    colours = [np.interp(places, (-1.0, 0.0, 1.0), [end[part] for end in ends]) for part in range(3)]
    return np.column_stack([*colours, np.full(256, 255.0)]).round().astype(np.uint8)


def _rgb(colour: QColor) -> Floats:
    return np.array([colour.red(), colour.green(), colour.blue()], float)


class VerdictLayer(Layer):
    """Verdicts over a grid, a dotted line where they are even, and a key."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens, box: pg.ViewBox) -> None:
        super().__init__(title, icon, depth)
        self._tokens, self._table = tokens, verdict_table(tokens)
        self._grid: tuple[Floats, Floats, Floats] | None = None
        self._image = self.own(SmoothImage())
        self._even = self.own(pg.PlotCurveItem(connect="finite"))
        self._bar = ColourBar(box, tokens)
        self._bar.anchor(itemPos=(1, 0), parentPos=(1, 0), offset=(-10, 10))
        self.retheme(tokens)

    def set(self, grid: tuple[Floats, Floats, Floats] | None) -> None:
        """Take cell centres and verdicts from 0 to 1: shapes (C,), (R,) and (R, C); NaN where there is none."""
        self._grid = grid
        self._draw()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the layer; a hidden one draws nothing."""
        super().set_visible(visible)
        self._draw()

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._tokens, self._table = tokens, verdict_table(tokens)
        self._even.setPen(pg.mkPen(tokens.text, width=1.2, style=Qt.PenStyle.DotLine))
        self._draw()

    def arrays(self) -> dict[str, Floats]:
        """One row a cell: x, y, verdict."""
        if self._grid is None:
            return {}
        xs, ys, verdicts = self._grid
        x, y = np.meshgrid(xs, ys)
        return {"verdict": np.column_stack([x.ravel(), y.ravel(), verdicts.ravel()])}

    def _draw(self) -> None:
        shown = self.visible and self._grid is not None
        self._bar.setVisible(shown)
        self._image.setOpacity(1.0 if shown else 0.0)
        if not shown or self._grid is None:
            self._even.setData(np.empty(0), np.empty(0))
            return
        xs, ys, verdicts = self._grid
        known = np.nan_to_num(np.clip(verdicts, 0.0, 1.0), nan=_BALANCE)
        self._image.show_cells(known, self._table, levels.cell_rectangle(xs, ys))
        self._even.setData(*levels.contour_lines(xs, ys, known, [_BALANCE]), connect="finite")
        self._bar.show_scale(self._table, WORDS, self._tokens)
