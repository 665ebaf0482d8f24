"""What the Samples panel shows: samples, reconstructions, favourites."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from genstudio.ui.plain_table import quiet_button
from genstudio.ui.theme import Theme

VIEWS = {
    "samples": ("Samples", "sample", "What the model invents"),
    "reconstructions": ("Reconstructions", "compare", "Items beside what the model makes of them"),
    "favourites": ("Favourites", "star", "What was put aside of this run; it is saved with it"),
}
HINTS = {
    "samples": "The first samples come after the first step.",
    "reconstructions": "The first reconstructions come after the first step.",
    "favourites": "Nothing was put aside yet. Choose a sample and press S.",
}


class SampleViews(QWidget):
    """A row of buttons that choose a view.

    Signals:
        chosen: a key of `VIEWS`, by the person.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.current = "samples"
        self._group = QButtonGroup(self)
        self._buttons = {key: self._button(theme, key) for key in VIEWS}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for button in self._buttons.values():
            layout.addWidget(button)
        self.choose("samples")

    def choose(self, key: str) -> None:
        """Choose a view, silently."""
        self.current = key
        self._buttons[key].setChecked(True)

    def offer_reconstructions(self, offered: bool) -> None:
        """Whether the model has a latent space to go through; without one, samples are shown in their place."""
        self._buttons["reconstructions"].setVisible(offered)
        if not offered and self.current == "reconstructions":
            self.choose("samples")

    def show_count(self, count: int) -> None:
        """How many favourites there are."""
        self._buttons["favourites"].setText(f"Favourites ({count:,})" if count else "Favourites")

    def _button(self, theme: Theme, key: str) -> QToolButton:
        title, symbol, tip = VIEWS[key]
        button = quiet_button(theme, f"samples.show_{key}", symbol, title, tip)
        button.setCheckable(True)
        self._group.addButton(button)
        button.clicked.connect(lambda: self._on_clicked(key))
        return button

    def _on_clicked(self, key: str) -> None:
        self.current = key
        self.chosen.emit(key)
