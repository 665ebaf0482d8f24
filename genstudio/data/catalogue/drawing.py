"""Data that a person drew with the mouse; the points stand in the recipe itself."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from genstudio.data.drawing import CLASSES, LIMIT, MOST_POINTS, drawing_of
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import Table, points_table
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting


class DrawingSource(Source):
    """Points put, brushed and sprayed on a canvas."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "drawing", "Drawing", "Points that you draw with the mouse, in up to eight classes.", "Your own", order=900
    )

    class Settings(BaseSettings):
        """The points themselves."""

        points: tuple[tuple[float, float, int], ...] = setting(
            (), "What was drawn: x, y and class (0 for A to 7 for H) of each point.", hidden=True
        )

        @field_validator("points")
        @classmethod
        def _drawable(cls, points: tuple[tuple[float, float, int], ...]) -> tuple[tuple[float, float, int], ...]:
            if len(points) > MOST_POINTS:
                raise ValueError(f"a drawing holds at most {MOST_POINTS:,} points")
            for x, y, code in points:
                if max(abs(x), abs(y)) > LIMIT or not 0 <= code < len(CLASSES):
                    last = len(CLASSES) - 1
                    raise ValueError(f"x and y lie between -{LIMIT:g} and {LIMIT:g}, classes between 0 and {last}")
            return points

    def load(self, settings: DrawingSource.Settings, seed: int) -> Table:
        """The points as a table of x, y and class.

        Raises:
            DataError: nothing was drawn.
        """
        if not settings.points:
            raise DataError("Nothing is drawn yet.", "Draw some points on the canvas of the Data panel, then use them.")
        drawing = drawing_of(settings.points)
        levels = CLASSES[: int(drawing.classes.max()) + 1]
        return points_table("Drawing", drawing.points, drawing.classes, levels=levels, label_name="class")
