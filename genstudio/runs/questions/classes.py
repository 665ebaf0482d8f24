"""Which class each sequence is told to be of, by the model and by its discriminative rival."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from genstudio.applications.classification import told_classes
from genstudio.applications.discriminative import SYMBOL_WORDS, WORDS, Rival
from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.data.sequences import bounds
from genstudio.errors import DataError
from genstudio.runs.question import Answer, Array, Subject, question

PARTS = ("train", "valid", "test")
"""What the codes of parts stand for, in answers."""
ROWS = 20_000
"""About so many rows are judged at once, whole sequences, so that it can be watched and cancelled."""


@question
def classified(subject: Subject, watch: Watch) -> Answer:
    """To which class the model says that each sequence of its data belongs; training, then validation, then test.

    Returns:
        `scores` (S, C): log-probability of each sequence and class together, nats, data units; `told` (S,): the most
        probable class, -1 where none is possible; `true` (S,): the class by the label, -1 where it is missing;
        `part` (S,): place in `PARTS`; `place` (S,): which sequence of its part; `row` (S,): of the table, where it
        begins; `length` (S,): its rows.
    """
    data = subject.items()
    scores = [_scores(subject, watch, data, part) for part in range(len(PARTS))]
    found = np.concatenate(scores)
    known = [_known(data, part) for part in range(len(PARTS))]
    about = {name: np.concatenate([part[name] for part in known]) for name in known[0]}
    return {"scores": found, "told": told_classes(found), **about}


@question
def rival(subject: Subject, watch: Watch) -> Answer:
    """What logistic regression on a few figures of each sequence says of the same sequences, in the same order.

    It learns from the training sequences alone.

    Returns:
        `told` (S,): classes; `words`: what it looks at; `converged`: whether it had.
    """
    data = subject.items()
    watch(0.0, "Training logistic regression")
    levels = data.preparation.columns[0].levels
    parts = [_rows_of(data, part) for part in range(len(PARTS))]
    learner = Rival.trained(*parts[0], _codes(data, 0), len(levels))
    told = [learner.told(x, lengths) for x, lengths in parts]
    words = SYMBOL_WORDS if levels else WORDS
    return {"told": np.concatenate(told), "words": np.array(words), "converged": np.array(learner.converged)}


@question
def one_sequence(subject: Subject, watch: Watch, part: int, place: int) -> Answer:
    """The rows of one sequence, `x` (T, D), data units; `part` and `place` again, so that an answer tells its own.

    Arguments:
        part: place in `PARTS`.
        place: which sequence of it.
    """
    x, lengths = _rows_of(subject.items(), part)
    edges = bounds(lengths)
    return {"x": x[edges[place]:edges[place + 1]], "part": np.array(part), "place": np.array(place)}


def _scores(subject: Subject, watch: Watch, data: Dataset, part: int) -> Array:
    x, lengths = _rows_of(data, part)
    found = []
    for first, end in _batches(lengths):
        watch(first / len(lengths), f"Classifying {PARTS[part]} sequences")
        edges = bounds(lengths)
        found.append(subject.fitted.classify(x[edges[first]:edges[end]], lengths[first:end]))
    classes = len(data.labels.levels) if data.labels is not None else 0
    return np.concatenate(found) if found else np.empty((0, classes))


def _batches(lengths: Array) -> Iterator[tuple[int, int]]:
    """Places of whole sequences that have about `ROWS` rows together."""
    piece = bounds(lengths)[:-1] // ROWS
    edges = [*np.flatnonzero(np.diff(piece, prepend=-1)).tolist(), len(lengths)]
    return pairwise(edges)


def _known(data: Dataset, part: int) -> Answer:
    _, lengths = _rows_of(data, part)
    first = bounds(lengths)[:-1]
    return {
        "true": _codes(data, part), "part": np.full(len(lengths), part), "place": np.arange(len(lengths)),
        "row": data.rows[part][first], "length": lengths,
    }


def _rows_of(data: Dataset, part: int) -> tuple[Array, Array]:
    """Rows in data units and the rows of each sequence."""
    if data.lengths is None:
        raise DataError(f"{data.name} holds no sequences.", "Take its rows as sequences in the Data panel.")
    return data.preparation.to_data((data.train, data.valid, data.test)[part]), data.lengths[part]


def _codes(data: Dataset, part: int) -> Array:
    """The class of each sequence, that of its first row."""
    if data.labels is None or data.lengths is None:
        raise DataError(f"{data.name} has no label.", "Choose one in the Data panel.")
    codes = (data.labels.train, data.labels.valid, data.labels.test)[part]
    return codes[bounds(data.lengths[part])[:-1]]
