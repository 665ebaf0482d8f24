"""How tables look: quiet, without a grid, scrolled by pixels; and the small widgets beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from genstudio.ui.icons import bind_icon
from genstudio.ui.theme import Theme

ROW_PX = 28
COLUMN_PX = 88
FITTED_COLUMNS, WIDEST_PX = 100, 260


def plain_table(model: QAbstractItemModel, name: str, title: str) -> QTableView:
    """A view of a table.

    Arguments:
        name: object name; `title` is what those hear who cannot see it.
    """
    table = QTableView()
    table.setObjectName(name)
    table.setAccessibleName(title)
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setMinimumSize(160, 84)
    table.verticalHeader().setSectionsClickable(False)
    table.verticalHeader().setDefaultSectionSize(ROW_PX)
    table.horizontalHeader().setDefaultSectionSize(COLUMN_PX)
    table.horizontalHeader().setHighlightSections(False)
    return table


def plain_list(model: QAbstractItemModel, name: str, title: str, row_px: int = ROW_PX) -> QTableView:
    """As `plain_table`, for rows that stand for something each: one is chosen at a time, and none is numbered."""
    table = plain_table(model, name, title)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setAlternatingRowColors(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(row_px)
    return table


def fit_columns(table: QTableView, least: int = COLUMN_PX) -> None:
    """Make columns wide enough for their titles; of very many only the first."""
    model, metrics = table.model(), table.horizontalHeader().fontMetrics()
    for section in range(min(model.columnCount(), FITTED_COLUMNS)):
        title = str(model.headerData(section, Qt.Orientation.Horizontal))
        table.setColumnWidth(section, min(max(least, metrics.horizontalAdvance(title) + 30), WIDEST_PX))


def grow_columns(table: QTableView) -> None:
    """Make columns wider where the numbers in sight need it; they never shrink, so that nothing trembles."""
    for section in range(min(table.model().columnCount(), FITTED_COLUMNS)):
        wanted = min(table.sizeHintForColumn(section), WIDEST_PX)
        if wanted > table.columnWidth(section):
            table.setColumnWidth(section, wanted)


def on_copy(table: QTableView, copy: Callable[[], None]) -> None:
    """Call `copy` for Ctrl+C in a table."""
    shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), table)
    shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
    shortcut.activated.connect(copy)


def quiet_button(theme: Theme, name: str, icon: str, text: str, tip: str) -> QToolButton:
    """A flat button with an icon and a word or two."""
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(text.rstrip("…") or tip)
    button.setAccessibleDescription(tip)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    bind_icon(button, theme, icon, "muted")
    return button


def icon_button(theme: Theme, name: str, icon: str, tip: str) -> QToolButton:
    """A flat button without words."""
    button = quiet_button(theme, name, icon, "", tip)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setAccessibleName(tip.partition(" (")[0])
    return button


def plain_choice(name: str, title: str, tip: str, choices: Sequence[tuple[str, Any]], chosen: int) -> QComboBox:
    """A list of titles, each with what it stands for as data.

    Arguments:
        chosen: place of what is chosen at first.
    """
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(tip)
    for words, value in choices:
        combo.addItem(words, value)
    combo.setCurrentIndex(chosen)
    return combo


def find_line(name: str, what: str, tip: str) -> QLineEdit:
    """A field that narrows down a table.

    Arguments:
        what: is in the table: "columns".
    """
    line = QLineEdit()
    line.setObjectName(name)
    # A dropped file is opened by the window.
    line.setAcceptDrops(False)
    line.setAccessibleName(f"Find {what}")
    line.setPlaceholderText(f"Find {what}…")
    line.setToolTip(tip)
    line.setClearButtonEnabled(True)
    return line


def set_beside(place: QWidget, above: tuple[QWidget, QWidget], table: QWidget, card: QWidget) -> None:
    """Lay out a table with a wide and a narrow widget above, and a card on its right."""
    head = QHBoxLayout()
    head.addWidget(above[0], 1)
    head.addWidget(above[1])
    left = QVBoxLayout()
    left.setSpacing(6)
    left.addLayout(head)
    left.addWidget(table, 1)
    layout = QHBoxLayout(place)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(10)
    layout.addLayout(left, 1)
    layout.addWidget(card)


def plain_label(name: str, role: str = "muted", title: str = "") -> QLabel:
    """A line of plain text that is cut rather than widening what it stands in."""
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setAccessibleName(title)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setMinimumHeight(label.fontMetrics().lineSpacing() + 4)
    return label
