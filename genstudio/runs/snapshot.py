"""All that is known of a run at one moment, copied, so that it can be written while the run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from genstudio.data.pictures import Raw
from genstudio.runs.favourites import to_plain
from genstudio.runs.job import Asked, Status
from genstudio.runs.learned import Learned, split
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run


@dataclass(frozen=True)
class Snapshot:
    """A run as a file holds it.

    Arguments:
        run: name, status, message, seconds, figures, by_hand, preparation, history, favourites and names
            and colours of states, as plain values.
        history: the arrays of the history.
        learned: what the model has learned, and what going on needs; None where it has learned nothing.
        raw: the data before preparation, where they came from a file and are at hand.
        favourites: the arrays of the samples that were put aside.
    """

    recipe: Recipe
    run: Mapping[str, Any]
    history: Mapping[str, NDArray[Any]]
    learned: Learned | None
    raw: Raw | None
    favourites: Mapping[str, NDArray[Any]]


def ask_state(run: Run) -> Asked:
    """Ask a run, which may be training, for what it has learned; `snapshot` takes the answer."""
    return run.job.ask("learned")


def snapshot(run: Run, asked: Asked) -> Snapshot:
    """The run as it was when it was asked; to be called where `run.pull` is, once the answer is there.

    A run that has learned nothing yet gives no state, and its snapshot has none.
    """
    run.catch_up()
    learned = run.status is not Status.WAITING and not asked.cancelled() and asked.exception() is None
    # Steps taken after the answer do not belong to what it says; runs that ended, or are edited by hand, take none.
    told = run.history.step if run.status.ended else asked.step
    history = run.history.until(told if learned else 0)
    arrays, plain = history.state()
    favourites, put_aside = to_plain(run.favourites.items)
    described = {
        "name": run.name, "status": str(run.status), "message": run.message, "seconds": run.seconds,
        "figures": {key: dict(figure) for key, figure in run.figures.items()}, "by_hand": run.by_hand,
        "preparation": run.preparation.state(), "history": plain, "items": run.job.items,
        "favourites": put_aside, "states": run.marks.plain(),
    }
    if not run.status.ended and run.status is not Status.WAITING:
        step = f"{history.step:,} step" + "s" * (history.step != 1)
        described |= {"status": str(Status.STOPPED), "message": f"Saved while it was training, after {step}."}
    raw = run.raw if run.recipe.data.path is not None else None
    known = split(asked.result(), asked.step) if learned else None
    return Snapshot(run.recipe, described, arrays, known, raw, favourites)
