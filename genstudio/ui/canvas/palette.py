"""What stands beside the board: tools, classes, brush, undo, and the button that takes the points as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from genstudio.data.drawing import CLASSES, MOST_POINTS
from genstudio.ui.canvas.symbols import class_icon
from genstudio.ui.canvas.tools import TOOLS, BrushSettings, Tool
from genstudio.ui.form import Form
from genstudio.ui.icons import bind_icon
from genstudio.ui.theme import Theme

_WIDTH_PX = 276


class ToolPalette(QFrame):
    """Shows what is chosen and tells what is clicked; it changes no drawing itself.

    The button `use` is placed by the owner, so that it is seen when the tools are scrolled.

    Signals:
        tool_chosen: the key of a tool.
        class_chosen: the code of a class.
    """

    tool_chosen = Signal(str)
    class_chosen = Signal(int)

    def __init__(self, theme: Theme, prefix: str, undo_stack: QUndoStack) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setFixedWidth(_WIDTH_PX)
        self._theme, self._prefix = theme, prefix
        self._count, self._full, self._in_use = 0, False, False
        self._tools = {tool.key: self._tool_button(tool) for tool in TOOLS}
        self._classes = [self._class_button(code) for code in range(len(CLASSES))]
        for buttons in (self._tools.values(), self._classes):
            group = QButtonGroup(self)
            for button in buttons:
                group.addButton(button)
        self.form = Form(BrushSettings, theme, prefix)
        self.undo = self._edit_button("undo", "Undo the last stroke (Ctrl+Z)", undo_stack.undo)
        self.redo = self._edit_button("redo", "Redo (Ctrl+Y)", undo_stack.redo)
        self.clear = self._edit_button("clear", "Take all points away; undo brings them back", None, "delete")
        self.count = self._label("count", "")
        self.status = self._label("status", "muted")
        self.use = self._use_button()
        self._arrange()
        undo_stack.canUndoChanged.connect(self.undo.setEnabled)
        undo_stack.canRedoChanged.connect(self.redo.setEnabled)
        theme.changed.connect(self._refresh_class_icons)
        self._refresh_class_icons()

    def show_tool(self, key: str) -> None:
        """Mark the tool in hand."""
        self._tools[key].setChecked(True)

    def show_class(self, code: int) -> None:
        """Mark the class of new points."""
        self._classes[code].setChecked(True)

    def show_count(self, count: int, full: bool) -> None:
        """How many points there are, and whether more fit in."""
        self._count, self._full = count, full
        self.count.setText(f"{count:,} point{'' if count == 1 else 's'}")
        self.clear.setEnabled(count > 0)
        self._refresh_status()

    def show_use(self, in_use: bool) -> None:
        """Whether the points are the data already."""
        self._in_use = in_use
        self._refresh_status()

    def _refresh_status(self) -> None:
        self.use.setEnabled(self._count > 0 and not self._in_use)
        self.use.setText("In use" if self._in_use else "Use these points")
        if self._full:
            self.status.setText(f"A drawing holds {MOST_POINTS:,} points; erase some to go on.")
        elif not self._count:
            self.status.setText("Nothing is drawn yet: press and drag on the board. The data stay as they are.")
        elif self._in_use:
            self.status.setText("The data follow every stroke.")
        else:
            self.status.setText("Learn from these points, or go on drawing.")

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addLayout(_row(list(self._tools.values())))
        column.addWidget(self._heading("Class of new points"))
        grid = QGridLayout()
        grid.setSpacing(4)
        for code, button in enumerate(self._classes):
            grid.addWidget(button, code // 4, code % 4)
        column.addLayout(grid)
        column.addWidget(self.form)
        column.addLayout(_row([self.undo, self.redo, self.clear, self.count]))
        column.addWidget(self.status)
        column.addStretch(1)

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "muted")
        return label

    def _tool_button(self, tool: Tool) -> QToolButton:
        button = self._button(tool.key, f"{tool.help} ({tool.shortcut})", tool.title)
        button.setText(tool.title)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        bind_icon(button, self._theme, tool.key)
        button.clicked.connect(lambda: self.tool_chosen.emit(tool.key))
        return button

    def _class_button(self, code: int) -> QToolButton:
        button = self._button(f"class{code + 1}", f"Class {CLASSES[code]} ({code + 1})", f"Class {CLASSES[code]}")
        button.setText(CLASSES[code])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.class_chosen.emit(code))
        return button

    def _edit_button(self, key: str, tip: str, slot: Callable[[], object] | None, symbol: str = "") -> QToolButton:
        button = self._button(key, tip, tip.partition(" (")[0].partition(";")[0])
        button.setEnabled(False)
        bind_icon(button, self._theme, symbol or key)
        if slot is not None:
            button.clicked.connect(slot)
        return button

    def _button(self, key: str, tip: str, title: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{self._prefix}.{key}")
        button.setToolTip(tip)
        button.setAccessibleName(title)
        button.setIconSize(QSize(18, 18))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _use_button(self) -> QPushButton:
        button = QPushButton("Use these points")
        button.setObjectName(f"{self._prefix}.use")
        button.setProperty("role", "primary")
        button.setAccessibleName(button.text())
        button.setToolTip("Take the points as the data to learn from; they then follow every stroke")
        return button

    def _label(self, key: str, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(f"{self._prefix}.{key}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", role)
        if key == "count":
            # The widest count, so that the buttons beside it stay.
            label.setFixedWidth(label.fontMetrics().horizontalAdvance("20,000 points") + 8)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        else:
            label.setWordWrap(True)
            # Room for its longest sentence, so that nothing jumps.
            label.setMinimumHeight(3 * label.fontMetrics().lineSpacing())
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        return label

    def _refresh_class_icons(self) -> None:
        for code, button in enumerate(self._classes):
            button.setIcon(class_icon(code, self._theme.tokens))


def _row(widgets: Sequence[QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    return row
