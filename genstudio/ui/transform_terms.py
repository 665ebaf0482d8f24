"""What the log-density of one point is the sum of: each addend as a bar that begins where the one before ended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from genstudio.ui.plots.paint import faded
from genstudio.ui.theme import Theme, with_tabular_digits
from genstudio.ui.transform_words import Term, signed

_LEAST_ROW_PX, _ROW_PX, _MARGIN_PX, _BAR_SHARE, _LEAST_SPAN = 15, 24, 8, 0.55, 1e-6


class TermsChart(QWidget):
    """A waterfall from nought over all addends to their sum, with a title and a number in every row.

    Arguments:
        name: object name.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._terms: tuple[Term, ...] = ()
        self._hint = ""
        self.setObjectName(name)
        self.setAccessibleName("What the log-density of the point is the sum of, nats")
        self.setFont(with_tabular_digits(self.font()))
        self.setMinimumSize(180, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def terms(self) -> tuple[Term, ...]:
        """What is shown; the last one is the sum of the others."""
        return self._terms

    @property
    def hint(self) -> str:
        """What is said while nothing is shown."""
        return self._hint

    def set_terms(self, terms: Sequence[Term]) -> None:
        """Show addends, and their sum as the last; none shows the hint."""
        self._terms = tuple(terms)
        self.setAccessibleDescription("; ".join(f"{term.title} {signed(term.value)}" for term in terms) or self._hint)
        self.update()

    def set_hint(self, text: str) -> None:
        """Say what to do while nothing is shown."""
        self._hint = text
        self.set_terms(self._terms)

    def sizeHint(self) -> QSize:
        """Room for a flow of usual depth."""
        return QSize(230, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rows from the base to the sum."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._terms:
            self._draw(painter)
        else:
            painter.setPen(QColor(self._theme.tokens.muted))
            room = self.rect().adjusted(14, 14, -14, -14)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
        painter.end()

    def _draw(self, painter: QPainter) -> None:
        ends = spans(self._terms)
        low, high = min(min(end) for end in ends), max(max(end) for end in ends)
        metrics = self.fontMetrics()
        wide = max(metrics.horizontalAdvance(term.title) for term in self._terms) + 2 * _MARGIN_PX
        digits = max(metrics.horizontalAdvance(signed(term.value)) for term in self._terms) + 2 * _MARGIN_PX
        room = max(1.0, self.width() - wide - digits)
        per_nat = room / max(high - low, _LEAST_SPAN)
        row = min(_ROW_PX, max(_LEAST_ROW_PX, (self.height() - _MARGIN_PX) / len(self._terms)))
        zero = wide - low * per_nat
        painter.setPen(QPen(QColor(self._theme.tokens.grid), 1))
        painter.drawLine(round(zero), 2, round(zero), round(row * len(self._terms)) + 2)
        for place, (term, (start, end)) in enumerate(zip(self._terms, ends, strict=True)):
            line = QRectF(0, 2 + place * row, self.width(), row)
            left, right = sorted((wide + (start - low) * per_nat, wide + (end - low) * per_nat))
            self._draw_row(painter, term, line, wide, QRectF(left, 0, max(right - left, 1.5), 0))

    def _draw_row(self, painter: QPainter, term: Term, line: QRectF, wide: float, bar: QRectF) -> None:
        tokens, centre = self._theme.tokens, Qt.AlignmentFlag.AlignVCenter
        total = term.kind == "sum"
        if total:
            painter.setPen(QPen(QColor(tokens.border_strong), 1))
            painter.drawLine(line.topLeft(), line.topRight())
        rises = {"base": tokens.muted, "sum": tokens.accent}.get(
            term.kind, tokens.series[2] if term.value >= 0 else tokens.series[3])
        high = line.height() * _BAR_SHARE
        bar = QRectF(bar.left(), line.center().y() - high / 2, bar.width(), high)
        painter.fillRect(bar, faded(rises, 0.85))
        font = painter.font()
        font.setBold(total)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if total or term.kind == "base" else tokens.muted))
        painter.drawText(line.adjusted(_MARGIN_PX, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | centre, term.title)
        painter.setPen(QColor(tokens.text))
        painter.drawText(line.adjusted(0, 0, -_MARGIN_PX, 0), Qt.AlignmentFlag.AlignRight | centre, signed(term.value))


def spans(terms: Sequence[Term]) -> list[tuple[float, float]]:
    """Where each bar begins and ends, nats: addends follow each other, the sum begins at nought."""
    found, reached = [], 0.0
    for term in terms:
        start = 0.0 if term.kind == "sum" else reached
        reached = start + term.value
        found.append((start, reached))
    return found
