"""How often a model tells the right class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.classification import share_right, told_classes
from genstudio.data.sequences import bounds
from genstudio.errors import DataError
from genstudio.evaluation.items import Items
from genstudio.evaluation.likelihood import flattery
from genstudio.evaluation.metric import Figure, Metric, MetricInfo, sentences
from genstudio.models.fitted import Fitted
from genstudio.models.sequential import Classifies

Ints = NDArray[np.int64]


class Accuracy(Metric):
    """The share of the sequences of which the right class is told."""

    info = MetricInfo(
        "accuracy", "Accuracy", "", "higher", "The share of the sequences of which the model tells the right class.", 58
    )

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs a classifier, and labelled sequences."""
        if not fitted.can(Classifies):
            return f"{fitted.model.info.title} does not tell classes apart."
        if data.labels is None or data.lengths is None or not (data.labels >= 0).any():
            return "No label says of which class each sequence is."
        if data.learned_levels is None:
            return "What the classes of the model are called is not known, as the data of the run are not at hand."
        return None

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """The share, with its binomial standard error; n is the labelled sequences."""
        lengths = data.each_length()
        true = _learned_codes(data)[bounds(lengths)[:-1]]
        found = share_right(true, told_classes(fitted.classify(data.x, lengths)))
        return Figure(found.value, found.stderr, found.n, note=sentences(_foreign(data), flattery(data)))


def _learned_codes(data: Items) -> Ints:
    """The class of each row by the model's own order of classes; one that it never learned has a code of its own."""
    if data.labels is None or data.learned_levels is None:
        raise DataError("No label says of which class each sequence is.", "Choose one in the Data panel.")
    places = {level: code for code, level in enumerate(data.learned_levels)}
    # The last entry is what a missing label, -1, is looked up as.
    codes = [places.get(level, len(data.learned_levels)) for level in data.levels]
    return np.array([*codes, -1], np.int64)[data.labels]


def _foreign(data: Items) -> str:
    learned = data.learned_levels or ()
    foreign = [level for level in data.levels if level not in learned]
    return f"The model never learned of {', '.join(foreign[:5])}: sequences of it count as wrong." if foreign else ""
