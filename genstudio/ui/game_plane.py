"""The game over two columns: it follows the training, and a point or a cell under the mouse flies from its noise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from genstudio.applications.game import (
    Bounds,
    arrow_scale,
    cell_opacity,
    drawn_arrows,
    home_view,
    noise_rings,
)
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.game_hover import GameHover
from genstudio.ui.game_scene import Scene, between
from genstudio.ui.game_slow import SlowMotion
from genstudio.ui.panel import Panel
from genstudio.ui.plots.binning import cell_centres
from genstudio.ui.plots.game_plot import GamePlot
from genstudio.ui.transform_frame import square
from genstudio.ui.watching import look_seconds

Floats = NDArray[np.float64]

POINTS, SIDE, GRID = 200, 16, (48, 48)
_STANDARD = np.array([[-2.5, -2.5], [2.5, 2.5]])
"""Where nearly all items lie that were brought to mean 0 and deviation 1."""
WAITING = "Points are made as soon as the training has begun."


class GamePlane(QWidget):
    """A plot, and a line that says what of the latent space is seen on it.

    Arguments:
        panel: asks the questions, while somebody looks.
    """

    def __init__(self, panel: Panel, slow: SlowMotion) -> None:
        super().__init__()
        self._panel, self._slow = panel, slow
        self._run: Run | None = None
        self.scene: Scene | None = None
        self.home: Bounds = (-1.0, 1.0, -1.0, 1.0)
        self._scale, self._still = 0.0, False
        self.plot = GamePlot(panel.theme, "game.stage")
        self.plot.setAccessibleName("Real and made points, and what the discriminator believes")
        self.slice = ElidedLabel()
        self.slice.setObjectName("game.slice")
        self.slice.setProperty("role", "muted")
        self.slice.setContentsMargins(12, 2, 12, 2)
        self.hover = GameHover(self.plot)
        self._arrange()
        self._connect()

    def show_run(self, run: Run) -> None:
        """Follow a run whose data have two columns."""
        if run is not self._run:
            self._begin(run)
        self._look()

    def leave(self) -> None:
        """Nothing is asked any more."""
        self._panel.look_away("plane")

    def fetch(self, done: Callable[[Scene], None]) -> None:
        """Ask how the game stands now; `done` takes the scene."""
        def take(answer: Any) -> None:
            done(Scene.of(answer))

        # What lies between two moments can be shown only where both were seen over the same cells.
        first = self._slow.first
        same = {"seconds": math.inf, "bounds": self.plot.bounds() if first is None else first.bounds}
        self._panel.model.ask("game_plane", take, key="game.scene", **{**self._asking(), **same})

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.hover.land()

    # What is asked.

    def _begin(self, run: Run) -> None:
        self._run, self.scene, self._scale = run, None, 0.0
        data = run.data.preparation.to_data(run.data.train) if run.data is not None else (
            run.preparation.to_data(_STANDARD))
        self.home = home_view(data)
        self.plot.set_home(self.home, square(self.home))
        self.plot.set_labels(*run.preparation.names)
        self.plot.clear()
        self.plot.noise.set(*noise_rings(self.home))
        self.plot.set_hint(WAITING)
        self.hover.take(None, self.home)

    def _look(self) -> None:
        if self._slow.on:
            self._panel.look_away("plane")
        else:
            self._panel.look("plane", self._on_looked, "game_plane", **self._asking())

    def _asking(self) -> dict[str, object]:
        seconds = math.inf if self._run is None else look_seconds(self._run)
        return {"n": POINTS, "bounds": self.plot.bounds(), "shape": GRID, "side": SIDE, "seconds": seconds}

    def _on_looked(self, preview: Preview) -> None:
        if not self._slow.on:
            self.take(Scene.of(preview.answer))

    def take(self, scene: Scene) -> None:
        """Show how the game stands."""
        self.scene = scene
        self._say(scene)
        self.hover.take(scene, self.home)
        self.draw(scene)

    # What is shown.

    def draw(self, scene: Scene, motion: str = "", share: float = 1.0, wrong: bool = False) -> None:
        """Show a moment.

        Arguments:
            motion: what is on its way, as `Stage.motion` says it; `share`: how far, 0 to 1.
            wrong: whether points are ringed that are taken for what they are not.
        """
        plot = self.plot
        plot.set_hint("")
        noise = motion in ("drawn", "flown")
        flown = {"drawn": 0.0, "flown": share}.get(motion, 1.0)
        made = scene.made if flown >= 1 else (1 - flown) * scene.noise(self.home) + flown * scene.made
        plot.made.set(made[:max(1, round(share * len(made)))] if motion == "drawn" else made)
        plot.real.set(scene.real)
        plot.made.ring(scene.wrong_made & wrong)
        plot.real.ring(scene.wrong_real & wrong)
        if not noise:
            plot.landscape.set((*cell_centres(scene.bounds, scene.landscape.shape), scene.landscape))
            self._draw_arrows(scene, share if motion == "grown" else 1.0)
        self._draw_grid(scene, flown)

    def _draw_arrows(self, scene: Scene, grown: float) -> None:
        x0, x1, y0, y1 = self.home
        view = min(x1 - x0, y1 - y0)
        self._scale = arrow_scale(scene.way, view, self._scale)
        self.plot.arrows.show(scene.made, scene.way, grown * drawn_arrows(scene.way, view, self._scale))

    def _draw_grid(self, scene: Scene, flown: float) -> None:
        if self.plot.grid.visible and scene.grid.size:
            nodes = scene.grid if flown >= 1 else (
                (1 - flown) * scene.noise_grid(self.home) + flown * scene.grid)
            self.plot.grid.set(nodes, cell_opacity(nodes))

    def _say(self, scene: Scene) -> None:
        words = ""
        if scene.latent_dim > 2:
            words = (f"The grid is a slice of the latent space: its first two coordinates, the other "
                     f"{scene.latent_dim - 2} being 0.")
        elif scene.latent_dim == 1:
            words = "The latent space has one coordinate, and no plane that could be shown as a grid."
        self.slice.setText(words)
        self.slice.setVisible(bool(words))

    # Slow motion.

    def _on_slow_turned(self) -> None:
        if self._slow.on == self._still:
            return
        self._still = self._slow.on
        self.hover.take(None, self.home)
        if not self._still:
            self.plot.show_only(None)
            if self.scene is not None:
                self.take(self.scene)
        self._look()

    def _on_staged(self) -> None:
        if self._slow.scenes is not None:
            self.plot.show_only(self._slow.stage.layers)

    def _on_slow_moved(self) -> None:
        scenes, stage = self._slow.scenes, self._slow.stage
        if scenes is None or not self._slow.on:
            return
        self.scene = scenes[1]
        share = self._slow.share
        scene = scenes[0] if stage.motion else between(*scenes, share)
        self.draw(scene, stage.motion, share, stage.wrong)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.slice)
        self.slice.hide()

    def _connect(self) -> None:
        self._slow.turned.connect(self._on_slow_turned)
        self._slow.staged.connect(self._on_staged)
        self._slow.moved.connect(self._on_slow_moved)
        self.plot.layer_toggled.connect(self._on_layer_toggled)
        self.plot.view_changed.connect(lambda _: self._look_again())
        self.plot.export_failed.connect(self._panel.model.messages.show_error)

    def _look_again(self) -> None:
        if self._run is not None and self.isVisible():
            self._look()

    def _on_layer_toggled(self, name: str, visible: bool) -> None:
        if self.scene is not None and visible:
            self.draw(self.scene)

