"""A row of a table, typed column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from genstudio.data.table import Column
from genstudio.errors import DataError
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.focused_combo import FocusedCombo

Array = NDArray[Any]
MOST_COLUMNS = 60


class RowForm(QWidget):
    """An editor for each column: words to choose from, or a number to be typed."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}.row_form")
        self.setProperty("role", "page")
        self._prefix = prefix
        self._columns: tuple[Column, ...] = ()
        self._editors: list[QComboBox | QLineEdit] = []
        self._rest: Array = np.empty(0)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 8, 0)

    def show_columns(self, columns: Sequence[Column], row: Array) -> None:
        """Take rows with these columns, of very many the first; begin with a row, shape (D,), data units."""
        while self._form.rowCount():
            self._form.removeRow(0)
        self._columns, self._editors = tuple(columns), []
        for place, column in enumerate(columns[:MOST_COLUMNS]):
            editor = self._editor(column, place)
            self._editors.append(editor)
            self._form.addRow(_label(column.name), editor)
        self.show_row(row)

    def show_row(self, x: Array) -> None:
        """Show a row, shape (D,), data units."""
        self._rest = np.array(x, float)
        for editor, column, value in zip(self._editors, self._columns, self._rest, strict=False):
            if isinstance(editor, QComboBox):
                editor.setCurrentIndex(int(np.clip(np.rint(np.nan_to_num(value)), 0, len(column.levels) - 1)))
            else:
                editor.setText("" if np.isnan(value) else f"{value:.6g}")

    def row(self) -> Array:
        """What was typed, shape (D,), data units.

        Raises:
            DataError: a cell holds no number.
        """
        found = self._rest.copy()
        for place, (editor, column) in enumerate(zip(self._editors, self._columns, strict=False)):
            found[place] = editor.currentIndex() if isinstance(editor, QComboBox) else _number(editor.text(), column)
        return found

    def _editor(self, column: Column, place: int) -> QComboBox | QLineEdit:
        editor: QComboBox | QLineEdit
        if column.levels:
            editor = FocusedCombo()
            editor.addItems([shortened(level, 60) for level in column.levels])
        else:
            editor = QLineEdit()
        editor.setObjectName(f"{self._prefix}.cell.{place + 1}")
        editor.setAccessibleName(shortened(column.name, 60))
        return editor


def _label(name: str) -> QLabel:
    label = QLabel(shortened(name, 30))
    # Names of columns come from files.
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _number(text: str, column: Column) -> float:
    try:
        value = float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise DataError(f"`{shortened(column.name, 40)}` must be a number, not `{shortened(text, 20)}`.", "Type one.")
    return value
