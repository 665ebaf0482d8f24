"""Gaussians on a circle."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.mixture import GaussianMixture
from genstudio.data.source import SourceInfo
from genstudio.settings import setting


class Ring(ToySource):
    """Equally spaced gaussians round the origin."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "ring",
        "Ring of gaussians",
        "Round clouds on a circle: shows at a glance whether a model finds all of them.",
        order=30,
        presets={"Eight sharp modes": {"modes": 8, "radius": 1.0, "std": 0.01}},
    )
    label_name: ClassVar[str] = "mode"

    class Settings(ToySettings):
        """How many clouds, how far out and how wide."""

        modes: int = setting(8, "How many clouds stand on the circle.", ge=1, le=30)
        radius: float = setting(4 / math.sqrt(2), "Distance of the clouds from the middle.", ge=0.1, le=10)
        std: float = setting(0.5 / math.sqrt(2), "Standard deviation of each cloud.", ge=0.005, le=2, log=True)

    @classmethod
    def density(cls, settings: Ring.Settings) -> GaussianMixture:
        """One gaussian a mode, equal weights, the first on the x axis."""
        modes = settings.modes
        angle = 2 * np.pi * np.arange(modes) / modes
        means = settings.radius * np.column_stack([np.cos(angle), np.sin(angle)])
        return GaussianMixture(np.full(modes, 1 / modes), means, np.full(modes, settings.std))
