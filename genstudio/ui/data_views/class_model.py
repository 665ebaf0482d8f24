"""The table of classes: one row a class of the pictures, with how many there are and how many are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

from genstudio.ui.data_views.cells import shortened
from genstudio.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

SHARE_ROLE = int(Role.UserRole)
USED_SHARE_ROLE = SHARE_ROLE + 1


class ClassField(IntEnum):
    """What stands in which column of the view."""

    NAME = 0
    SHARE = 1
    COUNT = 2


_TITLES = {
    ClassField.NAME: ("Class", "Pictures of the checked classes are used; the small picture is their mean"),
    ClassField.SHARE: ("Share", "How many pictures there are, and in bright how many of them are used"),
    ClassField.COUNT: ("Pictures", "How many are learned from or held out, of how many there are"),
}


@dataclass(frozen=True)
class ClassRow:
    """One class.

    Arguments:
        checked: whether it is used; None where it cannot be chosen, as that of pictures without a class.
    """

    name: str
    count: int
    used: int
    checked: bool | None


class ClassModel(QAbstractTableModel):
    """Shows classes and tells what is wished; it changes no recipe itself.

    Signals:
        wished: the name of a class, and whether it is to be used.
    """

    wished = Signal(str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ClassRow] = ()
        self._icons: Sequence[QPixmap] = ()

    @property
    def rows(self) -> Sequence[ClassRow]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[ClassRow]) -> None:
        """Show other classes, or the same with other counts."""
        if [row.name for row in rows] == [row.name for row in self._rows]:
            self._rows = rows
            self._tell(0, len(ClassField) - 1)
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def show_icons(self, icons: Sequence[QPixmap]) -> None:
        """Show mean pictures, one a class in their order."""
        self._icons = icons
        self._tell(ClassField.NAME, ClassField.NAME)

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a class."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """One column a `ClassField`."""
        return 0 if parent is not None and parent.isValid() else len(ClassField)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles, and what they mean."""
        if orientation == Qt.Orientation.Vertical:
            return None
        title, help_ = _TITLES[ClassField(section)]
        if role == Role.TextAlignmentRole:
            return _alignment(ClassField(section))
        return {Role.DisplayRole: title, Role.ToolTipRole: help_}.get(Role(role))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Classes are checked by their names."""
        flags = super().flags(index)
        checkable = index.column() == ClassField.NAME and self._rows[index.row()].checked is not None
        return flags | Qt.ItemFlag.ItemIsUserCheckable if checkable else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What one cell shows."""
        row, field = self._rows[index.row()], ClassField(index.column())
        if role == Role.DisplayRole:
            return _text(row, field)
        if role == Role.CheckStateRole and field is ClassField.NAME and row.checked is not None:
            return Qt.CheckState.Checked if row.checked else Qt.CheckState.Unchecked
        if role == Role.DecorationRole and field is ClassField.NAME and index.row() < len(self._icons):
            return self._icons[index.row()]
        if role == Role.ToolTipRole:
            return plain_tip(shortened(row.name) if field is ClassField.NAME else _TITLES[field][1])
        if role == Role.TextAlignmentRole:
            return _alignment(field)
        most = max((each.count for each in self._rows), default=0) or 1
        return {SHARE_ROLE: row.count / most, USED_SHARE_ROLE: row.used / most}.get(role)

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Tell what is wished; the cell changes once the recipe has."""
        if role != Role.CheckStateRole:
            return False
        self.wished.emit(self._rows[index.row()].name, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _tell(self, first: int, last: int) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._rows) - 1, last))


def _text(row: ClassRow, field: ClassField) -> str | None:
    count = f"{row.count:,}" if row.used == row.count else f"{row.used:,} of {row.count:,}"
    return {ClassField.NAME: shortened(row.name), ClassField.COUNT: count}.get(field)


def _alignment(field: ClassField) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if field is ClassField.COUNT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
