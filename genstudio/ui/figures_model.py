"""Figures of one or several runs as a table: a row each metric, a column each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from genstudio.runs.figures import Row, figure_text, number_text
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

HELP = {
    "Metric": "What is measured",
    "Truth": "What the true density would reach, or other real pictures, where it is known",
    "Unit": "Unit of the value", "Better": "Which way is better", "n": "How many items it was measured on",
}
_WORDS = ("Metric", "Unit", "Better")
_PLAIN = "\u200b"


class FiguresModel(QAbstractTableModel):
    """Titles, the runs with the best of each row marked, what the truth reaches, and units."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.names: tuple[str, ...] = ()
        self._reasons: tuple[Mapping[str, str], ...] = ()
        self._theme = theme
        theme.changed.connect(self._on_theme_changed)

    def show_figures(self, rows: Sequence[Row], names: Sequence[str], reasons: Sequence[Mapping[str, str]]) -> None:
        """Show other figures.

        Arguments:
            names: of the runs, plain text.
            reasons: for each run, why metrics could not be measured, by key.
        """
        self.beginResetModel()
        self.rows, self.names, self._reasons = tuple(rows), tuple(names), tuple(reasons)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """One a metric."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Ours and the runs'."""
        return 0 if parent is not None and parent.isValid() else len(HELP) + len(self.names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Names as plain text."""
        if orientation == Qt.Orientation.Vertical:
            return None
        title, run = self._heading(section)
        if role == Role.TextAlignmentRole:
            return _alignment(title if run is None else "")
        if role == Role.DisplayRole:
            return shortened(title, 40)
        if role == Role.ToolTipRole:
            return HELP[title] if run is None else _PLAIN + shortened(title)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One cell as plain text; the best run in bold with a star."""
        row = self.rows[index.row()]
        title, run = self._heading(index.column())
        if role == Role.DisplayRole:
            return _known(row, title) if run is None else _value(row, run)
        if role == Role.TextAlignmentRole:
            return _alignment(title if run is None else "")
        if role == Role.ToolTipRole:
            return _PLAIN + (row.info.summary if run is None else self._explained(row, run))
        if role == Role.FontRole and run is not None and row.best == run:
            bold = QFont()
            bold.setBold(True)
            return bold
        if role == Role.ForegroundRole:
            return self._colour(row, title, run)
        return None

    def _heading(self, section: int) -> tuple[str, int | None]:
        """The title of a column, and the place of the run that it shows, if it shows one."""
        run = section - 1
        if 0 <= run < len(self.names):
            return self.names[run], run
        return list(HELP)[0 if section == 0 else section - len(self.names)], None

    def _explained(self, row: Row, run: int) -> str:
        figure = row.figures[run]
        if figure is None:
            return self._reasons[run].get(row.info.key, "Not measured yet")
        best = ["Best of these runs."] if row.best == run else []
        error = [] if figure["stderr"] is None else ["± is the standard error."]
        return " ".join([*best, f"Measured on {figure['n']:,} items.", *error, figure.get("note", "")]).strip()

    def _colour(self, row: Row, title: str, run: int | None) -> QColor | None:
        tokens = self._theme.tokens
        if run is None:
            return QColor(tokens.text if title == "Metric" else tokens.muted)
        if row.figures[run] is None:
            return QColor(tokens.muted)
        return QColor(tokens.success) if row.best == run else None

    def _on_theme_changed(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, self.columnCount() - 1))


def _known(row: Row, title: str) -> str:
    """What is known of a metric whatever the run."""
    if title == "n":
        counts = {f"{figure['n']:,}" for figure in row.figures if figure is not None}
        return counts.pop() if len(counts) == 1 else "various" if counts else "–"
    return {
        "Metric": row.info.title, "Truth": number_text(row.ideal), "Unit": row.info.unit or "–",
        "Better": {"higher": "↑ higher", "lower": "↓ lower", "none": "–"}[row.info.better],
    }[title]


def _value(row: Row, run: int) -> str:
    figure = row.figures[run]
    star = "★ " if row.best == run else ""
    return "–" if figure is None else star + figure_text(figure)


def _alignment(title: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if title in _WORDS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
