"""The item that the point of the latent space stands for: a picture or a row, large, and its coordinates."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.picture_preparation import PicturePreparation
from genstudio.data.preparation import Preparation
from genstudio.settings import SettingInfo, Settings, describe, setting
from genstudio.ui.fields import Field, field_for
from genstudio.ui.latent_model import FARTHEST, LatentModel, coordinate_name
from genstudio.ui.latent_values import ValuesTable
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.theme import Theme

Array = NDArray[Any]
DECIMALS = 3


class CoordinateSettings(Settings):
    """The two coordinates of the map, as they are typed."""

    first: float = setting(0.0, "Where the point stands along the map.", ge=-FARTHEST, le=FARTHEST, label="z1")
    second: float = setting(0.0, "Where the point stands up the map.", ge=-FARTHEST, le=FARTHEST, label="z2")


class LatentItem(QWidget):
    """What the current point decodes to, beside the original where it was encoded from one.

    Signals:
        random_wanted: a point drawn from the prior.
        item_wanted: a random item of the data.
        kept: the point is a favourite.
        station_wanted: the point should become a station of the walk.
    """

    random_wanted = Signal()
    item_wanted = Signal()
    kept = Signal()
    station_wanted = Signal()

    def __init__(self, latent: LatentModel, theme: Theme, prefix: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}.item")
        self._latent, self._prefix, self._theme = latent, prefix, theme
        self._preparation: Preparation | None = None
        self._decoded: Array | None = None
        self._decoded_of: Array = np.empty((1, 0))
        self.pictures = PictureGrid(theme, f"{prefix}.decoded", "What the point decodes to")
        self.values = ValuesTable(f"{prefix}.values", "What the point decodes to, column by column")
        self.title = plain_label(f"{prefix}.item_title", title="What is shown")
        self.close_original = quiet_button(theme, f"{prefix}.close_original", "close", "",
                                           "Show what is decoded alone, without the original")
        self.condition = _condition_choice(f"{prefix}.condition")
        self.fields = [_coordinate_field(prefix, info) for info in describe(CoordinateSettings)]
        self._labels = [QLabel(), QLabel()]
        self.problem = plain_label(f"{prefix}.problem", "problem", "What is wrong with what was typed")
        self._make_buttons()
        self._arrange()
        self._connect()

    @property
    def decoded(self) -> Array | None:
        """What the point stands for, shape (1, *item), data units; None before it is known."""
        return self._decoded

    @property
    def decoded_of(self) -> Array:
        """The point that this is the decoding of, shape (1, Z)."""
        return self._decoded_of

    def begin(self, preparation: Preparation) -> None:
        """Show items of another kind of data."""
        self._preparation, self._decoded = preparation, None
        pictures = isinstance(preparation, PicturePreparation)
        self._views.setCurrentIndex(0 if pictures else 1)
        self.pictures.set_pictures(np.empty((0, 1, 1, 1), np.uint8))
        self.values.clear()

    def show_decoded(self, x: Array, z: Array) -> None:
        """Show what a point stands for: x, shape (1, *item), data units, of z, shape (1, Z)."""
        self._decoded, self._decoded_of = x, z
        original = self._latent.original
        parts = [x] if original is None or original.x.shape != x.shape else [original.x, x]
        if self._views.currentIndex() == 0:
            self.pictures.set_pictures(np.concatenate(parts), captions=self._captions(len(parts)))
        elif self._preparation is not None:
            self.values.show_rows(self._preparation, parts)

    def export(self) -> None:
        """Offer to save what is decoded."""
        if self._views.currentIndex() == 0:
            self.pictures.context_menu(0).popup(self.mapToGlobal(self.rect().center()))
        else:
            self.values.copy()

    # Building.

    def _make_buttons(self) -> None:
        button, prefix = quiet_button, self._prefix
        self.origin = button(self._theme, f"{prefix}.origin", "reset", "Origin",
                             "Go to the middle of the space: all coordinates 0")
        self.random = button(self._theme, f"{prefix}.random", "random", "Random", "Go to a point drawn from the prior")
        self.take_item = button(self._theme, f"{prefix}.take_item", "data", "Item",
                                "Go to where a random item of the data lies, and compare it with its decoding")
        self.keep = button(self._theme, f"{prefix}.keep", "success", "Keep",
                           "Remember this point among the favourites of the walk")
        self.add_station = button(self._theme, f"{prefix}.add_station", "way", "Walk",
                                  "Make this point the next station of the walk (Insert)")
        self.add_station.setShortcut(QKeySequence(Qt.Key.Key_Insert))

    def _arrange(self) -> None:
        self._views = QStackedWidget()
        self._views.addWidget(self.pictures)
        self._views.addWidget(self.values)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_original)
        head.addWidget(self.condition)
        typed = QHBoxLayout()
        typed.setSpacing(6)
        for label, field in zip(self._labels, self.fields, strict=True):
            typed.addWidget(label)
            typed.addWidget(field.widget, 1)
        buttons = QGridLayout()
        buttons.setSpacing(2)
        for place, button in enumerate((self.origin, self.random, self.take_item, self.keep, self.add_station)):
            buttons.addWidget(button, *divmod(place, 3))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._views, 1)
        layout.addLayout(typed)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        self.problem.hide()

    def _connect(self) -> None:
        latent = self._latent
        for signal in (latent.moved, latent.axes_changed):
            signal.connect(self._show_coordinates)
        latent.space_changed.connect(self._show_conditions)
        latent.compared.connect(self._show_title)
        for field in self.fields:
            field.committed.connect(self._on_typed)
            field.problem.connect(partial(self._on_problem, field))
        self.condition.activated.connect(self._on_condition_chosen)
        self.close_original.clicked.connect(lambda: latent.compare(None))
        self.origin.clicked.connect(self._on_origin)
        self.random.clicked.connect(self.random_wanted)
        self.take_item.clicked.connect(self.item_wanted)
        self.keep.clicked.connect(self.kept)
        self.add_station.clicked.connect(self.station_wanted)
        self._show_title()

    # What is shown.

    def _show_coordinates(self) -> None:
        for place, (field, label) in enumerate(zip(self.fields, self._labels, strict=True)):
            seen = place < self._latent.latent_dim
            field.widget.setVisible(seen)
            label.setVisible(seen)
            if seen:
                label.setText(coordinate_name(self._latent.axes[place]))
                field.set_value(round(float(self._latent.z[self._latent.axes[place]]), DECIMALS))
                field.mark(False)

    def _captions(self, count: int) -> list[str]:
        original = self._latent.original
        return [] if original is None or count < 2 else [original.title, original.beside]

    def _show_conditions(self) -> None:
        count, levels = self._latent.n_conditions, self._latent.levels
        self.condition.setVisible(count > 0)
        self.condition.clear()
        self.condition.addItem("of no class")
        self.condition.addItems([levels[k] if k < len(levels) else f"class {k}" for k in range(count)])
        self.condition.setCurrentIndex(0 if self._latent.condition is None else self._latent.condition + 1)

    def _show_title(self) -> None:
        original = self._latent.original
        self.title.setText("Decoded" if original is None else f"{original.title} and {original.beside}")
        self.close_original.setVisible(original is not None)
        if self._decoded is not None:
            self.show_decoded(self._decoded, self._decoded_of)

    # What the person does.

    def _on_typed(self, _: object) -> None:
        values = [float(field.value()) for field in self.fields]
        self._latent.go_on_map(values[0], values[1])

    def _on_problem(self, field: Field, sentence: str) -> None:
        field.mark(bool(sentence))
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _on_condition_chosen(self, place: int) -> None:
        self._latent.choose_condition(place - 1 if place > 0 else None)

    def _on_origin(self) -> None:
        self._latent.compare(None)
        self._latent.go(np.zeros(self._latent.latent_dim))


def _coordinate_field(prefix: str, info: SettingInfo) -> Field:
    field = field_for(info)
    field.set_value(0.0)
    editor = field.editors()[0]
    editor.setObjectName(f"{prefix}.{info.name}")
    editor.setAccessibleName(f"{info.name} coordinate")
    editor.setToolTip(info.help)
    return field


def _condition_choice(name: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName("Class that is decoded")
    combo.setToolTip("The class that decoding is asked of")
    combo.hide()
    return combo
