"""Columns over time with what may come or may be missing: bands, single draws, a line and marks that are dragged."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from genstudio.applications.bands import HALF, MOST
from genstudio.ui.plots import gate
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.series_picture import Band, make_draws
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.symbol_shades import Shade, SymbolShades
from genstudio.ui.pump import Pump
from genstudio.ui.theme import Theme

Array = NDArray[Any]
Floats = NDArray[np.float64]
Certain = tuple[float, Floats]
"""The time of a row, and its values, shape (D,)."""

MOST_SYMBOLS = 256
MOST_PIECES = 300
"""More stretches than these cannot be told apart, and each takes its time to draw."""


@dataclass(frozen=True)
class Piece:
    """What is said of one stretch of time.

    Arguments:
        times: shape (T,), rising.
        draws: shape (R, T, D).
        middle: shape (T, D).
        quantiles: shape (5, T, D), at `applications.bands.SHARES`; NaN where there are none.
    """

    times: Floats
    draws: Floats
    middle: Floats
    quantiles: Floats

    def anchored(self, before: Certain | None, after: Certain | None = None) -> Piece:
        """The same from a row that is certain, and to one."""
        first = () if before is None else (_certain(before, self),)
        last = () if after is None else (_certain(after, self),)
        parts = (*first, self, *last)
        return Piece(
            np.concatenate([part.times for part in parts]), np.concatenate([part.draws for part in parts], axis=1),
            np.concatenate([part.middle for part in parts]), np.concatenate([part.quantiles for part in parts], axis=1),
        )


def _certain(row: Certain, like: Piece) -> Piece:
    time, values = row
    return Piece(
        np.array([time]), np.tile(values, (len(like.draws), 1, 1)), values[None],
        np.tile(values, (len(like.quantiles), 1, 1)),
    )


class OutlookPlot(SeriesPlot):
    """A series, and over it what a model makes of some stretches of time."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None, *, pump: Pump | None = None) -> None:
        self._pieces: tuple[Piece, ...] = ()
        super().__init__(theme, name, parent, pump=pump)
        self._shades = SymbolShades(self.drawing, self.box)
        self._single = self.add_tool("draws", "curves", "Single draws", checkable=True)
        self._single.setChecked(True)
        self._single.toggled.connect(lambda _: self._show())

    def show_pieces(self, pieces: Sequence[Piece]) -> None:
        """Show what is said of some stretches of time, in their order; former ones go."""
        self._pieces = tuple(pieces)
        self._show()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Times and columns; and of what is said the times, the middle, the quantiles, and the draws."""
        series = self.picture.series
        names = () if series is None else series.names[:len(series.columns)]
        # What is drawn is known of one stretch of each column only.
        partial = {f"{name} {what}" for name in names for what in ("time, low, middle, high", "draws")}
        found = {key: array for key, array in super().arrays().items() if key not in partial}
        for place, name in enumerate(names if self._pieces else ()):
            table = [np.column_stack([p.times, p.middle[:, place], p.quantiles[:, :, place].T]) for p in self._pieces]
            found[f"{name} time, middle, quantiles"] = np.concatenate(table)
            found[f"{name} draws"] = np.concatenate([p.draws[:, :, place].T for p in self._pieces])
        return found

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        # The theme is put on before there is anything to show.
        if self._pieces:
            self._show()

    def _show(self) -> None:
        symbols = self._symbols()
        single = self._pieces if self._single.isChecked() else ()
        self.picture.bands = [band for piece in self._pieces for band in _bands(piece, symbols)]
        self.picture.draws = [
            draws for piece in single for draws in make_draws(piece.times, piece.draws) if draws.column not in symbols
        ]
        step = 1.0 if self.picture.series is None else self.picture.series.step
        self._shades.show_shades([
            Shade.of(column, piece.times, piece.draws[:, :, column], count, step)
            for piece in self._pieces for column, count in symbols.items()
        ], self.theme.tokens.accent)
        self._grown()

    def _symbols(self) -> dict[int, int]:
        """Columns whose numbers are codes, and of how many words; more than can be told apart are drawn as numbers."""
        series = self.picture.series
        if series is None:
            return {}
        counts = [len(series.levels.get(name, ())) for name in series.names[:len(series.columns)]]
        return {place: count for place, count in enumerate(counts) if 0 < count <= MOST_SYMBOLS}


class Handle(pg.InfiniteLine):
    """An upright line that is dragged along time."""

    def __init__(self) -> None:
        super().__init__(angle=90, movable=True)
        self.setZValue(20)

    def retheme(self, theme: Theme) -> None:
        """Take up the theme's colours."""
        self.setPen(pg.mkPen(theme.tokens.boundary, width=2))
        self.setHoverPen(pg.mkPen(faded(theme.tokens.boundary, 0.8), width=5))


class Mark(pg.LinearRegionItem):
    """A stretch of time whose ends, or all of which, can be dragged."""

    def __init__(self, first: float, last: float) -> None:
        super().__init__((first, last), orientation="vertical", swapMode="sort")
        self.setZValue(15)

    def retheme(self, theme: Theme) -> None:
        """Take up the theme's colours."""
        tokens = theme.tokens
        self.setBrush(faded(tokens.warning, 0.16))
        self.setHoverBrush(faded(tokens.warning, 0.26))
        for line in self.lines:
            line.setPen(pg.mkPen(tokens.warning, width=1.5))
            line.setHoverPen(pg.mkPen(tokens.warning, width=4))


def _bands(piece: Piece, symbols: Container[int]) -> list[Band]:
    """The middle 90 %, and over it the middle 50 % with the line of what is expected, which symbols do not have."""
    times = gate.column(piece.times, "time")
    found = []
    for column in range(piece.middle.shape[1]):
        quantiles, middle = piece.quantiles[:, :, column], piece.middle[:, column]
        nothing = np.full(len(times), np.nan)
        for (low, high), line in ((MOST, nothing), (HALF, nothing if column in symbols else middle)):
            found.append(Band(column, times, quantiles[low], line, quantiles[high]))
    return found
