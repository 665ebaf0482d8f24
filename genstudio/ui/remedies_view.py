"""One run of a pair: its samples, small, and how much of the data they cover."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout

from genstudio.data.dataset import Dataset, Kind
from genstudio.runs.question import evenly
from genstudio.runs.run import Run
from genstudio.ui.game_gauges_bars import ShareBar
from genstudio.ui.game_gauges_figures import figures_of
from genstudio.ui.game_gauges_words import modes_text, percent, short
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.plots.stage import Stage
from genstudio.ui.remedies_words import COLLAPSED
from genstudio.ui.theme import Theme

MOST_POINTS = 1000
LAYERS = ("data", "samples")
NOT_DRAWN = "Samples of one column are not drawn here; the gauges below tell how much of the data they cover."


class RemedyView(QFrame):
    """A title, samples as points or pictures, and gauges.

    Arguments:
        name: prefix of the object names.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.title = _label(f"{name}.title", "Which run this is")
        self.title.setProperty("role", "heading")
        self.state = _label(f"{name}.state", "How far it is")
        self.state.setProperty("role", "muted")
        self.stage = Stage(theme, f"{name}.stage")
        self.stage.offer_layers(LAYERS)
        self.grid = PictureGrid(theme, f"{name}.pictures", "Samples")
        self._not_drawn = _label(f"{name}.not_drawn", "Why nothing is drawn")
        self._not_drawn.setText(NOT_DRAWN)
        self._not_drawn.setWordWrap(True)
        self._views = QStackedWidget()
        self.covered = ShareBar(
            theme, f"{name}.covered", "Data covered", "Items that are held out and have a sample near them (recall)"
        )
        self.covered.set_limit(COLLAPSED)
        self.modes = ShareBar(
            theme, f"{name}.modes", "Modes hit", "Modes of the truth that enough samples lie within three deviations of"
        )
        self.distance = _label(f"{name}.distance", "Distance of samples to held-out items")
        self._data: Dataset | None = None
        self._arrange()

    def show_title(self, title: str) -> None:
        """Say which run is shown."""
        self.title.setText(title)
        self.setAccessibleName(title)

    def take_run(self, run: Run) -> None:
        """Show another run, of which nothing is known yet."""
        if run.preparation.kind is Kind.IMAGES:
            self._views.setCurrentWidget(self.grid)
            self.grid.set_pictures(np.empty((0, 1, 1, 1), np.uint8))
        elif len(run.preparation.names) >= 2:
            self._views.setCurrentWidget(self.stage)
            self.stage.set_samples(np.empty((0, 2)))
            self.stage.set_labels(*run.preparation.names[:2])
            self._show_data(run.data)
        else:
            self._views.setCurrentWidget(self._not_drawn)
        self.refresh(run)

    def show_samples(self, x: NDArray[Any]) -> None:
        """Draw samples, shape (n, *item), data units."""
        if x.ndim == 4:
            self.grid.set_pictures(x)
        elif x.shape[1] >= 2:
            self.stage.set_samples(x[:, :2])

    def refresh(self, run: Run) -> None:
        """Show where the run stands."""
        figures = figures_of(run, None)
        self.state.setText(f"step {run.history.step:,} · {run.status}")
        self.covered.show_value(figures.recall, percent(figures.recall))
        self.modes.setVisible(figures.modes is not None)
        self.modes.show_value(figures.modes, modes_text(figures))
        self.distance.setText(f"Distance {short(figures.distance)}, lowest {short(figures.best)}")

    def _show_data(self, data: Dataset | None) -> None:
        if data is None or data is self._data:
            return
        self._data = data
        x = data.preparation.to_data(data.train[evenly(len(data.train), MOST_POINTS)])
        self.stage.set_points(x[:, :2])
        self.stage.fit_view()

    def _arrange(self) -> None:
        for view in (self.stage, self.grid, self._not_drawn):
            self._views.addWidget(view)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._views, 1)
        column.addWidget(self.covered)
        column.addWidget(self.modes)
        column.addWidget(self.distance)
        self.modes.hide()


def _label(name: str, title: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAccessibleName(title)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
