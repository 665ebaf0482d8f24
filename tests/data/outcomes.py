"""What may come of opening a file, whatever is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genstudio.data.files import open_raw
from genstudio.errors import DataError


def read_or_refused(path: Path, **chosen: Any) -> None:
    """Either data with items or a sentence with its remedy; everything else fails the test."""
    try:
        items, said = len(open_raw(path, chosen)), True
    except DataError as error:
        items, said = 1, bool(error.what and error.remedy)
    assert items
    assert said
