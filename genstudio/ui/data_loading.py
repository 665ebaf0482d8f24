"""What happens in the background when the data of the recipe change."""

from __future__ import annotations

from dataclasses import dataclass

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import prepare
from genstudio.data.proposal import propose
from genstudio.data.reader import Watch
from genstudio.data.table import Table
from genstudio.runs.loading import load_table
from genstudio.runs.recipe import Recipe


@dataclass(frozen=True)
class Loaded:
    """Data that are ready, and the recipe that gave them: proposals for new data are in it."""

    recipe: Recipe
    table: Table
    data: Dataset
    notes: tuple[str, ...]


def load(recipe: Recipe, table: Table | None, proposing: bool, watch: Watch) -> Loaded:
    """Read the table where it is not at hand, propose a preparation for data that are new and real, and prepare.

    Raises:
        DataError: the data cannot be read or prepared.
        Cancelled: raised by `watch`.
    """
    notes: list[str] = []
    if table is None:
        table = load_table(recipe, watch)
        notes.extend(table.notes)
    if proposing and table.truth is None:
        preparation, reason = propose(table)
        recipe = recipe.model_copy(update={"data": recipe.data.model_copy(update={"preparation": preparation})})
        if reason:
            notes.append(f"{table.name}: {reason}.")
    watch(1.0, "Preparing")
    return Loaded(recipe, table, prepare(table, recipe.data.preparation, recipe.data_seed), tuple(notes))
