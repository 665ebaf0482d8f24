"""Changes that can be taken back."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QUndoCommand

from genstudio.runs.hand import Parameters, given_parameters
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run

Section = str
"""Which part of a recipe: "seed", "data", "model", "training" or "all"."""


class TakesRecipes(Protocol):
    """What a change of the recipe is carried out on."""

    @property
    def recipe(self) -> Recipe:
        """The recipe as it is now."""

    def take(self, recipe: Recipe, section: Section, command: EditRecipe | None = None) -> None:
        """Another recipe is edited now; `command` wants to hear what was proposed for its data."""


class TakesRuns(Protocol):
    """What a change of the list of runs is carried out on."""

    def take_out_run(self, run: Run) -> int:
        """Take a run out of the list; its place."""

    def put_back_run(self, run: Run, place: int) -> None:
        """Put it back."""

    def set_parameters(self, run: Run, parameters: Parameters, finished: bool) -> None:
        """Give a run's model parameters."""


class EditRecipe(QUndoCommand):
    """A change of the recipe; changes of one kind in a row become one.

    Arguments:
        fresh: the data are new, so that preparation and settings will be proposed for them; what was proposed
            becomes part of the change.
    """

    def __init__(self, model: TakesRecipes, recipe: Recipe, section: Section, text: str, fresh: bool = False) -> None:
        super().__init__(plain_action(text))
        self._model, self._section, self._fresh = model, section, fresh
        self._before, self._after = model.recipe, recipe

    def settle(self, asked: Recipe, proposed: Recipe) -> None:
        """The change led to another recipe than was asked for."""
        if self._after == asked:
            self._after, self._fresh = proposed, False

    def id(self) -> int:
        """Commands of the same text may merge."""
        return hash(self.text()) & 0x3FFFFFFF if self.text().startswith("Change") else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Dragging a slider is one change."""
        if not isinstance(other, EditRecipe) or other.text() != self.text():
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        """Make the change."""
        self._model.take(self._after, self._section, self if self._fresh else None)

    def undo(self) -> None:
        """Take it back."""
        self._model.take(self._before, "all")


class EditByHand(QUndoCommand):
    """A change of parameters by hand; the recipe carries them, and undo gives the former ones back."""

    def __init__(self, model: TakesRuns, run: Run, recipe: Recipe) -> None:
        super().__init__("Edit components")
        self._model, self._run = model, run
        self._before, self._after = run.recipe, recipe

    def redo(self) -> None:
        """Make the change."""
        self._take(self._after)

    def undo(self) -> None:
        """Take it back."""
        self._take(self._before)

    def _take(self, recipe: Recipe) -> None:
        self._run.recipe = recipe
        parameters = given_parameters(recipe, self._run.preparation)
        if parameters is not None:
            self._model.set_parameters(self._run, parameters, finished=True)


class RemoveRun(QUndoCommand):
    """Deleting a run; its job lives on, so that undo brings all of it back."""

    def __init__(self, model: TakesRuns, run: Run) -> None:
        super().__init__(plain_action(f"Delete {run.name}"))
        self._model, self._run, self._place = model, run, 0

    def redo(self) -> None:
        """Take the run out of the list."""
        self._place = self._model.take_out_run(self._run)

    def undo(self) -> None:
        """Put it back."""
        self._model.put_back_run(self._run, self._place)


def plain_action(text: str) -> str:
    """A text for an action, where an ampersand would become a key."""
    return text.replace("&", "&&")
