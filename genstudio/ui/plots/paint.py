"""Pens, brushes and colour tables from the theme's tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from genstudio.ui.tokens import Tokens

# Shapes that stay apart at a few pixels; colour alone does not tell classes.
SYMBOLS = ("o", "t1", "s", "d", "+", "star", "x", "p")
# The share of a colour map that fades into the ground.
_FADE = 0.22


def series_colour(tokens: Tokens, place: int, alpha: float = 1.0) -> QColor:
    """The colour of the n-th series or class; they repeat after eight."""
    return faded(tokens.series[place % len(tokens.series)], alpha)


def series_symbol(place: int) -> str:
    """The symbol of the n-th class; shifted each round, so that 64 classes differ."""
    return SYMBOLS[(place + place // len(SYMBOLS)) % len(SYMBOLS)]


def faded(colour: str, alpha: float) -> QColor:
    """A colour with an opacity in [0, 1]."""
    found = QColor(colour)
    found.setAlphaF(alpha)
    return found


def density_table(tokens: Tokens) -> NDArray[np.uint8]:
    """256 colours of a density, shape (256, 4): uniform, fading into the plot's ground at its low end."""
    table = np.array(pg.colormap.get(tokens.colormap).getLookupTable(nPts=256, alpha=True), dtype=np.uint8)
    if tokens.reverse:
        table = table[::-1].copy()
    table[:, 3] = 255 * _ramp()
    return table


def diverging_table(tokens: Tokens) -> NDArray[np.uint8]:
    """256 colours from too little to too much, shape (256, 4): uniform on both sides of the ground's own lightness."""
    return np.array(pg.colormap.get(tokens.diverging).getLookupTable(nPts=256, alpha=True), dtype=np.uint8)


def count_table(colour: str) -> NDArray[np.uint8]:
    """256 opacities of one colour, for counts, shape (256, 4)."""
    rgb = QColor(colour)
    table = np.empty((256, 4), np.uint8)
    table[:, :3] = rgb.red(), rgb.green(), rgb.blue()
    table[:, 3] = np.linspace(0, 235, 256)
    return table


def retheme_legend(legend: pg.LegendItem, tokens: Tokens) -> None:
    """Give a legend's texts the theme's colour; those already drawn must be set again."""
    legend.setLabelTextColor(tokens.text)
    for _, label in legend.items:
        label.setText(label.text, color=tokens.text)


class SmoothImage(pg.ImageItem):
    """A picture whose cells blend when it is enlarged."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")

    def paint(self, painter: QPainter, *arguments: QStyleOptionGraphicsItem | QWidget | None) -> None:
        """Paint with smooth scaling."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        super().paint(painter, *arguments)

    def show_cells(self, values: NDArray[Any], table: NDArray[np.uint8], rectangle: tuple[float, ...]) -> None:
        """Show values in [0, 1] through a colour table.

        Arguments:
            values: shape (rows, columns), lowest row first.
            rectangle: x, y, width, height in data units.
        """
        # Indices by ourselves: the library's own scaling takes several times as long.
        index = (values * 255).astype(np.uint8)
        self.show_picture(table[index], rectangle)

    def show_picture(self, picture: NDArray[np.uint8], rectangle: tuple[float, ...]) -> None:
        """Show colours, shape (rows, columns, 4), lowest row first, in a rectangle: x, y, width, height."""
        self.setImage(picture, autoLevels=False, levels=None)
        self.setRect(*rectangle)


def _ramp() -> NDArray[np.float64]:
    share = np.clip(np.arange(256) / 255 / _FADE, 0.0, 1.0)
    return share * share * (3 - 2 * share)
