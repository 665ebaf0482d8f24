"""Spirals wound into each other."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.curve import Arc, BlurredCurve
from genstudio.data.source import SourceInfo
from genstudio.settings import setting

Floats = NDArray[np.float64]

# The customary spirals also shift each coordinate evenly over [0, 0.5] before dividing by three;
# with noise 0.1 that is five thirds of it, a ratio that is kept when the noise changes.
_JITTER = 5 / 3


class Spirals(ToySource):
    """Archimedean spirals from the middle outwards."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "spirals",
        "Two spirals",
        "Spirals wound into each other: long thin shapes that are near in space and far along the curve.",
        order=80,
        presets={"Three short spirals": {"arms": 3, "turns": 0.8}, "Crisp": {"noise": 0.05}},
    )
    label_name: ClassVar[str] = "arm"

    class Settings(ToySettings):
        """How many spirals, how long and how blurred."""

        arms: int = setting(2, "How many spirals there are.", ge=1, le=4)
        turns: float = setting(1.5, "How often each winds round the middle.", unit="turns", ge=0.5, le=2.5)
        noise: float = setting(
            0.1, "How far points stray from their spiral (standard deviation of the gaussian part).", ge=0.05, le=0.3
        )

    @classmethod
    def density(cls, settings: Spirals.Settings) -> BlurredCurve:
        """Arcs turned against each other, the points evenly spread in area."""
        turns = [2 * np.pi * arm / settings.arms for arm in range(settings.arms)]
        jitter = _JITTER * settings.noise
        arcs = [Arc(partial(_spiral, turn, jitter / 2), 0, 2 * np.pi * settings.turns, power=2) for turn in turns]
        return BlurredCurve(arcs, settings.noise, jitter)


def _spiral(turn: float, offset: float, t: Floats) -> Floats:
    """Points of the spiral, moved by the mean of the shift and then turned by an angle."""
    x, y = offset - t * np.cos(t) / 3, offset + t * np.sin(t) / 3
    return np.column_stack([np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y])
