"""The states as a table: what they are called, how they are coloured, how much of the time they take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QTableView

from genstudio.runs.state_marks import StateMarks
from genstudio.runs.state_reading import StateReading
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plain_table import plain_table
from genstudio.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

TITLES = ("State", "Share", "Stays", "Mean stay", "Law's mean", "Label")
HELP = (
    "What the state is called. Type to name it; empty gives the number back",
    "The share of the rows that the most likely path spends in it",
    "Unbroken stretches of it, without those that the end of a sequence cuts off",
    "How long these stretches are on average, in steps",
    "How long they last on average by the chain's own law: 1 / (1 − the probability to stay)",
    "The word of the label that the state is matched with",
)
_WIDTHS_PX = (116, 64, 60, 92, 96, 80)
_SWATCH_PX = 14


class StatesModel(QAbstractTableModel):
    """One row a state. It asks for names; what it shows changes when its owner says so.

    Signals:
        named: the number of a state, from 0, and what it is to be called.
    """

    named = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._reading: StateReading | None = None
        self._words: tuple[str, ...] = ()
        self._colours: Sequence[QColor] = ()
        self._levels: Sequence[str] = ()

    def show_reading(
        self, reading: StateReading | None, marks: StateMarks, colours: Sequence[QColor], levels: Sequence[str]
    ) -> None:
        """Show other states, or the same anew.

        Arguments:
            colours: one a state.
            levels: the words of the label.
        """
        count = 0 if reading is None else reading.n_states
        same = count == self.rowCount()
        if not same:
            self.beginResetModel()
        self._reading, self._words = reading, marks.words(count)
        self._colours, self._levels = colours, levels
        if not same:
            self.endResetModel()
        elif count:
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, len(TITLES) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """One a state."""
        inside = parent is not None and parent.isValid()
        return 0 if inside or self._reading is None else self._reading.n_states

    def columnCount(self, parent: Index | None = None) -> int:
        """What is known of each."""
        return 0 if parent is not None and parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles, and what they mean."""
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Role.TextAlignmentRole:
            return _alignment(section)
        return {Role.DisplayRole: TITLES[section], Role.ToolTipRole: HELP[section]}.get(Role(role))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names can be typed."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 0 else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One cell."""
        k, section = index.row(), index.column()
        if role == Role.TextAlignmentRole:
            return _alignment(section)
        if role == Role.DecorationRole and section == 0:
            return _swatch(self._colours[k])
        if role == Role.EditRole and section == 0:
            return self._words[k]
        if role == Role.ToolTipRole:
            return plain_tip(self._words[k]) if section == 0 else HELP[section]
        return self._text(k, section) if role == Role.DisplayRole else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Ask for another name."""
        if role != Role.EditRole or index.column() != 0 or str(value).strip() == self._words[index.row()]:
            return False
        self.named.emit(index.row(), str(value))
        return True

    def _text(self, k: int, section: int) -> str:
        assert self._reading is not None
        dwelling, found = self._reading.dwelling[k], self._reading.agreement
        label = -1 if found is None else int(found.label[k])
        return (
            shortened(self._words[k]), f"{self._reading.shares[k]:.1%}", f"{dwelling.stays:,}", _steps(dwelling.mean),
            _steps(dwelling.expected), shortened(self._levels[label]) if label >= 0 else "–",
        )[section]


def states_table(model: StatesModel, name: str) -> QTableView:
    """A view of it, in which a row is selected."""
    table = plain_table(model, name, "States")
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setFrameShape(table.Shape.NoFrame)
    table.verticalHeader().hide()
    for section, width in enumerate(_WIDTHS_PX):
        table.setColumnWidth(section, width)
    return table


def _steps(steps: float) -> str:
    if math.isnan(steps):
        return "–"
    return "∞" if math.isinf(steps) else f"{steps:,.1f}"


def _swatch(colour: QColor) -> QPixmap:
    pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
    pixmap.fill(colour)
    return pixmap


def _alignment(section: int) -> Qt.AlignmentFlag:
    words = TITLES[section] in ("State", "Label")
    side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
