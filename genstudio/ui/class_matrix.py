"""Classes against classes: how many of each true class are told to be of which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from genstudio.ui.theme import Theme, with_tabular_digits

Ints = NDArray[np.int64]
Cell = tuple[int, int]
Align = Qt.AlignmentFlag

_MOST_NAMES_PX = 90
_HEADER_PX = 40
_GAP_PX = 1.0
_LARGEST_PX = 46.0
# Smaller cells have room for a colour alone.
_WRITTEN_PX, _NAMED_PX = 14.0, 11.0
_STEPS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}


class ClassMatrix(QWidget):
    """A confusion matrix: the true class down, the told one across.

    Right ones stand on the accent's ground, wrong ones on the alarm's, the fuller the larger their share of the row.
    A cell is chosen by a click or the arrow keys, and let go by another click or Escape.

    Signals:
        cell_chosen: true and told class, or None.
    """

    cell_chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFont(with_tabular_digits(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(150, 140)
        self.counts: Ints = np.zeros((0, 0), dtype=np.int64)
        self.names: tuple[str, ...] = ()
        self.cell: Cell | None = None
        self._theme = theme
        theme.changed.connect(self.update)

    def show_counts(self, counts: Ints, names: Sequence[str]) -> None:
        """Show other counts, shape (C, C), of classes with these names, plain text; the chosen cell stays."""
        self.counts, self.names = counts, tuple(names)
        if self.cell is not None and max(self.cell) >= len(names):
            self.cell = None
        right = int(np.trace(counts)) if len(names) else 0
        told = f"{right} of {int(counts.sum())} sequences are told right."
        self.setAccessibleDescription(f"{told} {self._chosen_words()}")
        self.update()

    def choose(self, cell: Cell | None) -> None:
        """Mark a cell, or none, without telling of it."""
        self.cell = cell
        self.update()

    def sizeHint(self) -> QSize:
        """Room for about nine classes."""
        return QSize(_MOST_NAMES_PX + 9 * 30, _HEADER_PX + 9 * 30)

    # What the person does.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer; the chosen one is let go."""
        cell = self._cell_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._choose(None if cell == self.cell else cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell, or let the chosen one go."""
        step = _STEPS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.cell is not None:
            self._choose(None)
        elif step is not None and self.names:
            row, column = (0, 0) if self.cell is None else (self.cell[0] + step[0], self.cell[1] + step[1])
            last = len(self.names) - 1
            self._choose((min(max(row, 0), last), min(max(column, 0), last)))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell in words what a cell counts."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), "" if cell is None else self.words(cell), self)
            return True
        return super().event(event)

    def words(self, cell: Cell) -> str:
        """What a cell counts, plain text."""
        true, told = cell
        count, total = int(self.counts[cell]), int(self.counts[true].sum())
        return f"\u200b{count:,} of {total:,} sequences of {self.names[true]} are told to be {self.names[told]}"

    # Painting.

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names, then cells, then the mark of the chosen one."""
        if not self.names:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_titles(painter)
        self._paint_names(painter)
        shares = self.counts / np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
        for row in range(len(self.names)):
            for column in range(len(self.names)):
                self._paint_cell(painter, row, column, float(shares[row, column]))
        self._paint_mark(painter)
        painter.end()

    def _paint_titles(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.tokens.muted))
        width = self._side() * len(self.names)
        painter.drawText(QRectF(self._margin(), 0, width, _HEADER_PX / 2), Align.AlignCenter, "told")
        corner = QRectF(0, _HEADER_PX / 2, self._margin() - 8, _HEADER_PX / 2)
        painter.drawText(corner, Align.AlignVCenter | Align.AlignRight, "true")

    def _paint_names(self, painter: QPainter) -> None:
        side, metrics = self._side(), painter.fontMetrics()
        if side < _NAMED_PX:
            return
        wide = max(1, -(-min(max(map(metrics.horizontalAdvance, self.names)), 60) // int(side)))
        for place, name in enumerate(self.names):
            row = QRectF(0, _HEADER_PX + place * side, self._margin() - 8, side)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(row.width()))
            painter.drawText(row, Align.AlignVCenter | Align.AlignRight, text)
            if place % wide == 0:
                column = QRectF(self._margin() + place * side, _HEADER_PX / 2, side * wide, _HEADER_PX / 2)
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(column.width()) - 2)
                painter.drawText(column, Align.AlignCenter if wide == 1 else Align.AlignVCenter, text)

    def _paint_cell(self, painter: QPainter, row: int, column: int, share: float) -> None:
        tokens, count = self._theme.tokens, int(self.counts[row, column])
        ground = QColor(tokens.text if not count else tokens.accent if row == column else tokens.danger)
        ground.setAlphaF(0.05 if not count else (0.2 if row == column else 0.3) + 0.4 * share)
        cell = self._rect(row, column)
        painter.fillRect(cell, ground)
        if count and self._side() >= _WRITTEN_PX:
            painter.setPen(QColor(tokens.text))
            painter.setFont(self._cell_font())
            painter.drawText(cell, Align.AlignCenter, f"{count}" if count < 10_000 else f"{count / 1000:.0f}k")

    def _paint_mark(self, painter: QPainter) -> None:
        if self.cell is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.tokens.text), 2))
        painter.drawRect(self._rect(*self.cell))

    def _cell_font(self) -> QFont:
        """As large as two figures of it have room in a cell."""
        font, metrics = self.font(), self.fontMetrics()
        room = self._side() / max(metrics.horizontalAdvance("000"), 1)
        font.setPointSizeF(font.pointSizeF() * min(1.0, room))
        return font

    # Places.

    def _margin(self) -> float:
        """Room for the names of rows."""
        widest = max(map(self.fontMetrics().horizontalAdvance, (*self.names, "true")), default=0)
        return float(min(widest + 16, _MOST_NAMES_PX))

    def _side(self) -> float:
        room = min(self.width() - self._margin() - 2, self.height() - _HEADER_PX - 2)
        return min(max(room / max(len(self.names), 1), 2.0), _LARGEST_PX)

    def _rect(self, row: int, column: int) -> QRectF:
        side = self._side()
        gap = _GAP_PX if side >= _NAMED_PX else 0.0
        return QRectF(self._margin() + column * side, _HEADER_PX + row * side, side - gap, side - gap)

    def _cell_at(self, x: float, y: float) -> Cell | None:
        row, column = int((y - _HEADER_PX) // self._side()), int((x - self._margin()) // self._side())
        inside = 0 <= row < len(self.names) and 0 <= column < len(self.names)
        return (row, column) if inside else None

    def _choose(self, cell: Cell | None) -> None:
        self.choose(cell)
        self.setAccessibleDescription(self._chosen_words())
        self.cell_chosen.emit(cell)

    def _chosen_words(self) -> str:
        return "" if self.cell is None else self.words(self.cell)
