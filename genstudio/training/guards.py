"""The alarms: figures that mean that learning has gone wrong, in plain words."""

from __future__ import annotations

import math

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
