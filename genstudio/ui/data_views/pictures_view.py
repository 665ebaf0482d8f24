"""A look at pictures: some at random, class by class, or their means; and one of them large."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QToolButton, QVBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.data.picture_glance import PictureGlance, glance_at_random, glance_by_class
from genstudio.data.picture_preparation import shape_words
from genstudio.data.pictures import Pictures
from genstudio.data.reader import Watch
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.data_views.item_card import NO_CLASS, ItemCard, class_words, intensity_words
from genstudio.ui.data_views.named_grid import NamedGrid
from genstudio.ui.data_views.picture_facts import PictureFacts
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.icons import bind_icon
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

COUNT = 100
_KEY = "data.pictures.look"
_MODES = {"random": "At random", "classes": "By class", "means": "Means"}
_PARTS = ("training", "validation", "test")
_MOST_SEEDS = 10_000


class PicturesView(QWidget):
    """Pictures are gathered in the background, and only while somebody looks."""

    def __init__(self, model: SessionModel, theme: Theme, facts: PictureFacts) -> None:
        super().__init__()
        self._model, self._theme, self._facts = model, theme, facts
        self._stale = True
        self._glance: PictureGlance | None = None
        self.mode = self._make_mode()
        self.seed, self.next = self._make_seed(), self._make_next()
        self.sentence = ElidedLabel()
        self.sentence.setObjectName("data.pictures.shown")
        self.sentence.setProperty("role", "muted")
        self.named = NamedGrid(theme, "data.pictures.grid", "Some of the pictures")
        self.grid = self.named.grid
        self.item = ItemCard(theme)
        self._arrange()
        self._connect()
        self._on_data_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self._look()

    # Inner workings.

    def _connect(self) -> None:
        self.mode.activated.connect(self._on_chosen)
        self.seed.valueChanged.connect(self._on_chosen)
        self.next.clicked.connect(lambda: self.seed.setValue((self.seed.value() + 1) % _MOST_SEEDS))
        self.grid.clicked.connect(self._show_item)
        self._facts.arrived.connect(self._on_facts)
        self._model.data_changed.connect(self._on_data_changed)
        for grid in (self.grid, self.item.picture):
            grid.export_failed.connect(self._model.messages.show_error)

    def _on_data_changed(self) -> None:
        pictures = self._model.pictures
        self.mode.set_item_enabled("classes", pictures is not None and pictures.codes is not None)
        self._on_chosen()

    def _on_chosen(self, value: int = 0) -> None:
        drawn = self.mode.key != "means"
        self.seed.setEnabled(drawn)
        self.next.setEnabled(drawn)
        self._stale = True
        self._look()

    def _look(self) -> None:
        pictures, data = self._model.pictures, self._model.data
        if not self._stale or not self.isVisible() or pictures is None or data is None:
            return
        self._stale = False
        if self.mode.key == "means":
            self._model.pump.cancel(_KEY)
            self._on_facts()
            return
        look = glance_by_class if self.mode.key == "classes" else glance_at_random
        seed = self.seed.value()

        def work(watch: Watch) -> PictureGlance:
            return look(pictures, np.concatenate(data.rows), COUNT, seed)

        self._model.pump.run(_KEY, work, self._show)

    def _show(self, glance: PictureGlance) -> None:
        self._glance = glance
        self.grid.set_pictures(glance.x, glance.columns)
        self.named.set_names([shortened(name, 40) for name in glance.names], glance.each)
        self.sentence.setText(glance.sentence)
        self._show_first()

    def _on_facts(self) -> None:
        found = self._facts.of(self._model.pictures)
        if self.mode.key != "means" or found is None or not self.isVisible():
            return
        self._glance = None
        self.named.set_names(())
        means = [found.mean, *(known.mean for known in found.classes)]
        names = ["all", *(shortened(known.level or NO_CLASS, 40) for known in found.classes)]
        self.grid.set_pictures(np.stack(means), captions=names)
        self.sentence.setText("The mean of all pictures" + (", and of each class" if found.classes else ""))
        self._show_first()

    def _show_first(self) -> None:
        if len(self.grid.pictures):
            self.grid.set_selected([0])
            self._show_item(0)
        else:
            self.item.clear()

    def _show_item(self, index: int) -> None:
        pictures, data = self._model.pictures, self._model.data
        if pictures is None or data is None:
            return
        picture = self.grid.pictures[index]
        if self._glance is None:
            self.item.show_item(picture, self._mean_facts(index))
        elif (row := int(self._glance.rows[index])) >= 0:
            self.item.show_item(picture, [*_facts(pictures, data, row), intensity_words(picture)])

    def _mean_facts(self, index: int) -> list[str]:
        found = self._facts.of(self._model.pictures)
        if found is None:
            return []
        if index == 0:
            return [f"Mean of all {found.count:,} pictures"]
        known = found.classes[index - 1]
        return [f"Mean of {known.count:,} pictures", class_words(known.level)]

    # Building.

    def _make_mode(self) -> _ModeCombo:
        combo = _ModeCombo()
        combo.setObjectName("data.pictures.mode")
        combo.setAccessibleName("Which pictures are shown")
        combo.setToolTip("Pictures drawn at random, so many of each class, or the mean of all and of each class")
        return combo

    def _make_seed(self) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName("data.pictures.drawn")
        box.setAccessibleName("Which draw is shown")
        box.setToolTip("The same number shows the same pictures again")
        box.setRange(0, _MOST_SEEDS - 1)
        box.setKeyboardTracking(False)
        box.lineEdit().setObjectName("data.pictures.drawn.text")
        return box

    def _make_next(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("data.pictures.next")
        button.setText("Others")
        button.setAccessibleName("Show other pictures")
        button.setToolTip("Draw other pictures to look at")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bind_icon(button, self._theme, "shuffle")
        return button

    def _arrange(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.mode)
        above.addWidget(self.seed)
        above.addWidget(self.next)
        above.addWidget(self.sentence, 1)
        below = QHBoxLayout()
        below.setSpacing(10)
        below.addWidget(self.named, 1)
        below.addWidget(self.item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(above)
        layout.addLayout(below, 1)


class _ModeCombo(FocusedCombo):
    def __init__(self) -> None:
        super().__init__()
        for key, title in _MODES.items():
            self.addItem(title, key)

    @property
    def key(self) -> str:
        """What is shown: a key of `_MODES`."""
        return str(self.currentData())

    def set_item_enabled(self, key: str, enabled: bool) -> None:
        """Let a mode be chosen or not; the first takes its place where it was."""
        place = self.findData(key)
        item = self.model().item(place)  # type: ignore[attr-defined]
        item.setEnabled(enabled)
        if not enabled and self.currentIndex() == place:
            self.setCurrentIndex(0)


def _facts(pictures: Pictures, data: Dataset, row: int) -> list[str]:
    """Which picture of all, its class, size and part."""
    lines = [f"Picture {row + 1:,} of {len(pictures):,}"]
    if pictures.codes is not None:
        code = int(pictures.codes[row])
        lines.append(class_words(pictures.levels[code] if code >= 0 else ""))
    part = next((word for word, rows in zip(_PARTS, data.rows, strict=True) if (rows == row).any()), None)
    return [*lines, shape_words(pictures.shape), f"In the {part} part" if part else "Left out of learning"]
