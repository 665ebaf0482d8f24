"""Where Gaussian states start: on clusters of the rows, as hmmlearn has it."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# As in hmmlearn: the best of so many.
RESTARTS = 10


def cluster_means(x: Floats, labels: Ints | None, k: int, m: int, seed: int) -> tuple[Floats, int]:
    """Means of k states with m Gaussians each, shape (k, m, D), and how many of them have no rows of their own.

    Arguments:
        x: shape (N, D), nothing missing.
        labels: the state of each row, shape (N,); by k-means when None.
    """
    if labels is None and m == 1:
        centres, labels = _clusters(x, k, seed)
        return centres[:, None], k - len(np.unique(labels))
    if labels is None:
        labels = _clusters(x, k, seed)[1]
    means, idle = np.empty((k, m, x.shape[1])), 0
    for state in range(k):
        own = x[labels == state]
        # A state without rows starts where all rows do.
        means[state], found = _clusters(own if len(own) else x, m, seed)
        idle += m - (len(np.unique(found)) if len(own) else 0)
    return means, idle


def _clusters(x: Floats, k: int, seed: int) -> tuple[Floats, Ints]:
    """Centres of k clusters, shape (k, D), and the cluster of each row; of fewer rows some centres are equal."""
    if k == 1:
        return x.mean(axis=0, keepdims=True), np.zeros(len(x), dtype=np.int64)
    if len(x) < k:
        rows = np.arange(k) % len(x)
        return x[rows], np.arange(len(x))
    with warnings.catch_warnings():
        # Fewer distinct rows than clusters are counted by whoever asks.
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = KMeans(n_clusters=k, random_state=seed, n_init=RESTARTS).fit(x)
    return found.cluster_centers_, found.labels_.astype(np.int64)
