"""One training as something that can be sent to another process."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from genstudio.data.dataset import Dataset
from genstudio.errors import RecipeError
from genstudio.models.contract import Model
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.job import Job
from genstudio.runs.learning import learn
from genstudio.runs.questions import Subject
from genstudio.runs.recipe import Recipe
from genstudio.settings import validate
from genstudio.training.events import Event, LiveSettings


class Work(Protocol):
    """What a job, wherever it is, begins from."""

    def subject(self) -> Subject:
        """A model that has learned nothing yet, and its data."""

    def learning(self, subject: Subject, live: LiveSettings) -> Generator[Event, None, None]:
        """The events of that model's training; nothing is done before the first is asked for."""


@dataclass(frozen=True)
class RecipeWork:
    """A recipe to be carried out on data that were prepared already."""

    recipe: Recipe
    data: Dataset

    def subject(self) -> Subject:
        """The untrained model with its data.

        Raises:
            RecipeError: a sentence saying why it cannot learn these data.
        """
        return Subject(Fitted(new_model(self.recipe, self.data), self.data.preparation), self.data)

    def learning(self, subject: Subject, live: LiveSettings) -> Generator[Event, None, None]:
        """The model's own learning within the recipe's limits."""
        return learn(subject.fitted.model, self.data, self.recipe.training, live, self.recipe.seed)


def new_model(recipe: Recipe, data: Dataset) -> Model:
    """The untrained model of a recipe.

    Raises:
        RecipeError: a sentence saying why it cannot learn these data.
    """
    family = model(recipe.model.name)
    reason = family.unsuitable(data)
    if reason:
        raise RecipeError(reason, "Choose another model or other columns.")
    return family(validate(family.Settings, recipe.model.settings, f"the model `{recipe.model.name}`"))


def job_of(work: Work) -> Job:
    """A job that carries out some work in a thread of this process.

    Raises:
        RecipeError: the model cannot learn these data.
    """
    subject = work.subject()
    live = subject.fitted.model.live_settings()
    return Job(subject, work.learning(subject, live), live)
