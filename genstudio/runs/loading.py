"""From a data recipe to the items it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from genstudio.data.files import open_raw, reader_for
from genstudio.data.pictures import Raw
from genstudio.data.reader import Watch, unwatched
from genstudio.data.source import source
from genstudio.runs.recipe import DataRecipe, Recipe
from genstudio.settings import describe, validate


def load_raw(recipe: Recipe, watch: Watch = unwatched) -> Raw:
    """The table, sequences or pictures that a recipe's data section names, before preparation.

    Raises:
        DataError: the file or the source cannot give it.
        Cancelled: raised by `watch`.
    """
    data = recipe.data
    if data.source is not None:
        kind = source(data.source)
        watch(0.0, f"Drawing {kind.info.title}")
        return kind().load(validate(kind.Settings, data.options, f"the data `{data.source}`"), recipe.data_seed)
    return open_raw(Path(str(data.path)), _reading(data), watch)


def _reading(data: DataRecipe) -> Mapping[str, Any]:
    """How a file is read; where sequences are wanted of one that may hold something else, its reader is told so."""
    if data.preparation.kind != "sequences" or "holds" in data.options:
        return data.options
    known = {info.name: info.choices for info in describe(reader_for(Path(str(data.path))).Settings)}
    return {**data.options, "holds": "sequences"} if "sequences" in known.get("holds", ()) else data.options
