"""Small gauges: a share as a bar, and a needle between two players."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from genstudio.ui.plots.paint import faded
from genstudio.ui.theme import Theme, with_tabular_digits

_ROW_PX, _BAR_PX, _NUMBER_PX, _TITLE_SHARE = 20, 8, 62, 0.36
_NEEDLE_PX, _SCALE_PX, _BALANCED = 44, 10, 0.2


class Gauge(QWidget):
    """A painted number: what stands on it is also told to those who cannot see it.

    Arguments:
        name: object name.
        title: what the number is.
        tip: what it means.
    """

    def __init__(self, theme: Theme, name: str, title: str, tip: str, height_px: int) -> None:
        super().__init__()
        self.theme = theme
        self.title = title
        self.text = "–"
        self.value: float | None = None
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(self.text)
        self.setToolTip(tip)
        self.setFont(with_tabular_digits(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._height_px = height_px
        theme.changed.connect(self.update)

    def show_value(self, value: float | None, text: str) -> None:
        """Show a number, or that there is none, and how it reads."""
        if (value, text) != (self.value, self.text):
            self.value, self.text = value, text
            self.setAccessibleDescription(text)
            self.update()

    def draw_ends(self, painter: QPainter, wide: float, colour: str = "") -> None:
        """The title at the left, no wider than it may be, and the number at the right, of a colour of its own."""
        row, upright = QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self.theme.tokens.muted))
        words = self.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(wide) - 4)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | upright, words)
        painter.setPen(QColor(colour or self.theme.tokens.text))
        painter.drawText(row, Qt.AlignmentFlag.AlignRight | upright, self.text)

    def sizeHint(self) -> QSize:
        """One line, or as many as the gauge takes."""
        return QSize(200, self._height_px)


class NumberLine(Gauge):
    """A number that has no end to be held against, beside its title."""

    def __init__(self, theme: Theme, name: str, title: str, tip: str) -> None:
        super().__init__(theme, name, title, tip, _ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title and number."""
        painter = QPainter(self)
        self.draw_ends(painter, self.width())
        painter.end()


class ShareBar(Gauge):
    """A share as a bar from 0 to 100 %, between its title and its number; a mark shows what it must not go below."""

    def __init__(self, theme: Theme, name: str, title: str, tip: str) -> None:
        super().__init__(theme, name, title, tip, _ROW_PX)
        self.limit: float | None = None

    @property
    def low(self) -> bool:
        """Whether the share is below its limit."""
        return self.limit is not None and self.value is not None and self.value < self.limit

    def set_limit(self, limit: float | None) -> None:
        """Mark a share below which there is something wrong."""
        self.limit = limit
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title, bar, number."""
        painter, row = QPainter(self), QRectF(self.rect())
        wide = _TITLE_SHARE * row.width()
        self.draw_ends(painter, wide, self.theme.tokens.warning if self.low else "")
        bar = QRectF(wide, row.center().y() - _BAR_PX / 2, row.width() - wide - _NUMBER_PX, _BAR_PX)
        self._draw_bar(painter, bar)
        painter.end()

    def _draw_bar(self, painter: QPainter, bar: QRectF) -> None:
        tokens = self.theme.tokens
        painter.fillRect(bar, QColor(tokens.grid))
        if self.value is not None:
            filled = QRectF(bar)
            filled.setWidth(bar.width() * min(max(self.value, 0.0), 1.0))
            painter.fillRect(filled, QColor(tokens.warning if self.low else tokens.series[0]))
        if self.limit is not None:
            place = bar.left() + self.limit * bar.width()
            painter.fillRect(QRectF(place - 1, bar.top() - 3, 2, bar.height() + 6), QColor(tokens.danger))


class BalanceNeedle(Gauge):
    """A needle between two players, over a scale whose middle is grey: there neither is ahead.

    Arguments:
        ends: what stands at the left end (-1) and at the right end (1).
    """

    def __init__(self, theme: Theme, name: str, title: str, tip: str, ends: tuple[str, str]) -> None:
        super().__init__(theme, name, title, tip, _NEEDLE_PX)
        self._ends = ends

    def paintEvent(self, event: QPaintEvent) -> None:
        """The scale, the needle, and the ends."""
        painter, tokens = QPainter(self), self.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = QRectF(1, 10, self.width() - 2, _SCALE_PX)
        self._draw_scale(painter, scale)
        if self.value is not None:
            self._draw_needle(painter, scale, min(max(self.value, -1.0), 1.0))
        painter.setPen(QColor(tokens.muted))
        foot = QRectF(scale.left(), scale.bottom() + 4, scale.width(), self.height() - scale.bottom() - 4)
        for end, side in zip(self._ends, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True):
            painter.drawText(foot, side | Qt.AlignmentFlag.AlignTop, end)
        painter.end()

    def _draw_scale(self, painter: QPainter, scale: QRectF) -> None:
        """Orange, grey, blue: as the verdicts on made and on real items are drawn."""
        tokens, middle = self.theme.tokens, scale.center().x()
        half = _BALANCED * scale.width() / 2
        painter.fillRect(scale, QColor(tokens.border_strong))
        left = QRectF(scale.left(), scale.top(), middle - half - scale.left(), scale.height())
        right = QRectF(middle + half, scale.top(), scale.right() - middle - half, scale.height())
        painter.fillRect(left, faded(tokens.series[1], 0.75))
        painter.fillRect(right, faded(tokens.series[0], 0.75))
        painter.fillRect(QRectF(middle - 0.5, scale.top() - 2, 1, scale.height() + 4), QColor(tokens.axis))

    def _draw_needle(self, painter: QPainter, scale: QRectF, value: float) -> None:
        place = scale.center().x() + value * scale.width() / 2
        painter.setPen(QColor(self.theme.tokens.plot))
        painter.setBrush(QColor(self.theme.tokens.text))
        painter.drawRect(QRectF(place - 1.5, scale.top() - 2, 3, scale.height() + 4))
        head = [QPointF(place - 6, 1), QPointF(place + 6, 1), QPointF(place, 9)]
        painter.drawPolygon(QPolygonF(head))
