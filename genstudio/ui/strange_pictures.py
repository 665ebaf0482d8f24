"""The strangest pictures of the data, and how all that were scored are spread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from genstudio.applications.histogram import histogram
from genstudio.applications.scores import ScoreMeaning
from genstudio.ui.plots.histogram import Histogram
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.theme import Theme

Array = NDArray[Any]

BINS = 60


class StrangePictures(QSplitter):
    """Pictures in the order of their strangeness beside a histogram of the scores.

    Arguments:
        name: object names start with it.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(f"{name}.of_pictures")
        self.setChildrenCollapsible(False)
        self.title = QLabel()
        self.title.setObjectName(f"{name}.pictures_title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("role", "muted")
        self.title.setMargin(6)
        self.grid = PictureGrid(theme, f"{name}.pictures", "The strangest pictures")
        self.histogram = Histogram(theme, f"{name}.picture_scores")
        self.histogram.line.hide()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 4, 4, 8)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.grid, 1)
        self.addWidget(left)
        self.addWidget(self.histogram)
        self.setSizes([600, 400])

    def set_meaning(self, meaning: ScoreMeaning) -> None:
        """Say what the scores are."""
        self.histogram.set_labels(f"score: {meaning.words}", "count")

    def show_answer(self, answer: dict[str, Array]) -> None:
        """Show what the question `strangest_pictures` answered."""
        captions = [f"{score:.4g}" for score in answer["strangeness"].tolist()]
        self.grid.set_pictures(answer["x"], captions=captions)
        bars = histogram(answer["score"], BINS)
        self.histogram.set_counts(bars.edges, bars.counts)
        self.title.setText(f"The {len(captions):,} strangest of {len(answer['score']):,} pictures, strangest first")

    def clear(self) -> None:
        """Show nothing."""
        self.title.setText("")
        self.grid.set_pictures(np.empty((0, 1, 1, 1)))
