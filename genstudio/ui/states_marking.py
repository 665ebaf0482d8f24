"""Naming and recolouring states, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor, QUndoCommand
from PySide6.QtWidgets import QColorDialog, QWidget

from genstudio.runs.run import Run
from genstudio.runs.state_marks import StateMarks
from genstudio.ui.plots.state_colours import state_colours
from genstudio.ui.session_model import SessionModel
from genstudio.ui.tokens import Tokens


class MarkStates(QUndoCommand):
    """A change of what states of a run are called, or of their colours."""

    def __init__(self, model: SessionModel, run: Run, marks: StateMarks, text: str) -> None:
        super().__init__(text)
        self._model, self._run = model, run
        self._before, self._after = run.marks, marks

    def redo(self) -> None:
        """Make the change."""
        self._take(self._after)

    def undo(self) -> None:
        """Take it back."""
        self._take(self._before)

    def _take(self, marks: StateMarks) -> None:
        self._run.marks = marks
        self._model.marked.emit(self._run)


def name_state(model: SessionModel, run: Run, k: int, name: str) -> None:
    """Call a state something else; nothing gives its number back."""
    known = "" if name.strip() == str(k + 1) else name
    _mark(model, run, run.marks.with_name(k, known), f"Name state {k + 1}")


def colour_state(model: SessionModel, run: Run, k: int, colour: str) -> None:
    """Give a state a colour, `#rrggbb`; "" gives it the theme's."""
    _mark(model, run, run.marks.with_colour(k, colour), f"Colour state {k + 1}")


def ask_colour(parent: QWidget, current: QColor) -> str:
    """The colour that a person chooses, or ""."""
    chosen = QColorDialog.getColor(current, parent, "Colour of the state")
    return chosen.name() if chosen.isValid() else ""


def marked_colours(marks: StateMarks, tokens: Tokens, n_states: int) -> list[QColor]:
    """The colours of states: those that a person chose, else those that states have everywhere."""
    own: Sequence[QColor] = state_colours(tokens, n_states)
    return [QColor(marks.colours[k]) if k in marks.colours else colour for k, colour in enumerate(own)]


def _mark(model: SessionModel, run: Run, marks: StateMarks, text: str) -> None:
    if marks != run.marks:
        model.undo.push(MarkStates(model, run, marks, text))
