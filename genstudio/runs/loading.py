"""From a data recipe to the items it names."""

from __future__ import annotations

from pathlib import Path

from genstudio.data.files import open_raw
from genstudio.data.pictures import Raw
from genstudio.data.reader import Watch, unwatched
from genstudio.data.source import source
from genstudio.runs.recipe import Recipe
from genstudio.settings import validate


def load_raw(recipe: Recipe, watch: Watch = unwatched) -> Raw:
    """The table or pictures that a recipe's data section names, before preparation.

    Raises:
        DataError: the file or the source cannot give it.
        Cancelled: raised by `watch`.
    """
    data = recipe.data
    if data.source is not None:
        kind = source(data.source)
        watch(0.0, f"Drawing {kind.info.title}")
        return kind().load(validate(kind.Settings, data.options, f"the data `{data.source}`"), recipe.data_seed)
    return open_raw(Path(str(data.path)), data.options, watch)
