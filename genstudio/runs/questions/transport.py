"""How a base becomes data, station by station, and data become the base again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from genstudio.applications.transport import REACH, fewer_stations, standard_normal_log_prob, summed
from genstudio.data.reader import Watch
from genstudio.models.capabilities import Conditional
from genstudio.models.fitted import Fitted
from genstudio.runs.question import Answer, Array, Subject, evenly, in_chunks, question
from genstudio.runs.questions.density import grid_points

MOST_STATIONS = 33
NUMBERS_AT_ONCE = 8192
"""So many numbers, of rows or of pictures, are carried between two moments at which a question can be given up."""
Choices = Mapping[str, Any] | None


@question
def transport(
    subject: Subject, watch: Watch, *, n: int, seed: int = 0, side: int = 0, condition: int | None = None,
    choices: Choices = None, most_stations: int = MOST_STATIONS,
) -> Answer:
    """The way of points drawn from the base to the data.

    Arguments:
        n: so many points, always the same of a seed.
        side: points along each side of a grid under the base, of items with two coordinates; 0 for none.
        condition: the class that is wanted; when None, of a model that knows classes, as many of each as there are.
        choices: how to reckon, of a model that is `Steered`.

    Returns:
        `base` (n, Z): the points drawn; `stations` (S,); `way` (S, n, *item), model units; `label` (n,), -1: none;
        `grid` (S, side, side, 2), empty where there is none, as where each class goes a way of its own.
    """
    fitted = subject.fitted.steered(choices or {})
    z = np.random.default_rng(seed).standard_normal((n, fitted.latent_dim))
    label = _labels(subject, n, condition, seed)
    nodes = _grid(side, (-REACH, REACH, -REACH, REACH)) if z.shape[1] == 2 and _one_way(fitted, condition) else z[:0]
    codes = np.concatenate([label, np.full(len(nodes), _code(condition))])
    kept = fewer_stations(fitted.stations(), most_stations)
    way = _in_pieces(fitted.carry, np.concatenate([z, nodes]), codes, kept, watch)
    return _answer(fitted, kept, way, label, side) | {"base": z}


@question
def transport_back(
    subject: Subject, watch: Watch, *, n: int, side: int = 0, choices: Choices = None,
    most_stations: int = MOST_STATIONS,
) -> Answer:
    """The way of training items back to the base.

    Arguments:
        n: at most so many items, evenly spaced; otherwise as for `transport`, the grid lies over the items.

    Returns:
        As `transport`, in the order of `stations`, from the base to the data; and `row` (n,) of the raw data. Of
        pictures `base` has no columns.
    """
    fitted, data = subject.fitted.steered(choices or {}), subject.items()
    places = evenly(len(data.train), n)
    label = np.full(len(places), -1) if data.labels is None else data.labels.train[places]
    items = data.train[places]
    one_way = items.shape[1:] == (2,) and _one_way(fitted, None)
    nodes = _grid(side, _extent(data.train)) if one_way else items[:0]
    x = data.preparation.to_data(np.concatenate([items, nodes]))
    codes = np.concatenate([label, np.full(len(nodes), -1)])
    kept = fewer_stations(fitted.stations(), most_stations)
    way = _in_pieces(lambda part, known: fitted.carry_back(part, known)[0], x, codes, kept, watch)
    base = _encoded(fitted, x[:len(items)], label, watch)
    return _answer(fitted, kept, way, label, side) | {"base": base, "row": data.rows[0][places]}


@question
def log_prob_terms(
    subject: Subject, watch: Watch, *, x: Array, labels: Sequence[int] | None = None, choices: Choices = None,
    most_stations: int = MOST_STATIONS,
) -> Answer:
    """What the log-density of items in data units, shape (N, D), is the sum of; nats.

    Arguments:
        labels: the classes that the density is asked given, of a model that knows them.

    Returns:
        `stations` (S,), `way` (S, N, D) in model units; `base` (N,): log-density of the base points; `parts`
        (S - 1, N): what the way from one station to the next adds; `scaling` (N,): what the preparation adds;
        `log_prob` (N,): their sum, in data units.
    """
    fitted, x = subject.fitted.steered(choices or {}), np.asarray(x, float)
    codes = None if labels is None else np.asarray(labels, np.int64)
    way, parts = fitted.carry_back(x, codes)
    kept = fewer_stations(fitted.stations(), most_stations)
    base, scaling = standard_normal_log_prob(fitted.encode(x, codes)[0]), fitted.preparation.log_det(x)
    return {
        "stations": fitted.stations()[kept], "way": way[kept], "base": base, "parts": summed(parts, kept),
        "scaling": scaling, "log_prob": base + parts.sum(axis=0) + scaling,
    }


@question
def velocity_field(
    subject: Subject, watch: Watch, *, bounds: Sequence[float], side: int, times: Sequence[float],
    condition: int | None = None, choices: Choices = None,
) -> Answer:
    """How points at the nodes of a grid move at some times, of items with two coordinates.

    Arguments:
        bounds: x0, x1, y0, y1, model units, that side × side even cells fill; the nodes are their middles.

    Returns:
        `points` (side * side, 2), model units; `times` (T,); `velocity` (T, side * side, 2), model units per unit of
        time.
    """
    fitted = subject.fitted.steered(choices or {})
    points = grid_points(bounds, (side, side))
    codes = np.full(len(points), _code(condition))
    found = []
    for count, time in enumerate(times):
        watch(count / len(times), "Asking where points move")
        found.append(fitted.velocity(points, float(time), codes))
    return {"points": points, "times": np.array(times, float), "velocity": np.stack(found)}


@question
def guesses(
    subject: Subject, watch: Watch, *, x: Array, times: Sequence[float], labels: Sequence[int] | None = None,
    choices: Choices = None,
) -> Answer:
    """The items that are expected in the end of what is seen on the way.

    Arguments:
        x: items on the way, model units, shape (N, *item).
        times: one for each item.

    Returns:
        `guess` (N, *item), data units; `times` (N,).
    """
    fitted, x, when = subject.fitted.steered(choices or {}), np.asarray(x), np.asarray(times, float)
    codes = np.full(len(x), -1) if labels is None else np.asarray(labels, np.int64)
    found = np.empty(x.shape, np.float32)
    for time in np.unique(when):
        same = np.flatnonzero(when == time)
        for start in range(0, len(same), _at_once(x)):
            watch(float((when < time).mean()), "Guessing what becomes of it")
            places = same[start:start + _at_once(x)]
            found[places] = fitted.guess(x[places], float(time), codes[places])
    return {"guess": found, "times": when}


def _answer(fitted: Fitted, kept: Array, way: Array, label: Array, side: int) -> Answer:
    """The points, and behind them the nodes of a grid, apart."""
    count = len(label)
    shape = (len(kept), side, side, 2) if way.shape[1] > count else (len(kept), 0, 0, 2)
    return {
        "stations": fitted.stations()[kept], "way": way[:, :count], "label": label,
        "grid": way[:, count:].reshape(shape),
    }


def _in_pieces(carry: Callable[[Array, Array], Array], x: Array, codes: Array, kept: Array, watch: Watch) -> Array:
    """Ways of a few points at a time, so that it can be watched and cancelled; those of pictures in short numbers."""
    found = []
    for start in range(0, len(x), _at_once(x)):
        watch(start / len(x), "Carrying points")
        part = slice(start, start + _at_once(x))
        way = carry(x[part], codes[part])[kept]
        found.append(way.astype(np.float32) if way.ndim > 3 else way)
    return np.concatenate(found, axis=1)


def _encoded(fitted: Fitted, x: Array, codes: Array, watch: Watch) -> Array:
    """Base points of rows, shape (N, Z); of pictures, whose base names no axes, none, as that would take long."""
    if x.ndim != 2:
        return np.empty((len(x), 0))

    def encoded(part: Array) -> Array:
        return fitted.encode(x[part], codes[part])[0]

    return in_chunks(encoded, np.arange(len(x)), watch, "Finding the base", _at_once(x))


def _at_once(x: Array) -> int:
    return max(1, NUMBERS_AT_ONCE // int(np.prod(x.shape[1:])))


def _one_way(fitted: Fitted, condition: int | None) -> bool:
    """Whether all of a grid goes the same way, as it does not where a model knows classes and none is wanted."""
    return condition is not None or not _n_classes(fitted)


def _n_classes(fitted: Fitted) -> int:
    return fitted.model.n_conditions() if isinstance(fitted.model, Conditional) else 0


def _labels(subject: Subject, n: int, condition: int | None, seed: int) -> Array:
    """Classes of n points: the one that is wanted, else as often as in the data."""
    known, rng = _n_classes(subject.fitted), np.random.default_rng(seed)
    if condition is not None or not known:
        return np.full(n, _code(condition))
    labels = None if subject.data is None else subject.data.labels
    return rng.integers(known, size=n) if labels is None else rng.choice(labels.train, size=n)


def _code(condition: int | None) -> int:
    return -1 if condition is None else condition


def _extent(train: Array) -> tuple[float, float, float, float]:
    low, high = train.min(axis=0), train.max(axis=0)
    spare = 0.1 * (high - low)
    (x0, y0), (x1, y1) = low - spare, high + spare
    return float(x0), float(x1), float(y0), float(y1)


def _grid(side: int, bounds: Sequence[float]) -> Array:
    """Nodes of a grid up to its ends, shape (side * side, 2), row after row."""
    x, y = np.linspace(bounds[0], bounds[1], side), np.linspace(bounds[2], bounds[3], side)
    return np.column_stack([np.tile(x, side), np.repeat(y, side)])
