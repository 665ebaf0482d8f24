"""Points that move, and the way of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from genstudio.ui.plots.latent_layers import Ring
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import faded, series_colour, series_symbol
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]
Look = tuple[str, QColor]

_POINT_PX, _FEW_PX, _STATION_PX = 5, 8, 6
_FEW = 300
_HUES, _RING_POINTS = 48, 97
_LIGHTNESS, _CHROMA = {"dark": 0.76, "light": 0.58}, 0.13
"""Of all hues the same, so that none stands out; dark enough for a white ground, bright enough for a black one."""


class MovingScatter(pg.ScatterPlotItem):
    """Points whose looks stay while they move: nothing but places is taken up at each frame."""

    def move(self, points: Floats) -> None:
        """Go elsewhere, shape (N, 2), as many as there are."""
        self.prepareGeometryChange()
        self.data["x"], self.data["y"] = points[:, 0], points[:, 1]
        self.bounds = [None, None]
        self.update()


class MovingPointsLayer(Layer):
    """Points, each with its own colour and symbol, that are moved at every frame."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("Points", "points", 30)
        self.points = np.empty((0, 2))
        self._scatter = self.own(MovingScatter(pxMode=True))
        self._ground = tokens.plot

    def set(self, points: Floats, looks: Sequence[Look]) -> None:
        """Show other points, shape (N, 2), and what each looks like."""
        self.points = points
        pens = {"plain": pg.mkPen(faded(self._ground, 0.5), width=0.7)}
        brushes = {colour.rgba(): pg.mkBrush(colour) for _, colour in looks}
        strokes = {colour.rgba(): pg.mkPen(colour, width=1.2) for symbol, colour in looks if symbol in "+x"}
        self._scatter.setData(
            points[:, 0], points[:, 1], size=_FEW_PX if len(points) < _FEW else _POINT_PX,
            symbol=[symbol for symbol, _ in looks], brush=[brushes[colour.rgba()] for _, colour in looks],
            pen=[strokes[colour.rgba()] if symbol in "+x" else pens["plain"] for symbol, colour in looks],
        )

    def move(self, points: Floats) -> None:
        """Let the points go elsewhere, shape (N, 2)."""
        self.points = points
        self._scatter.move(points)

    def retheme(self, tokens: Tokens) -> None:
        """The rims take the ground's colour with the next looks."""
        self._ground = tokens.plot

    def arrays(self) -> dict[str, Floats]:
        """Where the points are."""
        return {"points": self.points} if len(self.points) else {}


class RingsLayer(Layer):
    """Where points of a normal distribution lie within one, two and three deviations of its mean."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("Base within one, two and three deviations", "prior", 4)
        self._rings = self.own_still(pg.PlotCurveItem(connect="finite"))
        self.retheme(tokens)

    def set(self, middle: Floats, deviations: Floats) -> None:
        """Take its mean and its deviations along the axes, shape (2,) each."""
        angles = np.append(np.linspace(0.0, 2 * np.pi, _RING_POINTS), np.nan)
        circle = np.column_stack([np.cos(angles), np.sin(angles)])
        rings = np.concatenate([middle + far * deviations * circle for far in (1, 2, 3)])
        self._rings.setData(rings[:, 0], rings[:, 1], connect="finite")

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._rings.setPen(pg.mkPen(faded(tokens.muted, 0.8), width=1, style=Qt.PenStyle.DashLine))


class PathLayer(Layer):
    """The way of one point through all stations, and where on it the point is."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("Way of the chosen point", "way", 50)
        self._path = np.empty((0, 2))
        self._halo = self.own(pg.PlotCurveItem())
        self._line = self.own(pg.PlotCurveItem())
        self._stations = self.own(pg.ScatterPlotItem(size=_STATION_PX, pen=None))
        self._ring = self.own(Ring(tokens))
        self.set(self._path, self._path)
        self.retheme(tokens)

    def set(self, path: Floats, stations: Floats) -> None:
        """Show a way, shape (M, 2), and the stations on it, shape (S, 2); none where they are empty."""
        self._path = path
        for item, points in ((self._halo, path), (self._line, path), (self._stations, stations)):
            item.setData(points[:, 0], points[:, 1])
        self._show_ring()

    def move(self, here: Floats) -> None:
        """Where the point is, shape (2,)."""
        self._ring.setPos(float(here[0]), float(here[1]))

    def set_visible(self, visible: bool) -> None:
        """Show or hide the layer."""
        super().set_visible(visible)
        self._show_ring()

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._halo.setPen(pg.mkPen(faded(tokens.plot, 0.85), width=5))
        self._line.setPen(pg.mkPen(tokens.danger, width=2))
        self._stations.setBrush(pg.mkBrush(tokens.danger))
        self._ring.retheme(tokens)

    def arrays(self) -> dict[str, Floats]:
        """The way."""
        return {"way": self._path} if len(self._path) else {}

    def _show_ring(self) -> None:
        self._ring.setVisible(self.visible and len(self._path) > 0)


def class_looks(tokens: Tokens, codes: NDArray[Any], count: int) -> list[Look]:
    """Colour and symbol of points by their classes, whole numbers; those of no class (-1) look like class `count`."""
    looks = {
        int(code): (series_symbol(place), series_colour(tokens, place, 0.9))
        for code in np.unique(codes) for place in (int(code) if code >= 0 else count,)
    }
    return [looks[int(code)] for code in codes]


def hue_looks(tokens: Tokens, turns: Floats) -> list[Look]:
    """Colours around a wheel, by shares of a turn, shape (N,)."""
    wheel = [hue(tokens, place / _HUES) for place in range(_HUES)]
    return [("o", wheel[int(turn * _HUES) % _HUES]) for turn in turns]


def ramp_looks(tokens: Tokens, shares: Floats) -> list[Look]:
    """Colours of the theme's uniform map, by shares from 0 to 1, shape (N,), without the end that the ground hides."""
    low, high = (0.3, 0.95) if tokens.name == "dark" else (0.1, 0.8)
    table = pg.colormap.get("viridis").getLookupTable(low, high, _HUES)
    colours = [QColor(*map(int, row[:3])) for row in table]
    return [("o", colours[min(int(share * _HUES), _HUES - 1)]) for share in shares]


def hue(tokens: Tokens, turn: float) -> QColor:
    """A colour of the wheel on which all look equally bright and strong.

    References:
        Ottosson (2020), A perceptual color space for image processing (Oklab).
    """
    lightness = _LIGHTNESS[tokens.name]
    a, b = _CHROMA * np.cos(2 * np.pi * turn), _CHROMA * np.sin(2 * np.pi * turn)
    cones = np.array([
        lightness + 0.3963377774 * a + 0.2158037573 * b,
        lightness - 0.1055613458 * a - 0.0638541728 * b,
        lightness - 0.0894841775 * a - 1.2914855480 * b,
    ]) ** 3
    linear = np.clip(np.array([
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]) @ cones, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return QColor.fromRgbF(*map(float, encoded))
