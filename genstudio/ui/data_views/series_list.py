"""The sequences beside their plot: found by a text, gone through by the arrow keys, or all after another."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTableView, QToolButton, QVBoxLayout, QWidget

from genstudio.data.series_glance import NOWHERE, SeriesGlance
from genstudio.ui.data_views.series_model import SeriesField, SeriesModel
from genstudio.ui.plain_table import find_line, plain_list

_FITTED = (SeriesField.ROWS, SeriesField.CLASS, SeriesField.GAPS, SeriesField.PART)
_WIDE_PX = 330
# So many rows tell how wide columns should be.
_LOOKED_AT = 200
ALL = -1


class SeriesList(QWidget):
    """A filter, a table of sequences, and a switch that shows all.

    Signals:
        chosen: the place of a sequence, or `ALL`.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.sequences = SeriesModel(self)
        self.table = self._make_table()
        tip = "Show only the sequences whose names or classes hold this text"
        self.filter = find_line("data.series.filter", "sequences", tip)
        self.all = self._make_all()
        self._last = 0
        self._arrange()
        self.filter.textChanged.connect(self._on_filter)
        self.all.toggled.connect(self._on_all)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)

    @property
    def place(self) -> int:
        """The sequence that is chosen, or `ALL`."""
        return ALL if self.all.isChecked() else self._last

    def show_sequences(self, glance: SeriesGlance | None) -> None:
        """Show other sequences; the place chosen stays where there is still one."""
        count = 0 if glance is None else len(glance.lengths)
        self._last = self._last if self._last < count else 0
        self.sequences.show(glance)
        if count <= 1:
            self.all.blockSignals(True)
            self.all.setChecked(False)
            self.all.blockSignals(False)
        self._show_fields(glance)
        self._select()
        self.setVisible(count > 1)

    def _show_fields(self, glance: SeriesGlance | None) -> None:
        """Without labels or gaps there is nothing to be told of them."""
        self.table.setColumnHidden(SeriesField.CLASS, glance is None or glance.classes is None)
        self.table.setColumnHidden(SeriesField.GAPS, glance is None or not glance.gaps.any())
        self.table.setColumnHidden(SeriesField.PART, glance is None or bool((glance.parts == NOWHERE).all()))
        for field in _FITTED:
            self.table.resizeColumnToContents(field)

    def _select(self) -> None:
        row = self.sequences.row_of(self._last)
        if row >= 0 and not self.all.isChecked():
            blocked = self.table.selectionModel().blockSignals(True)
            self.table.selectRow(row)
            self.table.selectionModel().blockSignals(blocked)
            self.table.viewport().update()

    def _on_filter(self, text: str) -> None:
        self.sequences.set_filter(text)
        self._select()

    def _on_row(self, current: QModelIndex, former: QModelIndex) -> None:
        if not current.isValid():
            return
        self._last = self.sequences.place_of(current.row())
        if self.all.isChecked():
            self.all.setChecked(False)
        else:
            self.chosen.emit(self._last)

    def _on_all(self, every: bool) -> None:
        if every:
            # A click on the same row chooses it again.
            self.table.setCurrentIndex(QModelIndex())
            self.table.clearSelection()
        else:
            self._select()
        self.chosen.emit(self.place)

    def _make_table(self) -> QTableView:
        table = plain_list(self.sequences, "data.series.table", "Sequences")
        header = table.horizontalHeader()
        header.setSectionResizeMode(SeriesField.KEY, QHeaderView.ResizeMode.Stretch)
        header.setResizeContentsPrecision(_LOOKED_AT)
        return table

    def _make_all(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("data.series.all")
        button.setText("All in a row")
        button.setCheckable(True)
        button.setAccessibleName("Show all sequences, one after another")
        button.setToolTip("Show all sequences, one after another")
        return button

    def _arrange(self) -> None:
        above = QHBoxLayout()
        above.addWidget(self.filter, 1)
        above.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(above)
        column.addWidget(self.table, 1)
        self.setFixedWidth(_WIDE_PX)
