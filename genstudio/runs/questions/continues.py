"""How sequences go on, what fills their gaps, and what new ones look like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genstudio.applications.forecasting import Outlook, one_step_forecasts
from genstudio.applications.forecasting import forecast as ahead
from genstudio.applications.gaps import fill_gaps, hide
from genstudio.applications.sequence_figures import sequence_figures
from genstudio.data.reader import Watch
from genstudio.errors import DataError
from genstudio.models.sequential import Hidden
from genstudio.runs.question import Answer, Array, Subject, question

SHOWN = 20
"""So many draws are told one by one where nobody says; the bands are those of all."""


@question
def forecast(
    subject: Subject, watch: Watch, *, x: Array, start: int, steps: int, draws: int, seed: int = 0,
    each: bool = False, shown: int = SHOWN,
) -> Answer:
    """How one sequence goes on after some rows of it.

    Arguments:
        x: its rows, shape (N, D), data units; those from `start` on are the truth, as far as there are any.
        start: rows that are known, 1 or more.
        each: each row is forecast given all before it; else all of them given those before `start`.
        shown: so many draws are told one by one.

    Returns:
        `start`, `each`, and what `_told` tells.
    """
    if not 1 <= start <= len(x):
        raise DataError("Nothing can be said of what comes before the first row.", "Move the line to the right.")
    if each:
        found = one_step_forecasts(subject.fitted, x, start, steps, draws=draws, seed=seed, watch=watch)
    else:
        found = ahead(subject.fitted, x, start, steps, draws=draws, seed=seed)
    return {"start": np.array(start), "each": np.array(each), **_told(found, shown)}


@question
def filled(
    subject: Subject, watch: Watch, *, x: Array, stretches: Sequence[tuple[int, int]] = (), draws: int, seed: int = 0,
    shown: int = SHOWN,
) -> Answer:
    """What fills the gaps of one sequence.

    Arguments:
        x: its rows, shape (N, D), data units, NaN where a value is missing.
        stretches: first rows, and rows after the last, that are hidden besides; what is hidden is the truth.

    Returns:
        `row` (G,): in which anything is missing; `missing` (G, D): what of them; `stretches` (M, 2) again; and what
        `_told` tells of these rows.
    """
    found = fill_gaps(subject.fitted, np.asarray(x, float), stretches, draws=draws, seed=seed, watch=watch)
    asked = np.array(stretches, np.int64).reshape(-1, 2)
    return {"row": found.rows, "missing": found.missing, "stretches": asked, **_told(found.outlook, shown)}


@question
def imputed(
    subject: Subject, watch: Watch, *, x: Array, lengths: Array, draws: int, seed: int = 0,
    stretches: Sequence[tuple[int, int]] = (),
) -> Answer:
    """Whole sequences with what is missing in them drawn.

    Arguments:
        x: rows of one sequence after another, shape (N, D), data units; `lengths` of each, shape (S,).
        stretches: as of `filled`.

    Returns:
        `x` (draws, N, D), and `filled` (N, D): where a value was drawn.
    """
    seen = hide(x, stretches)
    return {"x": subject.fitted.fill(seen, np.asarray(lengths), draws, seed), "filled": np.isnan(seen)}


@question
def sequences(
    subject: Subject, watch: Watch, *, lengths: Array, seed: int, temperature: float = 1.0,
    real: Array | None = None, real_lengths: Array | None = None,
) -> Answer:
    """New sequences, and how far they are like real ones.

    Arguments:
        lengths: rows of each, shape (S,).
        real: rows of real sequences, shape (M, D), data units; `real_lengths` of each.

    Returns:
        `x` (N, D), `state` (N,), `lengths` (S,), `figures` (3, D): mean, deviation and the correlation of a value with
        the next one. Of real sequences the same under names that begin with `real_`; their states, the most likely
        ones, only of models that have some. `span` (D, 2): the lowest and the highest value of both.
    """
    x, state = subject.fitted.sample_sequences(np.asarray(lengths), seed, temperature)
    found = {"x": x, "state": state, "lengths": np.asarray(lengths), "figures": _figures(x, lengths), "span": _span(x)}
    if real is not None and real_lengths is not None and len(real):
        found["span"] = _span(np.concatenate([x, real]))
        found |= {"real_x": real, "real_lengths": real_lengths, "real_figures": _figures(real, real_lengths)}
        if subject.fitted.can(Hidden):
            found["real_state"] = subject.fitted.states(real, real_lengths)
    return found


def _told(found: Outlook, shown: int) -> Answer:
    """An outlook on T rows as arrays.

    Returns:
        `draws` (shown, T, D), `middle` (T, D), `quantiles` (5, T, D) at `applications.bands.SHARES`, `truth` and
        `plain` (T, D); and of what is known of the truth `n`, `rmse`, `plain_rmse` (D,) and `coverage` (2, D).
    """
    return {
        "draws": found.draws[:shown], "middle": found.bands.middle, "quantiles": found.bands.quantiles,
        "truth": found.truth, "plain": found.plain, "n": found.errors.n, "rmse": found.errors.rmse,
        "plain_rmse": found.errors.plain, "coverage": found.errors.coverage,
    }


def _span(x: Array) -> Array:
    known = np.isfinite(x)
    return np.column_stack([np.where(known, x, np.inf).min(axis=0), np.where(known, x, -np.inf).max(axis=0)])


def _figures(x: Array, lengths: Array) -> Array:
    found = sequence_figures(x, np.asarray(lengths))
    return np.stack([found.mean, found.deviation, found.correlation])
