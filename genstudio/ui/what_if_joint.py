"""Two columns together: the joint density, the data, and the line on which one of them is fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from genstudio.ui.live_density import draw_grid
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.stage import Stage
from genstudio.ui.theme import Theme
from genstudio.ui.what_if_model import WhatIf

Array = NDArray[Any]
REACH_PX = 8.0


class JointView(QWidget):
    """A stage with a line that is dragged; a click takes the row under it, or puts the line there.

    Signals:
        row_wanted: place of a row among those that are shown.
    """

    row_wanted = Signal(int)

    def __init__(self, state: WhatIf, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._state, self._theme = state, theme
        self.points: Array = np.empty((0, 2))
        self.stage = Stage(theme, f"{prefix}.joint")
        self.stage.set_title("Both columns; drag the line")
        self.stage.offer_layers(["data", "heat", "contours"])
        self.line = pg.InfiniteLine(movable=True, angle=90)
        self.stage.add_overlay(self.line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stage)
        self.line.sigDragged.connect(self._on_dragged)
        self.stage.graph.scene().sigMouseClicked.connect(self._on_clicked)
        state.changed.connect(self._refresh)
        theme.changed.connect(self._retheme)
        self._retheme()

    def begin(self) -> None:
        """Show two other columns."""
        self.points = np.empty((0, 2))
        self.stage.set_points(self.points)
        self.stage.clear_model()
        low, high = self._state.low, self._state.high
        spare = 0.08 * np.where(high > low, high - low, 1.0)
        self.stage.set_labels(*self._state.names)
        self.stage.set_bounds((*_pair(low - spare, high + spare, 0), *_pair(low - spare, high + spare, 1)))

    def show_rows(self, points: Array) -> None:
        """Show rows of the data, shape (N, 2)."""
        self.points = points
        self.stage.set_points(points)

    def show_density(self, answer: Mapping[str, Array]) -> None:
        """Show the joint density, as the question `density_grid` answers."""
        draw_grid(self.stage, tuple(answer["bounds"]), answer["log_prob"])

    def _refresh(self) -> None:
        if len(self._state.names) != 2 or not self._state.known:
            return
        fixed = 1 - self._state.asked
        self.line.setVisible(fixed in self._state.fixed)
        if not self.line.moving:
            self.line.setAngle(90 if fixed == 0 else 0)
            self.line.setPos(float(self._state.values[fixed]))

    def _on_dragged(self, line: pg.InfiniteLine) -> None:
        self._state.move(1 - self._state.asked, float(f"{line.value():.6g}"))

    def _on_clicked(self, event: Any) -> None:
        place = event.scenePos()
        if event.double() or event.button().name != "LeftButton" or not self._state.known:
            return
        if not self.stage.box.sceneBoundingRect().contains(place):
            return
        nearest = self._nearest(place)
        if nearest is not None:
            self.row_wanted.emit(nearest)
            return
        point = self.stage.box.mapSceneToView(place)
        fixed = 1 - self._state.asked
        self._state.move(fixed, float(f"{(point.x(), point.y())[fixed]:.6g}"))

    def _nearest(self, place: QPointF) -> int | None:
        """The row under a click, if one is."""
        if not len(self.points) or not self.stage.is_layer_visible("data"):
            return None
        point, unit = self.stage.box.mapSceneToView(place), self.stage.box.viewPixelSize()
        away = np.hypot(*((self.points - [point.x(), point.y()]) / unit).T)
        found = int(away.argmin())
        return found if away[found] <= REACH_PX else None

    def _retheme(self) -> None:
        tokens = self._theme.tokens
        self.line.setPen(pg.mkPen(tokens.accent, width=2.5))
        self.line.setHoverPen(pg.mkPen(faded(tokens.accent_hover, 0.8), width=5))


def _pair(low: Array, high: Array, column: int) -> tuple[float, float]:
    return float(low[column]), float(high[column])
