"""The alarms: figures that mean that learning has gone wrong, and want of memory, in plain words."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator

from genstudio.errors import TrainingError


def require_finite(value: float, what: str, step: int) -> None:
    """Stop at a figure that is no longer a number.

    Arguments:
        value: the figure.
        what: its name in a sentence ("log-likelihood").
        step: the step that gave it.

    Raises:
        TrainingError: the figure is infinite or not a number.
    """
    if not math.isfinite(value):
        raise TrainingError(
            f"At step {step} the {what} became {value}; the parameters before that step were kept.",
            "Scale the data to standard units, or raise the regularisation.",
        )


@contextlib.contextmanager
def memory_in_words(batch: int) -> Iterator[None]:
    """Inside, want of memory is told with what helps.

    Arguments:
        batch: items that a step goes through.

    Raises:
        TrainingError: there was not enough memory, of the processor or of a GPU.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not _wants_memory(error):
            raise
        raise TrainingError(
            f"There was not enough memory for a step of {batch:,} items.",
            "Take a smaller batch, smaller pictures or a smaller model.",
        ) from error


def _wants_memory(error: Exception) -> bool:
    # torch says so in words alone where it is the processor's memory that is short.
    words = str(error)
    return isinstance(error, MemoryError) or "can't allocate memory" in words or "out of memory" in words
