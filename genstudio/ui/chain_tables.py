"""A chain as tables: start probabilities and transitions above, what each state emits below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTableView, QToolButton, QVBoxLayout, QWidget

from genstudio.errors import GenStudioError
from genstudio.runs import chain_edits
from genstudio.runs.chain_edits import Parameters
from genstudio.ui.chain_emissions import EmissionModel
from genstudio.ui.chain_numbers import Index, NumbersModel
from genstudio.ui.chain_probabilities import ProbabilityModel
from genstudio.ui.component_table import NumberDelegate
from genstudio.ui.plain_table import ROW_PX, fit_columns, grow_columns, plain_label, plain_table, quiet_button
from genstudio.ui.theme import Theme

WORDS = {"train": "training", "valid": "validation"}
HINT = "Type over a number: its row of probabilities follows. L locks one."
RESTING = "Numbers can be typed once the run has ended."
NO_NUMBERS = "Start and transitions can be typed; what mixtures emit is learned."
NARROWEST_PX = 64
_HEADER_PX = 76
_BESIDE_ROWS_PX, _LINES_PX = 78, 60
"""What the title, the head and the scroll bar of a table take, and the lines below."""


class ChainTables(QWidget):
    """Numbers to be typed, states to be added and removed.

    Signals:
        edited: a chain as a person wants it.
        failed: a GenStudioError that says why something cannot be done.
        state_chosen: the state whose row is current, -1 for none.
    """

    edited = Signal(object)
    failed = Signal(object)
    state_chosen = Signal(int)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self.parameters: Parameters | None = None
        self._editable = False
        self.turns = ProbabilityModel(theme, ("startprob", "transmat"))
        self.symbols = ProbabilityModel(theme, ("emissionprob",))
        self.numbers = EmissionModel(theme)
        self.turn_table = _table(self.turns, f"{prefix}.transitions", "Start probabilities and transitions")
        self.symbol_table = _table(self.symbols, f"{prefix}.symbols", "Probabilities of symbols")
        self.number_table = _table(self.numbers, f"{prefix}.emissions", "Means and covariances")
        self.problem = plain_label(f"{prefix}.problem", title="What is wrong with what was typed")
        self.likelihood = plain_label(f"{prefix}.likelihood", "", "Mean log-likelihood of the rows")
        self.lock = quiet_button(theme, f"{prefix}.lock", "lock", "Lock", "Keep the selected probabilities as they are "
                                 "whatever is typed beside them, or let them follow again (L)")
        self.add = quiet_button(theme, f"{prefix}.add", "add", "Add", "Add a state in the middle of all")
        self.remove = quiet_button(theme, f"{prefix}.remove", "delete", "Remove",
                                   "Remove the selected state; the others share what led to it")
        self._arrange()
        self._connect()
        self._say("")

    # What is shown.

    def show_parameters(self, parameters: Parameters | None) -> None:
        """Show another chain."""
        self.parameters = parameters
        for model in self._models:
            model.show_parameters(parameters)
        grow_columns(self.number_table)
        of_symbols = parameters is not None and "emissionprob" in parameters
        self.symbol_table.setVisible(of_symbols)
        self.number_table.setVisible(not of_symbols and self.numbers.columnCount() > 0)
        self._lower.setVisible(not self.symbol_table.isHidden() or not self.number_table.isHidden())
        self._say(self._problem())
        self._allow()

    def show_columns(self, names: Sequence[str], columns: Sequence[int], symbols: Sequence[str] = ()) -> None:
        """Offer the numbers of some of the data's columns, or the words of its symbols."""
        self.numbers.show_columns(names, columns)
        self.symbols.name_symbols(symbols)

    def show_likelihood(self, metrics: Mapping[str, float | None]) -> None:
        """Say how well the chain explains the training and validation rows, nats per row."""
        parts = [f"{WORDS[name]} {value:.4f}".replace("-", "−") for name, value in metrics.items() if value is not None]
        self.likelihood.setText(f"Log-likelihood: {' · '.join(parts)} nats per row" if parts else "")
        self.likelihood.setToolTip("In the data's own units. Higher is better" if parts else "")

    def set_editable(self, editable: bool) -> None:
        """Let the chain be changed, or not."""
        self._editable = editable
        for model in self._models:
            model.set_editable(editable)
        self._say(self._problem())
        self._allow()

    def forget(self) -> None:
        """What was typed and locked belongs to another chain."""
        for model in self._models:
            model.forget()

    def highlight(self, state: int) -> None:
        """Let what leads out of a state stand out; -1 for none."""
        self.turns.set_highlighted(-1 if state < 0 else state + 1)

    def choose(self, state: int) -> None:
        """Make a state's row of transitions current."""
        self.turn_table.setCurrentIndex(self.turns.index(state + 1, state))

    def toggle(self, source: int, target: int) -> None:
        """Allow a transition, as likely as the others of its row are on average, or forbid it."""
        if self.parameters is None or not self._editable:
            return
        row = self.parameters["transmat"][source]
        wanted = 0.0 if row[target] > 0 else 1 / (int((row > 0).sum()) + 1)
        try:
            self.edited.emit(self.turns.wished(source + 1, target, wanted))
        except GenStudioError as error:
            self.failed.emit(error)

    @property
    def state(self) -> int:
        """The state that was chosen last, or -1."""
        rows = 0 if self.parameters is None else len(self.parameters["startprob"])
        return self._state if self._state < rows else -1

    def height_wanted(self) -> int:
        """Pixels in which all rows are seen."""
        tables = [table for table in (self.turn_table, self.symbol_table, self.number_table) if not table.isHidden()]
        rows = sum(table.model().rowCount() for table in tables)
        return rows * ROW_PX + len(tables) * _BESIDE_ROWS_PX + _LINES_PX

    # Inner workings.

    @property
    def _models(self) -> tuple[NumbersModel, ...]:
        return self.turns, self.symbols, self.numbers

    def _arrange(self) -> None:
        self._state = -1
        buttons = (self.lock, self.add, self.remove)
        for button in buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        upper = _titled("Start and transitions", self.turn_table, buttons=buttons)
        self._lower = _titled("Emissions", self.symbol_table, self.number_table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 8, 4)
        layout.setSpacing(2)
        layout.addWidget(upper, 1)
        layout.addWidget(self._lower, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self.likelihood)

    def _connect(self) -> None:
        for model, table in zip(
            self._models, (self.turn_table, self.symbol_table, self.number_table), strict=True
        ):
            model.edited.connect(self.edited)
            model.problem_told.connect(lambda _: self._say(self._problem()))
            model.modelReset.connect(self._allow)
            model.modelReset.connect(partial(fit_columns, table, NARROWEST_PX))
            table.selectionModel().currentChanged.connect(partial(self._on_current, model))
            table.selectionModel().selectionChanged.connect(self._allow)
        for table, probabilities in ((self.turn_table, self.turns), (self.symbol_table, self.symbols)):
            key = QShortcut(QKeySequence(Qt.Key.Key_L), table)
            key.setContext(Qt.ShortcutContext.WidgetShortcut)
            key.activated.connect(partial(self._lock_in, table, probabilities))
        self.lock.clicked.connect(self._on_lock)
        self.add.clicked.connect(partial(self._change, chain_edits.added))
        self.remove.clicked.connect(lambda: self._change(partial(chain_edits.removed, state=self.state)))

    def _on_current(self, model: NumbersModel, current: Index, _former: Index) -> None:
        self._state = current.row() - (model is self.turns)
        self.state_chosen.emit(self.state)
        self._allow()

    def _on_lock(self) -> None:
        self._lock_in(self.turn_table, self.turns)
        self._lock_in(self.symbol_table, self.symbols)

    def _lock_in(self, table: QTableView, model: ProbabilityModel) -> None:
        """Lock what is selected, or unlock it where all of it is locked."""
        places = [(cell.row(), cell.column()) for cell in table.selectionModel().selectedIndexes()]
        if self._editable and places:
            model.lock(places, not all(model.is_locked(*place) for place in places))

    def _change(self, change: Callable[[Parameters], Parameters]) -> None:
        if self.parameters is None:
            return
        try:
            wished = change(self.parameters)
        except GenStudioError as error:
            self.failed.emit(error)
            return
        self.forget()
        self.edited.emit(wished)

    def _allow(self, *_: object) -> None:
        known = self._editable and self.parameters is not None
        probable = (self.turn_table, self.symbol_table)
        self.lock.setEnabled(known and any(table.selectionModel().hasSelection() for table in probable))
        self.add.setEnabled(known)
        self.remove.setEnabled(known and self.state >= 0 and self.turns.columnCount() > 1)

    def _problem(self) -> str:
        return next((model.problem for model in self._models if model.problem), "")

    def _say(self, sentence: str) -> None:
        role = "problem" if sentence else "muted"
        typed = NO_NUMBERS if self.parameters is not None and "weights" in self.parameters else HINT
        self.problem.setText(sentence or (typed if self._editable else RESTING))
        self.problem.setToolTip("\u200b" + self.problem.text())
        if self.problem.property("role") != role:
            self.problem.setProperty("role", role)
            self.problem.style().unpolish(self.problem)
            self.problem.style().polish(self.problem)


def _table(model: NumbersModel, name: str, title: str) -> QTableView:
    """A table of which single cells can be selected."""
    table = plain_table(model, name, title)
    table.setSelectionBehavior(table.SelectionBehavior.SelectItems)
    table.setItemDelegate(NumberDelegate(f"{name}.cell", table))
    table.verticalHeader().setMinimumWidth(_HEADER_PX)
    return table


def _titled(title: str, *tables: QTableView, buttons: Sequence[QToolButton] = ()) -> QWidget:
    """Tables below their title, and buttons beside it."""
    part = QWidget()
    label = QLabel(title)
    label.setProperty("role", "heading")
    row = QHBoxLayout()
    row.setSpacing(2)
    row.addWidget(label, 1)
    for button in buttons:
        row.addWidget(button)
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 2, 0, 2)
    layout.setSpacing(2)
    layout.addLayout(row)
    for table in tables:
        layout.addWidget(table, 1)
    return part
