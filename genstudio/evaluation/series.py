"""Figures of sequences: means over rows that hang together, with standard errors that allow for it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from genstudio.evaluation.metric import Figure, remembered, sentences
from genstudio.models.fitted import Fitted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SEVERAL = 10
"""From so many sequences on their spread tells the standard error; that of fewer is told by blocks in time."""


def row_log_prob(fitted: Fitted, x: Floats, lengths: Ints) -> Floats:
    """Log-density of each row that is no gap given those before it, nats, data units; whole sequences at once."""
    steps: Floats = remembered(fitted, x, ("steps",), lambda: fitted.step_log_prob(x, lengths))
    return steps[seen(x)]


def seen(x: Floats) -> Bools:
    """Which rows are no gaps, shape (N,)."""
    return np.asarray(~np.isnan(x).all(axis=1))


def seen_owners(x: Floats, lengths: Ints) -> Ints:
    """The sequence of each row that is no gap, shape (N,)."""
    return np.repeat(np.arange(len(lengths)), lengths)[seen(x)]


def mean_in_time(values: Floats, owner: Ints, note: str = "") -> Figure:
    """The mean of a number a row.

    Its standard error is that of a ratio of sums over sequences, or over blocks in time where there are few.

    Arguments:
        values: shape (N,).
        owner: the sequence of each, shape (N,), rising.
        note: what else should be known.
    """
    group, words = _groups(owner)
    mean = float(values.mean())
    return Figure(mean, _stderr(values, group, mean), len(values), note=sentences(words, note))


def _stderr(values: Floats, group: Ints, mean: float) -> float | None:
    count = int(group[-1]) + 1 if len(group) else 0
    if count < 2 or not math.isfinite(mean):
        return None
    off = np.bincount(group, weights=values - mean, minlength=count)
    return math.sqrt(count / (count - 1) * float((off**2).sum())) / len(values)


def _groups(owner: Ints) -> tuple[Ints, str]:
    """Which rows are taken together, shape (N,), counted from 0, and words for it."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    if len(first) >= SEVERAL:
        return _counted(owner), f"± is by the spread over {len(first):,} sequences."
    # Blocks of about √N rows are many, and most of what hangs together lies within one of them.
    rows = max(1, math.isqrt(len(owner)))
    within = np.arange(len(owner)) - first[_counted(owner)] if len(owner) else owner
    group = _counted(owner * (len(owner) + 1) + within // rows)
    count = int(group[-1]) + 1 if len(group) else 0
    return group, f"± is by the spread over {count:,} blocks of {rows:,} rows in time."


def _counted(keys: Ints) -> Ints:
    """Keys that stand together, counted from 0 in their order."""
    return np.cumsum(np.diff(keys, prepend=keys[:1]) != 0)
