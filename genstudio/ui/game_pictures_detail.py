"""One picture of a game, large: as it is, and under what the verdict on it hangs on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from genstudio.ui.game_pictures_overlay import coloured
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.theme import Theme

Array = NDArray[Any]

HINT = "Click a picture, or go to it by arrow keys, to see it large."


class PictureDetail(QFrame):
    """The chosen picture over a sentence.

    Arguments:
        name: object name of the picture; the sentence is called `<name>.sentence`.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setProperty("role", "plot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.grid = PictureGrid(theme, name, "The chosen picture")
        self.sentence = QLabel()
        self.sentence.setObjectName(f"{name}.sentence")
        self.sentence.setAccessibleName("What the discriminator holds of it")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setProperty("role", "muted")
        self.sentence.setWordWrap(True)
        # As high as it will need to be, so that the picture does not jump.
        self.sentence.setFixedHeight(3 * self.sentence.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.sentence)
        self.clear()

    def show_picture(self, x: Array, overlay: Array | None, sentence: str) -> None:
        """Show a picture, shape (1, C, H, W), and beside it the same under an overlay where there is one."""
        both = x if overlay is None else np.concatenate([coloured(x), coloured(overlay)])
        self.grid.set_pictures(both)
        self.sentence.setText(sentence)

    def clear(self) -> None:
        """Say what to do."""
        self.grid.set_pictures(np.empty((0, 1, 1, 1), np.uint8))
        self.grid.set_hint(HINT)
        self.sentence.setText("")
