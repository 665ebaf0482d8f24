"""How likely stretches of a sequence are, and the stretches that are flagged as strange."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.sequences import bounds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

USUAL_WINDOW = 25
"""So many rows are one window until somebody chooses otherwise."""


@dataclass(frozen=True)
class Intervals:
    """Stretches of flagged rows; each lies within one sequence.

    Arguments:
        start: first row, shape (I,).
        end: the row after the last, shape (I,).
        sequence: which sequence each lies in, shape (I,).
        peak: the row with the highest score, shape (I,).
        highest: that score, shape (I,).
        mean: of the flagged rows' scores, shape (I,); inf where one is.
    """

    start: Ints
    end: Ints
    sequence: Ints
    peak: Ints
    highest: Floats
    mean: Floats

    def __len__(self) -> int:
        return len(self.start)

    @property
    def rows(self) -> Ints:
        """How many rows each covers, shape (I,)."""
        return self.end - self.start


def window_scores(step_log_prob: Floats, lengths: Ints, window: int, gaps: Bools | None = None) -> Floats:
    """Minus the mean of `step_log_prob` over a window centred at each row, nats per row, shape (N,).

    A window does not reach beyond its sequence: at the ends it is shorter. Of an even number of rows one more lies
    before the centre than behind it.

    Arguments:
        step_log_prob: log p(x_t | what came before), nats, shape (N,).
        lengths: rows of each sequence, shape (S,).
        window: rows, at least 1.
        gaps: rows without a value, shape (N,), which do not count; none when left out.

    Returns:
        NaN where a window holds nothing but gaps; inf where it holds a row that the model gives no density at all.
    """
    n = len(step_log_prob)
    known = np.ones(n, bool) if gaps is None else ~gaps
    known &= ~np.isnan(step_log_prob)
    impossible = known & (step_log_prob == -np.inf)
    first, last = _reach(lengths, window)
    counted = _sums((known & ~impossible).astype(np.float64), first, last)
    # Sums over the rows before take the place of a loop; the mean is taken off first, so that little is lost.
    finite = known & ~impossible
    centre = float(step_log_prob[finite].mean()) if finite.any() else 0.0
    apart = np.where(finite, np.where(finite, step_log_prob, 0.0) - centre, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = -(centre + _sums(apart, first, last) / counted)
    scores[counted == 0] = np.nan
    scores[_sums(impossible.astype(np.float64), first, last) > 0] = np.inf
    return scores


def gap_rows(x: Floats, step_log_prob: Floats) -> Bools:
    """Rows that add nothing to the likelihood as values of theirs are missing, shape (N,).

    Arguments:
        x: shape (N, D), NaN where a value is missing; a model that knows how to may score what is left of a row.
    """
    gaps: Bools = np.isnan(x).any(axis=1) & (step_log_prob == 0.0)
    return gaps


def flagged_intervals(scores: Floats, lengths: Ints, threshold: float, join: int = 0) -> Intervals:
    """Stretches of rows that score higher than a threshold.

    Arguments:
        scores: shape (N,); NaN is never flagged.
        lengths: rows of each sequence, shape (S,).
        threshold: rows that score higher are flagged.
        join: neighbours in one sequence that are at most so many rows apart are one interval.
    """
    edges = bounds(lengths)
    rows = np.flatnonzero(scores > threshold)
    owner = np.searchsorted(edges, rows, side="right") - 1
    breaks = np.flatnonzero((np.diff(rows) > join + 1) | (np.diff(owner) > 0)) + 1
    first = np.concatenate([[0], breaks]).astype(np.int64)[:len(rows)]
    last = np.append(first[1:], len(rows)) - 1
    if not len(rows):
        nothing = np.zeros(0, np.int64)
        return Intervals(nothing, nothing, nothing, nothing, np.zeros(0), np.zeros(0))
    flagged = scores[rows]
    highest = np.maximum.reduceat(flagged, first)
    part = np.repeat(np.arange(len(first)), last - first + 1)
    at_peak = np.flatnonzero(flagged == highest[part])
    peak = rows[at_peak[np.unique(part[at_peak], return_index=True)[1]]]
    mean = np.add.reduceat(flagged, first) / (last - first + 1)
    return Intervals(rows[first], rows[last] + 1, owner[first], peak, highest, mean)


def _reach(lengths: Ints, window: int) -> tuple[Ints, Ints]:
    """The first row of the window at each row, and the row after its last, shape (N,) each."""
    edges = bounds(lengths)
    rows = np.arange(edges[-1])
    first = np.maximum(rows - window // 2, np.repeat(edges[:-1], lengths))
    last = np.minimum(rows + (window - 1) // 2 + 1, np.repeat(edges[1:], lengths))
    return first, last


def _sums(values: Floats, first: Ints, last: Ints) -> Floats:
    cumulated = np.concatenate([[0.0], np.cumsum(values)])
    found: Floats = cumulated[last] - cumulated[first]
    return found
