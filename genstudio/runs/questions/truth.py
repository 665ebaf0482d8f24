"""How far a model is from the density that its data were drawn from, and where it errs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from genstudio.data.density import TrueDensity
from genstudio.data.reader import Watch
from genstudio.errors import TrainingError
from genstudio.models.capabilities import Bound, Density
from genstudio.models.fitted import Fitted
from genstudio.runs.question import Answer, Subject, question
from genstudio.runs.questions.density import grid_points, in_steps, on_grid

Floats = NDArray[np.float64]
FEWEST = 128
"""Draws from the truth that are scored at once, and ever; the next batch is as large as all before it."""
NEGLIGIBLE_NATS = 7.0
"""So far below the truth's peak, about 1/1000 of it, a density does not matter."""
DRAWS_SEED = 0x7A175EED
"""Nobody's data have it: the same seed would give the very rows that were learned from."""


@question
def truth_gap(
    subject: Subject, watch: Watch, *, n: int = 2048, seconds: float = math.inf, k: int = 16
) -> Answer:
    """How much log-likelihood the model loses against the truth, nats per item, on fresh draws that stay the same.

    Each draw is scored by both, so that what is common to them drops out of the standard error.

    Arguments:
        n: at most so many draws.
        seconds: as many of them as can be scored in so long, and `FEWEST` at least.
        k: draws behind the bound of each item, of a model that knows no more.

    Returns:
        `gap`, `stderr`, `n`, all (); `bound` (): whether the gap is at most this, as the model knows only a bound of
        its density. An infinite gap has no standard error.

    Raises:
        TrainingError: the truth is not known, or the model states no likelihood.
    """
    truth, score = _Known(_truth(subject)), _scorer(subject.fitted, k)
    losses: list[Floats] = []
    done, started = 0, time.perf_counter()
    while done < n and (done == 0 or 2 * (time.perf_counter() - started) <= seconds):
        watch(done / n, "Scoring draws from the truth")
        x, log_prob = _draws(truth, done)
        count = min(len(x), n - done)
        losses.append(log_prob[:count] - score(x[:count]))
        done += count
    loss = np.concatenate(losses)
    finite = bool(np.isfinite(loss).all())
    return {
        "gap": np.array(loss.mean() if finite else math.inf),
        "stderr": np.array(loss.std(ddof=1) / math.sqrt(done) if finite and done > 1 else math.nan),
        "n": np.array(done), "bound": np.array(_bounded(subject.fitted)),
    }


@question
def log_ratio_grid(
    subject: Subject, watch: Watch, bounds: Sequence[float], shape: Sequence[int], *,
    seconds: float = math.inf, steps: int = 0, k: int = 8,
) -> Answer:
    """Where the model errs: log p_model - log p_true, nats, at the cell centres of a grid over both columns.

    Arguments:
        bounds, shape, seconds, steps: as for `density_grid`.
        k: draws behind the bound of each cell, of a model that knows no more.

    Returns:
        `log_ratio` (ny, nx): NaN where both densities are negligible, infinite where one of them alone is zero;
        `typical` (): its root mean square over what the truth holds; `bounds`; `bound` (): whether the model has at
        least this density, as it knows only a bound; `steps` (): as `density_grid` has them.

    Raises:
        TrainingError: as for `truth_gap`, or the items have other than two columns.
    """
    truth = _Known(_truth(subject))
    if len(subject.items().preparation.names) != 2:
        raise TrainingError("A map of errors needs two columns.", "Learn from two columns of the data.")
    fitted, steps = in_steps(subject.fitted, steps)
    model = on_grid(_scorer(fitted, k), bounds, shape, seconds)
    true = _true_grid(truth, tuple(bounds), model.shape)
    least = _peak(truth) - NEGLIGIBLE_NATS
    with np.errstate(invalid="ignore"):
        ratio = np.where((model < least) & (true < least), math.nan, model - true)
    return {
        "log_ratio": ratio.astype(np.float32), "typical": np.array(_typical(ratio, true)),
        "bounds": np.array(bounds, float), "bound": np.array(_bounded(fitted)), "steps": np.array(steps),
    }


class _Known:
    """A truth by which answers are remembered: it alone, not one that is equal to it."""

    def __init__(self, density: TrueDensity) -> None:
        self.density = density

    def __hash__(self) -> int:
        return id(self.density)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.density is self.density


# An exact density takes longer than many a model's, and is wanted at the same places again and again.
@lru_cache(maxsize=32)
def _draws(truth: _Known, start: int) -> tuple[Floats, Floats]:
    """Draws from some place on in a row that never changes, as many as came before, and their log-densities."""
    x, _ = truth.density.sample(max(start, FEWEST), DRAWS_SEED + start)
    return x, truth.density.log_prob(x)


@lru_cache(maxsize=4)
def _true_grid(truth: _Known, bounds: tuple[float, ...], shape: tuple[int, int]) -> Floats:
    rows, columns = shape
    return truth.density.log_prob(grid_points(bounds, (columns, rows))).reshape(shape)


def _typical(ratio: Floats, true: Floats) -> float:
    """The root mean square of log-ratios, weighted by the truth's density; 0 where it has none in sight."""
    known = np.isfinite(ratio) & np.isfinite(true)
    weights = np.exp(true[known] - true[known].max(initial=-math.inf)) if known.any() else np.zeros(0)
    return math.sqrt(float(weights @ ratio[known] ** 2 / weights.sum())) if known.any() else 0.0


def _peak(truth: _Known) -> float:
    """About the highest log-density there is, wherever a view is zoomed to."""
    return float(_draws(truth, 0)[1].max())


def _truth(subject: Subject) -> TrueDensity:
    truth = subject.items().truth
    if truth is None:
        raise TrainingError("The density that these data were drawn from is not known.", "Choose a toy density.")
    return truth


def _bounded(fitted: Fitted) -> bool:
    return fitted.can(Bound) and not fitted.can(Density)


def _scorer(fitted: Fitted, k: int) -> Callable[[Floats], Floats]:
    """The log-density of points in data units, or where only that is known its bound."""
    if _bounded(fitted):
        return lambda x: fitted.log_prob_bound(x, k, seed=0)
    return fitted.log_prob
