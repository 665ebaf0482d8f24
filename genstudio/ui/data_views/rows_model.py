"""The first rows of a table, cell by cell as they are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from genstudio.data.table import Column, Table
from genstudio.ui.data_views.cells import cell_text, shortened
from genstudio.ui.data_views.column_model import Index
from genstudio.ui.tips import plain_tip

Role = Qt.ItemDataRole

MOST_ROWS = 10_000


class RowsModel(QAbstractTableModel):
    """Shows what was read, before any preparation."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: tuple[Column, ...] = ()
        self._rows = 0

    def show_table(self, table: Table | None) -> None:
        """Show the rows of another table."""
        self.beginResetModel()
        self._columns = () if table is None else table.columns
        self._rows = 0 if table is None else min(len(table), MOST_ROWS)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """At most `MOST_ROWS`."""
        return 0 if parent is not None and parent.isValid() else self._rows

    def columnCount(self, parent: Index | None = None) -> int:
        """As many as the table has."""
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Names, and row numbers from 1."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Role.DisplayRole else None
        if role == Role.TextAlignmentRole:
            return self._alignment(section)
        if role == Role.DisplayRole:
            return shortened(self._columns[section].name, 60)
        return plain_tip(shortened(self._columns[section].name)) if role == Role.ToolTipRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One value as plain text."""
        if role == Role.DisplayRole:
            return cell_text(self._columns[index.column()], index.row())
        return self._alignment(index.column()) if role == Role.TextAlignmentRole else None

    def text_of(self, rows: Iterable[int]) -> str:
        """The names and some rows, between tabs, as spreadsheets take them."""
        lines = ["\t".join(shortened(column.name) for column in self._columns)]
        lines.extend("\t".join(cell_text(column, row) for column in self._columns) for row in rows)
        return "\n".join(lines) + "\n"

    def _alignment(self, section: int) -> Qt.AlignmentFlag:
        words = bool(self._columns[section].levels)
        side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter


def rows_of(indexes: Iterable[QModelIndex]) -> list[int]:
    """The rows of some cells, each once, in order."""
    return sorted({index.row() for index in indexes})
