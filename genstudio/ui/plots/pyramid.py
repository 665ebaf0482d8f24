"""The lowest and highest values of ever longer stretches of a column, to draw a million rows at once. No Qt here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Shorter blocks are gone through value by value where they are seen, as they would take more room than the column.
FINEST = 16


@dataclass(frozen=True)
class Outline:
    """What a stretch of a column looks like from afar.

    Arguments:
        starts: first row of each block, shape (M,).
        rows: how many rows a block has; of 1, `lows` and `highs` are the values themselves.
        lows, highs: shape (M,) each; NaN where all of a block is missing.
    """

    starts: Ints
    rows: int
    lows: Floats
    highs: Floats


class Pyramid:
    """A column, and its extremes over blocks of 16, 32, 64, … rows.

    Blocks stand at multiples of their length, so that a picture that is scrolled does not flicker.

    Arguments:
        values: shape (N,); NaN is a gap, which extremes pass over.
    """

    def __init__(self, values: Floats) -> None:
        self.values = values
        self._levels: list[tuple[Floats, Floats]] = []
        lows = highs = values
        rows = 1
        while len(lows) > 1:
            lows, highs, rows = _halved(lows, np.fmin), _halved(highs, np.fmax), 2 * rows
            if rows >= FINEST:
                self._levels.append((lows, highs))
        self.low, self.high = (float(ends[0]) if len(ends) else math.nan for ends in (lows, highs))

    def outline(self, first: int, last: int, most: int) -> Outline:
        """At most `most` + 1 blocks from the row `first` to before the row `last`."""
        rows = rows_a_block(last - first, most)
        begin, end = first // rows, -(-last // rows)
        if rows == 1:
            lows = highs = self.values[first:last]
        elif rows < FINEST:
            part = self.values[begin * rows:end * rows]
            blocks = np.append(part, np.full(-len(part) % rows, np.nan)).reshape(-1, rows)
            lows, highs = np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1)
        else:
            level = self._levels[(rows // FINEST).bit_length() - 1]
            lows, highs = (ends[begin:end] for ends in level)
        return Outline(np.arange(begin, end) * rows, rows, lows, highs)


def rows_a_block(count: int, most: int) -> int:
    """The smallest power of two by which `count` rows become at most `most` blocks."""
    return 1 << max(0, math.ceil(math.log2(count / most))) if count > most else 1


def _halved(ends: Floats, take: Callable[..., Any]) -> Floats:
    paired: Floats = take(ends[: len(ends) // 2 * 2: 2], ends[1::2])
    return np.append(paired, ends[-1]) if len(ends) % 2 else paired
