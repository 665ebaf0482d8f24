"""The dark squares of a chessboard."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.region import Checkerboard
from genstudio.data.source import SourceInfo
from genstudio.settings import setting


class CheckerboardSource(ToySource):
    """Points spread evenly over every other square."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "checkerboard",
        "Checkerboard",
        "Points spread evenly over every other square: sharp edges that smooth models blur.",
        order=70,
        presets={"Six by six": {"squares": 6}},
    )
    label_name: ClassVar[str] = "square"

    class Settings(ToySettings):
        """How many squares, how large."""

        squares: int = setting(4, "Squares along each side of the board.", label="Squares a side", ge=2, le=10)
        width: float = setting(8.0, "Width of the whole board.", ge=1, le=20)

    @classmethod
    def density(cls, settings: CheckerboardSource.Settings) -> Checkerboard:
        """Uniform on the dark squares."""
        return Checkerboard(settings.squares, settings.width)
