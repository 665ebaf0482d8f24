"""Features of items: the few numbers by which a distribution of items is compared with another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.reader import Watch, unwatched
from genstudio.errors import SettingsError
from genstudio.evaluation.metric import FEATURES
from genstudio.nets.layer_graph import LayerGraph
from genstudio.nets.picture_features import PictureFeatures
from genstudio.resources import resource
from genstudio.settings import nearest

Array = NDArray[Any]
Floats = NDArray[np.float64]

COMPONENTS = 64
"""Principal components at most."""
_PIECE = 32
"""Pictures that go through a network at once: what its layers give stays in the processor's cache."""


@dataclass(frozen=True)
class Extractor:
    """A way from items to features.

    Arguments:
        name: what it is asked for by.
        words: what it is, to be put after "by".
        apply: features, shape (N, F), of a piece of items, shape (N, *item), data units.
    """

    name: str
    words: str
    apply: Callable[[Array], Floats]

    def __call__(self, items: Array, watch: Watch = unwatched) -> Floats:
        """Features, shape (N, F), of items, shape (N, *item), data units."""
        pieces = []
        for start in range(0, len(items), _PIECE):
            watch(start / len(items), "")
            pieces.append(self.apply(items[start : start + _PIECE]))
        return np.concatenate(pieces)


@dataclass(frozen=True)
class _Network:
    """A bundled network: its file among the resources, its name in words, and the side of its pictures, pixels."""

    file: str
    title: str
    side: int

    def extractor(self, name: str) -> Extractor:
        """The extractor of that name."""
        return Extractor(name, f"features of {self.title} at {self.side} × {self.side} pixels", _network(self))


_NETWORKS = {
    "mobilenet": _Network("mobilenet_v2", "MobileNet v2 (ImageNet, cut after block 9, 8-bit weights)", 128),
    "inception": _Network("inception_v3", "Inception v3 (ImageNet, cut after mixed3, 8-bit weights)", 75),
}


def extractor(name: str, real: Array) -> Extractor:
    """One extractor by its name.

    Arguments:
        name: one of `metric.FEATURES`; networks take pictures only.
        real: items that principal components are found from, shape (N, *item), data units.

    Raises:
        SettingsError: there is none of that name.
    """
    if name in _NETWORKS:
        return _NETWORKS[name].extractor(name)
    if name == "raw":
        return Extractor("raw", "their values as they are", _flat)
    if name == "pca":
        return _principal(_flat(real))
    raise SettingsError(f"There are no features called `{name}` ({nearest(name, FEATURES)}).")


def row_extractor(real: Floats) -> Extractor:
    """The values of rows (N, D), so that distances do not hang on the units of a column.

    Arguments:
        real: rows whose deviations are the units.
    """
    deviations = real.std(axis=0)
    scale = np.where(deviations > 0, deviations, 1.0)
    return Extractor("raw", "their values, each column in its own deviations", lambda rows: _flat(rows) / scale)


def _flat(items: Array) -> Floats:
    return items.reshape(len(items), -1).astype(np.float64)


def _principal(real: Floats) -> Extractor:
    """Coordinates along the directions in which items differ most, found from real ones alone."""
    mean = real.mean(axis=0)
    directions = np.linalg.svd(real - mean, full_matrices=False)[2][:COMPONENTS]
    words = f"their first {len(directions)} principal components"
    return Extractor("pca", words, partial(_projected, mean, directions))


def _projected(mean: Floats, directions: Floats, items: Array) -> Floats:
    found: Floats = (_flat(items) - mean) @ directions.T
    return found


@cache
def _network(network: _Network) -> PictureFeatures:
    layers = json.loads(resource("features", f"{network.file}.json").read_text(encoding="utf-8"))
    with np.load(resource("features", f"{network.file}.npz")) as weights:
        return PictureFeatures(LayerGraph(layers, dict(weights)), network.side)
