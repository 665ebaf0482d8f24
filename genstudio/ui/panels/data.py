"""The Data panel: was it read rightly, what will be learned, how is it split, does it look as expected?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from genstudio.data.picture_preparation import shape_words
from genstudio.errors import DataError
from genstudio.runs.prepared import write_prepared
from genstudio.runs.run import Run
from genstudio.ui.data_views.columns_view import ColumnsView
from genstudio.ui.data_views.draw_view import DrawView
from genstudio.ui.data_views.header import Header
from genstudio.ui.data_views.look_view import LookView
from genstudio.ui.data_views.rows_view import RowsView
from genstudio.ui.icons import bind_icon
from genstudio.ui.panel import Panel, PanelInfo

_VIEWS = {
    "columns": ("Columns", "histogram", "Which columns there are, what is learned from, and how the table is prepared"),
    "rows": ("Rows", "table", "The first rows as they were read, and how the file is read"),
    "look": ("Look", "points", "See two columns, all pairs, or principal components"),
    "draw": ("Draw", "brush", "Draw data with the mouse"),
}


class DataPanel(Panel):
    """Shows the data of the recipe, and edits how they are read and prepared.

    Each view is made when it is first shown, for the window opens on another panel.
    """

    info: ClassVar[PanelInfo] = PanelInfo(
        "data", "Data", "data", 10, "What the data are, how they were read, and how they are prepared for learning"
    )

    def build(self) -> None:
        """Header, and a row of buttons that choose a view."""
        self.header = Header(self.model)
        self._stacked = QStackedWidget()
        self._group = QButtonGroup(self)
        self._buttons = {key: self._view_button(key) for key in _VIEWS}
        self.export_button = self._make_export()
        self._arrange()
        self.model.data_changed.connect(self._refresh_export)
        self._refresh_export()

    def unsuitable(self, run: Run | None) -> str:
        """The views are of rows and columns."""
        pictures = self.model.pictures
        if pictures is None:
            return super().unsuitable(run)
        return f"{pictures.name}: {len(pictures):,} pictures of {shape_words(pictures.shape)}. They have no columns."

    @cached_property
    def columns(self) -> ColumnsView:
        """Which columns there are, and what is done with them."""
        return ColumnsView(self.model, self.theme)

    @cached_property
    def rows(self) -> RowsView:
        """The first rows, and how they were read."""
        return RowsView(self.model, self.theme)

    @cached_property
    def look_at(self) -> LookView:
        """Plots of the data."""
        return LookView(self.model, self.theme)

    @cached_property
    def draw(self) -> DrawView:
        """The canvas."""
        return DrawView(self.model, self.theme)

    def show_view(self, key: str) -> None:
        """Show "columns", "rows", "look" or "draw"."""
        view = self._view(key)
        self._buttons[key].setChecked(True)
        if self._stacked.indexOf(view) < 0:
            self._stacked.addWidget(view)
        self._stacked.setCurrentWidget(view)

    def showEvent(self, event: QShowEvent) -> None:
        """The first view is made when the panel is first seen."""
        if self._stacked.currentWidget() is None:
            self.show_view("columns")
        super().showEvent(event)

    def open_canvas(self) -> None:
        """Show the canvas, ready to draw."""
        self.show_view("draw")
        self.draw.canvas.board.setFocus()

    def export(self) -> None:
        """Ask for a file and write the prepared table to it."""
        table, data = self.model.table, self.model.data
        if table is None or data is None:
            self.model.messages.show_error(DataError("There are no data to export.", "Open a file first."))
            return
        suggested = f"{Path(table.name).stem or 'data'}-prepared.csv"
        name, _ = QFileDialog.getSaveFileName(self, "Export the prepared table", suggested, "CSV (*.csv)")
        if not name:
            return
        path = Path(name) if name.lower().endswith(".csv") else Path(f"{name}.csv")
        self.model.pump.run(
            "data.export", lambda watch: write_prepared(path, data),
            lambda done: self.model.messages.show("info", f"{path.name} was written."), self.model.messages.show_error,
        )

    def _view(self, key: str) -> QWidget:
        made: dict[str, Callable[[], QWidget]] = {
            "columns": lambda: self.columns, "rows": lambda: self.rows,
            "look": lambda: self.look_at, "draw": lambda: self.draw,
        }
        return made[key]()

    def _refresh_export(self) -> None:
        self.export_button.setEnabled(self.model.data is not None)

    def _view_button(self, key: str) -> QToolButton:
        title, symbol, tip = _VIEWS[key]
        button = self._button(f"data.{key}", title, symbol, tip)
        button.setCheckable(True)
        self._group.addButton(button)
        button.clicked.connect(self.open_canvas if key == "draw" else lambda: self.show_view(key))
        return button

    def _make_export(self) -> QToolButton:
        tip = "Write the prepared table as CSV: the columns learned from, the label, and which part each row is in"
        button = self._button("data.export", "Export…", "export", tip)
        button.clicked.connect(self.export)
        return button

    def _button(self, name: str, title: str, symbol: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(title)
        button.setAccessibleName(title)
        button.setToolTip(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bind_icon(button, self.theme, symbol)
        return button

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.export_button)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(12, 6, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.header)
        column.addLayout(row)
        column.addWidget(self._stacked, 1)
