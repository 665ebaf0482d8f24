"""The widgets of the States panel: the series with its states, what lies under it, the table, the dwell times."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from genstudio.applications.agreement import agreement_sentence
from genstudio.applications.dwelling import DwellTimes
from genstudio.runs.state_marks import StateMarks
from genstudio.runs.state_reading import StateReading
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.plots.dwell_plot import DwellPlot
from genstudio.ui.plots.posterior_strip import PosteriorStrip
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.state_runs import StateRuns
from genstudio.ui.plots.state_steps import StateSteps
from genstudio.ui.pump import Pump
from genstudio.ui.states_marking import marked_colours
from genstudio.ui.states_table import StatesModel, states_table
from genstudio.ui.theme import Theme

VIEWS = {
    "posteriors": ("Posteriors", "The probability of each state at each time, stacked"),
    "steps": ("Steps", "The most likely path as a line of steps: state against time"),
}


class StatesView(QSplitter):
    """Series above, path or posteriors under it on the same times; below them the table and the dwell times.

    Signals:
        named: a state, and what it is to be called.
        colour_wanted: a state whose colour is to be chosen.
        colour_dropped: a state that is to have the theme's colour again.
    """

    named = Signal(int, str)
    colour_wanted = Signal(int)
    colour_dropped = Signal(int)

    def __init__(self, theme: Theme, pump: Pump, prefix: str) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setObjectName(f"{prefix}.splitter")
        self.setChildrenCollapsible(False)
        self._theme = theme
        self._reading: StateReading | None = None
        self._runs: StateRuns | None = None
        self._marks = StateMarks()
        self._levels: tuple[str, ...] = ()
        self.colours: list[QColor] = []
        self.series = SeriesPlot(theme, f"{prefix}.series", pump=pump)
        self.posteriors = PosteriorStrip(theme, f"{prefix}.posteriors", self.series)
        self.steps = StateSteps(theme, f"{prefix}.steps", self.series)
        self.under = QStackedWidget()
        self.switch = _Switch(theme, prefix)
        self.states = StatesModel()
        self.table = states_table(self.states, f"{prefix}.table")
        self.colour = quiet_button(theme, f"{prefix}.colour", "colour", "Colour…", "Give the selected state a colour")
        self.own_colour = quiet_button(
            theme, f"{prefix}.own_colour", "reset", "Own colour", "Give the selected state the theme's colour again"
        )
        self.dwelling = DwellPlot(theme, f"{prefix}.dwelling")
        self.sentence = plain_label(f"{prefix}.agreement", title="How well states and label agree")
        self.sentence.setWordWrap(True)
        self.sentence.setContentsMargins(12, 4, 12, 4)
        self._arrange()
        self._connect()

    @property
    def chosen(self) -> int:
        """The state that is selected in the table, the commonest where none is."""
        rows = self.table.selectionModel().selectedRows()
        if rows or self._reading is None:
            return rows[0].row() if rows else 0
        return int(self._reading.shares.argmax())

    def show_reading(self, reading: StateReading | None, runs: StateRuns | None, levels: Sequence[str]) -> None:
        """Show other states, or none.

        Arguments:
            runs: of the path.
            levels: the words of the label.
        """
        self._reading, self._runs, self._levels = reading, runs, tuple(levels)
        self.show_marks(self._marks)

    def show_marks(self, marks: StateMarks) -> None:
        """Call states and colour them otherwise."""
        self._marks = marks
        reading = self._reading
        count = 0 if reading is None else reading.n_states
        self.colours = marked_colours(marks, self._theme.tokens, count)
        words = marks.words(count)
        states = None if reading is None else reading.states
        self.series.show_states(states, self.colours, words)
        self.posteriors.show_posteriors(None if reading is None else reading.sums, self.colours, words)
        self.steps.show_runs(self._runs, self.colours, words)
        self.states.show_reading(reading, marks, self.colours, self._levels)
        self._tell_agreement(reading, words)
        self._show_dwelling()

    def _tell_agreement(self, reading: StateReading | None, words: Sequence[str]) -> None:
        found = None if reading is None else reading.agreement
        self.sentence.setText("" if found is None else agreement_sentence(found, words, self._levels))
        self.sentence.setVisible(found is not None)
        self.table.setColumnHidden(self.states.columnCount() - 1, found is None)

    def _show_dwelling(self) -> None:
        reading, k = self._reading, self.chosen
        known = reading is not None and k < reading.n_states
        for button in (self.colour, self.own_colour):
            button.setEnabled(known)
        self.own_colour.setVisible(known and k in self._marks.colours)
        if reading is None or not known:
            self.dwelling.show_dwelling(None, "Dwell times", QColor(self._theme.tokens.muted))
            return
        found = reading.dwelling[k]
        self.dwelling.show_dwelling(found, _stays(found, self._marks.words(k + 1)[k]), self.colours[k])

    def _arrange(self) -> None:
        for widget in (self.posteriors, self.steps):
            self.under.addWidget(widget)
        below = QSplitter(Qt.Orientation.Horizontal)
        below.setObjectName(f"{self.objectName()}.below")
        below.setChildrenCollapsible(False)
        below.addWidget(_beneath(self.table, self.colour, self.own_colour))
        below.addWidget(self.dwelling)
        below.setSizes([560, 440])
        last = QWidget()
        column = QVBoxLayout(last)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.sentence)
        column.addWidget(below, 1)
        for place, part in enumerate((self.series, self.under, last)):
            self.addWidget(part)
            self.setStretchFactor(place, (5, 2, 3)[place])
        self.setSizes([360, 130, 230])

    def _connect(self) -> None:
        self.switch.chosen.connect(self._on_view)
        self.states.named.connect(self.named)
        self.colour.clicked.connect(lambda: self.colour_wanted.emit(self.chosen))
        self.own_colour.clicked.connect(lambda: self.colour_dropped.emit(self.chosen))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_dwelling())
        self.series.prepared.connect(self._redraw)
        self._theme.changed.connect(lambda: self.show_marks(self._marks))

    def _on_view(self, key: str) -> None:
        self.under.setCurrentIndex(list(VIEWS).index(key))

    def _redraw(self) -> None:
        self.posteriors.redraw()
        self.steps.redraw()


def _stays(found: DwellTimes, word: str) -> str:
    """How many stays in a state are counted, and how long they are on average."""
    count = f"{found.stays:,} stay{'s' * (found.stays != 1)} in state {shortened(word, 24)}"
    cut = f" ({found.cut:,} more cut off)" if found.cut else ""
    law = "" if math.isnan(found.expected) else f", by the law {found.expected:.3g}".replace("inf", "∞")
    return f"{count}{cut}" + (f": mean {found.mean:.3g} steps{law}" if found.stays else "")


class _Switch(QWidget):
    """Which view stands under the series.

    Signals:
        chosen: a key of `VIEWS`.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for place, (key, (title, tip)) in enumerate(VIEWS.items()):
            button = QToolButton()
            button.setObjectName(f"{prefix}.view.{key}")
            button.setText(title)
            button.setToolTip(tip)
            button.setAccessibleName(title)
            button.setCheckable(True)
            button.setChecked(place == 0)
            self._group.addButton(button, place)
            layout.addWidget(button)
        self._group.idClicked.connect(lambda place: self.chosen.emit(list(VIEWS)[place]))


def _beneath(table: QTableView, *buttons: QWidget) -> QWidget:
    """The table, and buttons under it."""
    widget, line = QWidget(), QHBoxLayout()
    line.setContentsMargins(4, 2, 4, 2)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(table, 1)
    column.addLayout(line)
    return widget
