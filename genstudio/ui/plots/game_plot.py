"""A game over two columns: what is real, what is made, who judges how, and where that draws whom."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from genstudio.ui.plots.binning import Bounds
from genstudio.ui.plots.flight import FlightLayer
from genstudio.ui.plots.layered import LayeredPlot
from genstudio.ui.plots.manifold import ManifoldLayer
from genstudio.ui.plots.paint import retheme_legend
from genstudio.ui.plots.paths import RingsLayer
from genstudio.ui.plots.pull import PullLayer
from genstudio.ui.plots.sides import SideLayer
from genstudio.ui.plots.verdicts import MADE, REAL, VerdictLayer
from genstudio.ui.theme import Theme

Floats = NDArray[np.float64]

_NEAR_PX = 12.0
_NOISE = "noise"
LAYERS = ("landscape", "real", "grid", "made", "arrows", "flight")
"""Those that a person can switch; the rings of the noise are seen where noise is."""


class GamePlot(LayeredPlot):
    """One pair of axes with the layers of `LAYERS`; their switches are named `<name>.layer.<layer>`."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._home: Bounds = (-1.0, 1.0, -1.0, 1.0)
        self._legend = self.item.addLegend(offset=(12, 10), labelTextSize="9pt")
        self._make_layers()
        self.retheme()

    def set_home(self, bounds: Bounds, square: bool) -> None:
        """What the whole view is, x0, x1, y0, y1, and whether both axes have one scale."""
        self._home = bounds
        self.box.setAspectLocked(square)
        self.fit_view()

    def fit_view(self) -> None:
        """Show the data, and some room around them."""
        self.set_bounds(self._home)

    def show_only(self, names: Collection[str] | None) -> None:
        """Show these layers and no others, whatever the switches say; None: as these say."""
        for name, layer in self._layers.items():
            switch = self._switches[name]
            switch.setEnabled(names is None)
            layer.set_visible(name in names if names is not None else switch.isChecked() and name != _NOISE)
        self._fill_legend()

    def clear(self) -> None:
        """Show nothing."""
        nothing = np.empty((0, 2))
        self.landscape.set(None)
        for layer in (self.real, self.made):
            layer.set(nothing)
            layer.ring(np.empty(0, bool))
        self.grid.set(np.empty((0, 0, 2)), np.empty((0, 0)))
        self.arrows.set(nothing, nothing, 1.0)
        self.flight.clear()

    def nearest_made(self, x: float, y: float) -> int:
        """The made point nearest to a place, if it is near on the screen; else -1."""
        points = self.made.points
        if not len(points) or not self.made.visible:
            return -1
        far = np.hypot(*((points - (x, y)) / self.box.viewPixelSize()).T)
        nearest = int(np.argmin(far))
        return nearest if far[nearest] <= _NEAR_PX else -1

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        retheme_legend(self._legend, self.theme.tokens)
        self._fill_legend()

    def _make_layers(self) -> None:
        tokens = self.theme.tokens
        self.landscape = self._add("landscape", VerdictLayer(
            "What the discriminator believes: taken for real or for made", "heat", 1, tokens, self.box))
        self.noise = self._add(_NOISE, RingsLayer(tokens))
        self.real = self._add("real", SideLayer("Real points", "data", 20, tokens, side=REAL, symbol="o", size=6))
        self.grid = self._add("grid", ManifoldLayer(
            "The generator's manifold: noise in even cells, the fuller the denser", "warp", 10, tokens))
        self.made = self._add("made", SideLayer("Made points", "sample", 30, tokens, side=MADE, symbol="d", size=8))
        self.arrows = self._add("arrows", PullLayer(
            "Where made points are drawn to: the gradient of the generator's loss", "velocity", 25, tokens))
        self.flight = self._add("flight", FlightLayer(
            "From noise to sample, of what is under the mouse", "way", 50, tokens))
        self.offer_layers(LAYERS)


    def _show_layer(self, name: str, visible: bool) -> None:
        super()._show_layer(name, visible)
        self._fill_legend()

    def _fill_legend(self) -> None:
        self._legend.clear()
        for layer in (self.real, self.made):
            if layer.visible:
                self._legend.addItem(layer.scatter, layer.title)
