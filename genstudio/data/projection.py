"""Looking at many columns at once: principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.reader import Watch, unwatched
from genstudio.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_FITTED = 100_000
MOST_COLUMNS = 1_000
# Rows times squared columns: some seconds of one core.
_MOST_WORK = 10**10


@dataclass(frozen=True)
class Projection:
    """Rows seen along the directions of greatest variance.

    Arguments:
        points: shape (N, C), coordinates of all rows that were given.
        explained: share of the whole variance along each direction, shape (C,).
        directions: orthonormal, shape (C, D); the largest weight of each is positive.
        fitted: how many rows the directions were found from.
        columns: the columns looked at, shape (D,): all of them, or evenly chosen ones of very many.
    """

    points: Floats
    explained: Floats
    directions: Floats
    fitted: int
    columns: Ints


def project(
    x: Floats, components: int = 2, *, standardise: bool = True, watch: Watch = unwatched
) -> Projection:
    """Principal components by singular value decomposition.

    Arguments:
        x: shape (N, D), finite.
        standardise: give every column deviation 1 first, so that units do not decide what is seen.

    Raises:
        DataError: less than two rows or two columns, or no column that varies.
        Cancelled: raised by `watch`.
    """
    if x.shape[0] < 2 or x.shape[1] < 2:
        raise DataError("Principal components need at least two columns and two rows.", "Take up more of them.")
    columns = _spread(x.shape[1], MOST_COLUMNS)
    rows = _spread(x.shape[0], min(MOST_FITTED, _MOST_WORK // len(columns) ** 2))
    watch(0.1, "Finding principal components")
    z, shift, scale = _centred(x[np.ix_(rows, columns)], standardise)
    _, singular, directions = np.linalg.svd(_reduced(z), full_matrices=False)
    if not singular[0] > 0:
        raise DataError("No column varies, so there is no direction to look along.", "Choose other columns.")
    watch(0.7, "Projecting")
    directions = _with_steady_signs(directions[:components])
    explained = (singular / singular[0]) ** 2
    points = ((x[:, columns] - shift) / scale) @ directions.T
    return Projection(points, (explained / explained.sum())[:components], directions, len(rows), columns)


def _spread(n: int, most: int) -> Ints:
    """At most so many indices below n, evenly spaced."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)


def _centred(x: Floats, standardise: bool) -> tuple[Floats, Floats, Floats]:
    # Columns of 1e200 would overflow when squared; dividing by the largest number first does not change directions.
    size = np.abs(x).max(axis=0)
    size[size == 0] = 1.0
    unit = x / size
    shift = unit.mean(axis=0)
    deviation = unit.std(axis=0)
    deviation[deviation == 0] = 1.0
    scale = deviation if standardise else size.max() / size
    return (unit - shift) / scale, shift * size, scale * size


def _reduced(z: Floats) -> Floats:
    """A square matrix with the singular values and right vectors of a tall one."""
    return np.asarray(np.linalg.qr(z, mode="r"), dtype=np.float64) if z.shape[0] > 2 * z.shape[1] else z


def _with_steady_signs(directions: Floats) -> Floats:
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    return directions * np.where(signs == 0, 1.0, signs)[:, None]
