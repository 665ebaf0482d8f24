"""What can be asked of a model: a name, plain arguments, and an answer of arrays.

Nothing here assumes shared memory with whoever asks, so a job may one day live elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.anomaly import excess
from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.errors import TrainingError
from genstudio.evaluation.items import Items, from_dataset
from genstudio.evaluation.metric import evaluate, unsuitable
from genstudio.models.contract import Density
from genstudio.models.fitted import Fitted

Array = NDArray[Any]
Answer = dict[str, Array]
CHUNK = 65_536
REFERENCE_ROWS = 300
"""So many training rows say what each column usually adds to a score."""


@dataclass(frozen=True)
class Subject:
    """Who is asked: the model as it is now, and the data it learns from (None for an opened run without them)."""

    fitted: Fitted
    data: Dataset | None

    def items(self) -> Dataset:
        """The data, or a sentence."""
        if self.data is None:
            raise TrainingError("The data of this run are not at hand.", "Open them again.")
        return self.data


Question = Callable[..., Answer]
_QUESTIONS: dict[str, Question] = {}


def question(function: Question) -> Question:
    """Registers a function under its own name."""
    _QUESTIONS[function.__name__] = function
    return function


def answer(name: str, subject: Subject, arguments: Mapping[str, Any], watch: Watch) -> Answer:
    """The answer to one question.

    Raises:
        TrainingError: there is no such question, or the model cannot answer it.
    """
    if name not in _QUESTIONS:
        raise TrainingError(f"Nobody can answer the question `{name}`.", f"Known: {', '.join(sorted(_QUESTIONS))}.")
    return _QUESTIONS[name](subject, watch, **arguments)


@question
def density_grid(
    subject: Subject, watch: Watch, bounds: Sequence[float], shape: Sequence[int], columns: Sequence[int] = (0, 1)
) -> Answer:
    """Log-density, nats, at the cell centres of a grid over two columns.

    Arguments:
        bounds: x0, x1, y0, y1, data units.
        shape: cells along x and along y.
        columns: which two columns; of tables with more, the others are integrated out.

    Returns:
        `log_prob`, shape (ny, nx); `bounds`.
    """
    points = grid_points(bounds, shape)
    values = subject.fitted.marginal_log_prob(points, columns)
    return {"log_prob": values.reshape(shape[1], shape[0]), "bounds": np.array(bounds, float)}


@question
def density_line(subject: Subject, watch: Watch, bounds: Sequence[float], n: int, column: int = 0) -> Answer:
    """Log-density, nats, along one column; the others are integrated out."""
    x = np.linspace(bounds[0], bounds[1], n)
    return {"x": x, "log_prob": subject.fitted.marginal_log_prob(x[:, None], (column,))}


@question
def log_prob(subject: Subject, watch: Watch, x: Array) -> Answer:
    """Log-density, nats, of points in data units, shape (N, D)."""
    return {"log_prob": in_chunks(subject.fitted.log_prob, np.asarray(x, float), watch, "Scoring rows")}


@question
def scores(subject: Subject, watch: Watch, x: Array) -> Answer:
    """How likely and how strange rows in data units are: `anomaly_score` (N,), and `log_prob` where it is known."""
    x = np.asarray(x, float)
    if subject.fitted.can(Density):
        known = in_chunks(subject.fitted.log_prob, x, watch, "Scoring rows")
        return {"log_prob": known, "anomaly_score": -known}
    return {"anomaly_score": in_chunks(subject.fitted.anomaly_score, x, watch, "Scoring rows")}


@question
def marginal_log_prob(subject: Subject, watch: Watch, x: Array, columns: Sequence[int]) -> Answer:
    """Log-density, nats, of points over some of the columns, shape (N, len(columns))."""
    return {"log_prob": subject.fitted.marginal_log_prob(np.asarray(x, float), columns)}


@question
def sample(subject: Subject, watch: Watch, n: int, seed: int) -> Answer:
    """New rows in data units and the component of each."""
    x, component = subject.fitted.sample(n, seed)
    return {"x": x, "component": component}


@question
def responsibilities(subject: Subject, watch: Watch, x: Array) -> Answer:
    """Probability of each component, shape (N, K)."""
    return {"responsibilities": subject.fitted.responsibilities(np.asarray(x, float))}


@question
def memberships(subject: Subject, watch: Watch, most: int) -> Answer:
    """How many training rows most likely belong to each component.

    Arguments:
        most: at most so many rows are looked at, evenly spaced.

    Returns:
        `rows`, shape (K,); `n`: how many were looked at.
    """
    train = subject.items().train
    some = train[np.linspace(0, len(train) - 1, min(most, len(train))).astype(np.int64)]
    x = subject.items().preparation.to_data(some)
    nearest = in_chunks(lambda part: subject.fitted.responsibilities(part).argmax(axis=1), x, watch, "Sorting rows")
    components = len(subject.fitted.parameters()["weights"])
    return {"rows": np.bincount(nearest, minlength=components), "n": np.array(len(x))}


@question
def parameters(subject: Subject, watch: Watch) -> Answer:
    """Weights, means and covariances of the components, data units."""
    return dict(subject.fitted.parameters())


@question
def set_parameters(subject: Subject, watch: Watch, weights: Array, means: Array, covariances: Array) -> Answer:
    """Takes parameters given by hand, and answers how well they explain the data."""
    subject.fitted.set_parameters(*(np.asarray(a, float) for a in (weights, means, covariances)))
    return {**subject.fitted.parameters(), **likelihoods(subject, watch)}


@question
def likelihoods(subject: Subject, watch: Watch) -> Answer:
    """Mean log-likelihood of each part of the data, nats per item, data units; parts without rows are left out."""
    data = subject.items()
    parts = {"train": data.train, "valid": data.valid, "test": data.test}
    return {
        name: np.array(in_chunks(subject.fitted.log_prob, data.preparation.to_data(part), watch, "Scoring rows").mean())
        for name, part in parts.items() if len(part)
    }


@question
def anomaly_scores(subject: Subject, watch: Watch, most: int | None = None) -> Answer:
    """How strange each row of the data is.

    Arguments:
        most: at most so many rows, evenly spaced; all when None.

    Returns:
        `score` (N,), `row` (N,): row of the table, `x` (N, D) data units, `label` (N,) or empty; table order.
    """
    data = subject.items()
    rows = np.concatenate(data.rows)
    order = np.argsort(rows, kind="stable")
    if most is not None and len(order) > most:
        order = order[np.linspace(0, len(order) - 1, most).astype(np.int64)]
    x = data.preparation.to_data(data.everything[order])
    label = np.empty(0, np.int64)
    if data.labels is not None:
        label = np.concatenate([data.labels.train, data.labels.valid, data.labels.test])[order]
    score = in_chunks(subject.fitted.anomaly_score, x, watch, "Scoring rows")
    return {"score": score, "row": rows[order], "x": x, "label": label}


@question
def contributions(subject: Subject, watch: Watch, x: Array) -> Answer:
    """Why rows in data units are strange: what each column adds beyond the usual.

    Returns:
        `contributions` (N, D), nats, relative to ordinary training rows, so that columns compare; `x` again, so that
        an answer tells which rows it is of.
    """
    x = np.asarray(x, float)
    found = in_chunks(subject.fitted.contributions, x, watch, "Explaining rows")
    return {"contributions": excess(found, _usual_contributions(subject)), "x": x}


@question
def flagged(subject: Subject, watch: Watch, value: float) -> Answer:
    """The rows of the data that score higher than a value, and why.

    Arguments:
        value: finite, nats.

    Returns:
        `row` (K,), `score` (K,), `contributions` (K, D) beyond the usual, nats; strangest first.
    """
    known = anomaly_scores(subject, watch)
    beyond = np.flatnonzero(known["score"] > value)
    beyond = beyond[np.argsort(-known["score"][beyond], kind="stable")]
    why = contributions(subject, watch, known["x"][beyond])
    return {"row": known["row"][beyond], "score": known["score"][beyond], "contributions": why["contributions"]}


def _usual_contributions(subject: Subject) -> Array:
    """Contributions of training rows, evenly spaced: what is ordinary."""
    data = subject.items()
    some = np.linspace(0, len(data.train) - 1, min(REFERENCE_ROWS, len(data.train))).astype(np.int64)
    return subject.fitted.contributions(data.preparation.to_data(data.train[some]))


@question
def evaluation(
    subject: Subject, watch: Watch, keys: Sequence[str] | None = None, seed: int = 0, items: Items | None = None
) -> Answer:
    """How good the model is, by every metric that suits; `figures.plain_figures` reads the answer.

    Arguments:
        keys: which metrics; all that suit when None.
        items: the rows that the model is judged by; those held out of its own data when None.

    Returns:
        `key` (M,), `figure` (M, 4): value, standard error, n and ideal, NaN where unknown; `note` (M,), words or "";
        `unsuitable` (U,): keys of the metrics left out, and `reason` (U,): a sentence each; `part`: which rows.
    """
    judged = from_dataset(subject.items()) if items is None else items
    reasons = unsuitable(subject.fitted, judged) if keys is None else {}
    figures = evaluate(subject.fitted, judged, keys, seed, watch)
    rows = [[f.value, *(np.nan if v is None else v for v in (f.stderr, f.n, f.ideal))] for f in figures.values()]
    return {
        "key": np.array(list(figures), str), "figure": np.array(rows, float).reshape(-1, 4),
        "note": np.array([figure.note for figure in figures.values()], str),
        "unsuitable": np.array(list(reasons), str), "reason": np.array(list(reasons.values()), str),
        "part": np.array(judged.part),
    }


@question
def state(subject: Subject, watch: Watch) -> Answer:
    """All that the model has learned, for saving."""
    return dict(subject.fitted.model.state())


def grid_points(bounds: Sequence[float], shape: Sequence[int]) -> Array:
    """Cell centres of a grid, shape (ny * nx, 2), row after row."""
    x0, x1, y0, y1 = bounds
    nx, ny = shape
    x = x0 + (np.arange(nx) + 0.5) * (x1 - x0) / nx
    y = y0 + (np.arange(ny) + 0.5) * (y1 - y0) / ny
    return np.column_stack([np.tile(x, ny), np.repeat(y, nx)])


def in_chunks(function: Callable[[Array], Array], x: Array, watch: Watch, doing: str) -> Array:
    """A function of rows, applied piece by piece so that it can be watched and cancelled."""
    if len(x) <= CHUNK:
        return function(x)
    pieces = []
    for start in range(0, len(x), CHUNK):
        watch(start / len(x), doing)
        pieces.append(function(x[start:start + CHUNK]))
    return np.concatenate(pieces)
