"""Histograms of scores, stacked by label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LARGEST = 1e300
"""Beyond this, differences of scores overflow."""

REACH = 10.0
"""How far beyond the median the range goes, in distances from there to the 99th percentile."""

CHUNK = 1 << 20


@dataclass(frozen=True)
class Histogram:
    """How many scores fall into each bin.

    Arguments:
        edges: of the bins, shape (B + 1,), nats, ascending and finite.
        counts: shape (L, B), one row a label.
        codes: the labels that the rows of `counts` are of, L of them; -1 holds the unlabelled.
        below: how many scores lie under the first edge, -inf among them.
        beyond: how many lie over the last one, +inf among them.
        unscored: how many are NaN.
    """

    edges: Floats
    counts: Ints
    codes: tuple[int, ...]
    below: int
    beyond: int
    unscored: int


def histogram(
    scores: Floats, bins: int = 60, labels: Ints | None = None, limits: tuple[float, float] | None = None
) -> Histogram:
    """Scores counted in bins of equal width.

    Arguments:
        scores: shape (N,), nats; any may be infinite or NaN.
        bins: how many.
        labels: codes, shape (N,), -1 where missing; None when there are none.
        limits: first and last edge; found by `score_limits` when None.
    """
    low, high = _widened(*(score_limits(scores) if limits is None else limits))
    groups = 1 if labels is None else int(labels.max(initial=-1)) + 2
    counts = np.zeros(groups * bins, np.int64)
    # In pieces: ten million rows would otherwise pass through memory several times over.
    for start in range(0, len(scores), CHUNK):
        piece = slice(start, start + CHUNK)
        cells = _cells(scores[piece], None if labels is None else labels[piece], bins, low, high)
        counts += np.bincount(cells, minlength=len(counts))
    table = counts.reshape(groups, bins)
    seen = [0] if labels is None else [group for group in range(groups) if table[group].any()]
    return Histogram(
        edges=np.linspace(low, high, bins + 1), counts=table[seen], codes=tuple(group - 1 for group in seen),
        below=int((scores < low).sum()), beyond=int((scores > high).sum()), unscored=int(np.isnan(scores).sum()),
    )


def score_limits(scores: Floats) -> tuple[float, float]:
    """The range worth showing: from the lowest finite score to the highest, unless that lies absurdly far out.

    A handful of rows a thousand nats away would press all others into one bin. 0 and 1 when no score is finite.
    """
    finite = scores[np.abs(scores) <= LARGEST]
    if not len(finite):
        return 0.0, 1.0
    median, tail = (float(value) for value in np.percentile(finite, [50, 99]))
    low, high = float(finite.min()), float(finite.max())
    return low, min(high, median + REACH * (tail - median)) if tail > median else high


def _widened(low: float, high: float) -> tuple[float, float]:
    """The same range, or a wider one where bins would have no width."""
    margin = max(0.5, 1e-6 * max(abs(low), abs(high)))
    return (low, high) if high - low > 1e-9 * margin else (low - margin, high + margin)


def _cells(scores: Floats, labels: Ints | None, bins: int, low: float, high: float) -> Ints:
    """The cell of each score within the range: bins of the first group, then of the next; the rest is left out."""
    inside = (scores >= low) & (scores <= high)
    cells = np.minimum(((scores[inside] - low) * (bins / (high - low))).astype(np.int64), bins - 1)
    return cells if labels is None else cells + (labels[inside] + 1) * bins
