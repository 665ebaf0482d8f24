"""Moving and zooming along one axis of time, by keys and by the wheel."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

_ZOOM, _SHIFT, _PAGE = 1.5, 0.1, 0.9
_NOTCH = 120.0
_MOVES = {
    Qt.Key.Key_Left: -_SHIFT, Qt.Key.Key_Right: _SHIFT, Qt.Key.Key_PageUp: -_PAGE, Qt.Key.Key_PageDown: _PAGE,
}
_ZOOMS = {
    Qt.Key.Key_Plus: 1 / _ZOOM, Qt.Key.Key_Equal: 1 / _ZOOM, Qt.Key.Key_Up: 1 / _ZOOM,
    Qt.Key.Key_Minus: _ZOOM, Qt.Key.Key_Down: _ZOOM,
}


class Travel:
    """What keys and wheel do to the times in sight.

    Arguments:
        box: along x it shows times.
        whole: gives the first and last time that can be seen.
    """

    def __init__(self, box: pg.ViewBox, whole: Callable[[], tuple[float, float]]) -> None:
        self._box, self._whole = box, whole

    def show_all(self) -> None:
        """Show all of the time."""
        self._box.setXRange(*self._whole(), padding=0.0)

    def centre_on(self, first: float, last: float) -> None:
        """Bring a stretch of time into the middle, with some room about it where it is longer than the view."""
        left, right = self._box.viewRange()[0]
        width = max(right - left, 1.25 * (last - first))
        middle = (first + last) / 2
        self._box.setXRange(middle - width / 2, middle + width / 2, padding=0.0)

    def press(self, key: Qt.Key) -> bool:
        """What a key does; whether it does anything."""
        left, right = self._box.viewRange()[0]
        if key == Qt.Key.Key_Home:
            self.show_all()
        elif key == Qt.Key.Key_End:
            self._move(self._whole()[1] - right)
        elif key in _MOVES:
            self._move(_MOVES[key] * (right - left))
        elif key in _ZOOMS:
            self._box.scaleBy(x=_ZOOMS[key])
        else:
            return False
        return True

    def turn(self, event: QWheelEvent) -> bool:
        """A wheel that is turned sideways, or with Shift, moves; whether it did."""
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        delta = event.angleDelta().x() or (event.angleDelta().y() if shifted else 0)
        if delta:
            left, right = self._box.viewRange()[0]
            self._move(-delta / _NOTCH * _SHIFT * (right - left))
        return bool(delta)

    def _move(self, way: float) -> None:
        first, last = self._whole()
        left, right = self._box.viewRange()[0]
        way = min(max(way, first - left), last - right)
        self._box.setXRange(left + way, right + way, padding=0.0)
