"""The line over the game of pictures: which noise, which class, and whether it is seen what verdicts hang on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.theme import Theme


class PicturesBar(QWidget):
    """Buttons, a list of classes, and how far the networks have grown.

    Arguments:
        prefix: object names start with it.

    Signals:
        changed: other pictures are wanted, or more of them.
    """

    changed = Signal()

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self.seed = 0
        self._levels: tuple[str, ...] = ()
        self.shuffle = quiet_button(theme, f"{prefix}.shuffle", "shuffle", "New noise",
                                    "Make pictures of other noise; until then it stays the same, so that they evolve")
        self.eye = self._attention_button(theme, prefix)
        self.classes = QComboBox()
        self.classes.setObjectName(f"{prefix}.class")
        self.classes.setAccessibleName("Class that is wanted")
        self.classes.setToolTip("Class that pictures are made of; any: each in turn")
        self.blend = plain_label(f"{prefix}.blend", title="How far the networks have grown")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 12, 2)
        layout.setSpacing(4)
        for widget in (self.shuffle, self.classes, self.eye):
            layout.addWidget(widget)
        layout.addWidget(self.blend, 1)
        self.shuffle.clicked.connect(self._on_shuffled)
        self.eye.toggled.connect(self.changed)
        self.classes.activated.connect(self.changed)
        self.offer_classes(())

    @property
    def attention(self) -> bool:
        """Whether it is to be seen what verdicts hang on."""
        return self.eye.isChecked()

    @property
    def condition(self) -> int | None:
        """The class that is wanted, by its place, or None for any."""
        place = self.classes.currentIndex() - 1
        return place if place >= 0 else None

    def offer_classes(self, levels: Sequence[str]) -> None:
        """Let a class be chosen, of those that the model knows."""
        self._levels = tuple(levels)
        self.classes.clear()
        self.classes.addItems(["Any class", *levels])
        self.classes.setVisible(bool(levels))

    def class_word(self, code: int) -> str:
        """What a class is called, or ""."""
        return self._levels[code] if 0 <= code < len(self._levels) else ""

    def show_blend(self, words: str) -> None:
        """Say how far the networks have grown."""
        self.blend.setText(words)

    def _on_shuffled(self) -> None:
        self.seed += 1
        self.changed.emit()

    def _attention_button(self, theme: Theme, prefix: str) -> QToolButton:
        button = quiet_button(theme, f"{prefix}.attention", "eye", "What it looks at",
                              "Colour each picture where the discriminator's output hangs on it most (saliency: the "
                              "length of the gradient at each pixel, as a share of the picture's strongest)")
        button.setCheckable(True)
        return button
