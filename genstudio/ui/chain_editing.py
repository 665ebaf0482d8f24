"""Chains changed by hand: in a run of their own, with undo, and so that the recipe carries them. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand

from genstudio.errors import GenStudioError
from genstudio.runs.chain_edits import Parameters
from genstudio.runs.chain_hand import by_hand, given_chain, hand_run
from genstudio.runs.job import Told
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run
from genstudio.training.events import Progress
from genstudio.ui.session_model import SessionModel

TEXT = "Edit chain"


class ChainEditing(QObject):
    """Gives chains to runs.

    Signals:
        taken: a run has taken a chain up, and its mean log-likelihoods now, nats per row.
    """

    taken = Signal(object, dict)

    def __init__(self, model: SessionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model

    def edit(self, parameters: Parameters, finished: bool, former: Parameters | None = None) -> bool:
        """Take a chain: in the shown run if it is one made by hand, else in a new one; whether that can be.

        Arguments:
            finished: the hand has let go, so the change can be taken back and stands in the recipe.
            former: what it was before the hand took hold, to which a new run can be taken back.
        """
        run = self._model.current
        if run is None or run.data is None or not run.status.ended:
            return False
        try:
            recipe = by_hand(run.recipe, run.preparation, parameters)
            if not run.by_hand:
                run = hand_run(run, former or parameters)
                self._model.add_run(run)
        except GenStudioError as error:
            self._model.messages.show_error(error)
            return False
        if finished:
            self._model.undo.push(EditChain(self, run, recipe))
        else:
            self.give(run, parameters, finished=False)
        return True

    def give(self, run: Run, parameters: Parameters, finished: bool) -> None:
        """Give a run's model a chain; `taken` tells how well it explains the data."""
        asked = run.job.ask("set_chain", None if finished else "by hand", judged=finished, **parameters)
        self._model.pump.follow(asked, partial(self._on_taken, run, finished), self._model.messages.show_error)

    def _on_taken(self, run: Run, finished: bool, answer: Mapping[str, Any]) -> None:
        metrics = {name: float(answer[name]) for name in ("train", "valid") if name in answer}
        if finished:
            told: list[Told] = [Progress(run.history.step + 1, None, metrics)]
            run.take(told[0])
            self._model.advanced.emit(run, told)
        self.taken.emit(run, metrics)


class EditChain(QUndoCommand):
    """A change of a chain by hand; the recipe carries it, and undo gives the former one back."""

    def __init__(self, editing: ChainEditing, run: Run, recipe: Recipe) -> None:
        super().__init__(TEXT)
        self._editing, self._run = editing, run
        self._before, self._after = run.recipe, recipe

    def redo(self) -> None:
        """Make the change."""
        self._take(self._after)

    def undo(self) -> None:
        """Take it back."""
        self._take(self._before)

    def _take(self, recipe: Recipe) -> None:
        self._run.recipe = recipe
        parameters = given_chain(recipe, self._run.preparation)
        if parameters is not None:
            self._editing.give(self._run, parameters, finished=True)
