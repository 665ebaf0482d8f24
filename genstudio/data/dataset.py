"""A data set ready to be learned from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.density import TrueDensity

if TYPE_CHECKING:
    from genstudio.data.preparation import Preparation

Array = NDArray[Any]
Ints = NDArray[np.int64]


class Kind(StrEnum):
    """What one item of the data is."""

    TABLE = "table"
    IMAGES = "images"
    SEQUENCES = "sequences"
    TEXT = "text"
    IMAGE_PAIRS = "image_pairs"
    TEXT_PAIRS = "text_pairs"


@dataclass(frozen=True)
class Labels:
    """Classes of the items, or which of them are anomalous.

    Arguments:
        levels: what the codes stand for.
        train, valid, test: codes, each shape (N,); -1 where the label is missing.
        anomalous: the code that marks anomalies, or None when the labels are plain classes.
    """

    levels: tuple[str, ...]
    train: Ints
    valid: Ints
    test: Ints
    anomalous: int | None = None


@dataclass(frozen=True)
class Dataset:
    """Items in model units, split, with all that is needed to go back to data units.

    Arguments:
        train, valid, test: shape (N, *item); pictures are kept as bytes, shape (N, C, H, W), which the
            preparation's `to_model` makes intensities of.
        rows: for each of the three, the row of the raw data that each item was.
        truth: the exact density, data units, where the data are synthetic and used as they were drawn.
        lengths: of sequences, the rows of each for each of the three, which stand one after another; else None.
    """

    name: str
    kind: Kind
    train: Array
    valid: Array
    test: Array
    rows: tuple[Ints, Ints, Ints]
    labels: Labels | None
    preparation: Preparation
    truth: TrueDensity | None = None
    lengths: tuple[Ints, Ints, Ints] | None = None

    @property
    def everything(self) -> Array:
        """All items, train then valid then test."""
        return np.concatenate([self.train, self.valid, self.test])
