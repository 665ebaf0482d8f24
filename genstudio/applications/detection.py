"""How well scores find the anomalies that labels tell of: curves, areas and the best threshold.

Everything comes from one ranking: the distinct scores from the strangest down, and how many
anomalous and normal rows score at least that much.

References:
    DeLong, DeLong, Clarke-Pearson (1988): Comparing the areas under correlated ROC curves.
    Hanley, McNeil (1982): The meaning and use of the area under a ROC curve.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from operator import neg

import numpy as np
from numpy.typing import NDArray

from genstudio.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CURVE_POINTS = 2_000
RESAMPLES = 200


@dataclass(frozen=True)
class Confusion:
    """What a threshold gets right and wrong. A rate without any row to take it over is 0, as in scikit-learn."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def precision(self) -> float:
        """The share of the flagged that is anomalous."""
        return self.tp / max(self.tp + self.fp, 1)

    @property
    def recall(self) -> float:
        """The share of the anomalous that is flagged."""
        return self.tp / max(self.tp + self.fn, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.tp / max(2 * self.tp + self.fp + self.fn, 1)

    @property
    def accuracy(self) -> float:
        """The share of all rows that is judged rightly."""
        return (self.tp + self.tn) / max(self.tp + self.fp + self.fn + self.tn, 1)


@dataclass(frozen=True)
class Ranking:
    """Labelled rows by their score, strangest first.

    Arguments:
        scores: the distinct scores, descending, shape (T,), nats.
        tp: anomalous rows that score at least so much, shape (T,).
        fp: normal rows that score at least so much, shape (T,).
        left_out: rows without a label or without a score.
    """

    scores: Floats
    tp: Ints
    fp: Ints
    left_out: int

    @property
    def n_anomalous(self) -> int:
        """How many rows are anomalous."""
        return int(self.tp[-1])

    @property
    def n_normal(self) -> int:
        """How many rows are normal."""
        return int(self.fp[-1])

    @property
    def n(self) -> int:
        """How many rows are ranked."""
        return self.n_anomalous + self.n_normal

    def confusion(self, value: float) -> Confusion:
        """What flagging all that score higher than a finite value gets right."""
        flagged = bisect_left(self.scores, -value, key=neg)
        tp, fp = (int(self.tp[flagged - 1]), int(self.fp[flagged - 1])) if flagged else (0, 0)
        return Confusion(tp, fp, self.n_anomalous - tp, self.n_normal - fp)

    @property
    def auroc(self) -> float:
        """Area under the ROC curve: how often an anomalous row scores higher than a normal one, ties half."""
        fpr = np.concatenate([[0.0], self.fp / self.n_normal])
        tpr = np.concatenate([[0.0], self.tp / self.n_anomalous])
        return float(np.trapezoid(tpr, fpr))

    @property
    def average_precision(self) -> float:
        """Precision, averaged over the anomalous rows."""
        return float(_average_precision(np.diff(self.tp, prepend=0), np.diff(self.fp, prepend=0)))

    def best_f1(self) -> tuple[float, float]:
        """The best F1 of any threshold, and a finite score beyond which to flag for it, nats."""
        f1 = 2.0 * self.tp / (self.tp + self.fp + self.n_anomalous)
        best = int(np.argmax(f1))
        return float(f1[best]), self._between(best)

    def _between(self, last: int) -> float:
        """A value that flags the distinct scores up to `last` and no more, half-way to the next where it can."""
        upper = float(self.scores[last])
        lower = float(self.scores[last + 1]) if last + 1 < len(self.scores) else -math.inf
        if lower == -math.inf:
            return math.nextafter(upper, lower)
        middle = lower + (upper - lower) / 2
        return middle if lower < middle < upper else lower

    def roc(self) -> tuple[Floats, Floats]:
        """False and true positive rate, from (0, 0) to (1, 1), at most `CURVE_POINTS` each."""
        return _thinned(
            np.concatenate([[0.0], self.fp / self.n_normal]), np.concatenate([[0.0], self.tp / self.n_anomalous])
        )

    def precision_recall(self) -> tuple[Floats, Floats]:
        """Recall, ascending, and precision, at most `CURVE_POINTS` each; it starts at recall 0, precision 1."""
        return _thinned(
            np.concatenate([[0.0], self.tp / self.n_anomalous]), np.concatenate([[1.0], self.tp / (self.tp + self.fp)])
        )

    def auroc_stderr(self) -> float:
        """Standard error of the AUROC: DeLong's, or Hanley and McNeil's where a class has a single row."""
        if min(self.n_anomalous, self.n_normal) < 2:
            return _hanley_mcneil(self.auroc, self.n_anomalous, self.n_normal)
        anomalous, normal = np.diff(self.tp, prepend=0), np.diff(self.fp, prepend=0)
        # Of each anomalous row, the share of normal ones below it, and the other way round; ties half.
        outranked = 1.0 - (self.fp - normal / 2) / self.n_normal
        outranking = (self.tp - anomalous / 2) / self.n_anomalous
        return math.sqrt(
            _variance(outranked, anomalous) / self.n_anomalous + _variance(outranking, normal) / self.n_normal
        )

    def average_precision_stderr(self, seed: int) -> float | None:
        """Standard error of the average precision by a bootstrap; None where a class has a single row."""
        if min(self.n_anomalous, self.n_normal) < 2:
            return None
        rows = np.concatenate(self._grouped())
        drawn = np.random.default_rng(seed).multinomial(self.n, rows / self.n, RESAMPLES)
        anomalous, normal = np.split(drawn, 2, axis=1)
        # Of very few anomalous rows a resample may hold none, and then has no precision.
        usable = anomalous.any(axis=1)
        return float(_average_precision(anomalous[usable], normal[usable]).std(ddof=1))

    def _grouped(self) -> tuple[Ints, Ints]:
        """Anomalous and normal rows in at most `CURVE_POINTS` groups of neighbouring scores.

        A spread needs no finer ranks, and resampling then costs the same at any number of rows.
        """
        progress = self.tp / self.n_anomalous + self.fp / self.n_normal
        last = _evenly(progress, CURVE_POINTS)
        return np.diff(self.tp[last], prepend=0), np.diff(self.fp[last], prepend=0)


def rank(scores: Floats, labels: Ints, anomalous: int) -> Ranking:
    """A ranking of labelled rows.

    Arguments:
        scores: shape (N,), nats, higher is stranger; may be infinite. NaN is left out and counted.
        labels: codes, shape (N,); -1, a missing label, is left out and counted.
        anomalous: the code that marks anomalies; every other is normal.

    Raises:
        DataError: the rows that are left are all anomalous, or all normal, or none.
    """
    known = (labels >= 0) & ~np.isnan(scores)
    scores, strange = scores[known], labels[known] == anomalous
    _check_classes(int(strange.sum()), len(strange))
    order = np.argsort(-scores)
    scores, tp = scores[order], np.cumsum(strange[order])
    # Equal scores stand or fall together: only the last of each counts.
    last = np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1)
    return Ranking(scores[last], tp[last], last + 1 - tp[last], len(labels) - len(strange))


def _check_classes(n_anomalous: int, n: int) -> None:
    if not n:
        raise DataError("No row has both a label and a score.", "Choose a label column that says what is anomalous.")
    if n_anomalous in (0, n):
        which, other = ("anomalous", "normal") if n_anomalous else ("normal", "anomalous")
        raise DataError(
            f"All {n} labelled rows are {which}, so nothing can be told apart.", f"Add rows labelled {other}."
        )


def _average_precision(anomalous: Ints, normal: Ints) -> Floats:
    """Average precision of rows counted by descending score, shape (..., T); one value for each leading index."""
    tp = np.cumsum(anomalous, axis=-1)
    flagged = np.maximum(tp + np.cumsum(normal, axis=-1), 1)
    mean: Floats = (anomalous * (tp / flagged)).sum(axis=-1) / tp[..., -1]
    return mean


def _variance(values: Floats, counts: Ints) -> float:
    """Unbiased variance of values that occur so many times."""
    n = counts.sum()
    mean = (values * counts).sum() / n
    return float((counts * (values - mean) ** 2).sum() / (n - 1))


def _hanley_mcneil(auroc: float, n_anomalous: int, n_normal: int) -> float:
    both_anomalous = auroc / (2 - auroc) - auroc**2
    both_normal = 2 * auroc**2 / (1 + auroc) - auroc**2
    variance = auroc * (1 - auroc) + (n_anomalous - 1) * both_anomalous + (n_normal - 1) * both_normal
    return math.sqrt(max(variance, 0.0) / (n_anomalous * n_normal))


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """A curve with at most `CURVE_POINTS` points, evenly spaced along it, its ends among them."""
    length = np.cumsum(np.abs(np.diff(x, prepend=x[0])) + np.abs(np.diff(y, prepend=y[0])))
    kept = _evenly(length, CURVE_POINTS)
    return x[kept], y[kept]


def _evenly(along: Floats, limit: int) -> Ints:
    """At most `limit` positions in an ascending array, evenly spaced by value, first and last among them."""
    if len(along) <= limit:
        return np.arange(len(along))
    wanted = np.linspace(along[0], along[-1], limit)[:-1]
    return np.unique(np.append(np.searchsorted(along, wanted), len(along) - 1))
