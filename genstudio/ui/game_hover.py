"""What is under the mouse in a game flies from its noise to what the generator makes of it, over and over."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from genstudio.applications.game import Bounds, holding_cell
from genstudio.ui.game_scene import Scene
from genstudio.ui.plots.game_plot import GamePlot

Floats = NDArray[np.float64]

TICK_MS, FLY_SECONDS, REST_SECONDS = 16, 0.9, 0.7
"""A flight, and how long one sees where it has led before it begins anew."""
CELL = "this cell of the generator's plane, and the noise it is made of"


class GameHover(QObject):
    """Follows the mouse over a plot; the nearest made point goes before the cell that it is in."""

    def __init__(self, plot: GamePlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._scene: Scene | None = None
        self._view: Bounds = (0.0, 1.0, 0.0, 1.0)
        self._since = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        plot.hovered.connect(self._on_hovered)
        plot.unhovered.connect(self.land)
        plot.layer_toggled.connect(self._on_toggled)

    def take(self, scene: Scene | None, view: Bounds) -> None:
        """Let what is seen fly; None: nothing does.

        Arguments:
            view: where the noise is drawn.
        """
        self._scene, self._view = scene, view
        if scene is None:
            self.land()

    def land(self) -> None:
        """Nothing flies."""
        self._timer.stop()
        self._plot.flight.clear()
        self._plot.set_readout("")

    def _on_hovered(self, x: float, y: float) -> None:
        scene = self._scene
        if scene is None or not self._plot.flight.visible:
            return
        index = self._plot.nearest_made(x, y)
        cell = self._cell(scene, x, y) if index < 0 else None
        if index >= 0:
            self._fly(scene.noise(self._view)[index:index + 1], scene.made[index:index + 1])
            self._plot.set_readout(_words(scene.z[index], scene.made[index], float(scene.made_verdict[index])))
        elif cell is not None:
            corners = _corners(*cell)
            self._fly(scene.noise_grid(self._view)[corners], scene.grid[corners])
            self._plot.set_readout(CELL)
        else:
            self.land()

    def _cell(self, scene: Scene, x: float, y: float) -> tuple[int, int] | None:
        return holding_cell(scene.grid, np.array([x, y])) if self._plot.grid.visible else None

    def _fly(self, start: Floats, end: Floats) -> None:
        before, after = self._plot.flight.ends
        if not self._timer.isActive() or not np.array_equal(before, start):
            self._plot.flight.set(start, end)
            self._since = time.monotonic()
            self._timer.start()
        elif not np.array_equal(after, end):
            # The model has learned on: the way is another one, the flight goes on.
            self._plot.flight.set(start, end)
            self._on_tick()

    def _on_tick(self) -> None:
        passed = (time.monotonic() - self._since) % (FLY_SECONDS + REST_SECONDS)
        share = min(1.0, passed / FLY_SECONDS)
        # Slowly off and slowly on: eyes follow that better.
        self._plot.flight.go(share * share * (3 - 2 * share))

    def _on_toggled(self, name: str, visible: bool) -> None:
        if name == "flight" and not visible:
            self.land()


def _corners(row: int, column: int) -> tuple[list[int], list[int]]:
    """Indices of the corners of a cell, one after the other round it."""
    return [row, row, row + 1, row + 1], [column, column + 1, column + 1, column]


def _words(z: Floats, made: Floats, verdict: float) -> str:
    noise, point = (", ".join(f"{value:.2f}" for value in place) for place in (z, made))
    return f"noise ({noise}) → ({point}), taken for real: {verdict:.0%}".replace("-", "−")
