"""All that a threshold on the scores of a table is chosen by, found once, so that choosing is instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.anomaly import USUAL_PERCENT, ScoreDistribution, Threshold
from genstudio.applications.detection import Ranking, rank
from genstudio.applications.histogram import Histogram, histogram
from genstudio.data.dataset import Labels
from genstudio.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BINS = 80


@dataclass(frozen=True)
class Choice:
    """What a person chose a threshold by: it holds while the scores under it change.

    Arguments:
        by: "percent" of the rows, or "value" of the score.
        at: 0 to 100, or nats.
    """

    by: Literal["percent", "value"] = "percent"
    at: float = USUAL_PERCENT

    def threshold(self, distribution: ScoreDistribution) -> Threshold:
        """The threshold that this means for some scores.

        Raises:
            SettingsError: the percentile is not between 0 and 100, or the score not finite.
        """
        return distribution.by_percent(self.at) if self.by == "percent" else distribution.by_value(self.at)


@dataclass(frozen=True)
class Detection:
    """How well the scores find the rows that are labelled anomalous, at any threshold.

    Arguments:
        roc: false and true positive rate, shape (T,) each.
        precision_recall: recall and precision, shape (T,) each.
        best_f1: the best F1 of any threshold.
        best_value: that threshold, nats.
    """

    ranking: Ranking
    roc: tuple[Floats, Floats]
    precision_recall: tuple[Floats, Floats]
    auroc: float
    auroc_stderr: float
    average_precision: float
    best_f1: float
    best_value: float

    @classmethod
    def of(cls, ranking: Ranking) -> Detection:
        """Curves and figures of a ranking."""
        best_f1, best_value = ranking.best_f1()
        return cls(
            ranking, ranking.roc(), ranking.precision_recall(), ranking.auroc, ranking.auroc_stderr(),
            ranking.average_precision, best_f1, best_value,
        )


@dataclass(frozen=True)
class Screening:
    """Scored rows in every order that is needed.

    Arguments:
        scores: nats, shape (N,); may be infinite or NaN.
        rows: the row of the table that each is, shape (N,).
        x: data units, shape (N, D).
        marks: 1 labelled anomalous, 0 otherwise labelled, -1 not labelled, shape (N,); None: no label marks anomalies.
        order: positions, strangest first, shape (N,); rows that could not be scored come last.
        bars: the scores counted, those marked anomalous apart.
        detection: None where labels do not tell rows apart.
        reason: a sentence saying why they do not, or "".
    """

    scores: Floats
    rows: Ints
    x: Floats
    marks: Ints | None
    order: Ints
    distribution: ScoreDistribution
    bars: Histogram
    detection: Detection | None
    reason: str

    def strangest(self, k: int) -> Ints:
        """Positions of the k strangest rows, strangest first; never one that could not be scored."""
        return self.order[:min(k, self.distribution.total)]

    def flagged(self, threshold: Threshold, most: int) -> Ints:
        """Positions of rows beyond the threshold, strangest first; of more than `most` some, evenly spread."""
        beyond = self.order[:threshold.flagged]
        return beyond if len(beyond) <= most else beyond[np.linspace(0, len(beyond) - 1, most).astype(np.int64)]


def screen(
    scores: Floats, rows: Ints, x: Floats, labels: Ints, anomalous: int | None, *,
    on_step: Callable[[float, str], None] = lambda fraction, doing: None,
) -> Screening:
    """Scores made ready for choosing a threshold; for ten million rows this takes seconds.

    Arguments:
        scores: nats, shape (N,).
        rows: the row of the table that each is, shape (N,).
        x: data units, shape (N, D).
        labels: codes, shape (N,), -1 where missing; or empty.
        anomalous: the code that marks anomalies, or None.
        on_step: told the fraction done and what is done; may raise `Cancelled`.
    """
    marks = None
    if anomalous is not None and len(labels):
        marks = np.where(labels < 0, -1, labels == anomalous).astype(np.int64)
    on_step(0.0, "Ordering scores")
    distribution = ScoreDistribution.of(scores)
    on_step(0.2, "Ordering scores")
    order = np.argsort(-scores, kind="stable")
    on_step(0.6, "Counting scores")
    bars = histogram(scores, BINS, None if marks is None else (marks == 1).astype(np.int64))
    on_step(0.7, "Comparing with the labels")
    detection, reason = _judged(scores, labels, marks)
    return Screening(scores, rows, x, marks, order, distribution, bars, detection, reason)


def mark_names(labels: Labels | None) -> tuple[str, str]:
    """What rows not marked and rows marked anomalous are called."""
    if labels is None or labels.anomalous is None:
        return "normal", "anomalous"
    word = labels.levels[labels.anomalous]
    others = [level for level in labels.levels if level != word]
    return others[0] if len(others) == 1 else f"not {word}", word


def _judged(scores: Floats, labels: Ints, marks: Ints | None) -> tuple[Detection | None, str]:
    if marks is None and len(labels):
        return None, "No word of the label marks anomalies. Say in the Data tab which one does."
    if marks is None:
        return None, "These data have no label that says what is anomalous, so nothing can be compared."
    try:
        return Detection.of(rank(scores, marks, anomalous=1)), ""
    except DataError as error:
        return None, str(error)
