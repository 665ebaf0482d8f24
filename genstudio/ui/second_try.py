"""Training again with settings that usually help, beside the run that showed the need. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from genstudio.errors import GenStudioError
from genstudio.runs.recipe import ModelRecipe, Recipe
from genstudio.runs.run import Run
from genstudio.settings import Settings, describe, validate
from genstudio.training.events import Note
from genstudio.ui.messages import Offer

if TYPE_CHECKING:
    from genstudio.ui.session_model import SessionModel

MOST_NAMED = 2
"""A button has room for the names of so many settings."""


def offer_of(model: SessionModel, run: Run, note: Note) -> Offer | None:
    """The button beside a note that offers settings; None where it offers none, or the run's data are not at hand."""
    if not note.offer or run.data is None:
        return None
    words = settings_words(run.model.Settings, note.offer)
    return f"Train again with {words}", partial(train_again, model, run, note.offer)


def train_again(model: SessionModel, run: Run, changes: Mapping[str, Any]) -> None:
    """Carry out a run's recipe anew with some settings of the model changed; that recipe is edited from now on."""
    if run.data is None:
        return
    try:
        recipe = changed_recipe(run, changes)
    except GenStudioError as error:
        model.messages.show_error(error)
        return
    # Begun first: a live setting that is edited changes in the run that is shown.
    if model.begin(recipe, run.data, run.raw) is not None:
        model.take_recipe(recipe, f"Train {run.name} again")


def changed_recipe(run: Run, changes: Mapping[str, Any]) -> Recipe:
    """A run's recipe with some settings of the model changed.

    Raises:
        SettingsError: a setting is unknown, or its value is out of bounds.
    """
    former, family = run.recipe.model, run.model
    values = validate(family.Settings, {**former.settings, **changes}, family.info.title).model_dump(mode="json")
    return run.recipe.model_copy(update={"model": ModelRecipe(name=former.name, settings=values), "changes": ()})


def settings_words(settings: type[Settings], changes: Mapping[str, Any]) -> str:
    """Settings as they are named amid a sentence: "minibatch discrimination, 2 packed items"; many are counted."""
    labels = {info.name: info.label for info in describe(settings)}
    words = [_words(labels.get(name, name), value) for name, value in changes.items()]
    return ", ".join(words) if len(words) <= MOST_NAMED else f"{words[0]} and {len(words) - 1} more settings"


def _words(label: str, value: Any) -> str:
    # Names of people and abbreviations keep their capitals.
    named = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    if isinstance(value, bool):
        return named if value else f"no {named}"
    return f"{value} {named}" if isinstance(value, int) else f"{named} {value}"
