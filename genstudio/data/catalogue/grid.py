"""Gaussians on a square grid."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.mixture import GaussianMixture
from genstudio.data.source import SourceInfo
from genstudio.settings import setting


class Grid(ToySource):
    """Gaussians in rows and columns round the origin."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "grid",
        "Grid of gaussians",
        "Twenty-five small clouds in rows and columns: generators like to leave some of them out.",
        order=40,
        presets={"Nine soft modes": {"side": 3, "std": 0.3}},
    )
    label_name: ClassVar[str] = "mode"

    class Settings(ToySettings):
        """How many clouds, how far apart and how wide."""

        side: int = setting(5, "Clouds along each side of the grid.", label="Modes a side", ge=2, le=10)
        step: float = setting(2.0, "Distance between neighbouring clouds.", ge=0.5, le=5)
        std: float = setting(0.05, "Standard deviation of each cloud.", ge=0.01, le=1, log=True)

    @classmethod
    def density(cls, settings: Grid.Settings) -> GaussianMixture:
        """One gaussian a mode, equal weights, counted by rows from the lower left."""
        axis = settings.step * (np.arange(settings.side) - (settings.side - 1) / 2)
        means = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        return GaussianMixture(np.full(len(means), 1 / len(means)), means, np.full(len(means), settings.std))
