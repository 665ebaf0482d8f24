"""The editor of a number."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit


class NumberEdit(QAbstractSpinBox):
    """A line with two arrows. Reading and stepping are its field's: Qt's own follow the locale."""

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(76)

    def line(self) -> QLineEdit:
        """The line that is typed in."""
        return self.lineEdit()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Both ways: the field clamps."""
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled

    def stepBy(self, steps: int) -> None:
        """Arrows, keys and the wheel."""
        self.stepped.emit(steps)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past a number must not change it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
