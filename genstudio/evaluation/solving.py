"""How far figures may be off because a model solves an equation in steps."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from genstudio.evaluation.metric import Figure, sentences
from genstudio.models.capabilities import Approximates, Steered
from genstudio.models.fitted import Fitted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

JUDGED = 64
"""So many of the items, evenly spaced, are solved again in more steps."""


def allowing_for_steps(
    figure: Figure, fitted: Fitted, x: Floats, labels: Ints | None = None, *, nats: float = 1.0
) -> Figure:
    """A figure of mean log-likelihoods with a standard error that allows for the steps; others stay as they are.

    Arguments:
        x: the items that it was measured on, shape (N, *item), data units.
        labels: classes that the model was told, shape (N,).
        nats: of a unit of the figure.
    """
    if not fitted.can(Approximates) or not len(x):
        return figure
    places = np.linspace(0, len(x) - 1, min(JUDGED, len(x))).astype(np.int64)
    error = float(fitted.log_prob_error(x[places], None if labels is None else labels[places]).mean())
    stderr = None if figure.stderr is None else math.hypot(figure.stderr, error / nats)
    return replace(figure, stderr=stderr, note=sentences(figure.note, _words(fitted, error)))


def _words(fitted: Fitted, error: float) -> str:
    steps = _steps(fitted)
    solved = "Reckoned by an equation solved in steps" if steps is None else f"Reckoned by an ODE in {steps} steps"
    return f"{solved}; doubling them changes it by about {error:.2g} nats, which the standard error allows for."


def _steps(fitted: Fitted) -> int | None:
    """Steps where nobody chooses, of models that are asked how many."""
    if not fitted.can(Steered):
        return None
    return getattr(cast("Steered", fitted.model).steering()(), "steps", None)
