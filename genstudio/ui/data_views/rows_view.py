"""What was read: the first rows, and beside them how the file was read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QTableView, QToolButton, QVBoxLayout, QWidget

from genstudio.ui.data_views.reading_card import ReadingCard
from genstudio.ui.data_views.rows_model import MOST_ROWS, RowsModel, rows_of
from genstudio.ui.icons import bind_icon
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
        self.table = self._make_table()
        self.copy = self._make_copy(theme)
        self.shown = QLabel()
        self.shown.setObjectName("data.shown")
        self.shown.setProperty("role", "muted")
        self.reading = ReadingCard(model, theme)
        self._arrange()
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.copy_rows)
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

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("data.preview")
        table.setAccessibleName("First rows of the data")
        table.setModel(self.rows)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setAlternatingRowColors(True)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        table.horizontalHeader().setDefaultSectionSize(_COLUMN_PX)
        table.horizontalHeader().setHighlightSections(False)
        return table

    def _make_copy(self, theme: Theme) -> QToolButton:
        button = QToolButton()
        button.setObjectName("data.copy")
        button.setText("Copy rows")
        button.setAccessibleName("Copy rows")
        button.setToolTip("Copy the selected rows, or all that are shown, for a spreadsheet (Ctrl+C)")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bind_icon(button, theme, "copy", "muted")
        return button

    def _arrange(self) -> None:
        above = QHBoxLayout()
        above.addWidget(self.shown, 1)
        above.addWidget(self.copy)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(above)
        left.addWidget(self.table, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(left, 1)
        layout.addWidget(self.reading)
