"""The table of columns: one row a column of the data, with what is done with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from genstudio.data.summary import ColumnSummary
from genstudio.data.table import Column, ColumnType, Table
from genstudio.ui.data_views.cells import missing_text, range_text, shortened
from genstudio.ui.data_views.column_summaries import ColumnSummaries
from genstudio.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

HEIGHTS_ROLE = int(Role.UserRole)
USED_ROLE = HEIGHTS_ROLE + 1
ROLES = ("learn", "label", "ignore")


class Field(IntEnum):
    """What stands in which column of the view."""

    NAME = 0
    SHAPE = 1
    TYPE = 2
    MISSING = 3
    ROLE = 4
    RANGE = 5


_TITLES = {
    Field.NAME: ("Column", "Checked columns are learned from"),
    Field.ROLE: ("Role", "Learn from it, take it as the label, or ignore it; double-click to change"),
    Field.TYPE: ("Type", "What the values mean"),
    Field.MISSING: ("Missing", "How many rows have no value"),
    Field.SHAPE: ("Shape", "Histogram of the values, or how frequent each word is"),
    Field.RANGE: ("Range", "Smallest and largest value, or the most frequent words"),
}


class ColumnModel(QAbstractTableModel):
    """Shows columns and tells what is wished; it changes no recipe itself.

    Signals:
        role_wished: the name of a column, and one of `ROLES`.
    """

    role_wished = Signal(str, str)

    def __init__(self, summaries: ColumnSummaries, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._summaries = summaries
        self._table: Table | None = None
        self._shown: list[int] = []
        self._used: Collection[str] = ()
        self._label: str | None = None
        self._order: dict[str, str] = {}
        self._filter = ""
        summaries.arrived.connect(self._on_arrived)

    def show_table(self, table: Table | None) -> None:
        """Show the columns of another table."""
        if table is self._table:
            return
        self._table = table
        self._summaries.show_table(table)
        self._refill()

    def show_roles(self, used: Collection[str], label: str | None, order: Mapping[str, str] | None = None) -> None:
        """Show which columns are learned from, and which is the label.

        Arguments:
            order: what columns tell that are neither: "sequence", "time" or "split", by their names.
        """
        self._used, self._label, self._order = frozenset(used), label, dict(order or {})
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(Field) - 1))

    def set_filter(self, text: str) -> None:
        """Show only the columns whose names hold a text, in any letter case."""
        self._filter = text.strip().lower()
        self._refill()

    def column(self, row: int) -> Column:
        """The column that a row of the view shows."""
        assert self._table is not None
        return self._table.columns[self._shown[row]]

    def role_of(self, column: Column) -> str:
        """One of `ROLES`."""
        if column.name == self._label:
            return "label"
        return "learn" if column.name in self._used else "ignore"

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a column of the data."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """One column a `Field`."""
        return 0 if parent is not None and parent.isValid() else len(Field)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles, and what they mean."""
        if orientation == Qt.Orientation.Vertical:
            return None
        title, help_ = _TITLES[Field(section)]
        if role == Role.TextAlignmentRole:
            return _alignment(Field(section))
        return {Role.DisplayRole: title, Role.ToolTipRole: help_}.get(Role(role))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names are checked, roles edited; text can only be ignored."""
        flags = super().flags(index)
        if self.column(index.row()).type is ColumnType.TEXT:
            return flags
        if index.column() == Field.NAME:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == Field.ROLE else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What one cell shows."""
        column, field = self.column(index.row()), Field(index.column())
        if role == Role.DisplayRole:
            return self._text(column, field, index.row())
        if role == Role.EditRole and field is Field.ROLE:
            return self.role_of(column)
        if role == Role.CheckStateRole and field is Field.NAME and column.type is not ColumnType.TEXT:
            return Qt.CheckState.Checked if self.role_of(column) == "learn" else Qt.CheckState.Unchecked
        if role == Role.ToolTipRole:
            return self._tip(column, field, index.row())
        if role == Role.TextAlignmentRole:
            return _alignment(field)
        return self._for_painting(column, field, index.row(), role)

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Tell what is wished; the cell changes once the recipe has."""
        name = self.column(index.row()).name
        if role == Role.CheckStateRole:
            self.role_wished.emit(name, "learn" if Qt.CheckState(value) == Qt.CheckState.Checked else "ignore")
            return True
        if role == Role.EditRole and value in ROLES:
            self.role_wished.emit(name, value)
            return True
        return False

    def _refill(self) -> None:
        self.beginResetModel()
        columns = () if self._table is None else self._table.columns
        self._shown = [i for i, column in enumerate(columns) if self._filter in column.name.lower()]
        self.endResetModel()

    def _summary(self, row: int) -> ColumnSummary | None:
        return self._summaries.get(self._shown[row])

    def _text(self, column: Column, field: Field, row: int) -> str | None:
        if field is Field.NAME:
            return shortened(column.name)
        if field is Field.ROLE:
            role = self.role_of(column)
            return role if role != "ignore" else self._order.get(column.name, role)
        if field is Field.TYPE:
            return str(column.type)
        if field is Field.SHAPE:
            return None
        summary = self._summary(row)
        if summary is None:
            return "…"
        return missing_text(summary) if field is Field.MISSING else range_text(column, summary)

    def _tip(self, column: Column, field: Field, row: int) -> str:
        if column.type is ColumnType.TEXT:
            return plain_tip("Text cannot be learned from or plotted as it is.")
        summary = self._summary(row)
        if field in (Field.SHAPE, Field.RANGE) and summary is not None:
            sampled = f"\nThe shape comes from every {summary.every:,}th row, the rest from all." * (summary.every > 1)
            return plain_tip(range_text(column, summary) + sampled)
        return plain_tip(shortened(column.name) if field is Field.NAME else _TITLES[field][1])

    def _for_painting(self, column: Column, field: Field, row: int, role: int) -> Any:
        if role == USED_ROLE:
            return self.role_of(column) == "learn"
        if role == HEIGHTS_ROLE and field is Field.SHAPE:
            summary = self._summary(row)
            return None if summary is None else summary.heights
        return None

    def _on_arrived(self, first: int, last: int) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, Field.SHAPE), self.index(len(self._shown) - 1, Field.RANGE))


def _alignment(field: Field) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if field is Field.MISSING else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
