"""The canvas: tools, classes, brush, undo, and the board they draw on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from genstudio.data.drawing import CLASSES, Drawing, empty_drawing
from genstudio.settings import describe
from genstudio.ui.canvas.board import Board, SquareFrame
from genstudio.ui.canvas.palette import ToolPalette
from genstudio.ui.canvas.tools import TOOLS, BrushSettings, Dab, Place, Tool
from genstudio.ui.theme import Theme
from genstudio.ui.values import stepped

_HOLD_MS = 40
_BAR_PX = 12
_KEPT_STROKES = 100
_SEED = 0
# Not a standard key everywhere, but many a hand knows it.
_CTRL_Y = QKeySequence("Ctrl+Y")
_SIZE = next(info for info in describe(BrushSettings) if info.name == "size")


class Canvas(QWidget):
    """Edits a `Drawing`.

    Signals:
        drawn: a stroke ended, or undo, redo or clearing changed the drawing.
        use_requested: the person wants the points as data.
    """

    drawn = Signal()
    use_requested = Signal()

    def __init__(self, theme: Theme, prefix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(prefix)
        self.setAccessibleName("Canvas for drawing data")
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(_KEPT_STROKES)
        self.drawing = empty_drawing()
        self.tool: Tool = TOOLS[1]
        self.code = 0
        self._rng = np.random.default_rng(_SEED)
        self._before: Drawing | None = None
        self._at: Place = (0.0, 0.0)
        self.tools = ToolPalette(theme, prefix, self.undo_stack)
        self.board = Board(theme, f"{prefix}.board")
        self._hold = QTimer(self, interval=_HOLD_MS)
        self._hold.timeout.connect(self._on_held)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(_scrolling(self.tools), 1)
        self.tools.use.setFixedWidth(self.tools.width())
        left.addWidget(self.tools.use)
        layout.addLayout(left)
        layout.addWidget(SquareFrame(self.board), 1)
        self._connect()
        self.choose_tool(self.tool.key)
        self.choose_class(0)
        self.show_drawing(self.drawing)

    @property
    def brush(self) -> BrushSettings:
        """Width and density of the tools."""
        return BrushSettings(**self.tools.form.values())

    def choose_tool(self, key: str) -> None:
        """Take up another tool."""
        self.tool = next(tool for tool in TOOLS if tool.key == key)
        self.tools.show_tool(key)
        self._refresh_ring()

    def choose_class(self, code: int) -> None:
        """New points are of another class, 0 to 7."""
        self.code = code
        self.tools.show_class(code)

    def clear(self) -> None:
        """Take all points away; undo brings them back."""
        if len(self.drawing):
            self.undo_stack.push(Stroke(self, self.drawing, empty_drawing(), "Clear"))

    def load(self, drawing: Drawing) -> None:
        """Begin from points that came from elsewhere; there is nothing to undo then."""
        self._before = None
        self._hold.stop()
        self.undo_stack.clear()
        self.show_drawing(drawing)

    def show_drawing(self, drawing: Drawing) -> None:
        """Show other points."""
        self.drawing = drawing
        self.board.show_drawing(drawing)
        self.tools.show_count(len(drawing), drawing.full)

    def event(self, event: QEvent) -> bool:
        """Keys of the canvas come before the shortcuts of the window (undo is that of the strokes here)."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._action_of(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters choose tools, digits classes, brackets the size."""
        action = self._action_of(event)
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def hideEvent(self, event: QHideEvent) -> None:
        """A stroke ends where the canvas is left."""
        super().hideEvent(event)
        self._on_released()

    def _connect(self) -> None:
        self.board.pressed.connect(self._on_pressed)
        self.board.moved.connect(self._on_moved)
        self.board.released.connect(self._on_released)
        self.tools.tool_chosen.connect(self.choose_tool)
        self.tools.class_chosen.connect(self.choose_class)
        self.tools.form.changed.connect(self._refresh_ring)
        self.tools.clear.clicked.connect(self.clear)
        self.tools.use.clicked.connect(self.use_requested)

    def _action_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        if event.matches(QKeySequence.StandardKey.Undo):
            return partial(self.undo_stack.undo)
        if event.matches(QKeySequence.StandardKey.Redo) or QKeySequence(event.keyCombination()) == _CTRL_Y:
            return partial(self.undo_stack.redo)
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        return self._plain_action(event.text().upper()) if plain and event.text() else None

    def _plain_action(self, text: str) -> Callable[[], None] | None:
        for tool in TOOLS:
            if text == tool.shortcut:
                return partial(self.choose_tool, tool.key)
        if text.isdigit() and 1 <= int(text) <= len(CLASSES):
            return partial(self.choose_class, int(text) - 1)
        if text in ("[", "]"):
            return partial(self._resize_brush, 1 if text == "]" else -1)
        return None

    def _resize_brush(self, steps: int) -> None:
        self.tools.form.set_values({"size": stepped(self.brush.size, 5 * steps, _SIZE)})
        self._refresh_ring()

    def _refresh_ring(self) -> None:
        self.board.show_radius(self.brush.size if self.tool.wide else 0.0)

    def _dab(self) -> Dab:
        return Dab(self.brush, self.code, self._rng)

    def _on_pressed(self, x: float, y: float) -> None:
        self._before, self._at = self.drawing, (x, y)
        self.show_drawing(self.tool.press(self.drawing, self._at, self._dab()))
        self._hold.start()

    def _on_moved(self, x: float, y: float) -> None:
        if self._before is not None:
            drawing, self._at = self.tool.drag(self.drawing, self._at, (x, y), self._dab())
            self._show_if_new(drawing)

    def _on_held(self) -> None:
        self._show_if_new(self.tool.hold(self.drawing, self._at, self._dab()))

    def _show_if_new(self, drawing: Drawing) -> None:
        if drawing is not self.drawing:
            self.show_drawing(drawing)

    def _on_released(self) -> None:
        self._hold.stop()
        before, self._before = self._before, None
        if before is not None and before is not self.drawing:
            self.undo_stack.push(Stroke(self, before, self.drawing, self.tool.title))


def _scrolling(tools: ToolPalette) -> QScrollArea:
    """Low windows scroll the tools instead of growing."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFixedWidth(tools.width() + _BAR_PX)
    area.setWidget(tools)
    return area


class Stroke(QUndoCommand):
    """What one stroke changed; both drawings share their arrays with their neighbours."""

    def __init__(self, canvas: Canvas, before: Drawing, after: Drawing, text: str) -> None:
        super().__init__(text)
        self._canvas, self._before, self._after = canvas, before, after

    def redo(self) -> None:
        """Draw it."""
        self._show(self._after)

    def undo(self) -> None:
        """Take it back."""
        self._show(self._before)

    def _show(self, drawing: Drawing) -> None:
        self._canvas.show_drawing(drawing)
        self._canvas.drawn.emit()
