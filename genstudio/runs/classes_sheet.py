"""Sequences with the classes that are told, as a file that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.classification import Classified
from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Raw
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.runs.export import Cells, free_name, write_csv
from genstudio.runs.timeline import PARTS, timeline

Array = NDArray[Any]
Ints = NDArray[np.int64]


def sequence_keys(data: Dataset, raw: Raw | None, settings: PreparationSettings) -> tuple[str, ...]:
    """What the sequences are called: training, then validation, then test.

    Arguments:
        raw: what the data were prepared from; without it they are counted.
        settings: how they were prepared.
    """
    return tuple(key for part in PARTS for key in timeline(data, raw, settings, part).keys)


def write_classes(path: Path, found: Classified, keys: tuple[str, ...], rival: Ints | None) -> None:
    """A line a sequence: its name, part and class, what is told, by how far, and what each class scores.

    Arguments:
        keys: what the sequences are called, shape (S,).
        rival: what logistic regression tells, shape (S,), where it is known.

    Raises:
        ArchiveError: the file cannot be written.
    """
    columns: dict[str, Array | Cells] = {
        "sequence": keys, "part": [PARTS[part] for part in found.part.tolist()], "row": found.row + 1,
        "rows": found.length, "true": _words(found, found.true), "told": _words(found, found.told),
        "margin_nats": found.margin,
    }
    if rival is not None:
        columns["logistic_regression"] = _words(found, rival)
    for code, level in enumerate(found.levels):
        columns[free_name(f"log_prob_{level}", columns)] = found.scores[:, code]
    write_csv(path, columns)


def _words(found: Classified, codes: Ints) -> Cells:
    return [found.levels[code] if code >= 0 else "" for code in codes.tolist()]
