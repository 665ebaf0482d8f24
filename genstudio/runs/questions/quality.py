"""How good a model is, and all that it has learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from genstudio.data.reader import Watch
from genstudio.evaluation.items import Items, from_dataset, thinned
from genstudio.evaluation.metric import FEATURES, evaluate, unsuitable
from genstudio.models.capabilities import Resumable
from genstudio.runs.learned import join
from genstudio.runs.question import Answer, Subject, question


@question
def evaluation(
    subject: Subject, watch: Watch, keys: Sequence[str] | None = None, seed: int = 0, items: Items | None = None,
    *, draws: int | None = None, most: int | None = None, features: str = FEATURES[0], neighbours: int | None = None,
) -> Answer:
    """How good the model is, by every metric that suits; `figures.plain_figures` reads the answer.

    Arguments:
        keys: which metrics; all that suit when None.
        items: the rows that the model is judged by; those held out of its own data when None.
        draws: behind the bound of each item; as many as suit the model when None.
        most: at most so many items, evenly spaced.
        features: by which samples are compared with items.
        neighbours: for metrics by nearest neighbours; as many as each was published with when None.

    Returns:
        `key` (M,), `figure` (M, 4): value, standard error, n and ideal, NaN where unknown; `note` (M,), words or "";
        `unsuitable` (U,): keys of the metrics left out, and `reason` (U,): a sentence each; `part`: which rows.
    """
    judged = from_dataset(subject.items()) if items is None else _of_classes(items, subject)
    judged = judged if most is None else thinned(judged, most)
    reasons = unsuitable(subject.fitted, judged) if keys is None else {}
    figures = evaluate(
        subject.fitted, judged, keys, seed, watch, draws=draws, features=features, neighbours=neighbours
    )
    rows = [[f.value, *(np.nan if v is None else v for v in (f.stderr, f.n, f.ideal))] for f in figures.values()]
    return {
        "key": np.array(list(figures), str), "figure": np.array(rows, float).reshape(-1, 4),
        "note": np.array([figure.note for figure in figures.values()], str),
        "unsuitable": np.array(list(reasons), str), "reason": np.array(list(reasons.values()), str),
        "part": np.array(judged.part),
    }


def _of_classes(items: Items, subject: Subject) -> Items:
    """Other items, with what is known of the classes that the model learned."""
    labels = None if subject.data is None else subject.data.labels
    return items if labels is None else replace(items, learned_levels=labels.levels)


@question
def state(subject: Subject, watch: Watch) -> Answer:
    """All that the model has learned, for saving."""
    return dict(subject.fitted.model.state())


@question
def learned(subject: Subject, watch: Watch) -> Answer:
    """All that the model has learned, and all that going on with its training needs, as `learned.join` names them."""
    model = subject.fitted.model
    return join(model.state(), model.checkpoint() if isinstance(model, Resumable) else {})
