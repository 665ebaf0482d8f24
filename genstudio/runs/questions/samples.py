"""What a model invents, and what it takes for the same as an item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genstudio.applications.neighbours import nearest_items, usual_distances
from genstudio.data.reader import Watch
from genstudio.runs.question import Answer, Array, Subject, evenly, question


@question
def sample(
    subject: Subject, watch: Watch, *, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
) -> Answer:
    """New items in data units and the component of each; temperature and condition as in `models.contract`."""
    x, component = subject.fitted.sample(n, seed, temperature, condition)
    return {"x": x, "component": component}


@question
def nearest(subject: Subject, watch: Watch, *, x: Array) -> Answer:
    """The training item that is nearest to each of some items, shape (N, *item), data units.

    Returns:
        `x` (N, *item), `row` (N,) of the table, `distance` (N,): root mean square over coordinates in model units;
        `usual` (3,): quantiles 0.01, 0.5 and 0.99 of the distance of training items to their own nearest neighbour.
    """
    data = subject.items()
    wanted = data.preparation.to_model(np.asarray(x))
    place, distance = nearest_items(data.train, wanted, data.preparation.to_model, watch)
    usual = usual_distances(data.train, data.preparation.to_model, watch)
    return {
        "x": data.preparation.to_data(data.train[place]), "row": data.rows[0][place], "distance": distance,
        "usual": usual,
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


def _places(everywhere: Array, rows: Sequence[int]) -> Array:
    order = np.argsort(everywhere, kind="stable")
    found: Array = order[np.searchsorted(everywhere[order], np.asarray(rows, np.int64))]
    return found


def _labels(subject: Subject) -> Array:
    labels = subject.items().labels
    if labels is None:
        return np.full(len(subject.items().everything), -1)
    return np.concatenate([labels.train, labels.valid, labels.test])
