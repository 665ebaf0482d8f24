"""Finds the models in this folder."""

from __future__ import annotations

from functools import cache
from typing import cast

from genstudio.errors import RecipeError
from genstudio.models.contract import Model
from genstudio.registry import discover
from genstudio.settings import nearest


@cache
def models() -> dict[str, type[Model]]:
    """Every model, by key."""
    return cast("dict[str, type[Model]]", discover("genstudio.models", Model))


def model(key: str) -> type[Model]:
    """One model by its key."""
    if key not in models():
        raise RecipeError(f"There is no model called `{key}` ({nearest(key, models())}).")
    return models()[key]
