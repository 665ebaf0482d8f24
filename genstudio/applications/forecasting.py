"""How sequences go on: the law of what comes after a row, and how far the real continuation is from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.bands import Bands, Errors, bands, errors
from genstudio.data.reader import Watch, unwatched
from genstudio.models.fitted import Fitted

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outlook:
    """Rows that are guessed, be they to come or missing, T of them.

    Arguments:
        draws: shape (draws, T, D), data units.
        truth: shape (T, D), NaN where it is not known.
        plain: what is guessed without a model, shape (T, D).
    """

    draws: Floats
    truth: Floats
    plain: Floats
    bands: Bands
    errors: Errors

    @staticmethod
    def of(fitted: Fitted, draws: Floats, truth: Floats, plain: Floats) -> Outlook:
        """What draws say, in the units of the columns that a model learned from."""
        symbols = [bool(column.levels) for column in fitted.preparation.columns]
        found = bands(draws, truth, symbols)
        return Outlook(draws, truth, plain, found, errors(found, truth, plain, symbols))


def forecast(fitted: Fitted, x: Floats, start: int, steps: int, *, draws: int, seed: int) -> Outlook:
    """The next rows given all before `start`; the plain guess is the last value that was seen.

    Arguments:
        x: the rows of one sequence, shape (N, D), data units, NaN where a value is missing; those from `start` on are
            the truth, as far as there are any.
        start: rows that are known, 1 or more.
        steps: rows ahead.

    Raises:
        TrainingError: the model cannot go on with sequences.
    """
    drawn = fitted.forecast(x[:start], steps, draws, seed)
    return Outlook.of(fitted, drawn, _truth(x, start, steps), np.tile(_carried(x[:start])[-1], (steps, 1)))


def one_step_forecasts(
    fitted: Fitted, x: Floats, start: int, steps: int, *, draws: int, seed: int, watch: Watch = unwatched
) -> Outlook:
    """Each of the next rows given all before it, as `forecast` says it; none beyond the row after the last.

    The plain guess is the value of the row before.
    """
    steps = min(steps, len(x) + 1 - start)
    pieces = []
    for step in range(steps):
        watch(step / steps, "Forecasting")
        pieces.append(fitted.forecast(x[:start + step], 1, draws, seed + step))
    plain = _carried(x)[start - 1:start - 1 + steps]
    return Outlook.of(fitted, np.concatenate(pieces, axis=1), _truth(x, start, steps), plain)


def _truth(x: Floats, start: int, steps: int) -> Floats:
    known = x[start:start + steps]
    return np.concatenate([known, np.full((steps - len(known), x.shape[1]), np.nan)])


def _carried(x: Floats) -> Floats:
    """Each value, or where it is missing the last before it, shape (N, D); NaN before the first."""
    rows = np.where(np.isfinite(x), np.arange(len(x))[:, None], 0)
    return np.asarray(np.take_along_axis(x, np.maximum.accumulate(rows, axis=0), axis=0))
