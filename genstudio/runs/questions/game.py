"""A game of generator and discriminator over two columns, as it stands."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from genstudio.applications.game import latent_nodes
from genstudio.data.preparation import Preparation
from genstudio.data.reader import Watch
from genstudio.models.capabilities import Conditional
from genstudio.models.fitted import Fitted
from genstudio.runs.question import Answer, Array, Subject, evenly, question
from genstudio.runs.questions.density import on_grid

_SMALL = 1e-4
"""How far items go, as a share of their way, to find which way that is in data units."""


@question
def game_plane(
    subject: Subject, watch: Watch, *, n: int, bounds: Sequence[float], shape: Sequence[int], side: int,
    seed: int = 0, seconds: float = math.inf, most_real: int = 400,
) -> Answer:
    """What both players do with items of two columns; all in data units.

    Arguments:
        n: items that the generator makes, of latent points that are always the same of a seed.
        bounds: x0, x1, y0, y1 of the landscape.
        shape: its cells along x and along y; fewer where it would take longer than `seconds`.
        side: cells along each side of the grid of latent points: of the first two coordinates, the others being 0.
        most_real: at most so many training items.

    Returns:
        `z` (n, 2): the first two coordinates of the latent points, 0 where there is but one; `made` (n, 2): their
        items; `way` (n, 2): where each is asked to go; `made_verdict` (n,); `grid` (side + 1, side + 1, 2): where the
        corners of the cells come to lie, empty of a latent space with one coordinate; `landscape` (ny, nx): verdicts;
        `bounds` (4,); `real` (R, 2) and `real_verdict` (R,): training items, none where they are not at hand;
        `latent_dim` ().
    """
    fitted = subject.fitted
    width = fitted.latent_dim
    z = np.random.default_rng(seed).standard_normal((n, width))
    given = _labels(subject, n, seed)
    made, way = _pulled(fitted, z, given)
    real, labels = _real(subject, most_real)
    landscape = on_grid(lambda points: _judged(fitted, points), bounds, shape, seconds)
    return {
        "z": _first_two(z), "made": made, "way": way, "made_verdict": _judged(fitted, made, given),
        "grid": _grid(fitted, side), "landscape": landscape, "bounds": np.array(bounds, float), "real": real,
        "real_verdict": _judged(fitted, real, labels), "latent_dim": np.array(width),
    }


def _judged(fitted: Fitted, x: Array, labels: Array | None = None) -> Array:
    """Verdicts on items in data units, shape (N,); NaN where the scaling has no place for them."""
    inside = np.isfinite(fitted.preparation.to_model(x)).all(axis=1) if len(x) else np.zeros(0, bool)
    found = np.full(len(x), np.nan)
    if inside.any():
        found[inside] = fitted.verdict(x[inside], None if labels is None else labels[inside])
    return found


def _pulled(fitted: Fitted, z: Array, labels: Array | None) -> tuple[Array, Array]:
    """Items and their ways, data units: a scaling stretches ways as it does items."""
    items, way = fitted.pull(z, labels)
    made = fitted.preparation.to_data(items)
    return made, _stretched(fitted.preparation, items, way)


def _stretched(preparation: Preparation, items: Array, way: Array) -> Array:
    """Small steps along the ways, both in model units, in data units."""
    lengths = np.linalg.norm(way, axis=1, keepdims=True)
    along = _SMALL * way / np.maximum(lengths, 1e-300)
    there, back = preparation.to_data(items + along), preparation.to_data(items - along)
    return np.asarray((there - back) / (2 * _SMALL) * lengths)


def _grid(fitted: Fitted, side: int) -> Array:
    width = fitted.latent_dim
    if width < 2:
        return np.empty((0, 0, 2))
    nodes = latent_nodes(side).reshape(-1, 2)
    z = np.zeros((len(nodes), width))
    z[:, :2] = nodes
    return fitted.decode(z).reshape(side + 1, side + 1, -1)


def _first_two(z: Array) -> Array:
    found = np.zeros((len(z), 2))
    found[:, :z.shape[1]] = z[:, :2]
    return found


def _real(subject: Subject, most: int) -> tuple[Array, Array | None]:
    data = subject.data
    if data is None:
        return np.empty((0, 2)), None
    places = evenly(len(data.train), most)
    labels = data.labels.train[places] if data.labels is not None and _n_classes(subject.fitted) else None
    return data.preparation.to_data(data.train[places]), labels


def _labels(subject: Subject, n: int, seed: int) -> Array | None:
    """Classes of made items, as often as in the data; None of a model that knows none."""
    known = _n_classes(subject.fitted)
    if not known:
        return None
    rng, labels = np.random.default_rng(seed), None if subject.data is None else subject.data.labels
    return rng.integers(known, size=n) if labels is None else rng.choice(labels.train, size=n)


def _n_classes(fitted: Fitted) -> int:
    return fitted.model.n_conditions() if isinstance(fitted.model, Conditional) else 0
