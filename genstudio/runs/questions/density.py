"""How likely points are."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from genstudio.data.reader import Watch
from genstudio.models.capabilities import Approximates, Bound, Density, Steered
from genstudio.models.fitted import Fitted
from genstudio.runs.question import CHUNK, Answer, Array, Subject, in_chunks, question

COARSEST = 4
"""A grid that would take too long has this share of the cells along each side at least."""
BOUNDED_CHUNK = 1024
"""So many items are scored at once where each takes many draws."""


@question
def density_grid(
    subject: Subject, watch: Watch, bounds: Sequence[float], shape: Sequence[int], columns: Sequence[int] = (0, 1),
    *, seconds: float = math.inf, steps: int = 0,
) -> Answer:
    """Log-density, nats, at the cell centres of a grid over two columns.

    Arguments:
        bounds: x0, x1, y0, y1, data units.
        shape: cells along x and along y.
        columns: which two columns; of tables with more, the others are integrated out.
        seconds: a grid that would take longer than this is made coarser, as `on_grid` does.
        steps: of a model that solves in steps, where those it takes by itself would be too slow to look at; or 0.

    Returns:
        `log_prob`, shape (ny, nx); `bounds`; `steps` (): as asked, 0 where the model takes none or its own.
    """
    fitted, steps = in_steps(subject.fitted, steps)
    values = on_grid(lambda points: fitted.marginal_log_prob(points, columns), bounds, shape, seconds)
    return {"log_prob": values, "bounds": np.array(bounds, float), "steps": np.array(steps)}


@question
def density_line(subject: Subject, watch: Watch, bounds: Sequence[float], n: int, column: int = 0) -> Answer:
    """Log-density, nats, along one column; the others are integrated out."""
    x = np.linspace(bounds[0], bounds[1], n)
    return {"x": x, "log_prob": subject.fitted.marginal_log_prob(x[:, None], (column,))}


@question
def bound_grid(
    subject: Subject, watch: Watch, bounds: Sequence[float], shape: Sequence[int], *, k: int = 8, seed: int = 0
) -> Answer:
    """Importance-weighted bound of the log-density, nats, at the cell centres of a grid over both columns of a table.

    Arguments:
        bounds: x0, x1, y0, y1, data units.
        shape: cells along x and along y.
        k: draws a cell; more of them lift the bound towards the density.

    Returns:
        `log_prob_bound`, shape (ny, nx); `bounds`; `k`.
    """
    values = subject.fitted.log_prob_bound(grid_points(bounds, shape), k, seed)
    return {
        "log_prob_bound": values.reshape(shape[1], shape[0]), "bounds": np.array(bounds, float), "k": np.array(k),
    }


@question
def bound_line(
    subject: Subject, watch: Watch, bounds: Sequence[float], n: int, *, k: int = 8, seed: int = 0
) -> Answer:
    """Importance-weighted bound of the log-density, nats, along the one column of a table."""
    x = np.linspace(bounds[0], bounds[1], n)
    return {"x": x, "log_prob_bound": subject.fitted.log_prob_bound(x[:, None], k, seed), "k": np.array(k)}


@question
def log_prob_bound(subject: Subject, watch: Watch, x: Array, k: int = 64, seed: int = 0) -> Answer:
    """Importance-weighted bound of the log-density, nats, of items in data units, shape (N, *item)."""
    def bound(part: Array) -> Array:
        return subject.fitted.log_prob_bound(part, k, seed)

    return {"log_prob_bound": in_chunks(bound, np.asarray(x, float), watch, "Scoring items"), "k": np.array(k)}


@question
def log_prob(subject: Subject, watch: Watch, x: Array) -> Answer:
    """Log-density, nats, of points in data units, shape (N, D)."""
    return {"log_prob": in_chunks(subject.fitted.log_prob, np.asarray(x, float), watch, "Scoring rows")}


@question
def marginal_log_prob(subject: Subject, watch: Watch, x: Array, columns: Sequence[int]) -> Answer:
    """Log-density, nats, of points over some of the columns, shape (N, len(columns))."""
    return {"log_prob": subject.fitted.marginal_log_prob(np.asarray(x, float), columns)}


@question
def scores(subject: Subject, watch: Watch, x: Array) -> Answer:
    """How likely and how strange items in data units are.

    Returns:
        `anomaly_score` (N,); where it is known `log_prob` (N,), or `log_prob_bound` (N,) of models that know no more.
    """
    x = np.asarray(x)
    if subject.fitted.can(Density):
        known = in_chunks(subject.fitted.log_prob, x, watch, "Scoring rows")
        return {"log_prob": known, "anomaly_score": -known}
    strange = strangeness(subject, watch, x)
    bounded = {"log_prob_bound": -strange} if subject.fitted.can(Bound) else {}
    return {**bounded, "anomaly_score": strange}


@question
def likelihoods(subject: Subject, watch: Watch) -> Answer:
    """Mean log-likelihood of each part of the data, nats per item, data units; parts without rows are left out.

    Of sequences it is that of a row that is no gap, given those before it.
    """
    data = subject.items()
    parts = {"train": data.train, "valid": data.valid, "test": data.test}
    found = {}
    for place, (name, part) in enumerate(parts.items()):
        if len(part) and data.lengths is not None:
            watch(place / len(parts), "Scoring rows")
            found[name] = _mean_in_time(subject.fitted, data.preparation.to_data(part), data.lengths[place])
        elif len(part):
            x = data.preparation.to_data(part)
            found[name] = np.array(in_chunks(subject.fitted.log_prob, x, watch, "Scoring rows").mean())
    return found


def _mean_in_time(fitted: Fitted, x: Array, lengths: Array) -> Array:
    seen = int(np.isfinite(x).any(axis=1).sum())
    return np.array(fitted.step_log_prob(x, lengths).sum() / max(seen, 1))


def strangeness(subject: Subject, watch: Watch, x: Array) -> Array:
    """Anomaly scores of items in data units, shape (N,); in small pieces where each item takes many draws."""
    size = BOUNDED_CHUNK if subject.fitted.can(Bound) else CHUNK
    return in_chunks(subject.fitted.anomaly_score, x, watch, "Scoring rows", size)


def in_steps(fitted: Fitted, steps: int) -> tuple[Fitted, int]:
    """The same model, solving in so many steps, and how many; as it is, and 0, where it does not or none are named."""
    model = fitted.model
    solves = isinstance(model, Steered) and fitted.can(Approximates) and "steps" in model.steering().model_fields
    return (fitted.steered({"steps": steps}), steps) if steps and solves else (fitted, 0)


def on_grid(
    function: Callable[[Array], Array], bounds: Sequence[float], shape: Sequence[int], seconds: float = math.inf
) -> Array:
    """A function of points, (N, 2) to (N,), at the cell centres of a grid.

    Arguments:
        bounds: x0, x1, y0, y1.
        shape: cells along x and along y.
        seconds: where the whole would take longer, the grid has half or a quarter as many cells along each side.

    Returns:
        shape (ny, nx).
    """
    spent = 0.0
    if math.isfinite(seconds):
        coarse, started = _shares(shape, COARSEST), time.perf_counter()
        found = _over(function, bounds, coarse)
        spent = (time.perf_counter() - started) / math.prod(coarse)
    for share in (1, 2):
        finer = _shares(shape, share)
        if spent * math.prod(finer) <= seconds:
            return _over(function, bounds, finer)
    return found


def _over(function: Callable[[Array], Array], bounds: Sequence[float], shape: Sequence[int]) -> Array:
    return function(grid_points(bounds, shape)).reshape(shape[1], shape[0])


def _shares(shape: Sequence[int], share: int) -> list[int]:
    return [max(2, side // share) for side in shape]


def grid_points(bounds: Sequence[float], shape: Sequence[int]) -> Array:
    """Cell centres of a grid, shape (ny * nx, 2), row after row."""
    x0, x1, y0, y1 = bounds
    nx, ny = shape
    x = x0 + (np.arange(nx) + 0.5) * (x1 - x0) / nx
    y = y0 + (np.arange(ny) + 0.5) * (y1 - y0) / ny
    return np.column_stack([np.tile(x, ny), np.repeat(y, nx)])
