"""Rows of samples, each with a sentence on which latent levels it holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.plots.stage import Stage
from genstudio.ui.theme import Theme

Array = NDArray[Any]

SAMPLES_DEPTH = 35
"""In front of the data, as it is the samples that one looks at here."""


class LevelRow(QWidget):
    """The samples that hold some levels: pictures in a line, or points over the data.

    Arguments:
        name: object name of the view.
    """

    def __init__(self, theme: Theme, name: str, pictures: bool) -> None:
        super().__init__()
        self.title = QLabel()
        self.title.setObjectName(f"{name}.title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("role", "muted")
        self.view: PictureGrid | Stage = PictureGrid(theme, name) if pictures else _stage(theme, name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 2)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(self.view, 1)

    def show_samples(self, x: Array, title: str) -> None:
        """Show pictures, shape (n, C, H, W), or points, shape (n, 2)."""
        self.title.setText(title)
        if isinstance(self.view, PictureGrid):
            self.view.setAccessibleName(title)
            self.view.set_pictures(x, columns=len(x))
        else:
            self.view.set_samples(x)

    def show_data(self, points: Array) -> None:
        """Show points of the data behind, shape (N, 2), and as much of the plane as they take."""
        if isinstance(self.view, Stage):
            self.view.set_points(points)
            self.view.fit_view()


class LevelRows(QWidget):
    """A row for each number of levels that are held: pictures below one another, plots side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: list[LevelRow] = []
        self._pictures = True
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 8)
        self._layout.setSpacing(0)

    def arrange(self, levels: int, pictures: bool) -> bool:
        """Make so many rows of a kind; whether they are new."""
        if levels == len(self.rows) and pictures == self._pictures:
            return False
        self._pictures = pictures
        for row in self.rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        way = QBoxLayout.Direction.TopToBottom if pictures else QBoxLayout.Direction.LeftToRight
        self._layout.setDirection(way)
        self.rows = [LevelRow(self._theme, f"levels.row{place}", pictures) for place in range(levels)]
        for row in self.rows:
            self._layout.addWidget(row, 1)
        return True

    def show_samples(self, x: Array, columns: tuple[int, int]) -> None:
        """Show samples, shape (L, n, *item).

        Arguments:
            columns: of rows of a table, those along x and along y.
        """
        for fixed, (row, samples) in enumerate(zip(self.rows, x, strict=True)):
            shown = samples if self._pictures else samples[:, list(columns)]
            row.show_samples(shown, words(fixed, len(self.rows)))

    def show_data(self, x: Array, columns: tuple[int, int]) -> None:
        """Show rows of the data behind, shape (N, D)."""
        for row in self.rows:
            row.show_data(x[:, list(columns)])

    def clear(self) -> None:
        """Show nothing."""
        for row in self.rows:
            empty = np.empty((0, 1, 1, 1)) if self._pictures else np.empty((0, 2))
            row.show_samples(empty, "")


def words(fixed: int, levels: int) -> str:
    """Which levels a row holds; the first level is nearest the data."""
    if fixed == 0:
        return "Everything drawn anew"
    if fixed == 1:
        return f"Level {levels} (the top) held"
    return f"Levels {levels} to {levels - fixed + 1} held" + (", only level 1 drawn anew" * (fixed == levels - 1))


def _stage(theme: Theme, name: str) -> Stage:
    stage = Stage(theme, name)
    stage.offer_layers(["data", "samples"])
    stage.samples.set_depth(SAMPLES_DEPTH)
    return stage
