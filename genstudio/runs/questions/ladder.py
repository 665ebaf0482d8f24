"""What each latent level of a hierarchical model decides."""

from __future__ import annotations

from typing import cast

import numpy as np

from genstudio.data.reader import Watch
from genstudio.errors import TrainingError
from genstudio.models.capabilities import Hierarchical
from genstudio.runs.question import Answer, Subject, question


@question
def levels(
    subject: Subject, watch: Watch, *, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
) -> Answer:
    """Items of which more and more levels are held, from the top down.

    Arguments:
        n: items of each row.

    Returns:
        `x` (L, n, *item), data units: of the first row nothing is held, of the second the top level, of the last all
        but the level nearest the data; `fixed` (L,): how many levels each row holds.
    """
    if not subject.fitted.can(Hierarchical):
        raise TrainingError(f"{subject.fitted.model.info.title} has no latent levels.", "Choose a model that has.")
    fixed = np.arange(cast("Hierarchical", subject.fitted.model).n_levels())
    rows = [subject.fitted.sample_levels(n, seed, held, temperature, condition) for held in fixed.tolist()]
    return {"x": np.stack(rows), "fixed": fixed}
