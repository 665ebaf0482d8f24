"""The components of a mixture as a table of numbers, each of which can be typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap

from genstudio.errors import GenStudioError
from genstudio.runs import components
from genstudio.runs.hand import Parameters
from genstudio.settings import Settings, describe, setting
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plots.paint import series_colour
from genstudio.ui.theme import Theme
from genstudio.ui.values import read_value

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

LARGEST = 1e100
"""Squares of larger numbers leave what a computer can hold."""
SWATCH_PX = 12
_TYPED_DIGITS = 12
_PLAIN = "\u200b"


class _CellSettings(Settings):
    """What each kind of cell may hold."""

    weight: float = setting(0.5, "", ge=0, le=1)
    mean: float = setting(0.0, "", ge=-LARGEST, le=LARGEST)
    deviation: float = setting(1.0, "", gt=0, le=LARGEST)
    correlation: float = setting(0.0, "", gt=-1, lt=1)


_CELLS = {info.name: info for info in describe(_CellSettings)}


@dataclass(frozen=True)
class Field:
    """One column of the table.

    Arguments:
        kind: a name of `_CellSettings`, or "rows".
        i, j: which columns of the data it speaks of.
    """

    kind: str
    title: str
    help: str
    i: int = 0
    j: int = 0


class ComponentsModel(QAbstractTableModel):
    """One row a component. It asks for changes; what it shows changes when its owner says so.

    Signals:
        edited: `Parameters` as a person wants them.
        problem_told: what is wrong with what was typed, "" when mended.
    """

    edited = Signal(object)
    problem_told = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.parameters: Parameters | None = None
        self.fields: tuple[Field, ...] = ()
        self._theme = theme
        self._rows: tuple[NDArray[Any], int, int] | None = None
        self._editable = False
        self._typed: set[int] = set()
        self._problems: dict[tuple[int, int], tuple[str, str]] = {}
        theme.changed.connect(self._on_theme_changed)

    # What is shown.

    def show_fields(self, names: Sequence[str], columns: Sequence[int]) -> None:
        """Offer the numbers of some of the data's columns."""
        self.beginResetModel()
        self.fields = _fields(names, columns)
        self._forget()
        self.endResetModel()

    def show_parameters(self, parameters: Parameters | None) -> None:
        """Show other numbers; what was typed wrongly stays marked where only numbers changed."""
        if len(parameters[0] if parameters else ()) == self.rowCount():
            self.parameters = parameters
            self._tell_changed()
            return
        self.beginResetModel()
        self.parameters, self._rows = parameters, None
        self._forget()
        self.endResetModel()

    def show_memberships(self, rows: NDArray[Any], looked_at: int, total: int) -> None:
        """Show how many rows belong to each component, shape (K,), of those that were looked at."""
        self._rows = (rows, looked_at, total)
        self._tell_changed()

    def set_editable(self, editable: bool) -> None:
        """Let numbers be typed, or not."""
        self._editable = editable

    def forget_typed(self) -> None:
        """What was typed belongs to another run."""
        self._forget()
        self._tell_changed()

    @property
    def problem(self) -> str:
        """What is wrong with the last of the cells that are marked, or ""."""
        return next(reversed(self._problems.values()))[1] if self._problems else ""

    # What Qt asks.

    def rowCount(self, parent: Index | None = None) -> int:
        """One a component."""
        inside = parent is not None and parent.isValid()
        return 0 if inside or self.parameters is None else len(self.parameters[0])

    def columnCount(self, parent: Index | None = None) -> int:
        """Rows, weight, means, deviations, correlations."""
        return 0 if parent is not None and parent.isValid() else len(self.fields)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Numbers from 1 with the colour on the stage; names as plain text."""
        if orientation == Qt.Orientation.Vertical:
            if role == Role.DecorationRole:
                return _swatch(series_colour(self._theme.tokens, section))
            return section + 1 if role == Role.DisplayRole else None
        if role == Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        field = self.fields[section]
        return {Role.DisplayRole: field.title, Role.ToolTipRole: _PLAIN + field.help}.get(Role(role))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All but the number of rows can be typed."""
        typed = self._editable and self.fields[index.column()].kind != "rows"
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if typed else Qt.ItemFlag.NoItemFlags)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A number as text; what was typed wrongly, with the reason."""
        if role == Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        problem = self._problems.get((index.row(), index.column()))
        if problem is not None:
            return _marked(role, self._theme, *problem)
        if role in (Role.DisplayRole, Role.EditRole):
            return self._text(index.row(), self.fields[index.column()], exact=role == Role.EditRole)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Ask for a number as it was typed, or mark the cell and say what is wrong."""
        place, text = (index.row(), index.column()), str(value).strip()
        if self.parameters is None or text == self.data(index, Role.EditRole):
            return False
        try:
            wished = self._wished(self.parameters, place[0], self.fields[place[1]], text)
        except GenStudioError as error:
            self._problems.pop(place, None)
            self._problems[place] = (text, str(error))
        else:
            self._problems.pop(place, None)
            self.edited.emit(wished)
        self._tell_changed()
        self.problem_told.emit(self.problem)
        return True

    # Inner workings.

    def _wished(self, parameters: Parameters, k: int, field: Field, text: str) -> Parameters:
        label = f"The {field.help[:1].lower()}{field.help[1:]} of component {k + 1}"
        number = float(read_value(text, replace(_CELLS[field.kind], label=label)))
        if field.kind == "mean":
            return components.with_mean(parameters, k, field.i, number)
        if field.kind == "deviation":
            return components.with_deviation(parameters, k, field.i, number)
        if field.kind == "correlation":
            return components.with_correlation(parameters, k, field.i, field.j, number)
        wished = components.with_weight(parameters, k, number, self._typed)
        self._typed = (self._typed | {k}) if _stay(parameters, wished, self._typed - {k}) else {k}
        return wished

    def _text(self, k: int, field: Field, exact: bool) -> str:
        if field.kind == "rows" or self.parameters is None:
            return self._rows_text(k)
        number = _number(self.parameters, k, field)
        if exact:
            return f"{number:.{_TYPED_DIGITS}g}"
        digits = 4 if field.kind in ("weight", "correlation") else 5
        return f"{number:.{digits}g}".replace("-", "−")

    def _rows_text(self, k: int) -> str:
        if self._rows is None or k >= len(self._rows[0]):
            return "–"
        rows, looked_at, total = self._rows
        return f"{int(rows[k]):,}" if looked_at == total else f"{100 * rows[k] / looked_at:.1f} %"

    def _forget(self) -> None:
        self._typed.clear()
        self._problems.clear()
        self.problem_told.emit("")

    def _tell_changed(self) -> None:
        if self.rowCount() and self.fields:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.fields) - 1))

    def _on_theme_changed(self) -> None:
        self._tell_changed()
        if self.rowCount():
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self.rowCount() - 1)


def _marked(role: int, theme: Theme, text: str, sentence: str) -> Any:
    """How a cell looks that holds what cannot be used."""
    tokens = theme.tokens
    return {
        Role.DisplayRole: shortened(text, 40), Role.EditRole: text, Role.ToolTipRole: _PLAIN + sentence,
        Role.BackgroundRole: QColor(tokens.danger_soft), Role.ForegroundRole: QColor(tokens.danger),
    }.get(Role(role))


def _number(parameters: Parameters, k: int, field: Field) -> float:
    weights, means, covariances = parameters
    if field.kind == "weight":
        return float(weights[k])
    if field.kind == "mean":
        return float(means[k, field.i])
    if field.kind == "deviation":
        return float(np.sqrt(covariances[k, field.i, field.i]))
    return components.correlation(covariances[k], field.i, field.j)


def _fields(names: Sequence[str], columns: Sequence[int]) -> tuple[Field, ...]:
    short = [shortened(name, 24) for name in names]
    pairs = [(i, j) for place, i in enumerate(columns) for j in columns[place + 1:]]
    return (
        Field("rows", "Rows", "Training rows that most likely belong to the component"),
        Field("weight", "Weight", "Weight"),
        *(Field("mean", f"mean {short[i]}", f"Mean of {short[i]}", i) for i in columns),
        *(Field("deviation", f"sd {short[i]}", f"Standard deviation of {short[i]}", i) for i in columns),
        *(Field("correlation", f"corr {short[i]}, {short[j]}" if len(pairs) > 1 else "corr",
                f"Correlation of {short[i]} and {short[j]}", i, j) for i, j in pairs),
    )


def _stay(former: Parameters, changed: Parameters, typed: set[int]) -> bool:
    """Whether weights that were typed before are still as they were."""
    places = sorted(typed)
    return bool(np.array_equal(former[0][places], changed[0][places]))


def _swatch(colour: QColor) -> QPixmap:
    pixels = QPixmap(2 * SWATCH_PX, 2 * SWATCH_PX)
    pixels.setDevicePixelRatio(2.0)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(1, 1, SWATCH_PX - 2, SWATCH_PX - 2, 3, 3)
    painter.end()
    return pixels
