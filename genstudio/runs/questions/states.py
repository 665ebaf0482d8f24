"""The hidden states behind sequences."""

from __future__ import annotations

import numpy as np

from genstudio.data.reader import Watch
from genstudio.data.sequences import bounds
from genstudio.models.sequential import Chain
from genstudio.runs.question import Answer, Array, Subject, question
from genstudio.runs.timeline import PARTS, Part


@question
def paths(
    subject: Subject, watch: Watch, part: Part = "train", sequence: int | None = None, most: int | None = None
) -> Answer:
    """The hidden states behind the rows of a part of the data.

    Arguments:
        part: "train", "valid" or "test".
        sequence: place of one sequence of the part, which is looked at alone; None for all.
        most: at most so many rows, the first ones; all when None.

    Returns:
        As `labelling`; and `lengths`, the rows of each sequence that was looked at, shape (S,).
    """
    x, lengths = _rows(subject, part, sequence)
    if most is not None:
        x, lengths = x[:most], first_rows(lengths, most)
    return {**labelling(subject, watch, x, lengths), "lengths": lengths}


@question
def labelling(subject: Subject, watch: Watch, x: Array, lengths: Array) -> Answer:
    """The hidden states behind sequences in data units.

    Arguments:
        x: shape (N, D), NaN at gaps.
        lengths: rows of each sequence, shape (S,).

    Returns:
        `states`, the most likely path, shape (N,); `posteriors`, shape (N, K); `step_log_prob`, the log-density of each
        row given those before it, nats, shape (N,); `stay`, the probability of each state to last for one more step,
        shape (K,), NaN where the model is no chain.
    """
    fitted, x, lengths = subject.fitted, np.asarray(x, float), np.asarray(lengths, np.int64)
    watch(0.0, "Finding the path of states")
    states = fitted.states(x, lengths)
    watch(0.4, "Weighing states")
    posteriors = fitted.posteriors(x, lengths)
    watch(0.8, "Weighing rows")
    stay = np.diagonal(fitted.chain()["transmat"]) if fitted.can(Chain) else np.full(posteriors.shape[1], np.nan)
    return {
        "states": states, "posteriors": posteriors, "step_log_prob": fitted.step_log_prob(x, lengths),
        "stay": np.array(stay),
    }


@question
def step_log_prob(subject: Subject, watch: Watch, x: Array, lengths: Array) -> Answer:
    """The log-density of each row of sequences in data units given those before it, nats.

    Arguments:
        x: shape (N, D), NaN at gaps.
        lengths: rows of each sequence, shape (S,).

    Returns:
        `step_log_prob` (N,); 0 at gaps. Summed over a sequence it is its log-likelihood.
    """
    watch(0.0, "Scoring rows")
    return {"step_log_prob": subject.fitted.step_log_prob(np.asarray(x, float), np.asarray(lengths, np.int64))}


@question
def step_scores(subject: Subject, watch: Watch, most: int | None = None) -> Answer:
    """The log-density of each row of the data given those before it in its sequence, nats.

    Arguments:
        most: at most so many rows, the first ones; all when None.

    Returns:
        `step_log_prob`, shape (at most N,): train, then valid, then test.
    """
    data = subject.items()
    assert data.lengths is not None, "only sequences have steps"
    lengths = np.concatenate(data.lengths)
    count = int(lengths.sum()) if most is None else most
    x = data.preparation.to_data(data.everything[:count])
    return step_log_prob(subject, watch, x, first_rows(lengths, count))


def first_rows(lengths: Array, most: int) -> Array:
    """The lengths of sequences of which only so many rows are left, shape (at most S,)."""
    left = np.diff(np.minimum(bounds(lengths), most))
    return left[left > 0]


def _rows(subject: Subject, part: Part, sequence: int | None) -> tuple[Array, Array]:
    data = subject.items()
    assert data.lengths is not None, "only sequences have states"
    place = PARTS.index(part)
    items, lengths = (data.train, data.valid, data.test)[place], data.lengths[place]
    if sequence is not None:
        first, end = bounds(lengths)[sequence:sequence + 2]
        items, lengths = items[first:end], lengths[sequence:sequence + 1]
    return data.preparation.to_data(items), lengths
