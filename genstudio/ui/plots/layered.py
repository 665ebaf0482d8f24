"""Plots that are made of layers, each of which can be switched off."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme

L = TypeVar("L", bound=Layer)


class LayeredPlot(Plot):
    """A pair of axes with layers; their switches are named `<name>.layer.<layer>`.

    Signals:
        layer_toggled: a layer and whether it is seen now.
    """

    layer_toggled = Signal(str, bool)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._layers: dict[str, Layer] = {}
        self._switches: dict[str, QToolButton] = {}
        self.box.disableAutoRange()

    def offer_layers(self, names: Sequence[str]) -> None:
        """Offer these layers only."""
        for name, switch in self._switches.items():
            switch.setVisible(name in names)
            self._layers[name].set_visible(name in names and switch.isChecked())

    def is_layer_visible(self, name: str) -> bool:
        """Whether a layer is seen."""
        return self._layers[name].visible

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        for layer in self._layers.values():
            layer.retheme(self.theme.tokens)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """What the visible layers show."""
        return {
            key: array for layer in self._layers.values() if layer.visible for key, array in layer.arrays().items()
        }

    def _add(self, name: str, layer: L) -> L:
        self._layers[name] = layer
        self._adopt(layer)
        switch = self.add_tool(f"layer.{name}", layer.icon, layer.title, checkable=True)
        switch.setChecked(True)
        switch.toggled.connect(partial(self._on_switched, name))
        self._switches[name] = switch
        return layer

    def _adopt(self, layer: Layer) -> None:
        """Layers make items as they need them; new ones come onto the axes here."""
        for item in layer.items:
            if item.scene() is None:
                self.item.addItem(item, ignoreBounds=True)

    def _show_layer(self, name: str, visible: bool) -> None:
        self._layers[name].set_visible(visible)

    def _on_switched(self, name: str, visible: bool) -> None:
        self._show_layer(name, visible)
        self.layer_toggled.emit(name, visible)
