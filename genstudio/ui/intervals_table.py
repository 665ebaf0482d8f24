"""Flagged stretches of time as a table, the strangest first."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

from genstudio.applications.windows import Intervals
from genstudio.runs.timeline import Timeline
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plain_table import plain_table
from genstudio.ui.plots.time_axis import TimeAxis

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

MOST = 1_000
TITLES = ("Sequence", "From", "To", "Rows", "Peak")
HELP = (
    "The sequence that the stretch lies in", "When the first flagged row is", "When the last flagged row is",
    "How many rows it covers, those that join its flagged rows among them", "The score of its strangest row",
)
_WIDTHS_PX = (80, 84, 84, 56, 64)


class IntervalsModel(QAbstractTableModel):
    """One row a stretch; of very many the strangest."""

    def __init__(self) -> None:
        super().__init__()
        self._line: Timeline | None = None
        self._intervals: Intervals | None = None
        self._axis = TimeAxis("bottom")
        self.order = np.zeros(0, np.int64)

    def show_intervals(self, line: Timeline | None, intervals: Intervals | None) -> None:
        """Show other stretches, or none."""
        self.beginResetModel()
        self._line, self._intervals = line, intervals
        self.order = np.zeros(0, np.int64)
        if intervals is not None and line is not None:
            self.order = np.argsort(-intervals.highest, kind="stable")[:MOST]
            self._axis.set_dates(line.clock.dated)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """One a stretch."""
        return 0 if parent is not None and parent.isValid() else len(self.order)

    def columnCount(self, parent: Index | None = None) -> int:
        """Where it is, how long, how strange."""
        return 0 if parent is not None and parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles, and what they mean."""
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Role.TextAlignmentRole:
            return _alignment(section)
        return {Role.DisplayRole: TITLES[section], Role.ToolTipRole: HELP[section]}.get(Role(role))

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One cell as plain text."""
        if role == Role.TextAlignmentRole:
            return _alignment(index.column())
        return self._text(int(self.order[index.row()]), index.column()) if role == Role.DisplayRole else None

    def _text(self, place: int, section: int) -> str:
        found, line = self._intervals, self._line
        assert found is not None
        assert line is not None
        if section == 0:
            return shortened(line.keys[found.sequence[place]])
        if section in (1, 2):
            row = found.start[place] if section == 1 else found.end[place] - 1
            time = float(line.clock.times[row])
            return self._axis.moment(time) if line.clock.dated else _number(time, 6)
        return f"{found.rows[place]:,}" if section == 3 else _number(float(found.highest[place]), 4)


def intervals_table(model: IntervalsModel, name: str) -> QTableView:
    """A view of it, in which a row is selected."""
    table = plain_table(model, name, "Flagged stretches")
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setFrameShape(table.Shape.NoFrame)
    table.verticalHeader().hide()
    for section, width in enumerate(_WIDTHS_PX):
        table.setColumnWidth(section, width)
    return table


def _number(number: float, digits: int) -> str:
    return "∞" if np.isinf(number) else f"{number:,.{digits}g}".replace("-", "−")


def _alignment(section: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
