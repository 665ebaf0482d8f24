"""One picture, large and without blur, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.theme import Theme

WIDTH_PX = 230
_PICTURE_PX = 212
NO_CLASS = "no class"


class ItemCard(QFrame):
    """A picture, and lines of words below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH_PX)
        self.picture = PictureGrid(theme, "data.pictures.item", "One picture, large")
        self.picture.setMaximumHeight(_PICTURE_PX)
        self.picture.set_hint("Click a picture to see it large.")
        self.facts = QLabel()
        self.facts.setObjectName("data.pictures.facts")
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.facts)
        layout.addStretch()

    def show_item(self, picture: NDArray[Any], facts: Sequence[str]) -> None:
        """Show a picture, shape (C, H, W), bytes or intensities, and one line a fact."""
        self.picture.set_pictures(picture[None])
        self.facts.setText("\n".join(facts))

    def clear(self) -> None:
        """Show none."""
        self.picture.set_pictures(np.empty((0, 1, 1, 1), np.uint8))
        self.facts.setText("")


def class_words(level: str) -> str:
    """The class of a picture, in words; "" is none."""
    return f"Class {shortened(level, 60)}" if level else "Of no class"


def intensity_words(picture: NDArray[np.uint8]) -> str:
    """The least, greatest and mean of a picture's bytes, in words."""
    return f"Intensities {picture.min()} … {picture.max()}, mean {picture.mean():.0f}"
