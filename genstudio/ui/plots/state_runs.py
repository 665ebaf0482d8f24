"""Runs of equal states, and the commonest state of longer stretches where runs are too short to be seen. No Qt here."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genstudio.errors import DataError
from genstudio.ui.plots.pyramid import FINEST, rows_a_block

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = -1
# Counts of each state are kept for stretches so long that they take no more room than this many numbers a row.
_COUNTS_A_ROW = 4


class StateRuns:
    """A state a row, and how often each occurs in every stretch of some rows.

    Arguments:
        states: shape (N,), from 0; -1 where there is none.

    Raises:
        DataError: the states are no column of whole numbers.
    """

    def __init__(self, states: ArrayLike) -> None:
        found = np.asarray(states)
        if found.ndim != 1 or found.dtype.kind not in "biu":
            raise DataError(f"States of the shape {found.shape} and type {found.dtype} cannot be drawn as a strip.")
        self.states = np.maximum(found.astype(np.int64), NONE)
        self.count = int(self.states.max(initial=NONE)) + 1
        self._finest = FINEST
        while self.count + 1 > _COUNTS_A_ROW * self._finest:
            self._finest *= 2
        counts = self._counts(0, len(self.states), self._finest)
        self._sums = np.concatenate([np.zeros((1, self.count + 1), np.int64), np.cumsum(counts, axis=0)])

    def __len__(self) -> int:
        return len(self.states)

    def runs(self, first: int, last: int, most: int) -> tuple[Ints, Ints]:
        """Runs of equal states from the row `first` to before the row `last`; where there are many, the commonest
        states of at most `most` + 1 blocks.

        Returns:
            the rows at which runs begin, and where the last ends, shape (R + 1,), and their states, shape (R,).
        """
        rows = rows_a_block(last - first, most)
        begin, end = first // rows, -(-last // rows)
        states = self.states[first:last] if rows == 1 else self._commonest(begin, end, rows)
        edges = np.arange(begin, end + 1) * rows
        turns = np.flatnonzero(np.diff(states)) + 1
        places = np.concatenate([[0], turns, [len(states)]]) if len(states) else np.zeros(1, np.int64)
        return np.minimum(edges[places], len(self.states)), states[places[:-1]]

    def shares(self, first: int, last: int, most: int) -> tuple[Ints, Floats]:
        """How often each state occurs from the row `first` to before the row `last`, in at most `most` + 1 blocks.

        Returns:
            the rows at which blocks begin, and where the last ends, shape (M + 1,), and the shares, shape (M, K).
        """
        rows = rows_a_block(last - first, most)
        begin, end = first // rows, -(-last // rows)
        counts = self._blocks(begin, end, rows)
        edges = np.minimum(np.arange(begin, end + 1) * rows, len(self.states))
        return edges, counts[:, :-1] / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def _commonest(self, begin: int, end: int, rows: int) -> Ints:
        found = self._blocks(begin, end, rows).argmax(axis=1)
        return np.where(found == self.count, NONE, found)

    def _blocks(self, begin: int, end: int, rows: int) -> Ints:
        if rows < self._finest:
            return self._counts(begin * rows, min(end * rows, len(self.states)), rows)
        edges = np.minimum(np.arange(begin, end + 1) * (rows // self._finest), len(self._sums) - 1)
        return np.diff(self._sums[edges], axis=0)

    def _counts(self, first: int, last: int, rows: int) -> Ints:
        """How often each state, and last none, occurs in blocks of rows, shape (M, K + 1)."""
        kinds = self.count + 1
        states = self.states[first:last]
        cells = np.arange(last - first) // rows * kinds + np.where(states < 0, self.count, states)
        blocks = -(-(last - first) // rows)
        return np.bincount(cells, minlength=blocks * kinds).reshape(blocks, kinds)
