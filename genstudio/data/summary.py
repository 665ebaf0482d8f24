"""What a look at a column shows: how much is missing, what it ranges over, and its shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.table import Column

Floats = NDArray[np.float64]

BINS = 24
MOST_SAMPLED = 200_000


@dataclass(frozen=True)
class ColumnSummary:
    """What is known of one column.

    Arguments:
        missing: how many values are missing, counted over all rows.
        minimum, maximum: of all finite values; NaN where there are none. Codes for words.
        heights: how often each bin or level came up, shape (BINS,) or less, scaled so that the highest is 1.
        every: the heights come from every so many rows; 1 means from all.
        common: for words, the most frequent levels, the most frequent first.
    """

    rows: int
    missing: int
    minimum: float
    maximum: float
    heights: Floats
    every: int
    common: tuple[str, ...] = ()


def summarise(column: Column) -> ColumnSummary:
    """A column's summary; counts and range are exact, the shape of a long column comes from a sample."""
    values = column.values
    finite = np.isfinite(values)
    minimum, maximum = _range(values, finite)
    every = max(1, -(-len(values) // MOST_SAMPLED))
    sample = values[::every][finite[::every]]
    counts = _level_counts(sample, len(column.levels)) if column.levels else _bin_counts(sample, minimum, maximum)
    order = np.argsort(-counts, kind="stable")[:BINS] if column.levels else np.arange(len(counts))
    heights = counts[order] / max(1.0, float(counts.max(initial=0.0)))
    common = tuple(column.levels[i] for i in order if counts[i] > 0) if column.levels else ()
    return ColumnSummary(len(values), int(np.isnan(values).sum()), minimum, maximum, heights, every, common)


def _range(values: Floats, finite: NDArray[np.bool_]) -> tuple[float, float]:
    if not finite.any():
        return float("nan"), float("nan")
    lowest = np.min(values, where=finite, initial=np.inf)
    return float(lowest), float(np.max(values, where=finite, initial=-np.inf))


def _level_counts(codes: Floats, levels: int) -> Floats:
    return np.bincount(codes.astype(np.int64), minlength=levels).astype(np.float64)


def _bin_counts(values: Floats, minimum: float, maximum: float) -> Floats:
    if not len(values):
        return np.zeros(BINS)
    # Halved, the distance of the two largest numbers of opposite sign is still a number.
    span = maximum / 2 - minimum / 2
    place = (values / 2 - minimum / 2) / span if span > 0 else np.full(len(values), 0.5)
    return np.bincount(np.minimum(place * BINS, BINS - 1).astype(np.int64), minlength=BINS).astype(np.float64)
