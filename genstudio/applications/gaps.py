"""What is missing in sequences, drawn from its law given all that is there."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.forecasting import Outlook
from genstudio.data.reader import Watch, unwatched
from genstudio.models.contract import Model
from genstudio.models.fitted import Fitted
from genstudio.models.sequential import Chain, Hidden

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_NUMBERS = 8_000_000
"""Whole sequences come back for each draw, of which no more are held at once."""
LONG, AROUND = 20_000, 2_000
"""Of longer sequences only so many rows before the first and after the last gap are gone through for each draw."""
Stretch = tuple[int, int]
"""The first row of a stretch, and the row after its last."""


@dataclass(frozen=True)
class Gaps:
    """What fills the gaps of one sequence.

    Arguments:
        rows: in which anything is missing, shape (G,), rising.
        missing: what of them is missing, shape (G, D).
        outlook: of these rows; what is not missing in them is certain.
    """

    rows: Ints
    missing: NDArray[np.bool_]
    outlook: Outlook


def hide(x: Floats, stretches: Sequence[Stretch]) -> Floats:
    """A copy of rows, shape (N, D), that are missing in some stretches."""
    hidden = np.array(x, float)
    for first, end in stretches:
        hidden[first:end] = np.nan
    return hidden


def fill_gaps(
    fitted: Fitted, x: Floats, stretches: Sequence[Stretch], *, draws: int, seed: int, watch: Watch = unwatched
) -> Gaps:
    """Draws of what is missing in one sequence; the plain guess is a straight line from what is before to what follows.

    Arguments:
        x: rows, shape (N, D), data units, NaN where a value is missing; what is hidden of it is the truth.
        stretches: rows that are hidden besides.

    Raises:
        TrainingError: the model cannot fill gaps.
    """
    seen = hide(x, stretches)
    rows = np.flatnonzero(np.isnan(seen).any(axis=1))
    missing = np.isnan(seen[rows])
    drawn = _drawn(fitted, seen, rows, draws=draws, seed=seed, watch=watch)
    truth = np.where(missing, x[rows], np.nan)
    symbols = [bool(column.levels) for column in fitted.preparation.columns]
    plain = np.column_stack([
        (nearest if symbol else straight)(seen[:, column])[rows] for column, symbol in enumerate(symbols)
    ])
    return Gaps(rows, missing, Outlook.of(fitted, drawn, truth, plain))


def straight(values: Floats) -> Floats:
    """A column whose gaps are bridged by straight lines, shape (N,); at the ends by the nearest value."""
    known = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), known, values[known]) if len(known) else values


def nearest(values: Floats) -> Floats:
    """A column whose gaps hold the nearest value that is there, shape (N,), the former of two as near."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return values
    middles = (known[:-1] + known[1:]) / 2
    return np.asarray(values[known[np.searchsorted(middles, np.arange(len(values)))]])


def _about(fitted: Fitted, seen: Floats, rows: Ints) -> tuple[Fitted, int, int]:
    """The rows about all gaps of a long sequence, from the first to the one after the last, and a model of them.

    What is before them is known by the law of the state that they begin in, exactly; what comes so long after the last
    gap tells nothing of it any more.
    """
    first, end = max(0, int(rows[0]) - AROUND), min(len(seen), int(rows[-1]) + 1 + AROUND)
    model = fitted.model
    if len(seen) <= LONG or not isinstance(model, Chain) or not fitted.can(Hidden):
        return fitted, 0, len(seen)
    if first:
        chain, last = model.chain(), fitted.posteriors(seen[:first], np.array([first]))[-1]
        model = copy.deepcopy(model)
        model.set_chain({**chain, "startprob": last @ chain["transmat"]})
        fitted = Fitted(cast("Model", model), fitted.preparation)
    return fitted, first, end


def _drawn(fitted: Fitted, seen: Floats, rows: Ints, *, draws: int, seed: int, watch: Watch) -> Floats:
    """Draws of some rows, shape (draws, G, D), so many at a time as memory allows."""
    if not len(rows):
        return np.empty((draws, 0, seen.shape[1]))
    fitted, first_row, end = _about(fitted, seen, rows)
    seen, rows = seen[first_row:end], rows - first_row
    lengths = np.array([len(seen)])
    at_once = max(1, MOST_NUMBERS // seen.size)
    pieces = []
    for first in range(0, draws, at_once):
        watch(first / draws, "Filling gaps")
        count = min(at_once, draws - first)
        pieces.append(fitted.fill(seen, lengths, count, seed + first)[:, rows])
    return np.concatenate(pieces)
