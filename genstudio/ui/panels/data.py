"""The Data panel: was it read rightly, what will be learned, how is it split, does it look as expected?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from genstudio.data.pictures import Pictures
from genstudio.errors import DataError
from genstudio.runs.prepared import write_prepared
from genstudio.runs.prepared_pictures import write_prepared_pictures
from genstudio.ui.data_views.classes_view import ClassesView
from genstudio.ui.data_views.columns_view import ColumnsView
from genstudio.ui.data_views.draw_view import DrawView
from genstudio.ui.data_views.header import Header
from genstudio.ui.data_views.look_view import LookView
from genstudio.ui.data_views.origin_view import OriginView
from genstudio.ui.data_views.picture_facts import PictureFacts
from genstudio.ui.data_views.pictures_view import PicturesView
from genstudio.ui.data_views.rows_view import RowsView
from genstudio.ui.data_views.series_view import SeriesView
from genstudio.ui.icons import bind_icon
from genstudio.ui.panel import Panel, PanelInfo

_TABLE_FILES = "CSV (*.csv);;NumPy (*.npz)"
_PICTURE_FILES = "NPZ (*.npz);;Zip of PNGs, a folder a class (*.zip)"
_OF_TABLES = {
    "columns": ("Columns", "histogram", "Which columns there are, what is learned from, and how the table is prepared"),
    "rows": ("Rows", "table", "The first rows as they were read, and how the file is read"),
    "series": ("Series", "curves", "Rows one after another in time: which sequences there are, and their lines"),
    "look": ("Look", "points", "See two columns, all pairs, or principal components"),
}
_OF_PICTURES = {
    "pictures": ("Pictures", "pictures", "Some of the pictures, class by class, their means, and one of them large"),
    "classes": ("Classes", "classes", "Which classes there are, which of them are used, and how the pictures are "
                "prepared"),
    "origin": ("Origin", "info", "Where the pictures come from, what was noticed, and how they are read"),
}
_VIEWS = {**_OF_TABLES, **_OF_PICTURES, "draw": ("Draw", "brush", "Draw data with the mouse")}


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
        self.model.data_changed.connect(self._on_data_changed)
        self._offer_views()

    @cached_property
    def columns(self) -> ColumnsView:
        """Which columns there are, and what is done with them."""
        return ColumnsView(self.model, self.theme)

    @cached_property
    def rows(self) -> RowsView:
        """The first rows, and how they were read."""
        return RowsView(self.model, self.theme)

    @cached_property
    def series(self) -> SeriesView:
        """Sequences over time."""
        return SeriesView(self.model, self.theme)

    @cached_property
    def look_at(self) -> LookView:
        """Plots of the data."""
        return LookView(self.model, self.theme)

    @cached_property
    def draw(self) -> DrawView:
        """The canvas."""
        return DrawView(self.model, self.theme)

    @cached_property
    def facts(self) -> PictureFacts:
        """The means of the pictures."""
        return PictureFacts(self.model.pump, self)

    @cached_property
    def pictures(self) -> PicturesView:
        """Some of the pictures, and one large."""
        return PicturesView(self.model, self.theme, self.facts)

    @cached_property
    def classes(self) -> ClassesView:
        """Which classes there are, and what is done with them."""
        return ClassesView(self.model, self.theme, self.facts)

    @cached_property
    def origin(self) -> OriginView:
        """Where pictures come from, and how they are read."""
        return OriginView(self.model, self.theme)

    def show_view(self, key: str) -> None:
        """Show "columns", "rows", "series" or "look" of a table, "pictures", "classes" or "origin" of pictures, or
        "draw".
        """
        view = self._view(key)
        self._buttons[key].setChecked(True)
        if self._stacked.indexOf(view) < 0:
            self._stacked.addWidget(view)
        self._stacked.setCurrentWidget(view)

    def showEvent(self, event: QShowEvent) -> None:
        """The first view is made when the panel is first seen."""
        if self._stacked.currentWidget() is None:
            self.show_view(self._first())
        super().showEvent(event)

    def open_canvas(self) -> None:
        """Show the canvas, ready to draw."""
        self.show_view("draw")
        self.draw.canvas.board.setFocus()

    def export(self) -> None:
        """Ask for a file and write the prepared table or pictures to it."""
        raw, data = self.model.raw, self.model.data
        if raw is None or data is None:
            self.model.messages.show_error(DataError("There are no data to export.", "Open a file first."))
            return
        pictures = isinstance(raw, Pictures)
        endings = (".npz", ".zip") if pictures else (".csv", ".npz")
        suggested = f"{Path(raw.name).stem or 'data'}-prepared{endings[0]}"
        title = f"Export the prepared {'pictures' if pictures else 'table'}"
        name, _ = QFileDialog.getSaveFileName(self, title, suggested, _PICTURE_FILES if pictures else _TABLE_FILES)
        if not name:
            return
        path = Path(name) if name.lower().endswith(endings) else Path(f"{name}{endings[0]}")
        write = write_prepared_pictures if pictures else partial(write_prepared, raw=raw)
        self.model.pump.run(
            "data.export", lambda watch: write(path, data),
            lambda done: self.model.messages.show("info", f"{path.name} was written."), self.model.messages.show_error,
        )

    def _view(self, key: str) -> QWidget:
        made: dict[str, Callable[[], QWidget]] = {
            "columns": lambda: self.columns, "rows": lambda: self.rows, "series": lambda: self.series,
            "look": lambda: self.look_at,
            "pictures": lambda: self.pictures, "classes": lambda: self.classes, "origin": lambda: self.origin,
            "draw": lambda: self.draw,
        }
        return made[key]()

    def _first(self) -> str:
        return "columns" if self.model.pictures is None else "pictures"

    def _on_data_changed(self) -> None:
        self._offer_views()
        shown = next((key for key, button in self._buttons.items() if button.isChecked()), "")
        if shown and not self._buttons[shown].isVisibleTo(self):
            self.show_view(self._first())

    def _offer_views(self) -> None:
        """The views of the other kind of data are hidden."""
        hidden = _OF_TABLES if self.model.pictures is not None else _OF_PICTURES
        for key, button in self._buttons.items():
            button.setVisible(key not in hidden)
        self.export_button.setEnabled(self.model.data is not None)

    def _view_button(self, key: str) -> QToolButton:
        title, symbol, tip = _VIEWS[key]
        button = self._button(f"data.{key}", title, symbol, tip)
        button.setCheckable(True)
        self._group.addButton(button)
        button.clicked.connect(self.open_canvas if key == "draw" else lambda: self.show_view(key))
        return button

    def _make_export(self) -> QToolButton:
        tip = "Write what is learned from or held out, the label, and which part each item is in: tables as CSV, "
        tip += "pictures as NPZ or as a zip of PNGs"
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
