"""How the share of a class is painted: a bar for all its pictures, a bright one for those that are used."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from genstudio.ui.data_views.class_model import SHARE_ROLE, USED_SHARE_ROLE, Index
from genstudio.ui.theme import Theme

_MARGIN_PX = 6


class ShareDelegate(QStyledItemDelegate):
    """Paints two bars from the left, one over the other."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground as in other cells, then the bars."""
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        room = QRectF(option.rect).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        tokens = self._theme.tokens
        for role, colour in ((SHARE_ROLE, tokens.border_strong), (USED_SHARE_ROLE, tokens.accent)):
            share = index.data(role)
            if share:
                width = max(1.0, share * room.width())
                painter.fillRect(QRectF(room.left(), room.top(), width, room.height()), QColor(colour))
