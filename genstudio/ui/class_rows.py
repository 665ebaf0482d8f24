"""Sequences with the class that they have and the one that is told, as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from genstudio.applications.classification import Classified
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
Ints = NDArray[np.int64]

HELP = {
    "Name": "What the sequence is called",
    "True": "The class by its label",
    "Told": "The class that the model holds to be most probable",
    "Margin": "By how many nats of log-probability the told class leads over the next one",
    "Rows": "How many rows the sequence has",
}
WRONG = "✗ "
_NUMBERS = ("Margin", "Rows")


class ClassRowsModel(QAbstractTableModel):
    """Name, true and told class, margin and length; those told wrongly stand out in colour and by a mark."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.places: Ints = np.zeros(0, dtype=np.int64)
        self._found: Classified | None = None
        self._names: tuple[str, ...] = ()
        self._theme = theme
        theme.changed.connect(self._on_theme_changed)

    def show_rows(self, found: Classified | None, places: Ints, names: tuple[str, ...]) -> None:
        """Show some of the sequences.

        Arguments:
            places: which of them, in the order in which they are shown, shape (R,).
            names: of all sequences, shape (S,); counted where there are none.
        """
        self.beginResetModel()
        self._found, self.places, self._names = found, places, names
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """As many as are shown."""
        return 0 if parent is not None and parent.isValid() else len(self.places)

    def columnCount(self, parent: Index | None = None) -> int:
        """One a heading."""
        return 0 if parent is not None and parent.isValid() else len(HELP)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles, explained by their tips."""
        if orientation == Qt.Orientation.Vertical:
            return None
        title = list(HELP)[section]
        known = {Role.DisplayRole: title, Role.ToolTipRole: HELP[title], Role.TextAlignmentRole: _alignment(title)}
        return known.get(Role(role))

    def text(self, row: int, title: str) -> str:
        """What stands in a row under a title."""
        return "" if self._found is None or row < 0 else self._text(self._found, int(self.places[row]), title)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One cell as plain text."""
        title, found = list(HELP)[index.column()], self._found
        if found is None:
            return None
        place = int(self.places[index.row()])
        if role in (Role.DisplayRole, Role.ToolTipRole):
            text = self._text(found, place, title)
            return text if role == Role.DisplayRole else plain_tip(text)
        if role == Role.TextAlignmentRole:
            return _alignment(title)
        if role == Role.ForegroundRole and title == "Told" and _wrong(found, place):
            return QColor(self._theme.tokens.danger)
        return None

    def _text(self, found: Classified, place: int, title: str) -> str:
        if title == "Name":
            return shortened(self._names[place] if self._names else f"{int(found.place[place]) + 1}", 60)
        if title == "Rows":
            return f"{int(found.length[place]):,}"
        if title == "Margin":
            margin = float(found.margin[place])
            return "∞" if np.isinf(margin) else f"{margin:,.1f}" if margin < 1e5 else f"{margin:.2g}"
        code = int((found.true if title == "True" else found.told)[place])
        mark = WRONG if title == "Told" and _wrong(found, place) else ""
        return mark + (shortened(found.levels[code], 40) if code >= 0 else "–")

    def _on_theme_changed(self) -> None:
        if len(self.places):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.places) - 1, len(HELP) - 1))


def _wrong(found: Classified, place: int) -> bool:
    return bool(found.true[place] >= 0 and found.true[place] != found.told[place])


def _alignment(title: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if title in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
