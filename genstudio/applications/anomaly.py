"""Anomalies: a threshold on scores kept in step three ways, what lies beyond it, and why.

A score is a negative log-likelihood in nats; higher is stranger. A row that the model gives no
density at all scores +inf and lies beyond every threshold. A row whose score is NaN could not be
scored: it is never flagged, and it is counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.errors import DataError, SettingsError

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

USUAL_PERCENT = 1.0
"""The percentile of the log-likelihoods below which rows are flagged until somebody chooses otherwise."""

NOTABLE_SHARE = 0.25
"""Columns that add less than this share of the strangeness are not named as its reason."""


@dataclass(frozen=True)
class Threshold:
    """Where strange begins.

    Arguments:
        percent: the percentile of the log-likelihoods that the threshold is, 0 to 100.
        value: rows that score higher are flagged, nats; finite, so that rows without any density always are.
        flagged: how many rows that is, of those the threshold was found on.
        total: how many rows were scored.
    """

    percent: float
    value: float
    flagged: int
    total: int

    def flags(self, scores: Floats) -> Bools:
        """Which of any scores, shape (N,), lie beyond the threshold."""
        beyond: Bools = scores > self.value
        return beyond


@dataclass(frozen=True)
class ScoreDistribution:
    """Scores in order, so that a threshold follows a dragging hand at any number of rows.

    Arguments:
        ordered: the finite scores, ascending, shape (M,).
        below: how many score -inf.
        beyond: how many score +inf.
        unscored: how many could not be scored (NaN); counted nowhere else.
    """

    ordered: Floats
    below: int
    beyond: int
    unscored: int

    @classmethod
    def of(cls, scores: Floats) -> ScoreDistribution:
        """The distribution of scores in any order, shape (N,)."""
        ordered = np.sort(scores[np.isfinite(scores)])
        ordered.flags.writeable = False
        below, beyond = int((scores == -np.inf).sum()), int((scores == np.inf).sum())
        return cls(ordered, below, beyond, len(scores) - len(ordered) - below - beyond)

    @property
    def total(self) -> int:
        """How many rows were scored."""
        return self.below + len(self.ordered) + self.beyond

    def by_percent(self, percent: float = USUAL_PERCENT) -> Threshold:
        """The threshold at a percentile of the log-likelihoods, 0 to 100: the textbook's bottom 1 % is 1.

        Raises:
            SettingsError: the percentile is not between 0 and 100.
        """
        if not 0.0 <= percent <= 100.0:
            raise SettingsError(f"A threshold cannot lie at {percent:g} % of the rows.", "Choose 0 to 100 %.")
        value = self.value_at(percent)
        return Threshold(percent, value, self.flagged_above(value), self.total)

    def by_value(self, value: float) -> Threshold:
        """The threshold at a score, nats.

        Raises:
            SettingsError: the score is not a finite number.
        """
        if not math.isfinite(value):
            raise SettingsError(f"A threshold cannot lie at {value} nats.", "Choose a finite score.")
        return Threshold(self.percent_at(value), value, self.flagged_above(value), self.total)

    def value_at(self, percent: float) -> float:
        """The score at a percentile of the log-likelihoods: -np.percentile(log_prob, percent) where all are finite.

        Always finite: infinite scores lie beyond the highest finite one, which stands for them. Without any
        finite score it is 0, which flags the infinite ones as every other value would.
        """
        if not len(self.ordered):
            return 0.0
        rank = (self.total - 1) * (percent / 100.0)
        above, share = math.floor(rank), rank - math.floor(rank)
        start, end = self._ranked(above), self._ranked(above + 1)
        # As NumPy does: from the nearer neighbour, so that rounding never leaves the interval.
        return start + (end - start) * share if share < 0.5 else end - (end - start) * (1.0 - share)

    def percent_at(self, value: float) -> float:
        """The percentile of the log-likelihoods at a score; the inverse of `value_at` between lowest and highest."""
        ordered = self.ordered
        if not len(ordered) or value > ordered[-1]:
            return 0.0
        if value < ordered[0]:
            return 100.0
        lower = int(np.searchsorted(ordered, value, side="right")) - 1
        between = 0.0
        if lower + 1 < len(ordered):
            between = (value - float(ordered[lower])) / (float(ordered[lower + 1]) - float(ordered[lower]))
        return 100.0 * (self.total - 1 - self.below - lower - between) / max(self.total - 1, 1)

    def flagged_above(self, value: float) -> int:
        """How many rows score higher than a value, infinite ones among them."""
        return len(self.ordered) - int(np.searchsorted(self.ordered, value, side="right")) + self.beyond

    def _ranked(self, rank: int) -> float:
        """The score at a rank from the strangest, 0, on; the nearest finite one where that is infinite."""
        place = self.total - 1 - rank - self.below
        return float(self.ordered[min(max(place, 0), len(self.ordered) - 1)])


@dataclass(frozen=True)
class StrangeRow:
    """One row of the table of strange rows.

    Arguments:
        row: the row of the table that was scored.
        score: nats.
        contributions: what each column adds beyond the usual, shape (D,), nats; empty where the model cannot say why.
        shares: the share of each column in all that adds, shape (D,), 0 to 1.
        reason: in words.
    """

    row: int
    score: float
    contributions: Floats
    shares: Floats
    reason: str


def strangest(scores: Floats, k: int) -> Ints:
    """Positions of the k highest scores, strangest first; equal ones in their order, NaN never."""
    scored = np.flatnonzero(~np.isnan(scores))
    values = scores[scored]
    if 0 < k < len(values):
        # Everything that ties with the k-th stays in, so that the order decides and not the partition.
        kept = values >= np.partition(values, len(values) - k)[len(values) - k]
        scored, values = scored[kept], values[kept]
    return scored[np.argsort(-values, kind="stable")[:max(k, 0)]]


def flagged(scores: Floats, threshold: Threshold) -> Ints:
    """Positions of the rows beyond a threshold, strangest first."""
    beyond = np.flatnonzero(threshold.flags(scores))
    return beyond[np.argsort(-scores[beyond], kind="stable")]


def excess(contributions: Floats, reference: Floats) -> Floats:
    """What each column adds beyond the usual, shape (K, D), nats.

    A log-density knows the unit of its column: in grams a thousandfold wider than in kilograms, every value is
    log 1000 nats more surprising. Against the median of ordinary rows units cancel, and columns compare.

    Arguments:
        contributions: of the rows to explain, shape (K, D), nats.
        reference: of ordinary rows, some hundreds of the training rows, shape (R, D), nats.
    """
    less_usual: Floats = contributions - np.array([_middle(column[np.isfinite(column)]) for column in reference.T])
    return less_usual


def explained(
    scores: Floats, contributions: Floats | None, rows: Ints, names: Sequence[str], unit: str = "nats"
) -> tuple[StrangeRow, ...]:
    """Why rows are strange.

    Arguments:
        scores: shape (K,).
        contributions: what each column adds beyond the usual, shape (K, D), as `excess` finds it; None when
            the model cannot say.
        rows: the rows of the table, shape (K,).
        names: of the columns, D of them.
        unit: of scores and contributions; empty where they have none.
    """
    if contributions is None:
        return tuple(
            StrangeRow(int(row), float(score), np.empty(0), np.empty(0), "")
            for row, score in zip(rows, scores, strict=True)
        )
    _check_shape(contributions, len(scores), names)
    shares = contribution_shares(contributions)
    return tuple(
        StrangeRow(int(rows[i]), float(scores[i]), contributions[i], shares[i],
                   reason(float(scores[i]), contributions[i], shares[i], names, unit))
        for i in range(len(scores))
    )


def contribution_shares(contributions: Floats) -> Floats:
    """The share of each column in what makes a row strange, shape (N, D); rows sum to 1, or to 0 where nothing adds.

    What lowers the strangeness has no share; columns that add infinitely share alike.
    """
    infinite = contributions == np.inf
    adding = np.where(infinite.any(axis=1, keepdims=True), infinite, np.fmax(contributions, 0.0))
    # Division by the largest first: a sum of huge contributions would overflow.
    adding = adding / _nonzero(adding.max(axis=1, keepdims=True, initial=0.0))
    return adding / _nonzero(adding.sum(axis=1, keepdims=True))


def reason(score: float, contributions: Floats, shares: Floats, names: Sequence[str], unit: str) -> str:
    """Why one row is strange, in words: the columns that add most, at most two."""
    order = [int(i) for i in np.argsort(-shares, kind="stable")[:2] if shares[i] >= NOTABLE_SHARE]
    if not order:
        return "the model expects no such row at all" if score == math.inf else "no column stands out on its own"
    rest = " given the others" if len(names) > len(order) else ""
    if len(order) == 1:
        return f"{names[order[0]]} is surprising{rest}: {_amount(contributions[order[0]], unit)}"
    named = " and ".join(f"{names[i]} ({_amount(contributions[i], unit)})" for i in order)
    return f"{named} are surprising{rest}"


def _check_shape(contributions: Floats, rows: int, names: Sequence[str]) -> None:
    if contributions.shape != (rows, len(names)):
        raise DataError(
            f"Contributions of shape {contributions.shape} do not belong to {rows} rows of {len(names)} columns.",
            "Ask the model for those of the same rows.",
        )


def _middle(values: Floats) -> float:
    return float(np.median(values)) if len(values) else 0.0


def _nonzero(values: Floats) -> Floats:
    return np.where(values > 0, values, 1.0)


def _amount(value: float, unit: str) -> str:
    if unit and math.isfinite(value):
        return f"{value:.1f} {unit}"
    return f"{value:.2g}" if math.isfinite(value) else "no such value is expected at all"
