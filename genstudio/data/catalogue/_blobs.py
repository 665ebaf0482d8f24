"""Round clouds whose centres are drawn as scikit-learn's `make_blobs` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pydantic
from numpy.typing import NDArray

from genstudio.data.densities.mixture import GaussianMixture

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BOX = 10.0
MOST_STATES = 2**32 - 1
Widths = Annotated[
    tuple[Annotated[float, pydantic.Field(ge=0.05, le=5)], ...], pydantic.Field(min_length=1, max_length=20)
]
"""Standard deviations of the blobs, taken in turn again where there are more blobs than widths."""


def blob_centers(centers: int, random_state: int, box: float = BOX) -> Floats:
    """Centres drawn evenly from [-box, box]², shape (centers, 2)."""
    return np.random.RandomState(random_state).uniform(-box, box, (centers, 2))


def blob_density(centers: Floats, cluster_std: Sequence[float]) -> GaussianMixture:
    """Blobs of equal weight round the centres, shape (K, 2)."""
    count = len(centers)
    return GaussianMixture(np.full(count, 1 / count), centers, np.resize(cluster_std, count))


def make_blobs(
    n_samples: int, centers: int, cluster_std: Sequence[float], random_state: int
) -> tuple[Floats, Ints]:
    """The rows of scikit-learn's function of this name, bit for bit, without importing scikit-learn.

    Returns:
        Points, shape (n_samples, 2), and the blob of each, shape (n_samples,), shuffled.
    """
    rng = np.random.RandomState(random_state)
    middles = rng.uniform(-BOX, BOX, (centers, 2))
    counts = n_samples // centers + (np.arange(centers) < n_samples % centers)
    clouds = [
        rng.normal(middle, std, (count, 2))
        for middle, std, count in zip(middles, np.resize(cluster_std, centers), counts, strict=True)
    ]
    order = np.arange(n_samples)
    rng.shuffle(order)
    return np.concatenate(clouds)[order], np.repeat(np.arange(centers), counts)[order]
