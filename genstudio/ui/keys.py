"""Who gets a key that is also a shortcut of the window."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QWidget


class KeyGuard(QObject):
    """Leaves space to buttons and lists that have the focus, Escape to a line that is being typed in, and undo to
    the window where the line has none.

    Qt lets a shortcut win over a focused button, and a line win over a shortcut even where it has nothing to
    take back.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Decide before a key is looked up among the shortcuts."""
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        key, line = cast("QKeyEvent", event), _line_of(watched)
        mine = _pressed_with_space(watched, key) or _given_up(line, key)
        windows = _nothing_to_take_back(line, key)
        if mine or windows:
            event.setAccepted(mine)
        return mine or windows

    def _on_focus_changed(self, former: QWidget | None, now: QWidget | None) -> None:
        # Watching the whole application would call Python at every event.
        if former is not None:
            former.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)


def _pressed_with_space(focused: QObject, key: QKeyEvent) -> bool:
    plain = key.key() == Qt.Key.Key_Space and key.modifiers() == Qt.KeyboardModifier.NoModifier
    editable = isinstance(focused, QComboBox) and focused.isEditable()
    return plain and not editable and isinstance(focused, QAbstractButton | QComboBox)


def _line_of(focused: QObject) -> QLineEdit | None:
    if isinstance(focused, QAbstractSpinBox | QComboBox):
        return focused.findChild(QLineEdit)
    return focused if isinstance(focused, QLineEdit) else None


def _given_up(line: QLineEdit | None, key: QKeyEvent) -> bool:
    return line is not None and line.isModified() and key.key() == Qt.Key.Key_Escape


def _nothing_to_take_back(line: QLineEdit | None, key: QKeyEvent) -> bool:
    if line is None:
        return False
    if key.matches(QKeySequence.StandardKey.Undo):
        return not line.isUndoAvailable()
    return key.matches(QKeySequence.StandardKey.Redo) and not line.isRedoAvailable()
