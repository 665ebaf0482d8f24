"""Circles one inside another."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.circles import BlurredCircles
from genstudio.data.source import SourceInfo
from genstudio.settings import setting


class Rings(ToySource):
    """Thin circles round the origin, each with equally many points."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "rings",
        "Concentric circles",
        "Thin circles one inside another: separate pieces without ends, hard for maps that cannot tear.",
        order=50,
        presets={"Two circles": {"circles": 2, "spacing": 1.0, "noise": 0.1}, "Blurred": {"noise": 0.2}},
    )
    label_name: ClassVar[str] = "circle"

    class Settings(ToySettings):
        """How many circles, how far apart and how blurred."""

        circles: int = setting(4, "How many circles there are.", ge=1, le=8)
        spacing: float = setting(0.75, "Radius of the innermost circle, and distance to each next.", ge=0.2, le=3)
        noise: float = setting(
            0.08, "How far points stray from their circle (standard deviation).", ge=0.01, le=0.5
        )

    @classmethod
    def density(cls, settings: Rings.Settings) -> BlurredCircles:
        """Circles at multiples of the spacing."""
        return BlurredCircles(settings.spacing * np.arange(1.0, settings.circles + 1), settings.noise)
