"""A way through the latent space: its stations, and how it leads from one to the next. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from genstudio.applications.interpolation import How, along, way

Array = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Station:
    """One point of the way.

    Arguments:
        z: shape (Z,).
        title: where it came from, a few words.
        x: what it decodes to, shape (1, *item), or None while that is not known.
        label: code of its class, where it is an item of the data; else -1.
    """

    z: Floats
    title: str
    x: Array | None = None
    label: int = -1


class Way(QObject):
    """Stations in their order.

    Signals:
        changed: the way leads elsewhere.
        pictured: what stations decode to became known.
    """

    changed = Signal()
    pictured = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stations: tuple[Station, ...] = ()
        self.favourites: tuple[Station, ...] = ()
        self.how: How = "spherical"
        self.closed = True

    @property
    def points(self) -> Floats:
        """The stations, shape (P, Z)."""
        return np.stack([station.z for station in self.stations]) if self.stations else np.empty((0, 0))

    @property
    def leads_somewhere(self) -> bool:
        """Whether there are two stations at least."""
        return len(self.stations) > 1

    def line(self, steps: int) -> Floats:
        """Points along the way, shape (M, Z), its end among them; none with fewer than two stations."""
        if not self.leads_somewhere:
            return np.empty((0, 0))
        points = self.points
        found = way(points, steps, self.how, self.closed)
        return np.concatenate([found, points[:1]]) if self.closed else found

    def at(self, share: float) -> Floats:
        """The point so far along the way, shape (Z,), of at least two stations."""
        return along(self.points, share, self.how, self.closed)

    # What a person does.

    def clear(self) -> None:
        """Begin anew, as the space of another model is not this one."""
        self.favourites = ()
        self.set_stations(())

    def set_stations(self, stations: Sequence[Station]) -> None:
        """Lead through other stations."""
        self.stations = tuple(stations)
        self.changed.emit()

    def add(self, *stations: Station) -> None:
        """Lead on to more stations."""
        self.set_stations([*self.stations, *stations])

    def remove(self, place: int) -> None:
        """Leave a station out."""
        self.set_stations([*self.stations[:place], *self.stations[place + 1:]])

    def shift(self, place: int, by: int) -> None:
        """Let a station come earlier or later."""
        wanted = place + by
        if 0 <= place < len(self.stations) and 0 <= wanted < len(self.stations):
            stations = list(self.stations)
            stations.insert(wanted, stations.pop(place))
            self.set_stations(stations)

    def keep(self, station: Station) -> None:
        """Remember a point for later."""
        self.favourites = (*self.favourites, station)

    def lead(self, how: How, closed: bool) -> None:
        """Lead straight or along great circles, and back to the beginning or not."""
        if (how, closed) != (self.how, self.closed):
            self.how, self.closed = how, closed
            self.changed.emit()

    def picture(self, x: Array) -> None:
        """What the stations decode to, shape (P, *item), in their order."""
        if len(x) == len(self.stations):
            self.stations = tuple(
                replace(station, x=x[place:place + 1]) for place, station in enumerate(self.stations)
            )
            self.pictured.emit()
