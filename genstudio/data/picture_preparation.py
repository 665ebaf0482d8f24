"""From pictures to a data set: classes, seeded split; kept as bytes, learned from as intensities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.labelling import Marks, anomalous_code, chosen_items
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.scaling import Scaling, Unscaled
from genstudio.data.splitting import split
from genstudio.data.table import Column
from genstudio.data.table_preparation import Preparation
from genstudio.errors import DataError

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_GREATEST = np.float32(255.0)


@dataclass(frozen=True)
class PicturePreparation(Preparation):
    """The way between stored bytes and intensities; model units and data units are the same.

    Intensities are float32 from 0 (black) to 1 (white), channels first.

    Arguments:
        shape: channels, height and width of one picture.
    """

    columns: tuple[Column, ...] = field(default=(), init=False)
    fill: Floats = field(default_factory=lambda: np.empty(0), init=False)
    scaling: Scaling = field(default_factory=Unscaled, init=False)
    shape: tuple[int, int, int]

    @property
    def kind(self) -> Kind:
        """What is prepared."""
        return Kind.IMAGES

    def to_model(self, x: Array) -> Array:
        """Intensities, shape (N, C, H, W), of bytes or intensities."""
        if x.dtype == np.uint8:
            return np.divide(x, _GREATEST, dtype=np.float32)
        return x.astype(np.float32, copy=False)

    def to_data(self, z: Array) -> Array:
        """Intensities in [0, 1], shape (N, C, H, W); what lies beyond is clipped."""
        intensities = self.to_model(z)
        return intensities if z.dtype == np.uint8 else np.clip(intensities, 0.0, 1.0)

    def log_det(self, x: Array) -> Floats:
        """Zeros, shape (N,): data units are model units."""
        return np.zeros(len(x))

    def rows(self, raw: Raw) -> tuple[Array, Ints]:
        """Other pictures as intensities, shape (N, C, H, W), and which of them could be used: all.

        Raises:
            DataError: they are of another size or colour, or these are no pictures.
        """
        if not isinstance(raw, Pictures):
            raise DataError(f"{raw.name} holds a table, but the model learned from pictures.", "Choose pictures.")
        if raw.shape != self.shape:
            raise DataError(
                f"{raw.name} holds pictures of {shape_words(raw.shape)}, but the model learned from "
                f"{shape_words(self.shape)}.",
                "Choose pictures of the same size and colour, or read them so.",
            )
        return self.to_model(channels_first(raw, np.arange(len(raw)))), np.arange(len(raw))

    def state(self) -> dict[str, Any]:
        """Plain values (JSON) from which `from_state` makes the same preparation."""
        return {"kind": str(Kind.IMAGES), "shape": list(self.shape)}

    @staticmethod
    def from_state(state: Mapping[str, Any]) -> PicturePreparation:
        """The preparation that `state` described.

        Raises:
            ValueError: no shape that pictures can have.
        """
        shape = state["shape"]
        if len(shape) != 3 or not all(type(side) is int and side > 0 for side in shape) or shape[0] not in (1, 3):
            raise ValueError("its pictures have no sound shape")
        return PicturePreparation(tuple(shape))


def prepare_pictures(pictures: Pictures, settings: PreparationSettings, seed: int) -> Dataset:
    """A data set from pictures; `preparation.prepare` says the rest."""
    _refuse_table_settings(pictures, settings)
    marks = _marks(pictures, settings)
    items, marks = chosen_items(marks, len(pictures), settings, seed, pictures.name)
    parts = split(len(items), settings, seed, marks)
    rows = (items[parts[0]], items[parts[1]], items[parts[2]])
    train, valid, test = (channels_first(pictures, part) for part in rows)
    return Dataset(
        name=pictures.name, kind=Kind.IMAGES, train=train, valid=valid, test=test, rows=rows,
        labels=None if marks is None else marks.split(*parts), preparation=PicturePreparation(pictures.shape),
    )


def channels_first(pictures: Pictures, rows: Ints) -> NDArray[np.uint8]:
    """Some of the pictures as bytes, shape (N, C, H, W)."""
    return np.ascontiguousarray(pictures.pixels[rows].transpose(0, 3, 1, 2))


def shape_words(shape: tuple[int, int, int]) -> str:
    """A shape (C, H, W) in words: "28 × 28 pixels in grey", width first."""
    return f"{shape[2]} × {shape[1]} pixels in {'grey' if shape[0] == 1 else 'colour'}"


def _marks(pictures: Pictures, settings: PreparationSettings) -> Marks | None:
    if pictures.codes is None or settings.label == "":
        return None
    return Marks(pictures.levels, pictures.codes, anomalous_code(pictures.levels, settings.anomalous))


def _refuse_table_settings(pictures: Pictures, settings: PreparationSettings) -> None:
    wrong = [
        name for name, given in (
            ("columns", settings.columns is not None), ("label", bool(settings.label)),
            ("scaling", settings.scaling != "none"), ("kind", settings.kind != "auto"),
            ("sequence", settings.sequence is not None), ("time", settings.time is not None),
            ("split", bool(settings.split)),
        ) if given
    ]
    if wrong:
        raise DataError(
            f"{pictures.name} holds pictures, which have no `{wrong[0]}` to choose.", f"Leave `{wrong[0]}` out."
        )
