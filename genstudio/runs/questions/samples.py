"""What a model invents, and what it takes for the same as an item."""

from __future__ import annotations

import weakref
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from genstudio.applications.copying import usual_distances
from genstudio.applications.neighbours import nearest_items, own_distances
from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.models.capabilities import Conditional
from genstudio.runs.question import Answer, Array, Subject, evenly, question

_OWN: dict[int, tuple[weakref.ref[Array], Array]] = {}
"""Distances among the items of data sets that are still in use: found once, as that takes longer than an answer."""


@question
def sample(
    subject: Subject, watch: Watch, *, n: int, seed: int, temperature: float = 1.0, condition: int | None = None,
    choices: Mapping[str, Any] | None = None,
) -> Answer:
    """New items in data units and the component of each; temperature and condition as in `models.capabilities`.

    Arguments:
        choices: how to draw, of a model that is `Steered`.

    Returns:
        `x` (n, *item), `component` (n,), and `asked` (5,), as the function of that name has it.
    """
    x, component = subject.fitted.steered(choices or {}).sample(n, seed, temperature, condition)
    return {"x": x, "component": component, "asked": asked(n, seed, temperature, condition, choices or {})}


@question
def conditions(subject: Subject, watch: Watch) -> Answer:
    """How many classes samples can be asked of: `n` (1,); 0 where none were learned."""
    model = subject.fitted.model
    return {"n": np.array([model.n_conditions() if isinstance(model, Conditional) else 0])}


@question
def nearest(subject: Subject, watch: Watch, *, x: Array) -> Answer:
    """The training item that is nearest to each of some items, shape (N, *item), data units.

    Returns:
        `x` (N, *item), `row` (N,) of the raw data, `label` (N,): class or -1, `distance` (N,): root mean square over
        coordinates in model units; `own` (M,): distances of some training items to their own nearest neighbour, and
        `usual` (3,): quantiles 0.01, 0.5 and 0.99 of those, NaN where there is but one item.
    """
    data = subject.items()
    wanted = data.preparation.to_model(np.asarray(x))
    place, distance = nearest_items(data.train, wanted, data.preparation.to_model, watch)
    own = _own_distances(data, watch)
    return {
        "x": data.preparation.to_data(data.train[place]), "row": data.rows[0][place], "label": _labels(subject)[place],
        "distance": distance, "own": own, "usual": usual_distances(own),
    }


@question
def items(subject: Subject, watch: Watch, *, rows: Sequence[int] | None = None, most: int = 100) -> Answer:
    """Items that the model learned from or was held against.

    Arguments:
        rows: rows of the table; evenly spaced training items when None.
        most: so many at most, when no rows are named.

    Returns:
        `x` (N, *item) data units, `row` (N,), `label` (N,): code of the class, -1 where there is none.
    """
    data = subject.items()
    everywhere = np.concatenate(data.rows)
    places = evenly(len(data.train), most) if rows is None else _places(everywhere, rows)
    return {
        "x": data.preparation.to_data(data.everything[places]), "row": everywhere[places],
        "label": _labels(subject)[places],
    }


@question
def reconstructions(subject: Subject, watch: Watch, *, n: int, part: str = "valid", seed: int = 0) -> Answer:
    """Items beside what the model makes of them by way of its latent space.

    Arguments:
        n: so many, drawn by the seed.
        part: "train", "valid" or "test"; the training items where that part has none.

    Returns:
        `x` (n, *item), `reconstruction` (n, *item), `row` (n,), `label` (n,).
    """
    data = subject.items()
    sizes = dict(zip(("train", "valid", "test"), map(len, data.rows), strict=True))
    part = part if sizes[part] else "train"
    first = {"train": 0, "valid": sizes["train"], "test": sizes["train"] + sizes["valid"]}[part]
    chosen = np.random.default_rng(seed).permutation(sizes[part])[:n]
    places = first + np.sort(chosen)
    x = data.preparation.to_data(data.everything[places])
    label = _labels(subject)[places]
    z, _ = subject.fitted.encode(x, label)
    return {
        "x": x, "reconstruction": subject.fitted.decode(z, label), "row": np.concatenate(data.rows)[places],
        "label": label,
    }


def asked(n: int, seed: int, temperature: float, condition: int | None, choices: Mapping[str, Any]) -> Array:
    """What `sample` was asked, so that whoever asks again and again knows what is answered.

    Returns:
        n, seed, temperature, condition (-1: any) and a checksum of the choices (0: none), shape (5,).
    """
    chosen = zlib.crc32(repr(sorted(choices.items())).encode()) if choices else 0
    return np.array([n, seed, temperature, -1 if condition is None else condition, chosen], float)


def _own_distances(data: Dataset, watch: Watch) -> Array:
    key = id(data.train)
    known = _OWN.get(key)
    if known is None or known[0]() is not data.train:
        found = own_distances(data.train, data.preparation.to_model, watch)
        known = (weakref.ref(data.train, lambda _: _OWN.pop(key, None)), found)
        _OWN[key] = known
    return known[1]


def _places(everywhere: Array, rows: Sequence[int]) -> Array:
    order = np.argsort(everywhere, kind="stable")
    found: Array = order[np.searchsorted(everywhere[order], np.asarray(rows, np.int64))]
    return found


def _labels(subject: Subject) -> Array:
    labels = subject.items().labels
    if labels is None:
        return np.full(len(subject.items().everything), -1)
    return np.concatenate([labels.train, labels.valid, labels.test])
