"""One curve that grows: its points, and where they are noisy their running mean over them."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from genstudio.ui.plots.growing import GrowingColumns, Peaks, RunningMean
from genstudio.ui.plots.paint import series_colour
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]

DASHES = {"train": (), "valid": (5, 2), "other": (1, 2), "other valid": (5, 2, 1, 2)}
"""What each role is drawn in: strokes and gaps, in widths of the pen; none is solid."""
_THICK_AT_MOST = 1_000
_DRAWN_BLOCKS = 600
_SMOOTH_FROM = 400
_SMOOTH_POINTS = 600
_HALF_WINDOW = 1 / 400
_FAINT = 0.35


class Series:
    """A curve on a plot.

    Arguments:
        title: plain text for the legend.
        role: "train" is drawn solid, "valid" dashed; "other" dotted and "other valid" both, for what has no colour of
            its own beside one of those.
        colour: number of a series colour.
        smooth: each step's own value is noisy: once there are many, their running mean is drawn over them.
    """

    def __init__(self, item: pg.PlotItem, title: str, role: str, colour: int, smooth: bool) -> None:
        self.title, self.colour = title, colour
        self.data = GrowingColumns()
        self.lowest, self.highest = np.inf, -np.inf
        self._item, self._role = item, role
        self._peaks = Peaks()
        self._mean = RunningMean() if smooth else None
        self._log_x = False
        name = html.escape(title)
        # The legend shows the clearer one of the two.
        self._curve, self._smooth = pg.PlotDataItem(name=None if smooth else name), pg.PlotDataItem(name=name)
        # A few validation points must not hide behind a noisy training curve.
        self._curve.setZValue(5 if role.endswith("valid") else 0)
        self._smooth.setZValue(3)
        for curve in self._curves:
            item.addItem(curve, ignoreBounds=True)
        item.getViewBox().sigXRangeChanged.connect(self.draw)

    @property
    def smoothed(self) -> bool:
        """Whether the running mean is drawn."""
        return self._mean is not None and len(self.data) >= _SMOOTH_FROM

    def extend(self, x: Floats, y: Floats, tokens: Tokens) -> None:
        """Add finite points at the end, shape (n,) each, at least one."""
        before = len(self.data)
        self.data.extend(x, y)
        self.lowest, self.highest = min(self.lowest, float(y.min())), max(self.highest, float(y.max()))
        self._peaks.extend(self.data.y)
        if self._mean is not None:
            self._mean.extend(y)
        if any(before < turn <= len(self.data) for turn in (_SMOOTH_FROM, _THICK_AT_MOST + 1)):
            self.draw_pens(tokens)
        self.draw()

    def draw(self) -> None:
        """Draw what is in sight; of long curves the outline."""
        x, (left, right) = self.data.x, self._item.getViewBox().viewRange()[0]
        if self._log_x:
            left, right = 10.0**min(left, 300.0), 10.0**min(right, 300.0)
        first = max(0, int(np.searchsorted(x, left)) - 1)
        last = min(len(x), int(np.searchsorted(x, right, "right")) + 1)
        self._curve.setData(*self._peaks.outline(x, self.data.y, first, last, _DRAWN_BLOCKS))
        if self.smoothed:
            self._smooth.setData(*self.mean(first, last))

    def mean(self, first: int = 0, last: int | None = None) -> tuple[Floats, Floats]:
        """Steps and running means of a part, shape (M,) each; the values themselves where there is no mean."""
        count = len(self.data)
        last = count if last is None else last
        if self._mean is None:
            return self.data.x[first:last], self.data.y[first:last]
        places = np.unique(np.linspace(first, last - 1, min(last - first, _SMOOTH_POINTS)).astype(np.int64))
        return self.data.x[places], self._mean.at(places, max(1, round(count * _HALF_WINDOW)))

    def set_log(self, x: bool, y: bool) -> None:
        """Draw on logarithmic axes, or linear ones."""
        self._log_x = x
        for curve in self._curves:
            curve.setLogMode(x, y)

    def draw_pens(self, tokens: Tokens) -> None:
        """Take up the theme's colours, and widths that suit the number of points."""
        # Thick antialiased pens cost hundreds of milliseconds on long, noisy curves.
        thick = len(self.data) <= _THICK_AT_MOST and not self.smoothed
        colour = series_colour(tokens, self.colour)
        self._curve.setPen(self._pen(_mixed(colour, QColor(tokens.plot)) if self.smoothed else colour, thick))
        self._curve.opts["antialias"] = thick
        self._smooth.setPen(self._pen(colour, thick=True))

    def remove(self) -> None:
        """Take the curve off its plot."""
        self._item.getViewBox().sigXRangeChanged.disconnect(self.draw)
        for curve in self._curves:
            self._item.removeItem(curve)

    @property
    def _curves(self) -> tuple[pg.PlotDataItem, ...]:
        return (self._curve,) if self._mean is None else (self._curve, self._smooth)

    def _pen(self, colour: QColor, thick: bool) -> Any:
        pen = pg.mkPen(colour, width=2 if thick else 1)
        if DASHES[self._role]:
            pen.setDashPattern(DASHES[self._role])
        return pen


def _mixed(colour: QColor, ground: QColor) -> QColor:
    """The colour as it would look through; drawing with opaque pens is faster."""
    parts = zip(_channels(colour), _channels(ground), strict=True)
    return QColor(*(round(_FAINT * own + (1 - _FAINT) * other) for own, other in parts))


def _channels(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
