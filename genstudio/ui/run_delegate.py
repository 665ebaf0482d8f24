"""How a run stands in the list: its name over the whole width, and its figures in a second line below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget, QWidget

Index = QModelIndex | QPersistentModelIndex
BADGE_ROLE = Qt.ItemDataRole.UserRole + 1
"""A word or two that stand under the name, in the item's own colour ("not converged")."""
_SPARE_PX = 8
_LINE_SPARE_PX = 6


class RunTree(QTreeWidget):
    """A list of runs; the first column's text takes the upper line of the whole row."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(RunDelegate(self))

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cells, and the name over them."""
        super().drawRow(painter, option, index)
        room = self.name_rect(index)
        name = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().text().color())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def name_rect(self, index: Index) -> QRect:
        """Where a run's name stands: from behind its mark to the end of the row."""
        first = index.sibling(index.row(), 0)
        cell = self.visualRect(first)
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        delegate = self.itemDelegate()
        assert isinstance(delegate, RunDelegate)
        option.rect = cell
        delegate.initStyleOption(option, first)
        # Where the text would begin, had the cell room for it.
        option.text = "x"
        text = self.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, self)
        right = self.viewport().width() - _SPARE_PX
        return QRect(text.left(), cell.top() + 2, max(right - text.left(), 0), cell.height() // 2)


class RunDelegate(QStyledItemDelegate):
    """Leaves the upper line to the name, which the tree draws, and puts figures into the lower one."""

    def __init__(self, tree: RunTree) -> None:
        super().__init__(tree)
        self._tree = tree

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """The name is not drawn here; a badge and the figures stand below."""
        super().initStyleOption(option, index)
        if index.column() == 0:
            option.text = str(index.data(BADGE_ROLE) or "")
            option.displayAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        else:
            option.displayAlignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as two lines."""
        return QSize(super().sizeHint(option, index).width(), 2 * (option.fontMetrics.lineSpacing() + _LINE_SPARE_PX))

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """A name is edited where it stands."""
        editor.setGeometry(self._tree.name_rect(index))
