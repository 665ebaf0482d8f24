"""The transitions of a chain as a graph: arrows as thick and as opaque as they are likely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import export
from genstudio.ui.plots.chain_layout import Arrow, arrow_head, chain_layout
from genstudio.ui.plots.export_menu import ExportMenu
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.state_colours import ink_on, state_colour
from genstudio.ui.theme import Theme, with_tabular_digits
from genstudio.ui.tips import plain_tip

Floats = NDArray[np.float64]

MOST_ARROWS = 60
UNSEEN = 0.005
"""Transitions less likely than this are not drawn."""
_THINNEST_PX, _THICKEST_PX = 0.8, 6.0
_FAINTEST, _ASIDE = 0.25, 0.12
_NUMBERED_STATES, _NUMBERED, _NUMBERED_PX = 6, 0.02, 48
_HEAD_PX = 7.0


class ChainGraph(QWidget):
    """States on a circle, with arrows and their probabilities.

    Signals:
        state_hovered: the state under the mouse, -1 where there is none.
        state_clicked: a state.
        turn_drawn: from which state to which other the mouse was dragged, while that is offered.
        export_failed: a GenStudioError.
    """

    state_hovered = Signal(int)
    state_clicked = Signal(int)
    turn_drawn = Signal(int, int)
    export_failed = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("Transition graph")
        self.setMouseTracking(True)
        self.setMinimumSize(160, 140)
        self.setFont(with_tabular_digits(self.font()))
        self._theme = theme
        self._startprob, self._transmat = np.empty(0), np.empty((0, 0))
        self._names: tuple[str, ...] = ()
        self._colours: dict[int, str] = {}
        self._highlighted = self._from = -1
        self._pointer = QPointF()
        self._drawing = False
        self._lay_out()
        theme.changed.connect(self.update)

    def set_chain(
        self, startprob: ArrayLike, transmat: ArrayLike, names: Sequence[str] = (),
        colours: Mapping[int, str] | None = None,
    ) -> None:
        """Show a chain.

        Arguments:
            startprob: shape (K,); `transmat`: from each state (rows) to each (columns), shape (K, K).
            names: what the states are called; their numbers from 1 where there are none.
            colours: of single states, as `#rrggbb`; the others have those that states have everywhere.
        """
        changed = len(np.asarray(startprob)) != len(self._startprob)
        self._startprob, self._transmat = np.asarray(startprob, float), np.asarray(transmat, float)
        self._names, self._colours = tuple(names), dict(colours or {})
        if changed:
            self._highlighted = -1
            self._lay_out()
        self.setAccessibleDescription("; ".join(self._words(state) for state in range(len(self._startprob))))
        self.update()

    def set_highlighted(self, state: int) -> None:
        """Let what leads out of one state stand out; -1 for none."""
        if state != self._highlighted:
            self._highlighted = state if state < len(self._startprob) else -1
            self.update()

    def set_drawing(self, drawing: bool) -> None:
        """Let transitions be drawn by dragging from state to state, or not."""
        self._drawing, self._from = drawing, -1

    @property
    def highlighted(self) -> int:
        """The state whose arrows stand out, or -1."""
        return self._highlighted

    def centre_of(self, state: int) -> tuple[float, float]:
        """Where a state is drawn, pixels."""
        x, y = self._layout.centres[state]
        return float(x), float(y)

    def arrays(self) -> dict[str, Floats]:
        """Start probabilities and transitions."""
        return {"startprob": self._startprob, "transmat": self._transmat} if len(self._startprob) else {}

    def export(self, path: Path) -> None:
        """Write the graph, in the format that the name's ending says.

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
        return QSize(360, 280)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Everything lies elsewhere."""
        self._lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which state lies under the mouse; draw what is being dragged."""
        self._pointer = event.position()
        if self._from >= 0:
            self.update()
        else:
            self._hover(self._state_at(event))

    def leaveEvent(self, _event: object) -> None:
        """None does any more."""
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A state is grasped."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from, self._pointer = self._state_at(event), event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which state was clicked, or to which other one the mouse was dragged."""
        source, self._from = self._from, -1
        target = self._state_at(event)
        if source >= 0 and target == source:
            self.state_clicked.emit(source)
        elif source >= 0 and target >= 0 and self._drawing:
            self.turn_drawn.emit(source, target)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Arrows, the likeliest last; states; and numbers over all."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.plot))
        drawn = self._drawn()
        for arrow in drawn:
            self._paint_arrow(painter, arrow)
        for state in range(len(self._startprob)):
            self._paint_state(painter, state)
        for arrow in drawn:
            if self._numbered(arrow):
                self._paint_number(painter, arrow)
        if self._from >= 0 and self._drawing:
            painter.setPen(QPen(self._colour_of(self._from), 2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(*self.centre_of(self._from)), self._pointer)
        painter.end()

    # Inner workings.

    def _lay_out(self) -> None:
        self._shapes: dict[tuple[int, int, int], tuple[QPolygonF, QPolygonF]] = {}
        self._layout = chain_layout(len(self._startprob), self.width(), self.height())

    def _state_at(self, event: QMouseEvent) -> int:
        return self._layout.state_at(event.position().x(), event.position().y())

    def _hover(self, state: int) -> None:
        if state != self._highlighted:
            self.set_highlighted(state)
            drawn = ".\nDrag to another state to allow going there, or to forbid it" if self._drawing else ""
            self.setToolTip(plain_tip(self._words(state) + drawn if state >= 0 else ""))
            self.state_hovered.emit(state)

    def _words(self, state: int) -> str:
        stays = float(self._transmat[state, state])
        lasting = f"{1 / (1 - stays):.3g} steps on average" if stays < 1 else "for ever"
        return f"State {self._name(state)} begins with {self._startprob[state]:.3g} and lasts {lasting}"

    def _name(self, state: int) -> str:
        return self._names[state] if state < len(self._names) else str(state + 1)

    def _probability(self, arrow: Arrow) -> float:
        return float(self._transmat[arrow.source, arrow.target])

    def _drawn(self) -> list[Arrow]:
        """The arrows that are seen, the likeliest last; of very many only those."""
        order = np.argsort(self._transmat, axis=None)[-MOST_ARROWS:]
        pairs = [divmod(int(place), len(self._transmat)) for place in order]
        seen = [self._layout.arrow(*pair) for pair in pairs if self._transmat[pair] >= UNSEEN]
        return sorted(seen, key=self._order)

    def _order(self, arrow: Arrow) -> tuple[bool, float]:
        return arrow.source == self._highlighted, self._probability(arrow)

    def _numbered(self, arrow: Arrow) -> bool:
        if self._highlighted >= 0:
            return arrow.source == self._highlighted
        if arrow.source == arrow.target:
            return True
        likely = len(self._startprob) <= _NUMBERED_STATES and self._probability(arrow) >= _NUMBERED
        return likely and bool(np.hypot(*(arrow.path[-1] - arrow.path[0])) >= _NUMBERED_PX)

    def _colour_of(self, state: int) -> QColor:
        own = self._colours.get(state)
        return QColor(own) if own else state_colour(self._theme.tokens, state)

    def _colour(self, arrow: Arrow) -> QColor:
        colour = self._colour_of(arrow.source)
        probability = self._probability(arrow)
        aside = self._highlighted not in (-1, arrow.source)
        colour.setAlphaF(_ASIDE if aside else _FAINTEST + (1 - _FAINTEST) * min(probability, 1.0))
        return colour

    def _paint_arrow(self, painter: QPainter, arrow: Arrow) -> None:
        width = _THINNEST_PX + (_THICKEST_PX - _THINNEST_PX) * min(self._probability(arrow), 1.0)
        line, head = self._shape(arrow, round(_HEAD_PX + 1.2 * width))
        colour = self._colour(arrow)
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawPolyline(line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(head)

    def _shape(self, arrow: Arrow, length: int) -> tuple[QPolygonF, QPolygonF]:
        """Stroke and head of an arrow; kept, as probabilities change at every step of a training."""
        key = (arrow.source, arrow.target, length)
        if key not in self._shapes:
            head = arrow_head(arrow.path, length)
            # The stroke ends within the head, whose tip would else be blunt.
            body = arrow.path[np.hypot(*(arrow.path - head[0]).T) >= 0.8 * length]
            self._shapes[key] = _polygon(body if len(body) > 1 else arrow.path), _polygon(head)
        return self._shapes[key]

    def _paint_state(self, painter: QPainter, state: int) -> None:
        tokens, radius = self._theme.tokens, self._layout.radius
        colour = self._colour_of(state)
        x, y = self._layout.centres[state]
        circle = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
        painter.setPen(QPen(QColor(tokens.text if state == self._highlighted else tokens.plot), 2))
        painter.setBrush(colour)
        painter.drawEllipse(circle)
        painter.setPen(ink_on(colour))
        name = self._name(state)
        fits = painter.fontMetrics().horizontalAdvance(name) <= 2 * radius - 4
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, name if fits else str(state + 1))

    def _paint_number(self, painter: QPainter, arrow: Arrow) -> None:
        text = f"{self._probability(arrow):.2g}"
        metrics = painter.fontMetrics()
        wide, high = metrics.horizontalAdvance(text) + 6, metrics.height()
        x, y = arrow.label
        frame = QRectF(x - wide / 2, y - high / 2, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self._theme.tokens.plot, 0.8))
        painter.drawRoundedRect(frame, 3, 3)
        painter.setPen(QColor(self._theme.tokens.text))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)


def _polygon(points: Floats) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
