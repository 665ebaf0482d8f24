"""Whether samples are good and whether they are diverse, apart: by which items lie among which others' neighbours."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from genstudio.data.reader import Watch, unwatched
from genstudio.evaluation.compared import compared, part_of, uncomparable
from genstudio.evaluation.items import Items
from genstudio.evaluation.likelihood import flattery
from genstudio.evaluation.metric import Figure, Metric, MetricInfo, sentences, watch_of
from genstudio.models.fitted import Fitted

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_Figure = Callable[[Array, Array, int, Watch], float]

PARTS = 8
"""Both sets are cut into so many parts, whose figures apart say how certain that of the whole is."""
LEAST = 4
"""Parts of fewer items than so many times the neighbours say nothing."""
FEWEST = 40
MOST = 5_000
"""So many items of either set are compared at most, evenly spaced: each is held against each."""
_PIECE = 256
_FEW_FEATURES = 16


@dataclass(frozen=True)
class Estimate:
    """A figure of two sets.

    Arguments:
        value: of both sets as they are.
        stderr: standard error, from the spread of the figures of `PARTS` parts; None where there are too few items.
    """

    value: float
    stderr: float | None


def precision(real: Array, made: Array, k: int = 3, watch: Watch = unwatched) -> Estimate:
    """Share of made items that lie among real ones: within some real item's distance to its k-th nearest other.

    Arguments:
        real, made: features, shapes (N, F) and (M, F), more than k rows each.

    References:
        Kynkäänniemi, Karras, Laine, Lehtinen, Aila (2019): Improved precision and recall metric for assessing
        generative models.
    """
    return _estimate(_precision, real, made, k, watch)


def recall(real: Array, made: Array, k: int = 3, watch: Watch = unwatched) -> Estimate:
    """Share of real items that lie among made ones; arguments and references as of `precision`."""
    return precision(made, real, k, watch)


def density(real: Array, made: Array, k: int = 5, watch: Watch = unwatched) -> Estimate:
    """How many real items' neighbourhoods a made item lies in, by k; 1 is what is expected of the same distribution.

    Arguments:
        real, made, k: as of `precision`.

    References:
        Naeem, Oh, Uh, Choi, Yoo (2020): Reliable fidelity and diversity metrics for generative models.
    """
    return _estimate(_density, real, made, k, watch)


def coverage(real: Array, made: Array, k: int = 5, watch: Watch = unwatched) -> Estimate:
    """Share of real items with a made one in their neighbourhood; arguments and references as of `density`."""
    return _estimate(_coverage, real, made, k, watch)


def _estimate(figure: _Figure, real: Array, made: Array, k: int, watch: Watch) -> Estimate:
    value = figure(real, made, k, watch)
    if min(len(real), len(made)) < PARTS * LEAST * k:
        return Estimate(value, None)
    one, other = _part_of_each(len(real)), _part_of_each(len(made))
    parts = [figure(real[one == part], made[other == part], k, unwatched) for part in range(PARTS)]
    return Estimate(value, float(np.std(parts, ddof=1) / np.sqrt(PARTS)))


def _precision(real: Array, made: Array, k: int, watch: Watch) -> float:
    return float((_balls_around(made, real, k, watch) > 0).mean())


def _density(real: Array, made: Array, k: int, watch: Watch) -> float:
    return float(_balls_around(made, real, k, watch).mean() / k)


def _coverage(real: Array, made: Array, k: int, watch: Watch) -> float:
    return float(_touched(real, made, k, watch).mean())


def _part_of_each(count: int) -> Ints:
    """Which part each item belongs to, shuffled, as items may come in an order that repeats."""
    return np.random.default_rng(0).permutation(count) % PARTS


def _balls_around(points: Array, centres: Array, k: int, watch: Watch) -> Ints:
    """How many balls each point lies in, shape (M,); they reach to each centre's k-th nearest other centre."""
    counts, radii = np.zeros(len(points), np.int64), _radii(centres, k, watch)
    for piece in _pieces(len(points)):
        counts[piece] = np.count_nonzero(_squares(points[piece], centres) <= radii, axis=1)
    return counts


def _touched(centres: Array, points: Array, k: int, watch: Watch) -> Bools:
    """Whether any point lies in each ball, shape (N,)."""
    touched, radii = np.zeros(len(centres), bool), _radii(centres, k, watch)
    for piece in _pieces(len(centres)):
        touched[piece] = (_squares(centres[piece], points) <= radii[piece, None]).any(axis=1)
    return touched


def _radii(x: Array, k: int, watch: Watch) -> Array:
    """Squared distances to the k-th nearest other, shape (N,)."""
    radii = np.empty(len(x))
    for piece in _pieces(len(x)):
        watch(piece.start / len(x), "")
        squares = _squares(x[piece], x)
        np.fill_diagonal(squares[:, piece.start :], np.inf)
        radii[piece] = np.partition(squares, k - 1, axis=1)[:, k - 1]
    return radii


def _pieces(count: int) -> Iterator[slice]:
    return (slice(start, start + _PIECE) for start in range(0, count, _PIECE))


def _squares(one: Array, other: Array) -> Array:
    """Squared distances, shape (N, M)."""
    if one.shape[1] <= _FEW_FEATURES:
        return np.asarray(cdist(one, other, "sqeuclidean"))
    # Of many features a product of matrices is far quicker, and what it loses in digits far below any distance.
    return np.asarray((one**2).sum(axis=1)[:, None] - 2 * one @ other.T + (other**2).sum(axis=1))


def _some(x: Array) -> Array:
    """At most `MOST` items, evenly spaced."""
    return x if len(x) <= MOST else x[np.linspace(0, len(x) - 1, MOST).astype(np.int64)]


class Manifold(Metric):
    """A figure of real and made items by their nearest neighbours."""

    usual: ClassVar[int]
    """Neighbours where nobody says otherwise: as published."""

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs samples, and enough items."""
        return uncomparable(fitted, data, max(FEWEST, 2 * self.k + 1))

    @property
    def k(self) -> int:
        """Neighbours."""
        return self.neighbours or self.usual

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """Of the judged items against as many samples; `ideal` is what as many training items reach."""
        watch = watch_of(fitted)
        both = compared(fitted, data, seed, self.features, partial(part_of, watch, 0.0, 0.8))
        real, made = _some(both.real), _some(both.made)
        found = self.estimate(real, made, partial(part_of, watch, 0.8, 0.9))
        ideal = None
        if both.training is not None:
            ideal = self.estimate(real, _some(both.training), partial(part_of, watch, 0.9, 1.0)).value
        note = f"By the {self.k} nearest neighbours in {both.extract.words}; compare it only with figures by the same, "
        error = "" if found.stderr is None else f"Its error is known from {PARTS} parts of the items."
        return Figure(found.value, found.stderr, len(real), ideal, sentences(f"{note}and n.", error, flattery(data)))

    @abstractmethod
    def estimate(self, real: Array, made: Array, watch: Watch) -> Estimate:
        """The figure of features, shapes (N, F) and (M, F)."""


class Precision(Manifold):
    """How many samples could be real."""

    info = MetricInfo(
        "precision", "Precision", "", "higher",
        "Share of made items that lie among real ones: are they good? Blind to what is never made.", 92,
    )
    usual = 3

    def estimate(self, real: Array, made: Array, watch: Watch) -> Estimate:
        """See `precision`."""
        return precision(real, made, self.k, watch)


class Recall(Manifold):
    """How much of what is real is also made."""

    info = MetricInfo(
        "recall", "Recall", "", "higher",
        "Share of real items that lie among made ones: are they diverse? Low where the model makes only a few kinds.",
        93,
    )
    usual = 3

    def estimate(self, real: Array, made: Array, watch: Watch) -> Estimate:
        """See `recall`."""
        return recall(real, made, self.k, watch)


class Density(Manifold):
    """How close samples keep to where real items are many."""

    info = MetricInfo(
        "density", "Density", "", "none",
        "How thickly real items lie around made ones; 1 as for real ones, more where only the most typical are made. "
        "Less easily misled by odd real items than precision.", 94,
    )
    usual = 5

    def estimate(self, real: Array, made: Array, watch: Watch) -> Estimate:
        """See `density`."""
        return density(real, made, self.k, watch)


class Coverage(Manifold):
    """How much of what is real has a sample nearby."""

    info = MetricInfo(
        "coverage", "Coverage", "", "higher",
        "Share of real items with a made one next to them. Less easily misled by odd made items than recall.", 95,
    )
    usual = 5

    def estimate(self, real: Array, made: Array, watch: Watch) -> Estimate:
        """See `coverage`."""
        return coverage(real, made, self.k, watch)
