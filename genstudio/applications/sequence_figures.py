"""Figures in which sampled sequences should be like real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.sequences import bounds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SequenceFigures:
    """Of each of D columns over all sequences.

    Arguments:
        mean, deviation: shape (D,), data units.
        correlation: between a value and the next one, shape (D,); NaN where nothing varies.
    """

    mean: Floats
    deviation: Floats
    correlation: Floats


def sequence_figures(x: Floats, lengths: Ints) -> SequenceFigures:
    """Figures of rows, shape (N, D), NaN where a value is missing, one sequence after another."""
    known = np.isfinite(x)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, x, 0.0).sum(axis=0) / n
    off = np.where(known, x - mean, 0.0)
    variance = (off**2).sum(axis=0) / n
    # The last row of a sequence has no next one.
    first = np.ones(len(x), bool)
    first[bounds(lengths)[1:] - 1] = False
    pairs = np.flatnonzero(first)
    both = (known[pairs] & known[pairs + 1]).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = (off[pairs] * off[pairs + 1]).sum(axis=0) / both / variance
    return SequenceFigures(mean, np.sqrt(variance), correlation)
