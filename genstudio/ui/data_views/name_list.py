"""Names of columns in a list to choose from: quick with 100,000 of them, some of them greyed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QListView

from genstudio.data.table import Column, ColumnType
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.data_views.column_model import Index
from genstudio.ui.focused_combo import FocusedCombo

Role = Qt.ItemDataRole


class NameList(QStringListModel):
    """A first entry that stands for no column, then the columns.

    Qt asks for the count of rows once a row; of its own models it does so without Python.

    Arguments:
        nothing: the first entry.
        why_not: why columns of text cannot be chosen, as their tooltip; "" where they can.
    """

    def __init__(self, nothing: str, why_not: str) -> None:
        super().__init__([nothing])
        self._nothing, self._why_not = nothing, why_not
        self._columns: Sequence[Column] = ()
        self._rows: dict[str, int] = {}

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Offer other columns."""
        self._columns = columns
        self._rows = {column.name: row for row, column in enumerate(columns, 1)}
        self.setStringList([self._nothing, *self._rows])

    def name_nothing(self, nothing: str) -> None:
        """Call the first entry something else."""
        self._nothing = nothing
        self.setStringList([nothing, *self._rows])

    def name_at(self, row: int) -> str | None:
        """The name of the column in a row, or None for the first."""
        return self._columns[row - 1].name if 0 < row <= len(self._columns) else None

    def row_of(self, name: str | None) -> int:
        """The row of a name; 0 where it is not among the columns."""
        return 0 if name is None else self._rows.get(name, 0)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A name as plain text; for text, why it cannot be chosen."""
        if role == Role.ToolTipRole:
            return self._why_not if self._is_text(index) else None
        found = super().data(index, role)
        return shortened(found) if role == Role.DisplayRole and isinstance(found, str) else found

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Text is there, but greyed."""
        if self._is_text(index):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _is_text(self, index: Index) -> bool:
        text = index.row() > 0 and self._columns[index.row() - 1].type is ColumnType.TEXT
        return text and bool(self._why_not)


class NameCombo(FocusedCombo):
    """Chooses one of the columns.

    Arguments:
        name: object name; `title` is what it chooses.
        nothing, why_not: as for `NameList`.
    """

    def __init__(self, name: str, title: str, tip: str, *, nothing: str, why_not: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setToolTip(tip)
        view = QListView()
        view.setUniformItemSizes(True)
        self.setView(view)
        self.names = NameList(nothing, why_not)
        self.setModel(self.names)

    @property
    def chosen(self) -> str | None:
        """The name of the column chosen, or None."""
        return self.names.name_at(self.currentIndex())

    def choose(self, name: str | None) -> None:
        """Show a choice, silently for those who listen to `activated`."""
        self.setCurrentIndex(self.names.row_of(name))

    def name_nothing(self, nothing: str) -> None:
        """Call the choice of no column something else."""
        former = self.chosen
        self.names.name_nothing(nothing)
        self.choose(former)

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Offer other columns; the choice stays where its column is still there."""
        former = self.chosen
        self.names.show_columns(columns)
        self.choose(former)
