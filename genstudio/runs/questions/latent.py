"""The latent space: where items lie in it, and what its points stand for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genstudio.applications.interpolation import class_means, grid_axes, principal_directions
from genstudio.data.reader import Watch
from genstudio.models.capabilities import Bound, Conditional, Density
from genstudio.runs.question import Answer, Array, Subject, evenly, question

SEARCHED = 500
"""Of models that must search for where an item lies, at most so many are looked for at once."""


@question
def latent_space(subject: Subject, watch: Watch) -> Answer:
    """`latent_dim`: coordinates of the latent space; `n_conditions`: classes that decoding can be asked of. Both ()."""
    model = subject.fitted.model
    conditions = model.n_conditions() if isinstance(model, Conditional) else 0
    return {"latent_dim": np.array(subject.fitted.latent_dim), "n_conditions": np.array(conditions)}


@question
def latent_items(subject: Subject, watch: Watch, *, most: int = 2000) -> Answer:
    """Where training items lie.

    Arguments:
        most: at most so many, evenly spaced; fewer where each must be searched for.

    Returns:
        `z` (N, Z) and `deviation` (N, Z): posterior means and deviations; `label` (N,): class or -1; `row` (N,);
        `activity` (Z,): variance of the means over the items; `kl` (Z,): nats that each coordinate carries on average.
    """
    data = subject.items()
    encodes = subject.fitted.can(Bound) or subject.fitted.can(Density)
    places = evenly(len(data.train), most if encodes else min(most, SEARCHED))
    label = np.full(len(places), -1) if data.labels is None else data.labels.train[places]
    z, deviation = subject.fitted.encode(data.preparation.to_data(data.train[places]), label)
    with np.errstate(divide="ignore"):
        logs = np.where(deviation > 0, np.log(np.maximum(deviation, 1e-300)), 0.0)
    kl = 0.5 * (z**2 + deviation**2 - 1.0) - logs
    return {
        "z": z, "deviation": deviation, "label": label, "row": data.rows[0][places],
        "activity": z.var(axis=0), "kl": kl.mean(axis=0),
    }


@question
def encode(subject: Subject, watch: Watch, *, x: Array, labels: Sequence[int] | None = None) -> Answer:
    """Latent points of items in data units: `z` and `deviation`, each (N, Z)."""
    z, deviation = subject.fitted.encode(np.asarray(x), None if labels is None else np.asarray(labels, np.int64))
    return {"z": z, "deviation": deviation}


@question
def decode(subject: Subject, watch: Watch, *, z: Array, condition: int | None = None) -> Answer:
    """The items of latent points (N, Z): `x` (N, *item), data units; `z` again."""
    z = np.asarray(z, float)
    return {"x": subject.fitted.decode(z, _codes(len(z), condition)), "z": z}


@question
def manifold(
    subject: Subject, watch: Watch, *, n: int = 15, axes: Sequence[int] = (0, 1), centre: Array | None = None,
    bounds: Sequence[float] | None = None, condition: int | None = None,
) -> Answer:
    """Decoded points of a grid over two latent coordinates.

    Arguments:
        n: points along each side.
        axes: which two coordinates.
        centre: where the others stand, shape (Z,); 0 when None.
        bounds: x0, x1, y0, y1 that n × n even cells fill; when None points are evenly spaced under the prior.

    Returns:
        `x` (n * n, *item): rows from the highest second coordinate down; `first` and `second` (n,): where the
        columns stand from left to right, and the rows from the top; `axes` (2,); `bounds` (4,), NaN when None.
    """
    width = subject.fitted.latent_dim
    first, second = grid_axes(n, bounds)
    z = np.tile(np.zeros(width) if centre is None else np.asarray(centre, float), (n * n, 1))
    z[:, axes[0]] = np.tile(first, n)
    if width > 1:
        z[:, axes[1]] = np.repeat(second, n)
    return {
        "x": subject.fitted.decode(z, _codes(n * n, condition)), "first": first, "second": second,
        "axes": np.array(axes), "bounds": np.full(4, np.nan) if bounds is None else np.array(bounds, float),
    }


@question
def directions(subject: Subject, watch: Watch, *, most: int = 2000) -> Answer:
    """Directions in which the training items vary most, and where the classes lie.

    Returns:
        `mean` (Z,), `directions` (Z, Z) as rows, `deviations` (Z,); `class_means` (K, Z), `class_counts` (K,).
    """
    known = latent_items(subject, watch, most=most)
    mean, rows, deviations = principal_directions(known["z"])
    labels = subject.items().labels
    means, counts = class_means(known["z"], known["label"], 0 if labels is None else len(labels.levels))
    return {"mean": mean, "directions": rows, "deviations": deviations, "class_means": means, "class_counts": counts}


def _codes(count: int, condition: int | None) -> Array:
    return np.full(count, -1 if condition is None else condition)
