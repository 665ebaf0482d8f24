"""How strange items are, and why."""

from __future__ import annotations

import numpy as np

from genstudio.applications.anomaly import excess
from genstudio.data.reader import Watch
from genstudio.runs.question import Answer, Array, Subject, evenly, in_chunks, question
from genstudio.runs.questions.density import strangeness

REFERENCE_ROWS = 300
"""So many training rows say what each column usually adds to a score."""


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
    score = strangeness(subject, watch, x)
    return {"score": score, "row": rows[order], "x": x, "label": label}


@question
def strangest_pictures(subject: Subject, watch: Watch, n: int, most: int | None = None) -> Answer:
    """The pictures of the data that are strangest, and how all score.

    Arguments:
        n: so many of the strangest.
        most: at most so many pictures are scored, evenly spaced; all when None.

    Returns:
        `score` (N,) of all that were scored, and their `label` (N,) or empty; `x` (n, C, H, W): the strangest first,
        with their `row` (n,) and `strangeness` (n,).
    """
    data = subject.items()
    everything = data.everything
    places = evenly(len(everything), len(everything) if most is None else most)
    score = strangeness(subject, watch, everything[places])
    first = np.argsort(-score, kind="stable")[:n]
    label = np.empty(0, np.int64)
    if data.labels is not None:
        label = np.concatenate([data.labels.train, data.labels.valid, data.labels.test])[places]
    return {
        "score": score, "label": label, "x": data.preparation.to_data(everything[places[first]]),
        "row": np.concatenate(data.rows)[places[first]], "strangeness": score[first],
    }


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
