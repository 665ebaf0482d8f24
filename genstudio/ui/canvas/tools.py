"""The tools of the canvas: what a press, a drag and a hold do to a drawing. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genstudio.data.drawing import Drawing, along, spray
from genstudio.settings import Settings, setting

Place = tuple[float, float]


class BrushSettings(Settings):
    """How wide and how dense the tools draw."""

    size: float = setting(0.4, "Radius of brush, airbrush and eraser, in units of the axes.", ge=0.05, le=1.5)
    density: int = setting(12, "How many points one dab of brush and airbrush leaves.", ge=1, le=60)


@dataclass(frozen=True)
class Dab:
    """What a tool draws with.

    Arguments:
        code: the class of new points.
    """

    brush: BrushSettings
    code: int
    rng: np.random.Generator


class Tool:
    """Draws one point where it is pressed."""

    key: ClassVar[str] = "point"
    title: ClassVar[str] = "Point"
    shortcut: ClassVar[str] = "P"
    help: ClassVar[str] = "Put one point with each click"
    wide: ClassVar[bool] = False

    def press(self, drawing: Drawing, at: Place, dab: Dab) -> Drawing:
        """The drawing once the button is down."""
        return drawing.put(np.array([at]), dab.code)

    def drag(self, drawing: Drawing, last: Place, at: Place, dab: Dab) -> tuple[Drawing, Place]:
        """The drawing once the mouse moved on, and the place from which the next drag goes on."""
        return drawing, at

    def hold(self, drawing: Drawing, at: Place, dab: Dab) -> Drawing:
        """The drawing while the button stays down; called again and again."""
        return drawing


class Brush(Tool):
    """Leaves points along the way, spread over its width."""

    key = "brush"
    title = "Brush"
    shortcut = "B"
    help = "Drag to leave points along the way"
    wide = True

    def press(self, drawing: Drawing, at: Place, dab: Dab) -> Drawing:
        """One dab."""
        return drawing.put(spray(at, dab.brush.size, dab.brush.density, dab.rng), dab.code)

    def drag(self, drawing: Drawing, last: Place, at: Place, dab: Dab) -> tuple[Drawing, Place]:
        """Dabs a radius apart, so that speed does not change how dense the line is."""
        places = along(last, at, dab.brush.size)
        for place in places:
            drawing = self.press(drawing, (place[0], place[1]), dab)
        return drawing, last if not len(places) else (float(places[-1, 0]), float(places[-1, 1]))


class Airbrush(Tool):
    """Sprays as long as the button is down."""

    key = "airbrush"
    title = "Spray"
    shortcut = "A"
    help = "Hold the button down to spray"
    wide = True

    def press(self, drawing: Drawing, at: Place, dab: Dab) -> Drawing:
        """The first drops."""
        return self.hold(drawing, at, dab)

    def hold(self, drawing: Drawing, at: Place, dab: Dab) -> Drawing:
        """A few drops more."""
        return drawing.put(spray(at, dab.brush.size, max(1, dab.brush.density // 4), dab.rng), dab.code)


class Eraser(Tool):
    """Takes points away."""

    key = "eraser"
    title = "Erase"
    shortcut = "E"
    help = "Drag to take points away"
    wide = True

    def press(self, drawing: Drawing, at: Place, dab: Dab) -> Drawing:
        """Without what lies under the eraser."""
        return drawing.erase(at, dab.brush.size)

    def drag(self, drawing: Drawing, last: Place, at: Place, dab: Dab) -> tuple[Drawing, Place]:
        """Without what lies along the way, however fast the mouse was."""
        for place in along(last, at, dab.brush.size / 2):
            drawing = drawing.erase(place.tolist(), dab.brush.size)
        return drawing.erase(at, dab.brush.size), at


TOOLS: tuple[Tool, ...] = (Tool(), Brush(), Airbrush(), Eraser())
