"""What happens in the background when the data of the recipe change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Advice:
    """What the models say of new data.

    Arguments:
        settings: what each recommends, by its key.
        reasons: why some cannot learn them, by their keys.
    """

    settings: Mapping[str, Mapping[str, Any]]
    reasons: Mapping[str, str]

    def instead_of(self, key: str) -> str:
        """The first model that can learn the data; the given one where it can, or where none can."""
        fitting = [other for other in self.settings if other not in self.reasons]
        return key if key not in self.reasons else next(iter(fitting), key)


def advise(families: Mapping[str, Any], data: Dataset, watch: Watch) -> Advice:
    """Ask all model classes, by their keys, what they make of the data."""
    watch(0.0, f"Looking at {data.name}")
    found = {key: family.unsuitable(data) for key, family in families.items()}
    return Advice(
        {key: {} if found[key] else family.recommended(data) for key, family in families.items()},
        {key: reason for key, reason in found.items() if reason is not None},
    )
