"""Going on with a training that was left, as if it never had been."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genstudio.errors import TrainingError
from genstudio.models.capabilities import Resumable
from genstudio.runs.asked import Asked
from genstudio.runs.learned import Learned, split
from genstudio.runs.recipe import LiveChange, Recipe, recipe_from_values, to_values
from genstudio.runs.remote import RemoteJob
from genstudio.runs.run import Run
from genstudio.runs.status import Status
from genstudio.runs.work import Halfway, RecipeWork, job_of
from genstudio.runs.workers import Workers


def why_not_go_on(run: Run, recipe: Recipe | None = None) -> str | None:
    """A sentence saying why a run cannot go on, or None when it can.

    Arguments:
        recipe: carries other limits; its own when None.
    """
    same_limits = recipe is None or _limits(recipe) == _limits(run.recipe)
    reasons = {
        "It has not ended yet.": not run.status.ended,
        f"{run.model.info.title}: training begins anew each time.":
            run.by_hand or not run.offers(Resumable),
        "The data that it learned from are not at hand; open them first.": run.data is None,
        "What going on with the training needs is not in its file, or is damaged; train it again.": not run.resumable,
        "It has not learned anything yet; train it from the beginning.": not run.history.step,
        "It has reached its end; raise a limit of training to go on.": run.status is Status.DONE and same_limits,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def ask_to_go_on(run: Run) -> Asked:
    """Ask a run for all that going on needs; `go_on` takes the answer once it is there.

    Raises:
        TrainingError: it cannot go on.
    """
    if not run.status.ended:
        raise TrainingError(f"{run.name} cannot go on. It has not ended yet.")
    return run.job.ask("learned")


def go_on(
    run: Run, asked: Asked, recipe: Recipe | None = None, workers: Workers | None = None,
    live: Mapping[str, Any] | None = None,
) -> None:
    """Give a run a new job that goes on where the former was left; its history goes on, too. Returns at once.

    Arguments:
        asked: what `ask_to_go_on` gave, answered.
        recipe: as its own but for the model's limits, and for limits, device and the like of `[training]`; its own
            when None.
        workers: processes to train in; a thread of this one when None, which is quick for small models only.
        live: live settings that change with the step it goes on with, by name.

    Raises:
        TrainingError, RecipeError: it cannot go on, or not so; it is as it was.
    """
    run.catch_up()
    learned = _left(run, asked, recipe)
    later = _changed(recipe or run.recipe, learned.step, live or {})
    run.job.close(0.0)
    history = run.history.until(learned.step)
    changes = [LiveChange(step=c.step, name=c.name, value=c.value) for c in history.changes]
    if recipe is not None and _limits(recipe) != _limits(run.recipe):
        changes += _schedule_anew(run, learned)
    assert run.data is not None
    work = RecipeWork(later, run.data, Halfway(learned, run.job.items, run.seconds, tuple(changes)))
    run.job = job_of(work) if workers is None else RemoteJob(work, workers)
    run.recipe, run.history = later, history
    run.status, run.message, run.details = Status.TRAINING, "", ""
    run.job.start()


def _left(run: Run, asked: Asked, recipe: Recipe | None) -> Learned:
    reason = why_not_go_on(run, recipe)
    if reason is None and asked.exception() is not None:
        reason = str(asked.exception())
    if reason is None:
        learned = split(asked.result(), asked.step)
        if learned.checkpoint:
            return learned
        reason = "Nothing was kept to go on with; train it again."
    raise TrainingError(f"{run.name} cannot go on. {reason}")


def _changed(recipe: Recipe, step: int, live: Mapping[str, Any]) -> Recipe:
    """The recipe with live settings changed after a step, checked."""
    if not live:
        return recipe
    changes = (LiveChange(step=step, name=name, value=value) for name, value in live.items())
    return recipe_from_values(to_values(recipe.model_copy(update={"changes": (*recipe.changes, *changes)})))


def _limits(recipe: Recipe) -> tuple[object, ...]:
    """What decides when training ends: the recipe's limits, and the model's own."""
    return recipe.training, recipe.model.settings.get("max_epochs"), recipe.model.settings.get("patience")


def _schedule_anew(run: Run, learned: Learned) -> list[LiveChange]:
    """Where limits were raised, the schedule ends elsewhere than was found before."""
    known = run.model.Settings.model_fields
    return [LiveChange(step=learned.step, name="horizon", value=None)] if "horizon" in known else []
