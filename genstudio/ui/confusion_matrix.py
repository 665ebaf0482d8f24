"""Four counts of a threshold: what it finds, what it misses, and what it flags in vain."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from genstudio.applications.detection import Confusion
from genstudio.ui.theme import Theme, with_tabular_digits

_LABEL_PX = 78
_HEADER_PX = 20
_CELL_PX = 30
_GAP_PX = 3
_HEADERS = ("flagged", "not flagged")
_SIDES = ("anomalous", "normal")


class ConfusionMatrix(QWidget):
    """Labelled rows by what they are (down) and by what the threshold says (across).

    Right decisions stand on the accent's ground, wrong ones on the alarm's, the fuller the larger their share.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Confusion matrix")
        self.setToolTip("How many rows of each kind lie beyond the threshold")
        self.setFont(with_tabular_digits(self.font()))
        self.setFixedHeight(_HEADER_PX + 2 * _CELL_PX)
        self.confusion = Confusion(0, 0, 0, 0)
        self._theme = theme
        theme.changed.connect(self.update)

    def set_confusion(self, confusion: Confusion) -> None:
        """Show the counts of a threshold."""
        self.confusion = confusion
        self.setAccessibleDescription(
            f"{confusion.tp} anomalous and {confusion.fp} normal rows flagged, "
            f"{confusion.fn} anomalous and {confusion.tn} normal rows not flagged"
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for counts of six digits."""
        return QSize(_LABEL_PX + 2 * 84, _HEADER_PX + 2 * _CELL_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Headers, then the four cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.tokens.muted))
        for place, text in enumerate(_HEADERS):
            header = QRectF(self._left(place), 0, self._width(), _HEADER_PX)
            painter.drawText(header, Qt.AlignmentFlag.AlignCenter, text)
        self._paint_rows(painter)
        painter.end()

    def _paint_rows(self, painter: QPainter) -> None:
        found = self.confusion
        for line, counts in enumerate(((found.tp, found.fn), (found.fp, found.tn))):
            top = _HEADER_PX + line * _CELL_PX
            painter.setPen(QColor(self._theme.tokens.muted))
            side = QRectF(0, top, _LABEL_PX - 8, _CELL_PX - _GAP_PX)
            painter.drawText(side, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _SIDES[line])
            for place, count in enumerate(counts):
                cell = QRectF(self._left(place), top, self._width(), _CELL_PX - _GAP_PX)
                self._paint_cell(painter, cell, count, count / max(sum(counts), 1), right=place == line)

    def _paint_cell(self, painter: QPainter, cell: QRectF, count: int, share: float, right: bool) -> None:
        tokens = self._theme.tokens
        ground = QColor(tokens.accent if right else tokens.danger)
        ground.setAlphaF(0.08 + 0.30 * share)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(cell, 4, 4)
        painter.setPen(QColor(tokens.text))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{count:,}")

    def _left(self, place: int) -> float:
        return _LABEL_PX + place * (self._width() + _GAP_PX)

    def _width(self) -> float:
        return max((self.width() - _LABEL_PX - _GAP_PX) / 2, 10.0)
