"""Arrays that grow at their end at a constant price a value. No Qt here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class GrowingColumns:
    """Two columns of one length that are appended to.

    The capacity doubles when it is used up, so that n appends cost O(n) altogether.
    """

    def __init__(self) -> None:
        self._data = np.empty((2, 256))
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def x(self) -> Floats:
        """A view of the first column, shape (N,)."""
        return self._data[0, : self._size]

    @property
    def y(self) -> Floats:
        """A view of the second column, shape (N,)."""
        return self._data[1, : self._size]

    def extend(self, x: Floats, y: Floats) -> None:
        """Append values, shape (n,) each."""
        wanted = self._size + len(x)
        if wanted > self._data.shape[1]:
            larger = np.empty((2, max(wanted, 2 * self._data.shape[1])))
            larger[:, : self._size] = self._data[:, : self._size]
            self._data = larger
        self._data[0, self._size : wanted] = x
        self._data[1, self._size : wanted] = y
        self._size = wanted


class RunningMean:
    """Means over neighbouring values of a column that is appended to, each at the same small price."""

    def __init__(self) -> None:
        self._sums = GrowingColumns()
        self._sums.extend(np.zeros(1), np.zeros(1))

    def extend(self, values: Floats) -> None:
        """Append values, shape (n,)."""
        sums = self._sums.y[-1] + np.cumsum(values)
        self._sums.extend(np.zeros(len(values)), sums)

    def at(self, places: NDArray[np.int64], half: int) -> Floats:
        """Means of the values up to `half` places before and behind each place, shape (M,).

        At the beginning, where curves fall steeply, as many before as behind; at the end fewer behind.
        """
        sums = self._sums.y
        before = np.minimum(half, places)
        first, last = places - before, places + np.minimum(before, len(sums) - 2 - places) + 1
        found: Floats = (sums[last] - sums[first]) / (last - first)
        return found


class Peaks:
    """The lowest and highest value of every so many values of a column that is appended to, so that long columns
    are drawn without going through all of them again.
    """

    BLOCK = 64

    def __init__(self) -> None:
        self._ends = GrowingColumns()

    def extend(self, column: Floats) -> None:
        """The column has grown; all of it, shape (N,)."""
        done, full = len(self._ends), len(column) // self.BLOCK
        if full > done:
            blocks = column[done * self.BLOCK:full * self.BLOCK].reshape(-1, self.BLOCK)
            self._ends.extend(blocks.min(axis=1), blocks.max(axis=1))

    def outline(self, x: Floats, y: Floats, first: int, last: int, most: int) -> tuple[Floats, Floats]:
        """About 2 * `most` points that look like the part from `first` to `last` of a curve, shape (M,) each."""
        if last - first <= 2 * most:
            return x[first:last], y[first:last]
        # Shorter parts are gone through value by value, as their blocks would be seen.
        block = self.BLOCK if last - first > self.BLOCK * most else 1
        low, high = (self._ends.x, self._ends.y) if block > 1 else (y, y)
        begin, end = first // block, last // block
        starts = np.arange(0, end - begin, -(-(end - begin) // most))
        lows, highs = np.minimum.reduceat(low[begin:end], starts), np.maximum.reduceat(high[begin:end], starts)
        places = (begin + starts) * block
        # The newest value is always among them.
        rest = slice(min(end * block, last - 1), last)
        xs = np.concatenate([np.repeat(x[places], 2), x[rest]])
        return xs, np.concatenate([np.column_stack([lows, highs]).ravel(), y[rest]])
