"""One row of a table, column by column, beside another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from genstudio.data.preparation import Preparation
from genstudio.data.table import Table
from genstudio.runs.sampled import sampled_table
from genstudio.ui.data_views.cells import cell_text, shortened
from genstudio.ui.plain_table import plain_table

Array = NDArray[Any]
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

TITLES = (("Decoded",), ("Original", "Decoded"))


class ValuesModel(QAbstractTableModel):
    """Columns downwards, rows across."""

    def __init__(self) -> None:
        super().__init__()
        self._tables: tuple[Table, ...] = ()

    def show_tables(self, tables: Sequence[Table]) -> None:
        """Show the first row of each table; all have the same columns."""
        same = 0 < len(tables) == len(self._tables) and all(
            a.names == b.names for a, b in zip(tables, self._tables, strict=True)
        )
        if same:
            self._tables = tuple(tables)
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self._tables = tuple(tables)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """One for each column of the data."""
        return 0 if (parent is not None and parent.isValid()) or not self._tables else len(self._tables[0].columns)

    def columnCount(self, parent: Index | None = None) -> int:
        """One for each row that is compared."""
        return 0 if parent is not None and parent.isValid() else len(self._tables)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Names as plain text."""
        if role != Role.DisplayRole or not self._tables:
            return None
        if orientation == Qt.Orientation.Vertical:
            return shortened(self._tables[0].names[section], 40)
        return TITLES[min(len(self._tables), 2) - 1][section]

    def text(self) -> str:
        """All of it, cells parted by tabs."""
        lines = [["", *TITLES[min(len(self._tables), 2) - 1]]] if self._tables else []
        for place in range(self.rowCount()):
            cells = [cell_text(table.columns[place], 0) for table in self._tables]
            lines.append([self._tables[0].names[place], *cells])
        return "\n".join("\t".join(line) for line in lines)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One value as plain text."""
        if role == Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Role.DisplayRole:
            return None
        return cell_text(self._tables[index.column()].columns[index.row()], 0)


class ValuesTable(QWidget):
    """Rows of a table as values by column."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.rows = ValuesModel()
        self.table = plain_table(self.rows, name, title)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)

    def clear(self) -> None:
        """Show nothing."""
        self.rows.show_tables(())

    def copy(self) -> None:
        """Put what is shown on the clipboard, for a spreadsheet."""
        QGuiApplication.clipboard().setText(self.rows.text())

    def show_rows(self, preparation: Preparation, rows: Sequence[Array]) -> None:
        """Show rows, shape (1, D) each, data units; where there are two, the first is the original."""
        self.rows.show_tables([sampled_table(preparation, row, np.full(1, -1)) for row in rows])
