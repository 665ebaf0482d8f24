"""The list of sequences: a row each, made as it is looked at."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from genstudio.data.series_glance import MIXED, PARTS, SeriesGlance
from genstudio.ui.data_views.cells import MISSING, shortened
from genstudio.ui.data_views.class_model import Index
from genstudio.ui.tips import plain_tip

Role = Qt.ItemDataRole


class SeriesField(IntEnum):
    """What stands in which column of the list."""

    KEY = 0
    ROWS = 1
    CLASS = 2
    GAPS = 3
    PART = 4


_TITLES = {
    SeriesField.KEY: ("Sequence", "What the sequence is called"),
    SeriesField.ROWS: ("Rows", "How long the sequence is"),
    SeriesField.CLASS: ("Class", "The label of its rows"),
    SeriesField.GAPS: ("Gaps", "How many of its rows miss a value"),
    SeriesField.PART: ("Part", "Whether it is learned from or held out"),
}


class SeriesModel(QAbstractTableModel):
    """Shows sequences, all or those whose keys or classes hold a text."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._glance: SeriesGlance | None = None
        self._classes: NDArray[np.int64] = np.zeros(0, np.int64)
        self._shown: NDArray[np.int64] = np.zeros(0, np.int64)
        self._filter = ""

    def show(self, glance: SeriesGlance | None) -> None:
        """Show other sequences."""
        self.beginResetModel()
        self._glance = glance
        self._classes = np.zeros(0, np.int64) if glance is None else glance.sequence_classes
        self._choose()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Show only the sequences whose keys or classes hold a text, in any letter case."""
        self.beginResetModel()
        self._filter = text.strip().lower()
        self._choose()
        self.endResetModel()

    def place_of(self, row: int) -> int:
        """The place, among all, of the sequence in a row of the list."""
        return int(self._shown[row])

    def row_of(self, place: int) -> int:
        """The row of a sequence; -1 where it is not in the list."""
        found = np.flatnonzero(self._shown == place)
        return int(found[0]) if len(found) else -1

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a sequence."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """One column a `SeriesField`."""
        return 0 if parent is not None and parent.isValid() else len(SeriesField)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles, and what they mean."""
        if orientation == Qt.Orientation.Vertical:
            return None
        title, help_ = _TITLES[SeriesField(section)]
        if role == Role.TextAlignmentRole:
            return _alignment(SeriesField(section))
        return {Role.DisplayRole: title, Role.ToolTipRole: help_}.get(Role(role))

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What one cell shows."""
        field = SeriesField(index.column())
        if role == Role.DisplayRole:
            return self._text(self.place_of(index.row()), field)
        if role == Role.ToolTipRole:
            return plain_tip(self._text(self.place_of(index.row()), field))
        return _alignment(field) if role == Role.TextAlignmentRole else None

    def _text(self, place: int, field: SeriesField) -> str:
        glance = self._glance
        assert glance is not None
        if field is SeriesField.KEY:
            return shortened(glance.keys[place])
        if field is SeriesField.CLASS:
            return _word(int(self._classes[place]), glance.words, "several")
        if field is SeriesField.PART:
            return _word(int(glance.parts[place]), PARTS, "cut in time")
        return f"{int((glance.lengths if field is SeriesField.ROWS else glance.gaps)[place]):,}"

    def _choose(self) -> None:
        glance = self._glance
        count = 0 if glance is None else len(glance.lengths)
        self._shown = np.arange(count)
        if glance is None or not self._filter:
            return
        words = np.array([self._filter in word.lower() for word in glance.words] + [False, False])
        # The last two stand for several classes and for none.
        keys = np.fromiter((self._filter in key.lower() for key in glance.keys), bool, count)
        self._shown = np.flatnonzero(keys | words[self._classes])


def _word(code: int, words: tuple[str, ...], several: str) -> str:
    if code == MIXED:
        return several
    return shortened(words[code], 60) if code >= 0 else MISSING


def _alignment(field: SeriesField) -> Qt.AlignmentFlag:
    numbers = field in (SeriesField.ROWS, SeriesField.GAPS)
    return (Qt.AlignmentFlag.AlignRight if numbers else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
