"""Two interleaving half circles."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.curve import Arc, BlurredCurve
from genstudio.data.source import SourceInfo
from genstudio.settings import setting

Floats = NDArray[np.float64]


class TwoMoons(ToySource):
    """The half circles of scikit-learn's `make_moons`."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "two_moons",
        "Two moons",
        "Two half circles that reach into each other: easy to see, yet no single bell curve fits either.",
        order=10,
        presets={"Crisp": {"noise": 0.05}, "Blurred": {"noise": 0.2}, "One moon rare": {"upper": 0.9}},
    )
    label_name: ClassVar[str] = "moon"

    class Settings(ToySettings):
        """Blur and balance."""

        noise: float = setting(
            0.1, "How far points stray from their half circle of radius 1 (standard deviation).", ge=0.01, le=0.5
        )
        upper: float = setting(0.5, "Share of the points that lie on the upper moon.", ge=0.05, le=0.95)

    @classmethod
    def density(cls, settings: TwoMoons.Settings) -> BlurredCurve:
        """Two arcs under noise."""
        upper = Arc(_upper, 0, np.pi, share=settings.upper)
        lower = Arc(_lower, 0, np.pi, share=1 - settings.upper)
        return BlurredCurve((upper, lower), settings.noise)


def _upper(t: Floats) -> Floats:
    return np.column_stack([np.cos(t), np.sin(t)])


def _lower(t: Floats) -> Floats:
    return np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)])
