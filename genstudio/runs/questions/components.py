"""The components of a mixture."""

from __future__ import annotations

import numpy as np

from genstudio.data.reader import Watch
from genstudio.runs.question import Answer, Array, Subject, in_chunks, question
from genstudio.runs.questions.density import likelihoods


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
