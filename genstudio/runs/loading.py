"""From a data recipe to the rows it names."""

from __future__ import annotations

from pathlib import Path

from genstudio.data.files import open_table
from genstudio.data.reader import Watch, unwatched
from genstudio.data.source import source
from genstudio.data.table import Table
from genstudio.runs.recipe import Recipe
from genstudio.settings import validate


def load_table(recipe: Recipe, watch: Watch = unwatched) -> Table:
    """The table that a recipe's data section names, before preparation.

    Raises:
        DataError: the file or the source cannot give it.
        Cancelled: raised by `watch`.
    """
    data = recipe.data
    if data.source is not None:
        kind = source(data.source)
        watch(0.0, f"Drawing {kind.info.title}")
        return kind().load(validate(kind.Settings, data.options, f"the data `{data.source}`"), recipe.data_seed)
    return open_table(Path(str(data.path)), data.options, watch)
