"""The point of a latent space that is looked at, and what is known of the space. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from genstudio.applications.latent_directions import Directions, coordinate_directions
from genstudio.applications.latent_map import most_active, plane

Array = NDArray[Any]
Floats = NDArray[np.float64]

FARTHEST = 10.0
"""No coordinate goes farther from the prior's middle: nothing was ever learned there."""


@dataclass(frozen=True)
class Original:
    """An item that was encoded, to be compared with what its point decodes to.

    Arguments:
        x: shape (1, *item), data units.
        title: where it came from.
        z: the point it was encoded as, shape (Z,).
        beside: what the decoding beside it is called.
    """

    x: Array
    title: str
    z: Floats
    beside: str = "decoded"


class LatentModel(QObject):
    """Where a person is in the latent space.

    Signals:
        moved: the point, or the class that decoding is asked of, is another.
        space_changed: it is the space of another model, or its size became known.
        axes_changed: other coordinates make up the map.
        items_changed: items lie elsewhere.
        directions_changed: the directions in which items vary, and the middles of the classes, are others.
        compared: there is another original to compare with, or none.
    """

    moved = Signal()
    space_changed = Signal()
    axes_changed = Signal()
    items_changed = Signal()
    directions_changed = Signal()
    compared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.z: Floats = np.zeros(0)
        self.axes = (0, 1)
        self.n_conditions = 0
        self.condition: int | None = None
        self.items: Floats = np.empty((0, 0))
        self.labels: NDArray[np.int64] = np.empty(0, np.int64)
        self.rows: NDArray[np.int64] = np.empty(0, np.int64)
        self.carried: Floats = np.zeros(0)
        self.exact = False
        self.levels: tuple[str, ...] = ()
        self.principal: Directions | None = None
        self.class_means: Floats = np.empty((0, 0))
        self.class_counts: NDArray[np.int64] = np.empty(0, np.int64)
        self.original: Original | None = None
        self._axes_chosen = self._known = False

    @property
    def known(self) -> bool:
        """Whether the model has learned enough to be asked."""
        return self._known and self.latent_dim > 0

    @property
    def latent_dim(self) -> int:
        """Coordinates of the space; 0 while they are not known."""
        return len(self.z)

    @property
    def order(self) -> NDArray[np.int64]:
        """Coordinates, those that carry most first, shape (Z,)."""
        return most_active(self.carried)

    @property
    def coordinates(self) -> Directions:
        """The coordinates as directions, those that carry most first."""
        return coordinate_directions(self.carried, self.order, "var." if self.exact else "nats")

    @property
    def cursor(self) -> tuple[float, float]:
        """The point on the map."""
        found = plane(self.z[None], self.axes)[0]
        return float(found[0]), float(found[1])

    @property
    def off_map(self) -> Floats:
        """The point with its place on the map taken out: where the other coordinates stand, shape (Z,)."""
        found = self.z.copy()
        found[[axis for axis in self.axes if axis < len(found)]] = 0.0
        return found

    # Another space.

    def forget(self, levels: Sequence[str]) -> None:
        """Another model is asked, of which nothing is known yet.

        Arguments:
            levels: names of the classes that items have; none where there are none.
        """
        self.levels = tuple(levels)
        self.items, self.labels, self.rows = np.empty((0, 0)), np.empty(0, np.int64), np.empty(0, np.int64)
        self.principal = None
        self.class_means, self.class_counts = np.empty((0, 0)), np.empty(0, np.int64)
        self._axes_chosen = self._known = False
        self.compare(None)
        self.items_changed.emit()
        self.directions_changed.emit()

    def take_space(self, latent_dim: int, n_conditions: int) -> None:
        """How large the space is; the point stays where the former space was as large."""
        same = (latent_dim, n_conditions) == (self.latent_dim, self.n_conditions)
        self.n_conditions, self._known = n_conditions, True
        if latent_dim != self.latent_dim:
            self.z, self.carried, self.axes = np.zeros(latent_dim), np.zeros(latent_dim), (0, min(1, latent_dim - 1))
        if not same:
            self.condition = None
        self.space_changed.emit()
        self.moved.emit()

    def take_items(
        self, z: Floats, labels: NDArray[Any], rows: NDArray[Any], carried: Floats, *, exact: bool = False
    ) -> None:
        """Where items lie, shape (N, Z), and what each coordinate carries, shape (Z,).

        Arguments:
            carried: nats; or variances, of a model that encodes exactly, so that there is no bound on the nats.
            exact: the model encodes exactly.
        """
        if z.shape[1] != self.latent_dim:
            return
        self.items, self.labels, self.rows, self.carried, self.exact = z, labels, rows, carried, exact
        if not self._axes_chosen and self.latent_dim > 2:
            self._axes_chosen = True
            self._set_axes((int(self.order[0]), int(self.order[1])))
        self.items_changed.emit()

    def take_directions(self, principal: Directions, means: Floats, counts: NDArray[Any]) -> None:
        """In which directions items vary most, and the middle of each class, (K, Z), with its items, (K,)."""
        if principal.origin.shape == self.z.shape:
            self.principal, self.class_means, self.class_counts = principal, means, counts
            self.directions_changed.emit()

    # What a person does.

    def choose_axes(self, first: int, second: int) -> None:
        """Make a map of two other coordinates."""
        self._axes_chosen = True
        self._set_axes((first, second))

    def go(self, z: Floats) -> None:
        """Look at another point, shape (Z,)."""
        wanted = np.clip(np.nan_to_num(np.asarray(z, float)), -FARTHEST, FARTHEST)
        if wanted.shape == self.z.shape and not np.array_equal(wanted, self.z):
            self.z = wanted
            self.moved.emit()

    def go_on_map(self, first: float, second: float) -> None:
        """Look at another point of the map; the other coordinates stay."""
        z = self.z.copy()
        if len(z) > 1:
            z[self.axes[1]] = second
        z[self.axes[0]] = first
        self.go(z)

    def set_coordinate(self, coordinate: int, value: float) -> None:
        """Change one coordinate."""
        z = self.z.copy()
        z[coordinate] = value
        self.go(z)

    def choose_condition(self, condition: int | None) -> None:
        """Ask decoding of a class, or of none."""
        if condition != self.condition:
            self.condition = condition
            self.moved.emit()

    def compare(self, original: Original | None, go: bool = True) -> None:
        """Compare with an item, and go to its point; or with none."""
        self.original = original
        self.compared.emit()
        if original is not None and go:
            self.go(original.z)

    def _set_axes(self, axes: tuple[int, int]) -> None:
        if axes != self.axes:
            self.axes = axes
            self.axes_changed.emit()


def coordinate_name(coordinate: int) -> str:
    """What a coordinate is called: z1, z2, ..."""
    return f"z{coordinate + 1}"
