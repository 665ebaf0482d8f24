"""The strangest rows as they stand in the table, with the reason in words and in bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QSplitter, QTableView, QVBoxLayout, QWidget

from genstudio.applications.anomaly import StrangeRow
from genstudio.applications.scores import ScoreMeaning
from genstudio.data.table import Column
from genstudio.ui.data_views.cells import cell_text, shortened
from genstudio.ui.plain_table import plain_label, plain_table
from genstudio.ui.plots.bars import Bars
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

HEADERS = ("Row", "Score", "Why")
HELP = ("The row of the table, counted from 1", "{score}: higher is stranger", "The columns that make the row strange")
WIDTHS_PX = (84, 72, 220)
COLUMN_PX = 96
ROW_PX = 24
MOST_BARS = 8
WIDE_PX = 520


class StrangeRowsModel(QAbstractTableModel):
    """Row number, score and reason, then the original columns."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[StrangeRow, ...] = ()
        self.score = "score"
        self._columns: tuple[Column, ...] = ()

    def show_rows(self, rows: Sequence[StrangeRow], columns: Sequence[Column]) -> None:
        """Show other rows.

        Arguments:
            rows: strangest first, K of them.
            columns: the original columns at these rows, K values each.
        """
        self.beginResetModel()
        self.rows, self._columns = tuple(rows), tuple(columns)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """As many as are shown."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Ours and the table's."""
        return 0 if parent is not None and parent.isValid() else len(HEADERS) + len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Names as plain text."""
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Role.TextAlignmentRole:
            return self._alignment(section)
        ours = section < len(HEADERS)
        if role == Role.DisplayRole:
            return HEADERS[section] if ours else shortened(self._column(section).name, 60)
        if role == Role.ToolTipRole:
            return HELP[section].format(score=self.score) if ours else plain_tip(shortened(self._column(section).name))
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One cell as plain text."""
        if role == Role.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Role.ToolTipRole and index.column() == HEADERS.index("Why"):
            return plain_tip(self._text(index))
        return self._text(index) if role == Role.DisplayRole else None

    def _text(self, index: Index) -> str:
        row = self.rows[index.row()]
        ours = (f"{row.row + 1:,}", _score_text(row.score), shortened(row.reason))
        return ours[index.column()] if index.column() < len(ours) else cell_text(
            self._column(index.column()), index.row()
        )

    def _column(self, section: int) -> Column:
        return self._columns[section - len(HEADERS)]

    def _alignment(self, section: int) -> Qt.AlignmentFlag:
        words = HEADERS[section] == "Why" if section < len(HEADERS) else bool(self._column(section).levels)
        side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter


class StrangeRows(QSplitter):
    """The table, and beside it what makes the selected row strange.

    Arguments:
        more: the button that asks for more rows; it stands under the table.

    Signals:
        row_chosen: place of the selected row in `rows.rows`, or -1.
    """

    row_chosen = Signal(int)

    def __init__(self, theme: Theme, prefix: str, more: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(f"{prefix}.rows_splitter")
        self.setChildrenCollapsible(False)
        self._names: tuple[str, ...] = ()
        self._chosen: int | None = None
        self._unit = "Nats"
        self.rows = StrangeRowsModel()
        self.table = _table(self.rows, f"{prefix}.rows")
        self.reason = _reason_label(f"{prefix}.row_reason")
        self.bars = Bars(theme, f"{prefix}.contributions")
        self.bars.setToolTip("What each column adds to the score of the selected row")
        self.addWidget(_column(self.table, more))
        self.addWidget(_column(self.reason, self.bars))
        self.setSizes([400, 240])
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self._explain(None)

    def set_meaning(self, meaning: ScoreMeaning) -> None:
        """Say what the scores are."""
        self.rows.score = meaning.words[:1].upper() + meaning.words[1:]
        self._unit = meaning.unit.capitalize() or "Score"

    def show_rows(self, rows: Sequence[StrangeRow], columns: Sequence[Column], names: Sequence[str]) -> None:
        """Show other rows; the selected one stays selected where it is still there, else the strangest is.

        Arguments:
            rows: strangest first, K of them.
            columns: the original columns at these rows.
            names: of the columns that were learned from, in the order of the contributions.
        """
        self._names = tuple(names)
        scrolled = self.table.verticalScrollBar().value()
        selection = self.table.selectionModel()
        selection.blockSignals(True)
        self.rows.show_rows(rows, columns)
        self.table.verticalScrollBar().setValue(scrolled)
        place = next((place for place, row in enumerate(rows) if row.row == self._chosen), 0 if rows else -1)
        if rows:
            rows_too = QItemSelectionModel.SelectionFlag.Rows | QItemSelectionModel.SelectionFlag.ClearAndSelect
            selection.setCurrentIndex(self.rows.index(place, 0), rows_too)
        selection.blockSignals(False)
        self._tell(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside the table where there is width, else under it."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE_PX
        wanted = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if wanted != self.orientation():
            self.setOrientation(wanted)
            self.setSizes([600, 400] if wide else [520, 480])

    def _on_selected(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        self._chosen = self.rows.rows[chosen[0].row()].row if chosen else None
        self._tell(chosen[0].row() if chosen else -1)

    def _tell(self, place: int) -> None:
        self._explain(self.rows.rows[place] if place >= 0 else None)
        self.row_chosen.emit(place)

    def _explain(self, row: StrangeRow | None) -> None:
        if row is None:
            self.reason.setText("Select a row to see why it is strange.")
            self.bars.set_title("")
            self.bars.set_values((), np.empty(0))
            return
        self.reason.setText(f"Row {row.row + 1:,}: {shortened(row.reason)}")
        # Infinite contributions have no length; their shares do.
        finite = bool(np.isfinite(row.contributions).all())
        self.bars.set_title(f"{self._unit} beyond the usual" if finite else "Share of the strangeness")
        values = row.contributions if finite else row.shares
        largest = np.argsort(-np.abs(values), kind="stable")[:MOST_BARS]
        self.bars.set_values([self._names[place] for place in largest], values[largest])


def _score_text(score: float) -> str:
    if 0 < abs(score) < 0.1:
        return f"{score:.2g}"
    return f"{score:,.2f}" if abs(score) < 1e6 else f"{score:.3g}".replace("inf", "∞")


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    column.setMinimumWidth(160)
    return column


def _table(model: StrangeRowsModel, name: str) -> QTableView:
    table = plain_table(model, name, "Strangest rows")
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setFrameShape(table.Shape.NoFrame)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_PX)
    table.horizontalHeader().setDefaultSectionSize(COLUMN_PX)
    for section, width in enumerate(WIDTHS_PX):
        table.setColumnWidth(section, width)
    return table


def _reason_label(name: str) -> QLabel:
    label = plain_label(name, title="Why the selected row is strange")
    label.setWordWrap(True)
    label.setMargin(6)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    # Room for two lines, so that the bars stay where they are.
    label.setFixedHeight(2 * label.fontMetrics().lineSpacing() + 14)
    return label
