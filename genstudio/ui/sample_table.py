"""Samples as rows of a table, to be read and copied."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from genstudio.data.table import Table
from genstudio.ui.data_views.rows_model import MOST_ROWS, RowsModel, rows_of
from genstudio.ui.plain_table import fit_columns, grow_columns, on_copy, plain_label, plain_table, quiet_button
from genstudio.ui.theme import Theme


class SampleTable(QWidget):
    """The first samples, cell by cell as they are looked at.

    Signals:
        copied: how many rows went to the clipboard.
    """

    copied = Signal(int)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self.rows = RowsModel()
        self.table = plain_table(self.rows, f"{prefix}.table", "Samples, in the data's own units")
        self.shown = plain_label(f"{prefix}.shown", title="How many samples are shown")
        self.copy = quiet_button(theme, f"{prefix}.copy", "copy", "Copy",
                                 "Copy the selected rows, or all that are shown, for a spreadsheet (Ctrl+C)")
        self.copy.clicked.connect(self.copy_rows)
        on_copy(self.table, self.copy_rows)
        above = QHBoxLayout()
        above.addWidget(self.shown, 1)
        above.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(above)
        layout.addWidget(self.table, 1)
        self.show_table(None, 0)

    def show_table(self, table: Table | None, wanted: int) -> None:
        """Show other samples, where the former ones were scrolled to.

        Arguments:
            wanted: how many were asked for; more than the table has while a run learns.
        """
        bars = (self.table.verticalScrollBar(), self.table.horizontalScrollBar())
        places = [bar.value() for bar in bars]
        names = () if table is None else table.names
        self.rows.show_table(table)
        if names != self._names:
            self._names = names
            fit_columns(self.table)
        grow_columns(self.table)
        for bar, place in zip(bars, places, strict=True):
            bar.setValue(place)
        self.shown.setText(_shown(0 if table is None else len(table), wanted))
        self.shown.setToolTip(_listed(0 if table is None else len(table)))
        self.copy.setEnabled(table is not None)

    def copy_rows(self) -> None:
        """Put the selected rows, or all that are shown, on the clipboard."""
        selected = self.table.selectionModel()
        rows = rows_of(selected.selectedIndexes()) if selected.hasSelection() else range(self.rows.rowCount())
        if len(rows):
            QGuiApplication.clipboard().setText(self.rows.text_of(rows))
            self.copied.emit(len(rows))


def _shown(n: int, wanted: int) -> str:
    if n == 0:
        return "No samples yet"
    return f"{n:,} of {wanted:,}" if n < wanted else f"{n:,} sample{'s' * (n != 1)}"


def _listed(n: int) -> str:
    if n == 0:
        return ""
    return f"The first {MOST_ROWS:,} are listed" if n > MOST_ROWS else "All are listed"
