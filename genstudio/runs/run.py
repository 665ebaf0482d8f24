"""One recipe carried out: its history, its status, its trained model."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.preparation import Preparation
from genstudio.data.table import Table
from genstudio.errors import ArchiveError
from genstudio.models.capabilities import Bound, Density, Resumable, Steered
from genstudio.models.contract import Climbs, Model
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.favourites import Favourites
from genstudio.runs.history import History
from genstudio.runs.job import Job, Status, Told, Turned
from genstudio.runs.joblike import JobLike
from genstudio.runs.learned import Learned
from genstudio.runs.question import Subject
from genstudio.runs.recipe import LiveChange, ModelRecipe, Recipe
from genstudio.runs.remote import RemoteJob
from genstudio.runs.state_marks import StateMarks
from genstudio.runs.status import Reached
from genstudio.runs.work import RecipeWork, job_of
from genstudio.runs.workers import Workers
from genstudio.settings import Settings, validate
from genstudio.training.events import Progress


@dataclass(eq=False)
class Run:
    """What is known of one training; the model itself is the job's alone.

    Arguments:
        name: what a person calls it.
        figures: final figures by key, each with `value`, `stderr`, `n`.
        by_hand: the parameters were edited after training, so they stand in the recipe.
        raw: the data before preparation, None where they are not at hand.
        favourites: samples that a person put aside.
        marks: what a person calls hidden states, and how they are coloured.
        resumable: what going on with the training needs is there, if its model can go on at all.
    """

    name: str
    recipe: Recipe
    preparation: Preparation
    data: Dataset | None
    job: JobLike
    history: History = field(default_factory=History)
    status: Status = Status.WAITING
    message: str = ""
    details: str = ""
    seconds: float = 0.0
    figures: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    by_hand: bool = False
    raw: Raw | None = None
    resumable: bool = True
    favourites: Favourites = field(default_factory=Favourites)
    marks: StateMarks = field(default_factory=StateMarks)
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    _ahead: list[Told] = field(default_factory=list, repr=False)

    @property
    def table(self) -> Table | None:
        """The rows before preparation; None where they are not at hand, or the data are no table."""
        return self.raw if isinstance(self.raw, Table) else None

    @property
    def pictures(self) -> Pictures | None:
        """The pictures before preparation; None where they are not at hand, or the data are none."""
        return self.raw if isinstance(self.raw, Pictures) else None

    @property
    def model(self) -> type[Model]:
        """The family."""
        return model(self.recipe.model.name)

    def offers(self, capability: type[object]) -> bool:
        """Whether the model has a capability of `models.capabilities` for the data that it learns from."""
        return self.model.offers(capability, self.preparation.kind)

    @property
    def climbs(self) -> Climbs:
        """What its figures `train` and `valid` are: of data of some kinds a model knows only a bound."""
        climbs = self.model.info.climbs
        bounded = self.offers(Bound) and not self.offers(Density)
        return "bound" if climbs == "log-likelihood" and bounded else climbs

    @property
    def steering(self) -> type[Settings] | None:
        """What can be chosen at each question to the model, or None."""
        return cast("type[Steered]", self.model).steering() if self.offers(Steered) else None

    def take(self, told: Told) -> None:
        """Remember what the job told."""
        if isinstance(told, Turned):
            self.status, self.message, self.details = told.status, told.message, told.details
        else:
            self.history.take(told)
        if isinstance(told, Progress):
            # They were measured on what the model was before this step.
            self.figures = {}
        self.seconds = max(self.seconds, self.job.training_seconds)

    def pull(self) -> list[Told]:
        """All that the job told since the last call, remembered and handed on."""
        self.catch_up()
        told, self._ahead = self._ahead, []
        return told

    def catch_up(self) -> None:
        """Remember all that the job has told by now; `pull` will still hand it on."""
        told = self.job.drain()
        for item in told:
            self.take(item)
        self._ahead += told

    def repeatable(self) -> Recipe:
        """The recipe that gives the same numbers again: limits of time become the step they reached."""
        if self.by_hand or self.history.step == 0:
            return self.recipe
        changes = tuple(LiveChange(step=c.step, name=c.name, value=c.value) for c in self.history.changes)
        update: dict[str, Any] = {}
        if "compiled" in self.model.Settings.model_fields:
            # When that pays, and is ready, hangs on time; it is repeated by what was recorded.
            update["compile"] = "never"
        if self.recipe.training.seconds is not None or self.status is Status.STOPPED:
            update |= {"epochs": None, "seconds": None, "steps": self.history.step}
        training = self.recipe.training.model_copy(update=update)
        return self.recipe.model_copy(update={"changes": changes, "training": training})


def new_run(
    recipe: Recipe, data: Dataset, name: str = "", raw: Raw | None = None, workers: Workers | None = None
) -> Run:
    """A run that waits to be started.

    Arguments:
        raw: what the data were prepared from.
        workers: processes to train in; a thread of this one when None.

    Raises:
        RecipeError: the model cannot learn these data.
    """
    work = RecipeWork(recipe, data)
    job = job_of(work) if workers is None else RemoteJob(work, workers)
    return Run(name or f"{recipe.model.name} · {data.name}", recipe, data.preparation, data, job, raw=raw)


def learned_run(
    name: str, recipe: Recipe, preparation: Preparation, data: Dataset | None, learned: Learned,
    *, items: int = 0, **known: Any,
) -> Run:
    """A run whose model has learned already, as a file holds it; `resumable` tells whether it could go on.

    Arguments:
        items: training items gone through.
        known: what else is known of the run, by name.

    Raises:
        ArchiveError: the state does not fit the model.
    """
    family = model(recipe.model.name)
    learner = family(validate(family.Settings, recipe.model.settings, f"the model `{recipe.model.name}`"))
    learner.load_state(learned.state)
    status, seconds = known.setdefault("status", Status.DONE), known.setdefault("seconds", 0.0)
    resumable = _take_checkpoint(learner, learned)
    reached = Reached(status, learned.step, items, seconds, begun=True)
    job = Job(Subject(Fitted(learner, preparation), data), None, reached=reached)
    return Run(name, recipe, preparation, data, job, resumable=resumable, **known)


def _take_checkpoint(learner: Model, learned: Learned) -> bool:
    """Whether a model could go on from what is there."""
    if not isinstance(learner, Resumable) or not learned.checkpoint:
        return False
    try:
        learner.load_checkpoint(learned.checkpoint)
    except ArchiveError:
        return False
    return True


def with_settings(recipe: Recipe, **settings: Any) -> Recipe:
    """The recipe with some of the model's settings changed, checked."""
    family = model(recipe.model.name)
    values = {**recipe.model.settings, **settings}
    checked = validate(family.Settings, values, f"the model `{recipe.model.name}`")
    chosen = ModelRecipe(name=recipe.model.name, settings=checked.model_dump(mode="json"))
    return recipe.model_copy(update={"model": chosen})
