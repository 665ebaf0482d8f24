"""Long lines and strips of states as upright strokes, one a pixel: painting each point of them would cost frames."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from genstudio.ui.plots.state_colours import ink_on

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# So few blocks are painted where exactly they begin and end.
_EXACT_AT_MOST = 200
_LEAST_WORD_PX = 9.0


def paint_strokes(painter: QPainter, colour: QColor, x: Floats, tops: Floats, bottoms: Floats) -> None:
    """Upright strokes that leave no gap between neighbours; none where the heights are NaN.

    Arguments:
        x: rising, pixels, shape (M,); those on one pixel become one stroke.
        tops, bottoms: pixels from the top, shape (M,) each.
    """
    columns, tops, bottoms = joined(x, tops, bottoms)
    known = np.isfinite(tops)
    strokes = internals.PrimitiveArray(QRectF, 4)
    strokes.resize(int(known.sum()))
    room = strokes.ndarray()
    room[:, 0], room[:, 1], room[:, 2] = columns[known], tops[known], 1.0
    room[:, 3] = np.maximum(bottoms[known] - tops[known], 1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRects(*strokes.drawargs())
    painter.setBrush(Qt.BrushStyle.NoBrush)


def joined(x: Floats, tops: Floats, bottoms: Floats) -> tuple[Floats, Floats, Floats]:
    """One stroke a pixel, each long enough to meet the one before, shape (P,) each."""
    columns = np.floor(x)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(columns)) + 1])
    tops, bottoms = np.fmin.reduceat(tops, starts), np.fmax.reduceat(bottoms, starts)
    # Comparisons with NaN are false: what meets a gap stays as it is.
    above, below = tops[1:] > bottoms[:-1], bottoms[1:] < tops[:-1]
    tops[1:], bottoms[1:] = np.where(above, bottoms[:-1], tops[1:]), np.where(below, tops[:-1], bottoms[1:])
    return columns[starts], tops, bottoms


def paint_blocks(
    painter: QPainter, edges: Floats, states: Ints, colour: Callable[[int], QColor], room: QRectF
) -> None:
    """Blocks of states side by side.

    Arguments:
        edges: where blocks begin, and where the last one ends, pixels, shape (R + 1,).
        states: shape (R,); -1 for none.
        room: what they fill from top to bottom.
    """
    colours = {state: colour(state) for state in np.unique(states).tolist()}
    if len(states) <= _EXACT_AT_MOST:
        for left, right, state in zip(edges[:-1], edges[1:], states.tolist(), strict=True):
            painter.fillRect(QRectF(left, room.top(), right - left, room.height()), colours[state])
        return
    runs, seen = _places(edges, room.width())
    codes = np.array([0, *(tint.rgba() for tint in colours.values())], np.uint32)
    order = np.searchsorted(list(colours), states[runs]) + 1
    pixels = codes[np.where(seen, order, 0)]
    image = QImage(pixels.data, len(pixels), 1, 4 * len(pixels), QImage.Format.Format_ARGB32)
    painter.drawImage(QRectF(0.0, room.top(), len(pixels), room.height()), image)


def paint_shares(painter: QPainter, colour: QColor, edges: Floats, shares: Floats, room: QRectF) -> None:
    """How often each symbol occurs, a row each, the first at the foot: the oftener, the denser.

    Arguments:
        edges: where blocks begin, and where the last one ends, pixels, shape (M + 1,).
        shares: shape (M, K).
        room: what they fill from top to bottom.
    """
    blocks, seen = _places(edges, room.width())
    # By their roots rare symbols are seen as well.
    dense = np.sqrt(shares[blocks]).T[::-1] * seen
    pixels = (np.rint(dense * colour.alpha()).astype(np.uint32) << 24) | np.uint32(colour.rgb() & 0xFFFFFF)
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
    painter.drawImage(QRectF(0.0, room.top(), width, room.height()), image)


def _places(edges: Floats, width: float) -> tuple[Ints, NDArray[np.bool_]]:
    """The block on each pixel, and whether there is one, shape (W,) each."""
    found = np.searchsorted(edges, np.arange(int(width)) + 0.5, "right") - 1
    seen = (found >= 0) & (found < len(edges) - 1)
    return np.where(seen, found, 0), seen


def write_words(
    painter: QPainter, edges: Floats, states: Ints, room: QRectF, *, colour: Callable[[int], QColor],
    word: Callable[[int], str],
) -> None:
    """What states are called, in blocks wide enough: colours alone do not tell states."""
    inside = np.clip(edges, room.left(), room.right())
    metrics = QFontMetricsF(painter.font())
    for place in np.flatnonzero((np.diff(inside) >= _LEAST_WORD_PX) & (states >= 0)).tolist():
        text, wide = word(int(states[place])), inside[place + 1] - inside[place]
        if metrics.horizontalAdvance(text) + 4 <= wide:
            painter.setPen(ink_on(colour(int(states[place]))))
            block = QRectF(inside[place], room.top(), wide, room.height())
            painter.drawText(block, Qt.AlignmentFlag.AlignCenter, text)
