"""The space bar in a table of checks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView


class SpaceKey(QObject):
    """The space bar checks a row wherever in it the cursor stands, before it pauses training."""

    def __init__(self, view: QAbstractItemView, toggle: Callable[[], None]) -> None:
        super().__init__(view)
        self._toggle = toggle
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key."""
        wanted = event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if wanted and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            if event.type() == QEvent.Type.KeyPress:
                self._toggle()
            event.accept()
            return True
        return False
