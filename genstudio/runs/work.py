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
from genstudio.runs.learned import Learned
from genstudio.runs.learning import GoingOn, learn
from genstudio.runs.question import Subject
from genstudio.runs.recipe import Recipe
from genstudio.runs.status import Reached, Status
from genstudio.settings import validate
from genstudio.training.events import Event, LiveSettings


class Work(Protocol):
    """What a job, wherever it is, begins from."""

    def subject(self) -> Subject:
        """A model that has learned nothing yet, and its data."""

    def learning(self, subject: Subject, live: LiveSettings) -> Generator[Event, None, None]:
        """The events of that model's training; nothing is done before the first is asked for."""

    def reached(self) -> Reached:
        """Where the training stands before."""


@dataclass(frozen=True)
class Halfway:
    """A training that was stopped: how far it had come, and all that its model needs to go on."""

    learned: Learned
    items: int
    seconds: float


@dataclass(frozen=True)
class RecipeWork:
    """A recipe to be carried out on data that were prepared already.

    Arguments:
        halfway: where to go on; from the beginning when None.
    """

    recipe: Recipe
    data: Dataset
    halfway: Halfway | None = None

    def subject(self) -> Subject:
        """The model, untrained or as it was left, with its data.

        Raises:
            RecipeError: a sentence saying why it cannot learn these data.
            ArchiveError: what it had learned is damaged.
        """
        model = new_model(self.recipe, self.data)
        if self.halfway is not None:
            self.halfway.learned.give_to(model)
        return Subject(Fitted(model, self.data.preparation), self.data)

    def learning(self, subject: Subject, live: LiveSettings) -> Generator[Event, None, None]:
        """The model's own learning within the recipe's limits."""
        past = None if self.halfway is None else GoingOn(self.halfway.learned.step, self.halfway.seconds)
        return learn(subject.fitted.model, self.data, self.recipe, live, past)

    def reached(self) -> Reached:
        """Where the training stands before."""
        past = self.halfway
        if past is None:
            return Reached(Status.WAITING)
        return Reached(Status.WAITING, past.learned.step, past.items, past.seconds, begun=True)


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
    return Job(subject, work.learning(subject, live), live, work.reached())
