"""The seeded split into rows to learn from and rows held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genstudio.data.labelling import Marks
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.errors import DataError

Ints = NDArray[np.int64]


def split(n: int, settings: PreparationSettings, seed: int, marks: Marks | None) -> tuple[Ints, Ints, Ints]:
    """Items to learn from, for validation and for the test, each in their order.

    With `valid` and `test` both 0 every item trains. With `normal_only` the anomalous ones are all tested.

    Raises:
        DataError: no item is left to learn from.
    """
    valid, test = round(n * settings.valid), round(n * settings.test)
    if valid + test >= n:
        raise DataError(
            f"{n} items leave none to learn from when {valid} are held out for validation and {test} for testing.",
            "Lower the two shares, or load more of them.",
        )
    order = np.arange(n)
    if valid + test:
        order = np.random.default_rng(seed).permutation(n)
    parts = np.sort(order[valid + test:]), np.sort(order[:valid]), np.sort(order[valid:valid + test])
    return _without_anomalies(*parts, _anomalous(n, marks)) if settings.normal_only else parts


def _anomalous(n: int, marks: Marks | None) -> NDArray[np.bool_]:
    # Without labels nothing is known to be normal.
    return np.ones(n, dtype=bool) if marks is None else marks.codes == marks.anomalous


def _without_anomalies(train: Ints, valid: Ints, test: Ints, excluded: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    moved = [part[excluded[part]] for part in (train, valid)]
    train, valid = train[~excluded[train]], valid[~excluded[valid]]
    if not len(train):
        raise DataError("No training row is labelled normal.", "Check which value of the label marks anomalies.")
    return train, valid, np.sort(np.concatenate([test, *moved]))
