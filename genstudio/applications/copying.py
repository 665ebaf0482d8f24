"""Is a model copying? How near what it invents lies to what it learned from."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

QUANTILES = (0.01, 0.5, 0.99)
SAME_DISTANCE = 1e-6
"""Root mean square over coordinates, model units: what remains of rounding."""
BINS = 24


class Verdict(StrEnum):
    """What the distance from the nearest training item tells."""

    SAME = "same"
    COPY = "copy"
    NEAR = "near"
    NEW = "new"
    FAR = "far"
    UNKNOWN = "unknown"


def usual_distances(own: Array) -> Array:
    """Quantiles 0.01, 0.5 and 0.99 of how far training items lie from one another, shape (3,); NaN of none."""
    return np.quantile(own, QUANTILES) if len(own) else np.full(len(QUANTILES), np.nan)


def verdict(distance: float, usual: Array) -> Verdict:
    """What a distance from the nearest training item tells.

    Arguments:
        usual: as `usual_distances` gives them.
    """
    if not np.isfinite(distance):
        return Verdict.UNKNOWN
    if distance <= SAME_DISTANCE:
        return Verdict.SAME
    if not np.isfinite(usual).all():
        return Verdict.UNKNOWN
    place = int(np.searchsorted(usual, distance, side="right"))
    return (Verdict.COPY, Verdict.NEAR, Verdict.NEW, Verdict.FAR)[place]


def verdicts(distances: Array, usual: Array) -> list[Verdict]:
    """The verdict on each of some distances, shape (N,)."""
    return [verdict(float(distance), usual) for distance in distances]


def shares(distances: Array, own: Array, bins: int = BINS) -> tuple[Array, Array]:
    """How two sets of distances are spread over common bins.

    Arguments:
        distances: of invented items from their nearest training item, shape (N,); NaN and inf are left out.
        own: of training items from one another, shape (M,), finite.

    Returns:
        edges (B + 1,), and the share of either in each bin, shape (2, B); a row of zeros where there are none.
    """
    finite = distances[np.isfinite(distances)]
    high = float(np.concatenate([finite, own]).max(initial=0.0)) or 1.0
    edges = np.linspace(0.0, high, bins + 1)
    counts = [np.histogram(values, edges)[0] / max(len(values), 1) for values in (finite, own)]
    return edges, np.array(counts)
