"""The right dock: every run with its figures; shown, compared, renamed, deleted, exported from here."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStackedLayout,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.ui.icons import bind_icon
from genstudio.ui.run_delegate import BADGE_ROLE, RunTree
from genstudio.ui.run_words import badge_of, figures, rank, summary
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip

NAME, FIGURE, GAP = range(3)
HEADERS = ("Run", "nats", "Gap")
TIPS = (
    "Tick to lay its curves over the shown run's; double-click to rename",
    "Mean log-likelihood per item in the data's own units: of the validation items, or of the training items where "
    "none are held out. Higher is better. ≥ stands before a lower bound of it, the best of the training. FD stands "
    "before the lowest Fréchet distance of samples to validation items, in the model's own feature space, where there "
    "is no likelihood; lower is better. A click sorts",
    "How far that is from what the truth itself reaches, nats; only where the truth is known. Lower is better",
)
WIDEST = ("≥ −888.8", "FD 0.0088")
# Told apart by shape, not by colour alone.
MARKS = {
    Status.WAITING: ("○", "muted"), Status.TRAINING: ("▶", "success"), Status.PAUSED: ("‖", "warning"),
    Status.DONE: ("●", "accent"), Status.STOPPED: ("■", "muted"), Status.FAILED: ("✕", "danger"),
}
EMPTY = "Every training you start stays here with its figures, to be shown again, compared, and saved."


class RunsList(QWidget):
    """The runs of the session.

    Signals:
        export_requested: what to export of the shown run: "recipe", "script" or "run".
    """

    export_requested = Signal(str)

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("runs")
        self._model, self._theme = model, theme
        self.tree = self._make_tree()
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._filling = self._best_first = False
        self._stack = QStackedLayout()
        self._stack.addWidget(_empty())
        self._stack.addWidget(self.tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(self._stack, 1)
        layout.addLayout(self._make_buttons())
        for signal in (model.runs_changed, model.current_changed, model.turned, theme.changed):
            signal.connect(self.refresh)
        model.advanced.connect(self._on_advanced)
        self.setMinimumWidth(250)
        self.refresh()

    def refresh(self) -> None:
        """Show the session's runs as they are."""
        self._filling = True
        runs = self._ordered()
        if [run.key for run in runs] != list(self._rows):
            self.tree.clear()
            self._rows = {run.key: self._row(run) for run in runs}
        for run in runs:
            self._show(run)
        current = self._model.current
        if current is not None and current.key in self._rows:
            self.tree.setCurrentItem(self._rows[current.key])
        self._filling = False
        self._stack.setCurrentIndex(1 if runs else 0)
        for button in self._buttons:
            button.setEnabled(current is not None)

    def rename_current(self) -> None:
        """Edit the shown run's name in its place."""
        item = self.tree.currentItem()
        if item is not None:
            self.tree.editItem(item, NAME)

    def compare_current(self) -> None:
        """Lay the shown run's curves over those of others, or take them away."""
        current = self._model.current
        if current is not None:
            self._model.compare_run(current, current.key not in self._model.compared)

    def delete_current(self) -> None:
        """Delete the shown run; undo brings it back."""
        if self._model.current is not None:
            self._model.remove_run(self._model.current)

    def context_menu(self) -> QMenu:
        """What can be done with the shown run."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for button in self._buttons:
            menu.addAction(button.icon(), button.toolTip(), button.click)
        menu.addSeparator()
        going_on = menu.addAction("Continue training", self._model.continuation.go_on)
        reason = self._model.continuation.why_not()
        going_on.setEnabled(not reason)
        going_on.setToolTip(reason)
        menu.addAction("Edit its recipe", self._edit_recipe)
        return menu

    def _make_tree(self) -> QTreeWidget:
        tree = RunTree()
        tree.setObjectName("runs.list")
        tree.setAccessibleName("Runs")
        tree.setHeaderLabels(HEADERS)
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for column, tip in enumerate(TIPS):
            tree.headerItem().setToolTip(column, tip)
            if column != NAME:
                tree.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (FIGURE, GAP):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            tree.setColumnWidth(column, max(map(tree.fontMetrics().horizontalAdvance, WIDEST)) + 18)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._on_header)
        tree.currentItemChanged.connect(self._on_selected)
        tree.itemChanged.connect(self._on_edited)
        tree.customContextMenuRequested.connect(self._on_menu)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), tree)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.delete_current)
        return tree

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        self._buttons = [
            self._button("runs.rename", "rename", "Rename (F2)", self.rename_current),
            self._button("runs.export_recipe", "settings", "Export the recipe (TOML)",
                         lambda: self.export_requested.emit("recipe")),
            self._button("runs.export_script", "script", "Export as a plain Python script",
                         lambda: self.export_requested.emit("script")),
            self._button("runs.save", "save", "Save this run alone", lambda: self.export_requested.emit("run")),
            self._button("runs.delete", "delete", "Delete (Del); undo brings it back", self.delete_current),
        ]
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _button(self, name: str, symbol: str, tip: str, clicked: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind_icon(button, self._theme, symbol)
        button.clicked.connect(clicked)
        return button

    def _ordered(self) -> list[Run]:
        """The runs as they were made, or those first that explain the data best."""
        runs = list(self._model.session)
        if not self._best_first:
            return runs
        return sorted(runs, key=rank, reverse=True)

    def _on_header(self, column: int) -> None:
        self._best_first = column in (FIGURE, GAP) and not self._best_first
        self.tree.headerItem().setText(FIGURE, HEADERS[FIGURE] + (" ▾" if self._best_first else ""))
        self.refresh()

    def _row(self, run: Run) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree)
        item.setData(NAME, Qt.ItemDataRole.UserRole, run.key)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable)
        for column in (FIGURE, GAP):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return item

    def _show(self, run: Run) -> None:
        item = self._rows[run.key]
        mark, colour = MARKS[run.status]
        compared = Qt.CheckState.Checked if run.key in self._model.compared else Qt.CheckState.Unchecked
        item.setText(NAME, run.name)
        item.setIcon(NAME, self._mark(mark, colour))
        item.setCheckState(NAME, compared)
        item.setToolTip(NAME, plain_tip(summary(run)))
        badge, alarming = badge_of(run)
        item.setData(NAME, BADGE_ROLE, badge)
        item.setForeground(NAME, QColor(self._theme.tokens.danger if alarming else self._theme.tokens.warning))
        self._show_figures(run)

    def _show_figures(self, run: Run) -> None:
        for column, text in zip((FIGURE, GAP), figures(run), strict=True):
            self._rows[run.key].setText(column, text)

    def _mark(self, mark: str, colour: str) -> QIcon:
        pixels = QPixmap(32, 32)
        pixels.setDevicePixelRatio(2.0)
        pixels.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixels)
        painter.setPen(QColor(getattr(self._theme.tokens, colour)))
        painter.drawText(QRect(0, 0, 16, 16), Qt.AlignmentFlag.AlignCenter, mark)
        painter.end()
        return QIcon(pixels)

    def _on_advanced(self, run: Run) -> None:
        if run.key not in self._rows:
            return
        self._filling = True
        if run.status is Status.TRAINING:
            self._show_figures(run)
        else:
            self._show(run)
        self._filling = False

    def _on_selected(self, item: QTreeWidgetItem | None) -> None:
        run = self._run(item)
        if run is not None and not self._filling:
            self._model.show_run(run)

    def _on_edited(self, item: QTreeWidgetItem, column: int) -> None:
        run = self._run(item)
        if run is None or self._filling or column != NAME:
            return
        compared = item.checkState(NAME) is Qt.CheckState.Checked
        if compared != (run.key in self._model.compared):
            self._model.compare_run(run, compared)
        elif item.text(NAME) != run.name:
            self._model.rename_run(run, item.text(NAME))

    def _on_menu(self, place: QPoint) -> None:
        if self._run(self.tree.itemAt(place)) is not None:
            self.context_menu().popup(self.tree.viewport().mapToGlobal(place))

    def _edit_recipe(self) -> None:
        if self._model.current is not None:
            self._model.take_recipe(self._model.current.recipe, f"Recipe of {self._model.current.name}")

    def _run(self, item: QTreeWidgetItem | None) -> Run | None:
        key = None if item is None else item.data(NAME, Qt.ItemDataRole.UserRole)
        return next((run for run in self._model.session if run.key == key), None)


def _empty() -> QLabel:
    label = QLabel(EMPTY)
    label.setObjectName("runs.empty")
    label.setProperty("role", "empty")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
