"""What is fixed, at what, and what is asked about. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

Array = NDArray[Any]


class WhatIf(QObject):
    """The question that a person puts together.

    Signals:
        begun: other columns are there to be fixed.
        changed: another question is put.
    """

    begun = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.levels: tuple[tuple[str, ...], ...] = ()
        self.low, self.high, self.values, self._kept = (np.empty(0) for _ in range(4))
        self.fixed: set[int] = set()
        self.asked = 0
        self.exact = False

    @property
    def known(self) -> bool:
        """Whether anything can be asked yet."""
        return len(self.values) > 0

    def forget(self) -> None:
        """Another model is shown, of which nothing is known yet."""
        self.values = np.empty(0)

    def begin(self, names: Sequence[str], levels: Sequence[tuple[str, ...]], space: Mapping[str, Array]) -> None:
        """Ask about the last column, all others fixed at their median; the same columns keep what was put together.

        Arguments:
            levels: words of each column that has words.
            space: `low`, `median` and `high` of each column, (D,), and whether the model is `exact`.
        """
        other, self.exact = tuple(names) != self.names, bool(space["exact"])
        self.names, self.levels = tuple(names), tuple(levels)
        self.low, self.high = space["low"], space["high"]
        if other or len(self._kept) != len(names):
            self._kept, self.asked = np.array(space["median"], float), len(names) - 1
            self.fixed = self._others()
        self.values = self._kept
        if not self.exact:
            self.fixed = self._others()
        self.begun.emit()
        self.changed.emit()

    def ask_about(self, column: int) -> None:
        """Ask about another column; the one asked about so far is fixed instead."""
        if column != self.asked:
            self.fixed = (self.fixed | {self.asked}) - {column}
            self.asked = column
            self.changed.emit()

    def fix(self, column: int, fixed: bool) -> None:
        """Fix a column, or let it be anything; models that know a slice only need all fixed."""
        if column != self.asked and (fixed or self.exact) and fixed != (column in self.fixed):
            self.fixed = self.fixed ^ {column}
            self.changed.emit()

    def move(self, column: int, value: float) -> None:
        """Fix a column at a value, data units."""
        if self.values[column] != value or column not in self.fixed:
            self.values[column] = value
            self.fixed = self.fixed | ({column} - {self.asked})
            self.changed.emit()

    def take_row(self, row: Array) -> None:
        """Fix what is fixed at the values of a row, shape (D,), data units."""
        self.values[:] = row
        self.changed.emit()

    def question(self) -> dict[str, Any]:
        """Arguments of the question `conditional`."""
        columns = sorted(self.fixed)
        return {"columns": columns, "values": [float(self.values[column]) for column in columns], "asked": self.asked}

    def is_answered_by(self, answer: Mapping[str, Array]) -> bool:
        """Whether an answer is one to what is asked now."""
        mine = self.question()
        return bool(int(answer["asked"]) == mine["asked"]) and all(
            answer[name].tolist() == mine[name] for name in ("columns", "values")
        )

    def in_words(self) -> str:
        """The question as a formula: "y given x = 1.5"."""
        given = ", ".join(f"{self.names[column]} = {self.value_text(column)}" for column in sorted(self.fixed)[:4])
        more = " …" if len(self.fixed) > 4 else ""
        return f"{self.names[self.asked]} given {given}{more}" if given else f"{self.names[self.asked]}, nothing fixed"

    def value_text(self, column: int) -> str:
        """A value as it is read: a word where the column has words."""
        levels, value = self.levels[column], float(self.values[column])
        if levels:
            return levels[int(np.clip(np.rint(value), 0, len(levels) - 1))]
        return f"{value:.4g}".replace("-", "−")

    def _others(self) -> set[int]:
        return set(range(len(self.names))) - {self.asked}
