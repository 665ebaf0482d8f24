"""The seeded split into rows to learn from and rows held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genstudio.data.given_split import TEST, TRAIN, VALID
from genstudio.data.labelling import Marks
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.errors import DataError

Ints = NDArray[np.int64]


def split(
    n: int, settings: PreparationSettings, seed: int, marks: Marks | None, given: Ints | None = None
) -> tuple[Ints, Ints, Ints]:
    """Items to learn from, for validation and for the test, each in their order.

    With `valid` and `test` both 0 every item trains. With `normal_only` the anomalous ones are all tested.

    Arguments:
        given: which part each item belongs to, as `given_split.given_parts` has it; None where all are to be drawn.

    Raises:
        DataError: no item is left to learn from.
    """
    given = np.full(n, TRAIN) if given is None else given
    free = np.flatnonzero(given == TRAIN)
    drawn = held_out(len(free), *shares(settings, given), seed, "items")
    parts = free[drawn[0]], _with(free[drawn[1]], given == VALID), _with(free[drawn[2]], given == TEST)
    return _without_anomalies(*parts, _anomalous(n, marks)) if settings.normal_only else parts


def shares(settings: PreparationSettings, given: Ints) -> tuple[float, float]:
    """The shares to be drawn for validation and for the test: none of a part that is given."""
    valid, test = (given == VALID).any(), (given == TEST).any()
    return 0.0 if valid else settings.valid, 0.0 if test else settings.test


def held_out(n: int, valid: float, test: float, seed: int, items: str) -> tuple[Ints, Ints, Ints]:
    """Places to learn from, for validation and for the test, each rising.

    Arguments:
        valid, test: shares of the n.
        items: what they are, for the message.

    Raises:
        DataError: none is left to learn from.
    """
    some, others = round(n * valid), round(n * test)
    if some + others >= n:
        raise DataError(
            f"{n} {items} leave none to learn from when {some} are held out for validation and {others} for testing.",
            "Lower the two shares, or load more of them.",
        )
    order = np.arange(n)
    if some + others:
        order = np.random.default_rng(seed).permutation(n)
    return np.sort(order[some + others:]), np.sort(order[:some]), np.sort(order[some:some + others])


def _with(drawn: Ints, given: NDArray[np.bool_]) -> Ints:
    return np.sort(np.concatenate([drawn, np.flatnonzero(given)]))


def _anomalous(n: int, marks: Marks | None) -> NDArray[np.bool_]:
    # Without labels nothing is known to be normal.
    return np.ones(n, dtype=bool) if marks is None else marks.codes == marks.anomalous


def _without_anomalies(train: Ints, valid: Ints, test: Ints, excluded: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    moved = [part[excluded[part]] for part in (train, valid)]
    train, valid = train[~excluded[train]], valid[~excluded[valid]]
    if not len(train):
        raise DataError("No training row is labelled normal.", "Check which value of the label marks anomalies.")
    return train, valid, np.sort(np.concatenate([test, *moved]))
