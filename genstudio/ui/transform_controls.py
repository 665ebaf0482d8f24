"""Which ways are wanted: from base to data or back, of which points, of which class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QToolButton, QWidget

from genstudio.ui.plain_table import quiet_button
from genstudio.ui.theme import Theme


class TransformControls(QWidget):
    """A line of buttons and lists.

    Arguments:
        beside: what else stands in the line.

    Signals:
        turned: the other direction is wanted.
        changed: other points or another class are wanted.
        export_wanted: the way is to be written to a file.
    """

    turned = Signal()
    changed = Signal()
    export_wanted = Signal()

    def __init__(self, theme: Theme, prefix: str, beside: QWidget) -> None:
        super().__init__()
        self.seed, self._beside = 0, beside
        self.to_data = _direction(f"{prefix}.forth", "Base → data",
                                  "Points drawn from the base become data: how the model draws samples")
        self.to_base = _direction(f"{prefix}.back", "Data → base",
                                  "The model's own training items go back to the base: how it finds their density")
        self.to_data.setChecked(True)
        self._group = QButtonGroup(self)
        for button in (self.to_data, self.to_base):
            self._group.addButton(button)
        self.classes = QComboBox()
        self.classes.setObjectName(f"{prefix}.class")
        self.classes.setAccessibleName("Class that is wanted")
        self.classes.setToolTip("Class that points are to become")
        self.shuffle = quiet_button(theme, f"{prefix}.shuffle", "shuffle", "New points", "")
        self.export_button = quiet_button(theme, f"{prefix}.export", "export", "Export…",
                                          "Write the way as an animation, a picture or numbers (Ctrl+E)")
        self._arrange()
        self._connect()
        self.offer_classes(())
        self.show_kind(pictures=False)

    @property
    def forth(self) -> bool:
        """Whether the way from the base to the data is wanted."""
        return self.to_data.isChecked()

    @property
    def has_classes(self) -> bool:
        """Whether the model knows classes."""
        return self.classes.count() > 0

    @property
    def condition(self) -> int | None:
        """The class that is wanted; None for any."""
        place = self.classes.currentIndex()
        return place - 1 if place > 0 else None

    def offer_classes(self, names: Sequence[str]) -> None:
        """Offer classes to choose from, silently; none hides the list."""
        self.classes.clear()
        if names:
            self.classes.addItems(["any class", *names])
        self._show_what_matters()

    def show_kind(self, pictures: bool) -> None:
        """Say what is drawn: noise becomes pictures, and points of the base points."""
        text, tip = ("New noise", "Draw other noise") if pictures else ("New points", "Draw other points of the base")
        self.shuffle.setText(text)
        self.shuffle.setToolTip(tip)
        self.shuffle.setAccessibleName(text)
        self.shuffle.setAccessibleDescription(tip)

    def offer_back(self, known: bool) -> None:
        """Whether there are items that can go back to the base."""
        self.to_base.setEnabled(known)
        if not known:
            self.to_data.setChecked(True)
            self.to_base.setToolTip("The items that this run learned from are not at hand.")
        self._show_what_matters()

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 2)
        layout.setSpacing(4)
        for widget in (self.to_data, self.to_base, self.classes, self.shuffle):
            layout.addWidget(widget)
        layout.addWidget(self._beside)
        layout.addStretch(1)
        layout.addWidget(self.export_button)

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._on_direction_clicked)
        self.classes.activated.connect(lambda _: self.changed.emit())
        self.shuffle.clicked.connect(self._on_shuffle)
        self.export_button.clicked.connect(self.export_wanted)

    def _show_what_matters(self) -> None:
        self.classes.setVisible(self.has_classes and self.forth)
        self.shuffle.setVisible(self.forth)

    def _on_direction_clicked(self) -> None:
        self._show_what_matters()
        self.turned.emit()

    def _on_shuffle(self) -> None:
        self.seed += 1
        self.changed.emit()


def _direction(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(text.replace("→", "to"))
    button.setAccessibleDescription(tip)
    button.setCheckable(True)
    return button
