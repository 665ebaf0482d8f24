"""What can be asked of a model: a name, plain arguments, and an answer of arrays.

The questions stand in `runs.questions`, one file a subject. Nothing here assumes shared memory with whoever
asks, so a job may live elsewhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.errors import TrainingError
from genstudio.models.fitted import Fitted

Array = NDArray[Any]
Answer = dict[str, Array]
CHUNK = 65_536


@dataclass(frozen=True)
class Subject:
    """Who is asked: the model as it is now, and the data it learns from (None for an opened run without them)."""

    fitted: Fitted
    data: Dataset | None

    def items(self) -> Dataset:
        """The data, or a sentence."""
        if self.data is None:
            raise TrainingError("The data of this run are not at hand.", "Open them again.")
        return self.data


Question = Callable[..., Answer]
_QUESTIONS: dict[str, Question] = {}


def question(function: Question) -> Question:
    """Registers a function under its own name."""
    _QUESTIONS[function.__name__] = function
    return function


def answer(name: str, subject: Subject, arguments: Mapping[str, Any], watch: Watch) -> Answer:
    """The answer to one question.

    Raises:
        TrainingError: there is no such question, or the model cannot answer it.
    """
    known = questions()
    if name not in known:
        raise TrainingError(f"Nobody can answer the question `{name}`.", f"Known: {', '.join(sorted(known))}.")
    return known[name](subject, watch, **arguments)


def questions() -> Mapping[str, Question]:
    """Every question by its name."""
    _import_all()
    return _QUESTIONS


@cache
def _import_all() -> None:
    folder = importlib.import_module("genstudio.runs.questions")
    for module in pkgutil.iter_modules(folder.__path__, "genstudio.runs.questions."):
        importlib.import_module(module.name)


def in_chunks(
    function: Callable[[Array], Array], x: Array, watch: Watch, doing: str, size: int = CHUNK
) -> Array:
    """A function of rows, applied to so many at once, so that it can be watched and cancelled."""
    if len(x) <= size:
        return function(x)
    pieces = []
    for start in range(0, len(x), size):
        watch(start / len(x), doing)
        pieces.append(function(x[start:start + size]))
    return np.concatenate(pieces)


def evenly(count: int, most: int) -> Array:
    """Places of at most so many items, evenly spaced, shape (min(count, most),)."""
    return np.linspace(0, count - 1, min(most, count)).astype(np.int64)
