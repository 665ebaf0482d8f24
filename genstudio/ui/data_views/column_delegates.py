"""How two fields of the column table are painted and edited: the shape and the role."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from genstudio.ui.data_views.column_model import HEIGHTS_ROLE, ROLES, USED_ROLE, Index
from genstudio.ui.theme import Theme

_GAP_PX = 1.0
_MARGIN_PX = 4
_LEAST_PX = 1.0
_WIDEST_PX = 14.0


class SparklineDelegate(QStyledItemDelegate):
    """Paints a small histogram; bright where the column is learned from."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground as in other cells, then the bars."""
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        heights = index.data(HEIGHTS_ROLE)
        if heights is None or not len(heights):
            return
        tokens = self._theme.tokens
        colour = QColor(tokens.accent if index.data(USED_ROLE) else tokens.disabled)
        room = QRectF(option.rect).adjusted(_MARGIN_PX + 2, _MARGIN_PX, -_MARGIN_PX - 2, -_MARGIN_PX)
        for bar in _bars(heights.tolist(), room):
            painter.fillRect(bar, colour)


class RoleDelegate(QStyledItemDelegate):
    """Edits a role by a short list."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A list that opens at once."""
        combo = QComboBox(parent)
        combo.setObjectName("data.role")
        combo.setAccessibleName("Role of the column")
        combo.addItems(ROLES)
        combo.activated.connect(lambda: self._finish(combo))
        QTimer.singleShot(0, combo, combo.showPopup)
        return combo

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Choose the present role."""
        _as_combo(editor).setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Wish for the role chosen."""
        wished: Any = _as_combo(editor).currentText()
        if wished != index.data(Qt.ItemDataRole.EditRole):
            model.setData(index, wished)

    def _finish(self, combo: QComboBox) -> None:
        self.commitData.emit(combo)
        self.closeEditor.emit(combo, QStyledItemDelegate.EndEditHint.NoHint)


def _bars(heights: list[float], room: QRectF) -> list[QRectF]:
    # A few words make bars, not blocks.
    step = min(room.width() / len(heights), _WIDEST_PX)
    width = max(_LEAST_PX, step - _GAP_PX)
    return [
        QRectF(room.left() + place * step, room.bottom() - tall, width, tall)
        for place, height in enumerate(heights)
        if (tall := max(_LEAST_PX, height * room.height()) if height > 0 else 0.0)
    ]


def _as_combo(editor: QWidget) -> QComboBox:
    assert isinstance(editor, QComboBox)
    return editor
