"""The sequences of a part with the classes that are told, and the chosen one as lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSplitter, QTableView, QVBoxLayout, QWidget

from genstudio.applications.classification import Classified
from genstudio.data.preparation import Preparation
from genstudio.ui.class_rows import WRONG, ClassRowsModel
from genstudio.ui.class_words import sequence_words
from genstudio.ui.plain_table import plain_label, plain_table
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.pump import Pump
from genstudio.ui.theme import Theme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WIDTHS_PX = (90, 60, 76, 66, 56)
NARROWEST_PX = 40
ROW_PX = 24


class ClassSequences(QSplitter):
    """A table, and beside it the selected sequence.

    Signals:
        chosen: part and place of the sequence that is to be drawn.
    """

    chosen = Signal(int, int)

    def __init__(self, theme: Theme, pump: Pump, prefix: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}.sequences")
        self.setChildrenCollapsible(False)
        self.rows = ClassRowsModel(theme)
        self.table = _table(self.rows, f"{prefix}.table")
        self.listed = plain_label(f"{prefix}.listed", title="Which sequences are listed")
        self.series = SeriesPlot(theme, f"{prefix}.series", pump=pump)
        self._found: Classified | None = None
        self._chosen: tuple[int, int] | None = None
        self.addWidget(_under(self.listed, self.table))
        self.addWidget(self.series)
        self.setSizes([430, 390])
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._on_row(now.row()))

    def clear(self) -> None:
        """Nothing is known of any sequence."""
        self._found, self._chosen = None, None
        self.rows.show_rows(None, np.zeros(0, dtype=np.int64), ())
        self.listed.setText("")
        self.series.clear()
        self.series.set_title("")

    def show_classified(self, found: Classified, places: Ints, names: tuple[str, ...], words: str) -> None:
        """List some of the sequences; the selected one stays so where it is still listed, else the first is.

        Arguments:
            places: which of them, in this order.
            names: of all of them; () to count them.
            words: which ones these are.
        """
        self._found = found
        selection = self.table.selectionModel()
        selection.blockSignals(True)
        self.rows.show_rows(found, places, names)
        known = [(int(found.part[place]), int(found.place[place])) for place in places.tolist()]
        row = known.index(self._chosen) if self._chosen in known else 0 if known else -1
        if row >= 0:
            whole = QItemSelectionModel.SelectionFlag.Rows | QItemSelectionModel.SelectionFlag.ClearAndSelect
            selection.setCurrentIndex(self.rows.index(row, 0), whole)
        selection.blockSignals(False)
        self.listed.setText(words)
        self._on_row(row)

    def show_sequence(self, part: int, place: int, x: Floats, preparation: Preparation) -> None:
        """Draw a sequence, shape (T, D), data units, unless another one has been chosen since."""
        if (part, place) != self._chosen:
            return
        levels = {column.name: column.levels for column in preparation.columns if column.levels}
        self.series.show_series(x, preparation.names, levels=levels)
        self.series.fit_view()
        self._entitle()

    def _on_row(self, row: int) -> None:
        found = self._found
        if found is None or not 0 <= row < len(self.rows.places):
            return
        place = int(self.rows.places[row])
        chosen = int(found.part[place]), int(found.place[place])
        if chosen == self._chosen:
            # What is told of it may have changed.
            self._entitle()
            return
        self._chosen = chosen
        self.chosen.emit(*chosen)

    def _entitle(self) -> None:
        row = self.table.currentIndex().row()
        name, true, told = (self.rows.text(row, title) for title in ("Name", "True", "Told"))
        self.series.set_title(sequence_words(name, true, told.removeprefix(WRONG)))


def _table(model: ClassRowsModel, name: str) -> QTableView:
    table = plain_table(model, name, "Sequences with the classes that are told")
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setFrameShape(table.Shape.NoFrame)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_PX)
    for section, width in enumerate(WIDTHS_PX):
        table.setColumnWidth(section, width)
    # The name takes what the others leave.
    table.horizontalHeader().setMinimumSectionSize(NARROWEST_PX)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table


def _under(above: QWidget, below: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(10, 4, 4, 4)
    layout.setSpacing(2)
    layout.addWidget(above)
    layout.addWidget(below, 1)
    return column
