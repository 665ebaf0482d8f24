"""How tables of numbers look: quiet, without a grid, scrolled by pixels; and small buttons beside them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QLabel, QSizePolicy, QTableView, QToolButton

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
