"""Start probabilities and transitions, or those of symbols, as a table whose rows always sum to 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from genstudio.runs.chain_edits import Parameters, with_probability
from genstudio.ui.chain_numbers import RIGHT, Index, NumbersModel, Role, state_swatch
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.icons import icon
from genstudio.ui.plots.paint import faded
from genstudio.ui.theme import Theme

_FAINTEST, _FULLEST = 0.0, 0.34
_TRACE = 0.5e-4


@dataclass(frozen=True)
class _Line:
    """One row of the table: a row of one of the chain's arrays."""

    array: str
    row: int

    @property
    def title(self) -> str:
        return "start" if self.array == "startprob" else f"from {self.row + 1}" if self.array == "transmat" \
            else str(self.row + 1)


class ProbabilityModel(NumbersModel):
    """Probabilities; the rest of a row follows what is typed, but for what is locked.

    Arguments:
        arrays: which of the chain's arrays are shown, from the top.
    """

    def __init__(self, theme: Theme, arrays: Sequence[str]) -> None:
        super().__init__(theme)
        self._arrays = arrays
        self._symbols: tuple[str, ...] = ()
        self._locked: set[tuple[int, int]] = set()
        self._typed: dict[int, set[int]] = {}
        self._highlighted = -1

    def size_of(self, parameters: Parameters) -> tuple[int, int]:
        """Rows of all arrays, and what each may lead to."""
        shown = [np.atleast_2d(parameters[name]) for name in self._arrays if name in parameters]
        return sum(len(array) for array in shown), shown[0].shape[1] if shown else 0

    def number(self, row: int, column: int) -> float:
        """A probability."""
        line = self._lines()[row]
        assert self.parameters is not None
        return float(np.atleast_2d(self.parameters[line.array])[line.row, column])

    def kind(self, row: int, column: int) -> str:
        """All are alike."""
        return "probability"

    def words(self, row: int, column: int) -> str:
        """What leads to what."""
        line = self._lines()[row]
        if line.array == "startprob":
            return f"The probability of beginning in state {column + 1}"
        if line.array == "transmat":
            return f"The probability of going from state {line.row + 1} to state {column + 1}"
        return f"The probability of {self._symbol(column)} in state {line.row + 1}"

    def wished(self, row: int, column: int, number: float) -> Parameters:
        """The chain with a probability as it was typed; what was typed before in its row stays, where there is room."""
        assert self.parameters is not None
        line, typed = self._lines()[row], self._typed.get(row, set())
        locked = {place for where, place in self._locked if where == row}
        found = with_probability(self.parameters, line.array, line.row, column, number, kept=typed,
                                 locked=locked)
        before, after = (np.atleast_2d(p[line.array])[line.row] for p in (self.parameters, found))
        stayed = sorted(typed - {column})
        self._typed[row] = {*stayed, column} if np.array_equal(before[stayed], after[stayed]) else {column}
        return found

    def forget(self) -> None:
        """What was typed and locked belongs to another chain."""
        self._typed.clear()
        self._locked.clear()
        super().forget()

    def name_symbols(self, names: Sequence[str]) -> None:
        """Say what the columns are, where they are no states."""
        self._symbols = tuple(names)

    def set_highlighted(self, row: int) -> None:
        """Let one row stand out; -1 for none."""
        if row != self._highlighted:
            self._highlighted = row
            self.tell_changed()

    def lock(self, places: Iterable[tuple[int, int]], locked: bool) -> None:
        """Keep some probabilities as they are whatever is typed beside them, or let them follow again."""
        (self._locked.update if locked else self._locked.difference_update)(places)
        self.tell_changed()

    def is_locked(self, row: int, column: int) -> bool:
        """Whether a probability stays as it is."""
        return (row, column) in self._locked

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """What leads to what, with the states' colours."""
        state = self._state(section, orientation)
        if role == Role.DecorationRole and state >= 0:
            return state_swatch(self._theme, state)
        if role == Role.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return RIGHT
        if role != Role.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._lines()[section].title
        return self._symbol(section) if state < 0 else f"to {section + 1}"

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The number on a ground that is the fuller the more likely it is; a lock where it is locked."""
        place = (index.row(), index.column())
        if place not in self._problems:
            if role == Role.BackgroundRole:
                return self._ground(*place)
            if role == Role.DecorationRole and place in self._locked:
                return icon("lock", self._theme.tokens, "muted")
            if role == Role.DisplayRole:
                return _short(self.number(*place))
        return super().data(index, role)

    def _ground(self, row: int, column: int) -> QColor:
        tokens = self._theme.tokens
        if row == self._highlighted:
            return QColor(tokens.accent_soft)
        return faded(tokens.accent, _FAINTEST + (_FULLEST - _FAINTEST) * min(max(self.number(row, column), 0.0), 1.0))

    def _lines(self) -> tuple[_Line, ...]:
        known = self.parameters or {}
        return _lines(tuple((name, len(np.atleast_2d(known[name]))) for name in self._arrays if name in known))

    def _state(self, section: int, orientation: Qt.Orientation) -> int:
        """The state that a header speaks of, or -1."""
        if orientation == Qt.Orientation.Horizontal:
            return -1 if self._arrays[0] == "emissionprob" else section
        line = self._lines()[section]
        return -1 if line.array == "startprob" else line.row

    def _symbol(self, column: int) -> str:
        return shortened(self._symbols[column], 16) if column < len(self._symbols) else f"symbol {column}"


@lru_cache(maxsize=64)
def _lines(counts: tuple[tuple[str, int], ...]) -> tuple[_Line, ...]:
    """The rows of arrays of so many rows each."""
    return tuple(_Line(name, row) for name, count in counts for row in range(count))


def _short(probability: float) -> str:
    """Four places; what is no more than a trace of what was learned is said to be about 0."""
    if 0 < probability < _TRACE:
        return "≈ 0"
    return f"{probability:.4f}".rstrip("0").rstrip(".")
