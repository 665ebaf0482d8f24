"""A disc with holes."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.region import PerforatedDisc
from genstudio.data.source import SourceInfo
from genstudio.settings import setting


class Cheese(ToySource):
    """Points spread evenly over a disc, but for its holes."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "cheese",
        "Cheese",
        "A disc with round holes: tells whether a model leaves empty what is empty.",
        order=100,
        presets={"Thick ring": {"holes": 1, "hole_size": 0.95}, "Thin bridges": {"hole_size": 0.95}},
    )
    label_name: ClassVar[str] = "nearest_hole"

    class Settings(ToySettings):
        """How large, and how many holes."""

        radius: float = setting(3.0, "Radius of the disc.", ge=0.5, le=10)
        holes: int = setting(7, "How many holes: one in the middle, the others round it.", ge=1, le=13)
        hole_size: float = setting(
            0.75, "Radius of the holes, as a share of the largest that keeps them apart.", ge=0.1, le=0.95
        )

    @classmethod
    def density(cls, settings: Cheese.Settings) -> PerforatedDisc:
        """Uniform between the holes."""
        return PerforatedDisc(settings.radius, settings.holes, settings.hole_size)
