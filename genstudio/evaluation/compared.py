"""Real items beside as many that a model made, as features: what every metric of samples compares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Kind
from genstudio.data.reader import Watch
from genstudio.evaluation.features import Extractor, extractor, row_extractor
from genstudio.evaluation.items import Items, thinned
from genstudio.evaluation.metric import remembered
from genstudio.models.capabilities import Samples
from genstudio.models.fitted import Fitted

Floats = NDArray[np.float64]

PIECE = 64
"""So many pictures are drawn at once, so that drawing can be watched and cancelled."""
ROWS = 5_000
"""Of a table so many rows are compared at most, evenly spaced, and as many drawn at once."""


@dataclass(frozen=True)
class Compared:
    """Features of real and of made items.

    Arguments:
        extract: how items become features.
        real, made: shapes (N, F).
        training: of as many training items, shape (N, F); None where they are not at hand, or are what is judged.
    """

    extract: Extractor
    real: Floats
    made: Floats
    training: Floats | None


def uncomparable(fitted: Fitted, data: Items, fewest: int) -> str | None:
    """A sentence saying why a model's samples cannot be compared with items, or None when they can."""
    if not fitted.can(Samples):
        return f"{fitted.model.info.title} cannot invent samples."
    if data.lengths is not None:
        return "It compares items that are independent of each other, and the rows of a sequence are not."
    return None if len(data.x) >= fewest else f"It takes {fewest} items or more to know how they are spread."


def compared(fitted: Fitted, data: Items, seed: int, features: str, watch: Watch) -> Compared:
    """Features of the judged items, and of as many samples; reckoned once for all metrics that are measured together.

    Arguments:
        features: those of pictures, one of `metric.FEATURES`; of rows it is always their values.
    """
    return remembered(fitted, data.x, ("compared", seed, features), lambda: _compared(
        fitted, data, seed, features, watch
    ))


def _compared(fitted: Fitted, data: Items, seed: int, features: str, watch: Watch) -> Compared:
    rows = fitted.preparation.kind is not Kind.IMAGES
    data = thinned(data, ROWS) if rows else data
    extract = row_extractor(data.x) if rows else extractor(features, data.x)
    real = extract(data.x, partial(part_of, watch, 0.0, 0.2))
    made = drawn(fitted, len(data.x), seed, partial(part_of, watch, 0.2, 0.6))
    made = extract(made if rows else as_bytes(made), partial(part_of, watch, 0.6, 0.8))
    return Compared(extract, real, made, _training(extract, data, partial(part_of, watch, 0.8, 1.0)))


def drawn(fitted: Fitted, n: int, seed: int, watch: Watch) -> Floats:
    """n samples, shape (n, *item), data units, a piece after the other; the same seed draws the same."""
    pieces = []
    size = PIECE if fitted.preparation.kind is Kind.IMAGES else ROWS
    for start in range(0, n, size):
        watch(start / n, "")
        own = int(np.random.SeedSequence((seed, start)).generate_state(1)[0])
        pieces.append(fitted.sample(min(size, n - start), own)[0])
    return np.concatenate(pieces)


def as_bytes(pictures: Floats) -> Floats:
    """Intensities as a file of pictures would hold them: of 256 values."""
    return np.asarray(np.rint(pictures * 255) / 255)


def part_of(watch: Watch, low: float, high: float, fraction: float, doing: str) -> None:
    """Tell a watcher how far a part of the work has come, which goes from one share of the whole to another."""
    watch(low + (high - low) * fraction, doing)


def _training(extract: Extractor, data: Items, watch: Watch) -> Floats | None:
    if data.train is None or data.part == "train" or len(data.train) < len(data.x):
        return None
    places = np.linspace(0, len(data.train) - 1, len(data.x)).astype(np.int64)
    return extract(data.train[places], watch)
