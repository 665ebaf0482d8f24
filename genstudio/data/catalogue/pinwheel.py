"""Curved arms round a hub."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.pinwheel import Pinwheel
from genstudio.data.source import SourceInfo
from genstudio.settings import setting


class PinwheelSource(ToySource):
    """Elongated gaussians, wound up."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "pinwheel",
        "Pinwheel",
        "Curved arms round a hub: each is a bell curve that has been bent.",
        order=60,
        presets={"Straight arms": {"rate": 0.0}, "Three wide arms": {"arms": 3, "tangential_std": 0.15}},
    )
    label_name: ClassVar[str] = "arm"

    class Settings(ToySettings):
        """How many arms, how wide and how bent."""

        arms: int = setting(5, "How many arms the wheel has.", ge=2, le=12)
        radial_std: float = setting(
            0.3, "Width along an arm, as a share of its distance from the hub.", label="Length", ge=0.05, le=0.4
        )
        tangential_std: float = setting(
            0.1, "Width across an arm, as a share of its distance from the hub.", label="Width", ge=0.02, le=0.15
        )
        rate: float = setting(
            0.25, "How strongly the arms are bent; 0 leaves them straight.", label="Bend", ge=0, le=0.4
        )

    @classmethod
    def density(cls, settings: PinwheelSource.Settings) -> Pinwheel:
        """The change of variables, all arms summed."""
        return Pinwheel(settings.arms, settings.radial_std, settings.tangential_std, settings.rate)
