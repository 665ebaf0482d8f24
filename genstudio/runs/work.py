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
from genstudio.runs.recipe import LiveChange, Recipe
from genstudio.runs.status import Reached, Status
from genstudio.settings import validate
from genstudio.training.events import Event, LiveSettings


class Work(Protocol):
    """What a job, wherever it is, begins from."""

    def subject(self) -> Subject:
        """A model that has learned nothing yet, and its data; quickly made."""

    def restore(self, subject: Subject) -> None:
        """Let that model have learned what it had when it was left, which may take a while."""

    def learning(self, subject: Subject, live: LiveSettings) -> Generator[Event, None, None]:
        """The events of that model's training; nothing is done before the first is asked for."""

    def reached(self) -> Reached:
        """Where the training stands before."""


@dataclass(frozen=True)
class Halfway:
    """A training that was left: how far it had come, and all that its model needs to go on.

    Arguments:
        items: training items gone through.
        seconds: time that steps took.
        changes: live settings that were changed until then, in order.
    """

    learned: Learned
    items: int
    seconds: float
    changes: tuple[LiveChange, ...] = ()


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
        """The untrained model with its data.

        Raises:
            RecipeError: a sentence saying why it cannot learn these data.
        """
        return Subject(Fitted(new_model(self.recipe, self.data), self.data.preparation), self.data)

    def restore(self, subject: Subject) -> None:
        """Give the model what it had learned.

        Raises:
            ArchiveError: that does not fit it.
        """
        if self.halfway is not None:
            self.halfway.learned.give_to(subject.fitted.model)

    def learning(self, subject: Subject, live: LiveSettings) -> Generator[Event, None, None]:
        """The model's own learning within the recipe's limits."""
        past = self.halfway
        going_on = None if past is None else GoingOn(past.learned.step, past.seconds, past.changes)
        return learn(subject.fitted.model, self.data, self.recipe, live, going_on)

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
        ArchiveError: what it had learned does not fit it.
    """
    subject = work.subject()
    work.restore(subject)
    live = subject.fitted.model.live_settings()
    return Job(subject, work.learning(subject, live), live, work.reached())
