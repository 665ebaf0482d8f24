"""The table of components with its buttons, and a line for what was typed wrongly."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from genstudio.errors import GenStudioError
from genstudio.runs import components
from genstudio.runs.hand import Parameters
from genstudio.ui.components_model import ComponentsModel, Index
from genstudio.ui.plain_table import grow_columns, plain_label, plain_table, quiet_button
from genstudio.ui.theme import Theme

WORDS = {"train": "training", "valid": "validation"}
HINT = "Double-click a number to type another one, in the data's own units."
RESTING = "Numbers can be typed once the run has ended."


class ComponentTable(QWidget):
    """Components to be typed, added, removed and doubled.

    Signals:
        edited: `Parameters` as a person wants them.
        failed: a GenStudioError that says why something cannot be done.
    """

    edited = Signal(object)
    failed = Signal(object)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self.components = ComponentsModel(theme)
        self.table = plain_table(self.components, f"{prefix}.table", "Components: weights, means and covariances")
        self.delegate = NumberDelegate(f"{prefix}.cell", self.table)
        self.table.setItemDelegate(self.delegate)
        self.table.verticalHeader().setMinimumWidth(52)
        self.problem = plain_label(f"{prefix}.problem", title="What is wrong with what was typed")
        self.likelihood = plain_label(f"{prefix}.likelihood", "", "Mean log-likelihood of the rows")
        self.add = quiet_button(theme, f"{prefix}.add", "add", "Add", "Add a component in the middle of all")
        self.copy = quiet_button(theme, f"{prefix}.duplicate", "copy", "Duplicate",
                                 "Put a copy of the selected component beside it, each with half of the weight")
        self.remove = quiet_button(theme, f"{prefix}.remove", "delete", "Remove",
                                   "Remove the selected component; the others share its weight")
        self._editable = False
        self._arrange()
        self.components.edited.connect(self.edited)
        self.components.problem_told.connect(self._show_problem)
        self.components.modelReset.connect(self._allow)
        self.table.selectionModel().currentRowChanged.connect(self._allow)
        self.add.clicked.connect(self._on_add)
        self.copy.clicked.connect(self._on_copy)
        self.remove.clicked.connect(self._on_remove)
        self._show_problem("")

    def show_parameters(self, parameters: Parameters | None) -> None:
        """Show other numbers; the selected component stays selected."""
        chosen = self.table.currentIndex().row()
        self.components.show_parameters(parameters)
        grow_columns(self.table)
        rows = self.components.rowCount()
        if rows and not self.table.currentIndex().isValid():
            self.table.selectRow(min(max(chosen, 0), rows - 1))
        self._allow()

    def show_likelihood(self, metrics: Mapping[str, float | None]) -> None:
        """Say how well the numbers explain the training and validation rows, nats per row."""
        parts = [f"{WORDS[name]} {value:.4f}".replace("-", "−") for name, value in metrics.items() if value is not None]
        self.likelihood.setText(f"Log-likelihood: {' · '.join(parts)} nats per row" if parts else "")
        self.likelihood.setToolTip("In the data's own units. Higher is better" if parts else "")

    def set_editable(self, editable: bool) -> None:
        """Let components be changed, or not."""
        self._editable = editable
        self.components.set_editable(editable)
        self._show_problem(self.components.problem)
        self._allow()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(2)
        buttons.addWidget(self.likelihood, 1)
        for button in (self.add, self.copy, self.remove):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 4)
        layout.setSpacing(2)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)

    def _allow(self, *_: object) -> None:
        known = self._editable and self.components.rowCount() > 0
        chosen = known and self.table.currentIndex().isValid()
        self.add.setEnabled(known)
        self.copy.setEnabled(chosen)
        self.remove.setEnabled(chosen and self.components.rowCount() > 1)

    def _on_add(self) -> None:
        if self.components.parameters is not None:
            self._ask(components.added(self.components.parameters))

    def _on_copy(self) -> None:
        if self.components.parameters is not None:
            self._ask(components.duplicated(self.components.parameters, self.table.currentIndex().row()))

    def _on_remove(self) -> None:
        if self.components.parameters is None:
            return
        try:
            self._ask(components.removed(self.components.parameters, self.table.currentIndex().row()))
        except GenStudioError as error:
            self.failed.emit(error)

    def _ask(self, parameters: Parameters) -> None:
        self.components.forget_typed()
        self.edited.emit(parameters)

    def _show_problem(self, sentence: str) -> None:
        role = "problem" if sentence else "muted"
        self.problem.setText(sentence or (HINT if self._editable else RESTING))
        self.problem.setToolTip("\u200b" + self.problem.text())
        if self.problem.property("role") != role:
            self.problem.setProperty("role", role)
            self.problem.style().unpolish(self.problem)
            self.problem.style().polish(self.problem)


class NumberDelegate(QStyledItemDelegate):
    """Edits a number as text; the model reads it, not Qt, whose reading follows the locale."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line, all of it selected."""
        line = QLineEdit(parent)
        line.setObjectName(self._name)
        line.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal)))
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.setStyleSheet("padding: 0 4px; border-radius: 0;")
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The number with all its digits."""
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.selectAll()
