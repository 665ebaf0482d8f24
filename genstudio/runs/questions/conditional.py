"""What if? One column of a table given others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genstudio.applications import conditional as what_if
from genstudio.data.reader import Watch
from genstudio.errors import GenStudioError
from genstudio.models.capabilities import Conditionals
from genstudio.runs.question import Answer, Array, Subject, evenly, question
from genstudio.runs.questions.density import in_steps

STEPS = 16
"""Of a model that solves in steps: a slider that is dragged cannot wait for more."""
KNOWN_ROWS = 2000
"""So many rows tell where the values of a column lie."""


@question
def conditional_space(subject: Subject, watch: Watch) -> Answer:
    """What can be fixed, and at what.

    Returns:
        `low`, `median`, `high` (D,): of each column, data units; `exact`: whether columns can be integrated out.
    """
    rows = _known(subject)
    return {
        "low": rows.min(axis=0), "median": np.median(rows, axis=0), "high": rows.max(axis=0),
        "exact": np.array(subject.fitted.can(Conditionals)),
    }


@question
def conditional(
    subject: Subject, watch: Watch, *, columns: Sequence[int], values: Sequence[float], asked: int
) -> Answer:
    """The density of one column given others, data units; `applications.conditional` says how it is found.

    Returns:
        `x`, `density` (G,), `mean`, `quantiles` (5,) at `applications.conditional.SHARES`, `error` of the
        normalisation and `evaluations` behind it, both 0 where it is exact; or instead of all that `why`, a sentence.
        Beside it what was asked: `columns` (C,), `values` (C,) and `asked`.
    """
    asked_for = {"columns": np.array(columns, np.int64), "values": np.array(values, float), "asked": np.array(asked)}
    try:
        fitted, _ = in_steps(subject.fitted, STEPS)
        found = what_if.conditional(fitted, _query(subject, columns, values, asked))
    except GenStudioError as error:
        return {**asked_for, "why": np.array(str(error))}
    numbers = {name: np.array(getattr(found, name)) for name in vars(found)}
    return {**asked_for, **numbers}


@question
def conditional_draws(
    subject: Subject, watch: Watch, *, columns: Sequence[int], values: Sequence[float], asked: int, n: int, seed: int
) -> Answer:
    """Draws of one column given others.

    Returns:
        `x` (n, C + 1), data units: the given columns, then the asked one.
    """
    drawn = what_if.draw(subject.fitted, _query(subject, columns, values, asked), n, seed)
    return {"x": np.column_stack([np.tile(np.array(values, float), (n, 1)), drawn])}


def _query(subject: Subject, columns: Sequence[int], values: Sequence[float], asked: int) -> what_if.Query:
    return what_if.Query(columns, np.array(values, float), asked, _known(subject)[:, asked])


def _known(subject: Subject) -> Array:
    """Rows near which the model has its mass, shape (N, D), data units."""
    if subject.data is None:
        return subject.fitted.sample(KNOWN_ROWS, seed=0)[0]
    train = subject.data.train
    found: Array = subject.data.preparation.to_data(train[evenly(len(train), KNOWN_ROWS)])
    return found
