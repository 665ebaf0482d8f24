"""Going on with a training that was left. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from genstudio.errors import GenStudioError
from genstudio.runs.going_on import ask_to_go_on, why_not_go_on
from genstudio.runs.recipe import ModelRecipe, Recipe
from genstudio.runs.run import Run
from genstudio.settings import describe

if TYPE_CHECKING:
    from genstudio.ui.session_model import SessionModel

LIMITS = ("epochs", "steps", "seconds")
OWN_LIMITS = ("max_epochs", "patience")
"""Limits that are settings of a model."""


class Continuation(QObject):
    """Lets the shown run go on, with the limits and live settings that the window shows."""

    def __init__(self, model: SessionModel) -> None:
        super().__init__(model)
        self._model = model

    def why_not(self) -> str:
        """A sentence saying why the shown run cannot go on, or ""."""
        run = self._model.current
        if run is None:
            return "There is no run to go on with."
        if self._model.training is not None:
            return "Another training has not ended; stop it first."
        return why_not_go_on(run, later_recipe(run, self._model.recipe)) or ""

    def suits(self) -> bool:
        """Whether going on is what the recipe now edited asks for: it is the shown run's but for what may change."""
        run, edited = self._model.current, self._model.recipe
        return run is not None and not self.why_not() and _lasting(run, run.recipe) == _lasting(run, edited)

    def go_on(self) -> None:
        """Let the shown run go on; says why where it cannot."""
        self._model.about_to_train.emit()
        run, reason = self._model.current, self.why_not()
        if run is None or reason:
            self._model.messages.show("info", reason)
            return
        recipe = later_recipe(run, self._model.recipe)
        try:
            asked = ask_to_go_on(run)
        except GenStudioError as error:
            self._model.messages.show_error(error)
            return
        self._model.pump.follow(asked, lambda _: self._begin(run, asked, recipe), self._model.messages.show_error)

    def _begin(self, run: Run, asked: Any, recipe: Recipe) -> None:
        if not run.status.ended or self._model.training is not None:
            return
        live = changed_live(run, self._model.recipe)
        try:
            self._model.session.go_on(run, asked, recipe)
        except GenStudioError as error:
            self._model.messages.show_error(error)
            return
        for name, value in live.items():
            run.job.change(name, value)
        run.job.slow_down(self._model.delay_seconds)
        self._model.take_up(run)


def later_recipe(run: Run, edited: Recipe) -> Recipe:
    """A run's recipe with the limits that are edited now, where the same model is edited."""
    if edited.model.name != run.recipe.model.name:
        return run.recipe
    limits = {name: getattr(edited.training, name) for name in LIMITS}
    settings = dict(run.recipe.model.settings)
    settings |= {name: edited.model.settings[name] for name in OWN_LIMITS if name in edited.model.settings}
    return run.recipe.model_copy(update={
        "training": run.recipe.training.model_copy(update=limits),
        "model": ModelRecipe(name=run.recipe.model.name, settings=settings),
    })


def changed_live(run: Run, edited: Recipe) -> dict[str, Any]:
    """Live settings that are edited to other values than the run had last, by name."""
    if edited.model.name != run.recipe.model.name:
        return {}
    last = dict(run.recipe.model.settings) | {change.name: change.value for change in run.history.changes}
    wanted = edited.model.settings
    return {name: wanted[name] for name in _live(run) if name in wanted and wanted[name] != last.get(name)}


def _live(run: Run) -> list[str]:
    return [info.name for info in describe(run.model.Settings) if info.live and not info.hidden]


def _lasting(run: Run, recipe: Recipe) -> tuple[object, ...]:
    """What of a recipe cannot change when a training goes on."""
    changeable = (*OWN_LIMITS, *_live(run))
    settings = {name: value for name, value in recipe.model.settings.items() if name not in changeable}
    training = recipe.training.model_copy(update=dict.fromkeys(LIMITS))
    return recipe.seed, recipe.data, recipe.model.name, settings, training
