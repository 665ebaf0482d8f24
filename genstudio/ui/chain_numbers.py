"""Numbers of a chain as a table in which each can be typed; what is typed wrongly stays in its place, marked."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap

from genstudio.errors import GenStudioError
from genstudio.runs.chain_edits import Parameters
from genstudio.settings import Settings, describe, setting
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plots.state_colours import state_colour
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip
from genstudio.ui.values import read_value

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

LARGEST = 1e100
"""Squares of larger numbers leave what a computer can hold."""
SWATCH_PX = 12
_TYPED_DIGITS = 12


class _CellSettings(Settings):
    """What each kind of cell may hold."""

    probability: float = setting(0.5, "", ge=0, le=1)
    mean: float = setting(0.0, "", ge=-LARGEST, le=LARGEST)
    variance: float = setting(1.0, "", gt=0, le=LARGEST)
    covariance: float = setting(0.0, "", ge=-LARGEST, le=LARGEST)
    rate: float = setting(1.0, "", gt=0, le=LARGEST)


_CELLS = {info.name: info for info in describe(_CellSettings)}


class NumbersModel(QAbstractTableModel):
    """Numbers of a chain. It asks for changes; what it shows changes when its owner says so.

    Signals:
        edited: a chain as a person wants it.
        problem_told: what is wrong with what was typed, "" when mended.
    """

    edited = Signal(object)
    problem_told = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.parameters: Parameters | None = None
        self._theme = theme
        self._editable = False
        self._problems: dict[tuple[int, int], tuple[str, str]] = {}
        theme.changed.connect(self._on_theme_changed)

    # What the kinds of tables say. Qt's classes have a metaclass of their own.

    @abstractmethod
    def size_of(self, parameters: Parameters) -> tuple[int, int]:
        """Rows and columns."""

    @abstractmethod
    def number(self, row: int, column: int) -> float:
        """One of the numbers."""

    @abstractmethod
    def kind(self, row: int, column: int) -> str:
        """What a cell may hold: a name of `_CellSettings`."""

    @abstractmethod
    def words(self, row: int, column: int) -> str:
        """What the number is, in words that begin a sentence."""

    @abstractmethod
    def wished(self, row: int, column: int, number: float) -> Parameters:
        """The chain with a number as it was typed.

        Raises:
            GenStudioError: there is no such chain.
        """

    # What is shown.

    def show_parameters(self, parameters: Parameters | None) -> None:
        """Show another chain; what was typed wrongly stays marked where only numbers changed."""
        size = (0, 0) if parameters is None else self.size_of(parameters)
        if size == (self.rowCount(), self.columnCount()):
            self.parameters = parameters
            self.tell_changed()
            return
        self.beginResetModel()
        self.parameters = parameters
        self.forget()
        self.endResetModel()

    def set_editable(self, editable: bool) -> None:
        """Let numbers be typed, or not."""
        self._editable = editable

    def forget(self) -> None:
        """What was typed belongs to another chain."""
        self._problems.clear()
        self.problem_told.emit("")
        self.tell_changed()

    @property
    def problem(self) -> str:
        """What is wrong with the last of the cells that are marked, or ""."""
        return next(reversed(self._problems.values()))[1] if self._problems else ""

    # What Qt asks.

    def rowCount(self, parent: Index | None = None) -> int:
        """None within a cell."""
        inside = parent is not None and parent.isValid()
        return 0 if inside or self.parameters is None else self.size_of(self.parameters)[0]

    def columnCount(self, parent: Index | None = None) -> int:
        """None within a cell."""
        inside = parent is not None and parent.isValid()
        return 0 if inside or self.parameters is None else self.size_of(self.parameters)[1]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every number can be typed."""
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if self._editable else Qt.ItemFlag.NoItemFlags)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A number as text; what was typed wrongly, with the reason."""
        if role == Role.TextAlignmentRole:
            return RIGHT
        place = (index.row(), index.column())
        if place in self._problems:
            return _marked(role, self._theme, *self._problems[place])
        if role == Role.EditRole:
            return f"{self.number(*place):.{_TYPED_DIGITS}g}"
        if role == Role.DisplayRole:
            return f"{self.number(*place):.4g}".replace("-", "−")
        return plain_tip(self.words(*place)) if role == Role.ToolTipRole else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Ask for a number as it was typed, or mark the cell and say what is wrong."""
        place, text = (index.row(), index.column()), str(value).strip()
        if self.parameters is None or text == self.data(index, Role.EditRole):
            return False
        self._problems.pop(place, None)
        try:
            label = self.words(*place)
            number = float(read_value(text, replace(_CELLS[self.kind(*place)], label=label)))
            self.edited.emit(self.wished(*place, number))
        except GenStudioError as error:
            self._problems[place] = (text, str(error))
        self.tell_changed()
        self.problem_told.emit(self.problem)
        return True

    def tell_changed(self) -> None:
        """Have every cell drawn again."""
        rows, columns = self.rowCount(), self.columnCount()
        if rows and columns:
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, columns - 1))

    def _on_theme_changed(self) -> None:
        self.tell_changed()
        for way, count in ((Qt.Orientation.Vertical, self.rowCount()), (Qt.Orientation.Horizontal, self.columnCount())):
            if count:
                self.headerDataChanged.emit(way, 0, count - 1)


def state_swatch(theme: Theme, state: int) -> QPixmap:
    """The colour of a state, as it is in every plot."""
    pixels = QPixmap(2 * SWATCH_PX, 2 * SWATCH_PX)
    pixels.setDevicePixelRatio(2.0)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(state_colour(theme.tokens, state))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(1, 1, SWATCH_PX - 2, SWATCH_PX - 2, 3, 3)
    painter.end()
    return pixels


def _marked(role: int, theme: Theme, text: str, sentence: str) -> Any:
    """How a cell looks that holds what cannot be used."""
    tokens = theme.tokens
    return {
        Role.DisplayRole: shortened(text, 40), Role.EditRole: text, Role.ToolTipRole: plain_tip(sentence),
        Role.BackgroundRole: QColor(tokens.danger_soft), Role.ForegroundRole: QColor(tokens.danger),
    }.get(Role(role))
