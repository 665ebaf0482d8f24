"""Small data sets to learn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import sequences
from genstudio.data.table import Column, ColumnType, Table, points_table

MakeDataset = Callable[..., Dataset]


@pytest.fixture(scope="session")
def dataset() -> MakeDataset:
    """A data set from an array of points; all rows train in their order unless shares are given."""

    def make(x: Any, *, scaling: str = "none", valid: float = 0.0) -> Dataset:
        settings = PreparationSettings(scaling=scaling, valid=valid, test=0)  # type: ignore[arg-type]
        return prepare(points_table("points", np.asarray(x, float)), settings, seed=0)

    return make


@pytest.fixture(scope="session")
def series() -> MakeDataset:
    """Sequences of points, some of one class and some of another; all train unless a share is given."""

    def make(
        x: Any, lengths: Any, *, scaling: str = "none", valid: float = 0.0, classes: Any = None, symbols: str = ""
    ) -> Dataset:
        x, lengths = np.asarray(x, float), np.asarray(lengths)
        codes = np.arange(len(lengths)) % 2 if classes is None else np.asarray(classes)
        table = points_table("walks", x, np.repeat(codes, lengths), levels=("left", "right"), label_name="class")
        if symbols:
            column = Column("symbol", ColumnType.CATEGORY, x[:, 0], tuple(symbols))
            table = Table("words", (column, table.columns[-1]), "class")
        settings = PreparationSettings(scaling=scaling, valid=valid, test=0)  # type: ignore[arg-type]
        return prepare(sequences(table, lengths), settings, seed=0)

    return make


@pytest.fixture(scope="session")
def walks() -> Callable[..., np.ndarray]:
    """n points in clouds that take turns: each is stayed in for ten rows or so."""

    def make(n: int, dimension: int, seed: int = 0, clouds: int = 3) -> np.ndarray:
        rng = np.random.default_rng(seed)
        centres = rng.normal(size=(clouds, dimension)) * 4
        which = np.repeat(rng.integers(clouds, size=n), rng.integers(1, 20, size=n))[:n]
        return centres[which] + rng.normal(size=(n, dimension))

    return make


@pytest.fixture(scope="session")
def clouds() -> Callable[..., np.ndarray]:
    """n points in a few clouds of different shapes."""

    def make(n: int, dimension: int, seed: int = 0, clouds: int = 3) -> np.ndarray:
        rng = np.random.default_rng(seed)
        centres = rng.normal(size=(clouds, dimension)) * 4
        mix = rng.normal(size=(clouds, dimension, dimension)) * 0.4 + np.eye(dimension)
        which = rng.integers(clouds, size=n)
        return centres[which] + np.einsum("nij,nj->ni", mix[which], rng.normal(size=(n, dimension)))

    return make


@pytest.fixture(scope="session")
def pictures() -> MakeDataset:
    """n pictures of a bright spot, of one class left of the middle, of the other right of it."""

    def make(n: int, height: int = 8, width: int = 8, channels: int = 1, *, valid: float = 0.0) -> Dataset:
        rng = np.random.default_rng(0)
        y, x = np.mgrid[:height, :width]
        centres = rng.uniform(0, [height, width], size=(n, 2))
        squares = (y - centres[:, :1, None]) ** 2 + (x - centres[:, 1:, None]) ** 2
        grey = np.exp(-squares / (0.1 * height * width))
        tint = rng.uniform(0.5, 1.0, size=(n, 1, 1, channels))
        pixels = np.rint(255 * grey[..., None] * tint).astype(np.uint8)
        codes = (centres[:, 1] > width / 2).astype(np.int64)
        spots = Pictures("spots", pixels, codes, ("left", "right"))
        return prepare(spots, PreparationSettings(valid=valid, test=0), seed=0)

    return make
