"""A row for each column of a table: whether it is asked about or fixed, and at what."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QSlider,
    QWidget,
)

from genstudio.ui.data_views.cells import shortened
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.what_if_model import WhatIf

MOST_COLUMNS = 60
STEPS = 400
SPARE = 0.1
"""Sliders go on beyond the data by so much of their range; what is typed may go anywhere."""


class _Row:
    """The widgets of one column."""

    def __init__(self, prefix: str, place: int, name: str, levels: tuple[str, ...]) -> None:
        short = shortened(name, 20)
        self.asked = QRadioButton()
        self.fixed = QCheckBox(short.replace("&", "&&"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setMinimumWidth(60)
        self.number = QLineEdit()
        self.number.setFixedWidth(80)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.words = _words(levels)
        for part, widget, tip in (
            ("asked", self.asked, f"Ask about {short}"), ("fixed", self.fixed, f"Fix {short}; or let it be anything"),
            ("slider", self.slider, f"What {short} is fixed at"), ("number", self.number, f"What {short} is fixed at"),
            ("words", self.words, f"What {short} is fixed at"),
        ):
            widget.setObjectName(f"{prefix}.{part}.{place + 1}")
            widget.setAccessibleName(tip)
            widget.setToolTip(tip)


class WhatIfRows(QScrollArea):
    """All columns, of very many the first."""

    def __init__(self, state: WhatIf, prefix: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}.rows")
        self.setWidgetResizable(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._state, self._prefix = state, prefix
        self._rows: list[_Row] = []
        state.begun.connect(self._make_rows)
        state.changed.connect(self._refresh)

    def _make_rows(self) -> None:
        page = QWidget()
        page.setProperty("role", "page")
        grid = QGridLayout(page)
        grid.setContentsMargins(12, 4, 12, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for column, title in enumerate(("Ask", "Fix", "", "at")):
            label = QLabel(title)
            label.setProperty("role", "muted")
            grid.addWidget(label, 0, column)
        state = self._state
        self._rows = [
            _Row(self._prefix, place, name, levels)
            for place, (name, levels) in enumerate(zip(state.names, state.levels, strict=True))
        ][:MOST_COLUMNS]
        self._group = QButtonGroup(page)
        for place, row in enumerate(self._rows):
            self._place_row(grid, place, row)
        grid.setRowStretch(len(self._rows) + 1, 1)
        grid.setColumnStretch(2, 1)
        self.setWidget(page)
        # Nothing scrolls sideways: what is typed must be seen whole.
        self.setMinimumWidth(page.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())

    def _place_row(self, grid: QGridLayout, place: int, row: _Row) -> None:
        self._group.addButton(row.asked)
        grid.addWidget(row.asked, place + 1, 0)
        grid.addWidget(row.fixed, place + 1, 1)
        if self._state.levels[place]:
            grid.addWidget(row.words, place + 1, 2, 1, 2)
        else:
            grid.addWidget(row.slider, place + 1, 2)
            grid.addWidget(row.number, place + 1, 3)
        row.asked.clicked.connect(partial(self._state.ask_about, place))
        row.fixed.clicked.connect(partial(self._on_fixed, place))
        row.slider.valueChanged.connect(partial(self._on_slid, place))
        row.number.editingFinished.connect(partial(self._on_typed, place))
        row.words.activated.connect(lambda code: self._state.move(place, float(code)))

    def _refresh(self) -> None:
        state = self._state
        for place, row in enumerate(self._rows):
            asked, fixed = place == state.asked, place in state.fixed
            row.asked.setChecked(asked)
            row.fixed.setChecked(fixed)
            row.fixed.setEnabled(not asked and state.exact)
            for widget in (row.slider, row.number, row.words):
                widget.setEnabled(not asked)
            self._show_value(row, place)

    def _show_value(self, row: _Row, place: int) -> None:
        value = float(self._state.values[place])
        low, high = self._range(place)
        with QSignalBlocker(row.slider):
            row.slider.setValue(round(float(np.clip((value - low) / (high - low), 0, 1)) * STEPS))
        if self._state.levels[place]:
            row.words.setCurrentIndex(int(np.clip(np.rint(value), 0, len(self._state.levels[place]) - 1)))
        row.number.setText(_text(value))
        _mark(row.number, False)

    def _range(self, place: int) -> tuple[float, float]:
        low, high = float(self._state.low[place]), float(self._state.high[place])
        spare = SPARE * (high - low) or 1.0
        return low - spare, high + spare

    def _on_fixed(self, place: int) -> None:
        self._state.fix(place, self._rows[place].fixed.isChecked())

    def _on_slid(self, place: int, step: int) -> None:
        low, high = self._range(place)
        self._state.move(place, float(f"{low + step / STEPS * (high - low):.6g}"))

    def _on_typed(self, place: int) -> None:
        line = self._rows[place].number
        if line.text() == _text(float(self._state.values[place])):
            _mark(line, False)
            return
        try:
            value = float(line.text().strip().replace("−", "-").replace(",", "."))
        except ValueError:
            value = float("nan")
        if np.isfinite(value):
            self._state.move(place, value)
        else:
            _mark(line, True)


def _text(value: float) -> str:
    return f"{value:.5g}"


def _words(levels: tuple[str, ...]) -> QComboBox:
    combo = FocusedCombo()
    combo.addItems([shortened(level, 60) for level in levels])
    return combo


def _mark(line: QLineEdit, wrong: bool) -> None:
    """A red frame round what is no number."""
    if line.property("problem") != wrong:
        line.setProperty("problem", wrong)
        line.style().unpolish(line)
        line.style().polish(line)
