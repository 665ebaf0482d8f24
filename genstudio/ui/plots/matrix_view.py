"""A matrix of probabilities as coloured cells, with their numbers where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import export, gate
from genstudio.ui.plots.export_menu import ExportMenu
from genstudio.ui.plots.paint import density_table
from genstudio.ui.plots.state_colours import ink_on, state_colour
from genstudio.ui.theme import Theme, with_tabular_digits
from genstudio.ui.tips import plain_tip

Floats = NDArray[np.float64]

_TITLE_PX, _HEAD_PX, _GAP_PX, _EDGE_PX = 24, 20, 1.0, 8
_LARGEST_CELL_PX, _SWATCH_PX = 96.0, 8.0
_NUMBER_SPARE_PX = 4


class MatrixView(QWidget):
    """Rows of probabilities from states, to states or to symbols.

    Arguments:
        to_states: the columns are states, with the colours of those.

    Signals:
        export_failed: a GenStudioError.
    """

    export_failed = Signal(object)

    def __init__(self, theme: Theme, name: str, title: str, to_states: bool = True) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setMouseTracking(True)
        self.setMinimumSize(140, 120)
        self.setFont(with_tabular_digits(self.font()))
        self._theme, self._title, self._to_states = theme, title, to_states
        self._values = np.empty((0, 0))
        self._names: tuple[str, ...] = ()
        theme.changed.connect(self.update)

    def set_values(self, values: ArrayLike, names: Sequence[str] = ()) -> None:
        """Show probabilities, shape (R, C); names of the columns where they are no states.

        Raises:
            DataError: they are no matrix of numbers.
        """
        found = np.asarray(values)
        self._values = gate.grid(found, (found.shape[0], found.shape[1]), self._title)
        self._names = tuple(names)
        self.setAccessibleDescription("; ".join(
            f"{row + 1}: " + ", ".join(f"{value:.2g}" for value in line) for row, line in enumerate(self._values)
        ))
        self.update()

    def arrays(self) -> dict[str, Floats]:
        """The probabilities."""
        return {self._title.lower(): self._values} if self._values.size else {}

    def export(self, path: Path) -> None:
        """Write the matrix, in the format that the name's ending says.

        Raises:
            GenStudioError: the file cannot be written.
        """
        export.save(path, self, self.arrays)

    def context_menu(self) -> ExportMenu:
        """The menu of the right mouse button."""
        return ExportMenu(self, self.export, self.export_failed.emit)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right button and menu key."""
        self.context_menu().popup(event.globalPos())

    def sizeHint(self) -> QSize:
        """Room for a handful of states."""
        return QSize(280, 260)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the number under the mouse."""
        row, column = self.cell_at(event.position().x(), event.position().y())
        self.setToolTip(plain_tip("" if row < 0 else self._words(row, column)))

    def cell_at(self, x: float, y: float) -> tuple[int, int]:
        """Row and column under a place, or (-1, -1)."""
        area, (wide, high) = self._area(), self._cell()
        if not (self._values.size and area.contains(x, y)):
            return -1, -1
        rows, columns = self._values.shape
        return min(int((y - area.top()) / high), rows - 1), min(int((x - area.left()) / wide), columns - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, heads, cells, numbers."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.plot))
        painter.setPen(QColor(self._theme.tokens.text))
        title = QRectF(_EDGE_PX, 0, self.width(), _TITLE_PX)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._title)
        if self._values.size:
            self._paint_cells(painter)
            self._paint_heads(painter)
        painter.end()

    # Inner workings.

    def _words(self, row: int, column: int) -> str:
        to = f"state {column + 1}" if self._to_states else self._name(column)
        return f"State {row + 1} → {to}: {self._values[row, column]:.4g}"

    def _name(self, column: int) -> str:
        return self._names[column] if column < len(self._names) else str(column + 1)

    def _area(self) -> QRectF:
        wide, high = self._cell()
        rows, columns = self._values.shape
        return QRectF(_EDGE_PX + _HEAD_PX, _TITLE_PX + _HEAD_PX, wide * columns, high * rows)

    def _cell(self) -> tuple[float, float]:
        rows, columns = (max(size, 1) for size in self._values.shape)
        wide = (self.width() - _HEAD_PX - 2 * _EDGE_PX) / columns
        high = (self.height() - _TITLE_PX - _HEAD_PX - _EDGE_PX) / rows
        if self._to_states:
            # Square, as both sides are the same states.
            wide = high = min(wide, high)
        return max(min(wide, 1.4 * _LARGEST_CELL_PX), 1.0), max(min(high, _LARGEST_CELL_PX), 1.0)

    @property
    def _number_px(self) -> int:
        """What a number takes beside its neighbours; cells that have no room for it are drawn as one picture."""
        return self.fontMetrics().horizontalAdvance("0.00") + _NUMBER_SPARE_PX

    def _paint_cells(self, painter: QPainter) -> None:
        table = density_table(self._theme.tokens)
        index = (np.nan_to_num(np.clip(self._values, 0.0, 1.0)) * 255).astype(np.uint8)
        wide, high = self._cell()
        if wide < self._number_px or high < self.fontMetrics().height():
            picture = np.ascontiguousarray(table[index])
            rows, columns = index.shape
            image = QImage(picture.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
            painter.drawImage(self._area(), image)
            return
        for row, column in np.ndindex(*index.shape):
            self._paint_cell(painter, row, column, QColor(*table[index[row, column]].tolist()))

    def _paint_cell(self, painter: QPainter, row: int, column: int, colour: QColor) -> None:
        wide, high = self._cell()
        area = self._area()
        cell = QRectF(area.left() + column * wide, area.top() + row * high, wide - _GAP_PX, high - _GAP_PX)
        painter.fillRect(cell, QColor(self._theme.tokens.surface))
        painter.fillRect(cell, colour)
        painter.setPen(ink_on(_over(colour, QColor(self._theme.tokens.surface))))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{self._values[row, column]:.2f}")

    def _paint_heads(self, painter: QPainter) -> None:
        wide, high = self._cell()
        area, (rows, columns) = self._area(), self._values.shape
        for row in range(rows):
            head = QRectF(area.left() - _HEAD_PX, area.top() + row * high, _HEAD_PX, high)
            self._paint_head(painter, head, row, str(row + 1), state=True)
        for column in range(columns):
            head = QRectF(area.left() + column * wide, area.top() - _HEAD_PX, wide, _HEAD_PX)
            self._paint_head(painter, head, column, self._name(column), state=self._to_states)

    def _paint_head(self, painter: QPainter, head: QRectF, place: int, text: str, state: bool) -> None:
        metrics = painter.fontMetrics()
        fits = metrics.horizontalAdvance(text) <= head.width() - 2 and metrics.height() <= head.height()
        if fits:
            painter.setPen(state_colour(self._theme.tokens, place) if state else QColor(self._theme.tokens.muted))
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, text)
        elif state:
            side = min(_SWATCH_PX, head.width(), head.height())
            middle = head.center()
            painter.fillRect(QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side),
                             state_colour(self._theme.tokens, place))


def _over(colour: QColor, ground: QColor) -> QColor:
    """The colour as it looks on a ground."""
    share = colour.alphaF()
    parts = zip((colour.redF(), colour.greenF(), colour.blueF()), (ground.redF(), ground.greenF(), ground.blueF()),
                strict=True)
    return QColor.fromRgbF(*(share * own + (1 - share) * other for own, other in parts))
