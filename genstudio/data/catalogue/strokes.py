"""Strokes of a pen: sequences of four shapes, to be told apart."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.data.sequences import Sequences, sequences
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import points_table
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

Floats = NDArray[np.float64]

SHAPES = ("circle", "square", "wave", "zigzag")
_TURN = 2 * np.pi
_CORNERS = np.array([[1.0, 1], [-1, 1], [-1, -1], [1, -1], [1, 1]])
_TEETH = np.array([[-1.0, 0], [-0.75, 1], [-0.25, -1], [0.25, 1], [0.75, -1], [1, 0]])


class Strokes(Source):
    """Circles, squares, waves and zigzags, drawn with an unsteady hand, in another size and speed each time."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "strokes",
        "Strokes of a pen",
        "Circles, squares, waves and zigzags drawn by an unsteady hand: can the shape be told from its points in time?",
        group="Sequences",
        order=525,
        presets={"An unsteadier hand": {"noise": 0.25}, "Few examples": {"strokes": 5}},
    )

    class Settings(BaseSettings):
        """How many, and how unsteady."""

        strokes: int = setting(40, "How many strokes of each shape there are.", ge=1, le=2000, log=True)
        length: int = setting(30, "Points of a stroke; a third more or less each time.", unit="rows", ge=6, le=1000)
        noise: float = setting(0.1, "How far the hand trembles; shapes reach from -1 to 1.", ge=0, le=2)

    def load(self, settings: Strokes.Settings, seed: int) -> Sequences:
        """The points x, y of all strokes; the shape is the class."""
        rng = np.random.default_rng(seed)
        codes = np.tile(np.arange(len(SHAPES)), settings.strokes)
        drawn = [_stroke(SHAPES[code], settings, rng) for code in codes.tolist()]
        lengths = np.array([len(points) for points in drawn], np.int64)
        table = points_table(
            self.info.title, np.concatenate(drawn), np.repeat(codes, lengths), levels=SHAPES, label_name="shape"
        )
        keys = [f"{SHAPES[code]} {place // len(SHAPES) + 1}" for place, code in enumerate(codes.tolist())]
        return sequences(table, lengths, keys)


def _stroke(shape: str, settings: Strokes.Settings, rng: np.random.Generator) -> Floats:
    spare = settings.length // 3
    n = int(rng.integers(settings.length - spare, settings.length + spare + 1))
    # A hand is fast here and slow there.
    way = np.cumsum(rng.uniform(0.5, 1.5, n))
    points = _outline(shape, (way - way[0]) / (way[-1] - way[0]))
    middle, size = rng.normal(0.0, 0.1, 2), rng.uniform(0.8, 1.2)
    return middle + size * points + rng.normal(0.0, settings.noise, points.shape)


def _outline(shape: str, way: Floats) -> Floats:
    """Places on a shape, shape (N, 2), from shares of the way from its beginning to its end."""
    if shape == "circle":
        return np.column_stack([np.cos(_TURN * way), np.sin(_TURN * way)])
    if shape == "wave":
        return np.column_stack([2 * way - 1, np.sin(2 * _TURN * way)])
    corners = _CORNERS if shape == "square" else _TEETH
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    known = np.concatenate([[0.0], np.cumsum(lengths) / lengths.sum()])
    return np.column_stack([np.interp(way, known, corners[:, axis]) for axis in (0, 1)])
