"""What moves between base and data, where on the way it is, and which of it was chosen. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from genstudio.applications.transport import Ways, neighbour, no_ways

Array = NDArray[Any]
Floats = NDArray[np.float64]

_PICTURES_NDIM = 5
NO_GRID = np.empty((2, 0, 0, 2))


class TransformModel(QObject):
    """Ways of points or pictures, and a place on them.

    Signals:
        ways_changed: other ways are shown, or the same points go other ways.
        moved: another place on the way.
        chosen_changed: another point is looked at, or none.
    """

    ways_changed = Signal()
    moved = Signal()
    chosen_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.forth = True
        self.timed = False
        self.levels: tuple[str, ...] = ()
        self.ways, self._grid = no_ways(), NO_GRID
        self.share = 0.0
        self._pointed = self._pinned = -1

    @property
    def known(self) -> bool:
        """Whether there is anything to see."""
        return len(self.ways) > 0

    @property
    def of_pictures(self) -> bool:
        """Whether pictures go the way; where nothing is known yet, points do."""
        return self.ways.way.ndim == _PICTURES_NDIM

    @property
    def place(self) -> float:
        """Where on the way one is, as stations are counted."""
        first, last = self.ways.stations[0], self.ways.stations[-1]
        return float(first + self.share * (last - first))

    @property
    def positions(self) -> Array:
        """Where points are now, shape (N, *item), model units."""
        return self.ways.at(self.place)

    @property
    def grid(self) -> Floats:
        """Where the nodes of the grid are now, shape (R, C, 2), model units."""
        return np.asarray(self.ways.carried(self._grid, self.place))

    @property
    def chosen(self) -> int:
        """The point that is looked at: the one under the mouse, else the one that was clicked; -1 for none."""
        found = self._pointed if self._pointed >= 0 else self._pinned
        return found if found < len(self.ways) else -1

    @property
    def pinned(self) -> int:
        """The point that was clicked; -1 for none."""
        return self._pinned

    def forget(self) -> None:
        """Nothing is known any more."""
        self.ways, self._grid = no_ways(), NO_GRID
        self._pointed = self._pinned = -1
        self.ways_changed.emit()
        self.chosen_changed.emit()

    def take(self, answer: Mapping[str, Array]) -> None:
        """Ways that were answered by the question `transport` or `transport_back`."""
        self.ways = Ways(answer["stations"], answer["way"], answer["base"], answer["label"].astype(np.int64))
        self._grid = answer["grid"]
        self.ways_changed.emit()
        self.chosen_changed.emit()

    def go(self, share: float) -> None:
        """Be so far from the base (0) to the data (1)."""
        if share != self.share:
            self.share = share
            self.moved.emit()

    def beside(self, way: int) -> float:
        """How far the next station (1), or the one before (-1), is from the base to the data."""
        stations = self.ways.stations
        found = neighbour(stations, self.place, way)
        return float((found - stations[0]) / (stations[-1] - stations[0]))

    def point_at(self, index: int) -> None:
        """Look at a point while the mouse is over it; -1 for none."""
        self._choose(index, self._pinned)

    def pin(self, index: int) -> None:
        """Go on looking at a point; -1 for none."""
        self._choose(self._pointed if index >= 0 else -1, index)

    def _choose(self, pointed: int, pinned: int) -> None:
        before = self.chosen
        self._pointed, self._pinned = pointed, pinned
        if self.chosen != before:
            self.chosen_changed.emit()
