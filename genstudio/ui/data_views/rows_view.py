"""What was read: the first rows, and beside them how the file was read."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from genstudio.ui.data_views.reading_card import ReadingCard
from genstudio.ui.data_views.rows_model import MOST_ROWS, RowsModel, rows_of
from genstudio.ui.plain_table import on_copy, plain_table, quiet_button, set_beside
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

_COLUMN_PX = 108
_ROW_PX = 26


class RowsView(QWidget):
    """A preview that is quick for any number of rows and columns."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.rows = RowsModel()
        self.table = plain_table(self.rows, "data.preview", "First rows of the data")
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.horizontalHeader().setDefaultSectionSize(_COLUMN_PX)
        tip = "Copy the selected rows, or all that are shown, for a spreadsheet (Ctrl+C)"
        self.copy = quiet_button(theme, "data.copy", "copy", "Copy rows", tip)
        self.shown = QLabel()
        self.shown.setObjectName("data.shown")
        self.shown.setProperty("role", "muted")
        self.reading = ReadingCard(model, theme)
        set_beside(self, (self.shown, self.copy), self.table, self.reading)
        on_copy(self.table, self.copy_rows)
        self.copy.clicked.connect(self.copy_rows)
        model.data_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the rows of the table."""
        table = self._model.table
        self.rows.show_table(table)
        count = 0 if table is None else len(table)
        self.shown.setText(f"The first {MOST_ROWS:,} of {count:,} rows" if count > MOST_ROWS else "All rows, as read")
        self.copy.setEnabled(count > 0)

    def copy_rows(self) -> None:
        """Put the selected rows, or all that are shown, on the clipboard."""
        selected = self.table.selectionModel()
        rows = rows_of(selected.selectedIndexes()) if selected.hasSelection() else range(self.rows.rowCount())
        QGuiApplication.clipboard().setText(self.rows.text_of(rows))
        self._model.messages.show("info", f"{len(rows):,} row{'' if len(rows) == 1 else 's'} copied.")
