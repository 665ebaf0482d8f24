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
