"""The window's shape from one start to the next; settings that cannot be read are begun afresh."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

GEOMETRY, STATE = "window/geometry", "window/state"


def keep_shape(window: QMainWindow) -> None:
    """Remember size, place and docks."""
    settings = QSettings()
    settings.setValue(GEOMETRY, window.saveGeometry())
    settings.setValue(STATE, window.saveState())


def restore_shape(window: QMainWindow) -> None:
    """Give the window the shape it had, as far as that is known."""
    geometry, state = _known(GEOMETRY), _known(STATE)
    if geometry is not None:
        window.restoreGeometry(geometry)
    if state is not None:
        window.restoreState(state)


def _known(key: str) -> QByteArray | None:
    # A damaged file, or one edited by hand, holds anything.
    found = QSettings().value(key)
    return found if isinstance(found, QByteArray) and not found.isEmpty() else None
