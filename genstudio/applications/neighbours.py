"""The items of a data set that are nearest to others: is a model copying?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.reader import Watch, unwatched

Array = NDArray[Any]
PIECE = 2048
SOME = 500


def nearest_items(
    train: Array, wanted: Array, to_model: Callable[[Array], Array], watch: Watch = unwatched,
    own: Array | None = None,
) -> tuple[Array, Array]:
    """Places of the nearest training items, shape (N,), and the distances to them, shape (N,).

    Arguments:
        train: training items as a data set holds them, shape (M, *item).
        wanted: shape (N, *item), model units.
        to_model: takes training items to model units, piece by piece.
        own: the place of each wanted item among the training items, which is passed over.

    Returns:
        Distances are root mean squares over the coordinates, model units.
    """
    flat = np.asarray(wanted, np.float32).reshape(len(wanted), -1)
    best, place = np.full(len(flat), np.inf, np.float32), np.zeros(len(flat), np.int64)
    for start in range(0, len(train), PIECE):
        watch(start / len(train), "Looking for the nearest items")
        part = np.asarray(to_model(train[start:start + PIECE]), np.float32).reshape(-1, flat.shape[1])
        apart = (part**2).sum(1) - 2 * flat @ part.T
        if own is not None:
            _pass_over(apart, own - start)
        nearer = apart.argmin(1)
        found = np.take_along_axis(apart, nearer[:, None], 1)[:, 0]
        place[found < best] = start + nearer[found < best]
        best = np.minimum(best, found)
    exact = np.asarray(to_model(train[place]), np.float64).reshape(len(flat), -1) - wanted.reshape(len(flat), -1)
    return place, np.sqrt((exact**2).mean(1))


def own_distances(train: Array, to_model: Callable[[Array], Array], watch: Watch = unwatched) -> Array:
    """How far training items lie from their own nearest neighbour, shape (at most `SOME`,); of some of them."""
    some = np.linspace(0, len(train) - 1, min(SOME, len(train))).astype(np.int64)
    if len(train) < 2:
        return np.empty(0)
    _, distance = nearest_items(train, to_model(train[some]), to_model, watch, own=some)
    return distance


def _pass_over(apart: Array, place: Array) -> None:
    inside = (place >= 0) & (place < apart.shape[1])
    apart[np.flatnonzero(inside), place[inside]] = np.inf
