"""What happens in the background when the data of the recipe change."""

from __future__ import annotations

from dataclasses import dataclass

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Raw
from genstudio.data.preparation import prepare
from genstudio.data.proposal import propose
from genstudio.data.reader import Watch
from genstudio.data.table import Table
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import Recipe


@dataclass(frozen=True)
class Loaded:
    """Data that are ready, and the recipe that gave them: proposals for new data are in it."""

    recipe: Recipe
    raw: Raw
    data: Dataset
    notes: tuple[str, ...]


def load(recipe: Recipe, raw: Raw | None, proposing: bool, watch: Watch) -> Loaded:
    """Read the data where they are not at hand, propose a preparation for a table that is new and real, and prepare.

    Raises:
        DataError: the data cannot be read or prepared.
        Cancelled: raised by `watch`.
    """
    notes: list[str] = []
    if raw is None:
        raw = load_raw(recipe, watch)
        notes.extend(raw.notes)
    if proposing and isinstance(raw, Table) and raw.truth is None:
        preparation, reason = propose(raw)
        recipe = recipe.model_copy(update={"data": recipe.data.model_copy(update={"preparation": preparation})})
        if reason:
            notes.append(f"{raw.name}: {reason}.")
    watch(1.0, "Preparing")
    return Loaded(recipe, raw, prepare(raw, recipe.data.preparation, recipe.data_seed), tuple(notes))
