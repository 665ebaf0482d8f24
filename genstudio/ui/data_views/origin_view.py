"""Where pictures come from: what was read, what the reader noticed, and how it reads."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea

from genstudio.data.picture_preparation import shape_words
from genstudio.data.pictures import Pictures
from genstudio.data.source import source
from genstudio.runs.recipe import DataRecipe
from genstudio.ui.data_views.reading_card import ReadingCard
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

_MEBIBYTE = 2**20


class OriginView(QFrame):
    """A few lines of words, and the options of the reader."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.words = QLabel()
        self.words.setObjectName("data.pictures.origin")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setWordWrap(True)
        self.words.setContentsMargins(12, 10, 12, 10)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setWidget(self.words)
        self.reading = ReadingCard(model, theme, "data.pictures")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(page, 1)
        layout.addWidget(self.reading)
        model.data_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what is known of the pictures."""
        pictures = self._model.pictures
        if pictures is not None:
            self.words.setText("\n\n".join(_lines(pictures, self._model.recipe.data)))


def _lines(pictures: Pictures, data: DataRecipe) -> list[str]:
    origin = source(data.source).info.summary if data.source is not None else str(Path(str(data.path)))
    classes = f" of {len(pictures.levels):,} classes" if pictures.levels else ", without classes"
    size = f"{pictures.pixels.nbytes / _MEBIBYTE:,.1f} MiB in memory"
    return [origin, f"{len(pictures):,} pictures{classes}, {shape_words(pictures.shape)}, {size}.", *pictures.notes]
