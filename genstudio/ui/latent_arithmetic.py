"""Arithmetic with classes: adding to the current item what makes one class against another."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QVBoxLayout

from genstudio.applications.latent_directions import class_vector
from genstudio.settings import Settings, describe, setting
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.fields import SliderField
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.latent_model import LatentModel, Original
from genstudio.ui.latent_page import Array, Floats, LatentPage
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

STRENGTHS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
NO_LABELS = "These data have no classes to do arithmetic with. Choose a label in the Data panel, then train again."
WAITING = "Looking where the classes lie …"
REST = "all the rest"


class StrengthSettings(Settings):
    """How much of a class is added."""

    strength: float = setting(
        0.0, "How much is added: 1 is the whole way from one class to the other, below 0 subtracts.", ge=-2.0, le=2.0
    )


class LatentArithmetic(LatentPage):
    """A point plus a multiple of the way from one class to another."""

    def __init__(self, session: SessionModel, latent: LatentModel, theme: Theme, prefix: str) -> None:
        super().__init__(session, latent, theme, prefix, "arithmetic")
        self._base: Floats = np.zeros(0)
        self._moving = False
        self._before: Original | None = None
        self.added = self._combo("added", "Class that is added")
        self.against = self._combo("against", "Class that it is held against")
        self.strength = SliderField(describe(StrengthSettings)[0])
        self.strength.set_value(0.0)
        for editor, part in zip(self.strength.editors(), ("strength", "strength_slider"), strict=True):
            editor.setObjectName(f"{prefix}.{part}")
            editor.setAccessibleName("Strength")
            editor.setToolTip(self.strength.info.help)
        self.take = quiet_button(theme, f"{prefix}.take_result", "success", "Go on from the result",
                                 "Make the result the item that is added to")
        self.sentence = plain_label(f"{prefix}.arithmetic_note", title="What is missing")
        self.sentence.setWordWrap(True)
        self.strip = PictureGrid(theme, f"{prefix}.arithmetic_strip", "From much subtracted to much added")
        self.strip.export_failed.connect(session.messages.show_error)
        self._arrange()
        self._connect()

    @property
    def vector(self) -> Floats | None:
        """From one class to the other, shape (Z,); None while that is not known."""
        first, second = self.added.currentData(), self.against.currentData()
        if first is None or max(first, second) >= len(self.latent.class_counts):
            return None
        return class_vector(self.latent.class_means, self.latent.class_counts, first, None if second < 0 else second)

    def refresh(self) -> None:
        """Offer the classes, and show what adding each strength gives."""
        self._offer_classes()
        vector = self.vector
        self._say(vector)
        able = vector is not None
        for widget in (self.added, self.against, self.strength.widget, self.take):
            widget.setEnabled(able or (widget in (self.added, self.against) and self.added.count() > 0))
        self.strip.setVisible(able and self.pictures)
        if vector is not None and self.pictures:
            z = np.stack([self._base_point() + strength * vector for strength in STRENGTHS])
            self.decode("strip", z, self._show_strip)

    # Building.

    def _combo(self, name: str, title: str) -> QComboBox:
        combo = FocusedCombo()
        combo.setObjectName(f"{self.prefix}.{name}")
        combo.setAccessibleName(title)
        combo.setToolTip(title)
        combo.setMinimumContentsLength(5)
        return combo

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(12, 8, 12, 4)
        classes = QHBoxLayout()
        classes.addWidget(self.added, 1)
        classes.addWidget(QLabel("against"))
        classes.addWidget(self.against, 1)
        form.addRow("Add what makes", classes)
        form.addRow("Strength", self.strength.widget)
        below = QHBoxLayout()
        below.setContentsMargins(12, 0, 12, 0)
        below.addWidget(self.take)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addLayout(below)
        layout.addWidget(self.sentence)
        layout.addWidget(self.strip, 1)
        layout.addStretch(0)
        self.sentence.setMargin(12)

    def _connect(self) -> None:
        latent = self.latent
        latent.moved.connect(self._on_moved)
        for signal in (latent.directions_changed, latent.space_changed):
            signal.connect(self.refresh_soon)
        for combo in (self.added, self.against):
            combo.activated.connect(self._on_chosen)
        self.strength.committed.connect(self._on_strength)
        self.strip.clicked.connect(self._on_strip_clicked)
        self.take.clicked.connect(self._on_take)

    # What is shown.

    def _offer_classes(self) -> None:
        levels = self.latent.levels
        titles = [shortened(level, 40) for level in levels]
        if [self.added.itemText(k) for k in range(self.added.count())] == titles:
            return
        self.added.clear()
        self.against.clear()
        self.against.addItem(REST, -1)
        for k, title in enumerate(titles):
            self.added.addItem(title, k)
            self.against.addItem(title, k)

    def _say(self, vector: Floats | None) -> None:
        sentence = ""
        if not self.latent.levels:
            sentence = NO_LABELS
        elif vector is None and len(self.latent.class_counts):
            sentence = "One of these classes has no items here, or both are the same. Choose others."
        elif vector is None:
            sentence = WAITING
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))

    def _show_strip(self, x: Array) -> None:
        if x.ndim == 4:
            self.strip.set_pictures(x, captions=[f"{strength:+g}" if strength else "before" for strength in STRENGTHS])

    def _base_point(self) -> Floats:
        if self._base.shape != self.latent.z.shape:
            self._base = self.latent.z
        return self._base

    # What the person does.

    def _on_moved(self) -> None:
        if not self._moving:
            self._base = self.latent.z
            self.strength.set_value(0.0)
            self._forget_before()
        self.refresh_soon()

    def _on_chosen(self, _: int) -> None:
        self._apply(float(self.strength.value()))
        self.refresh_soon()

    def _on_strength(self, value: object) -> None:
        self._apply(float(value))  # type: ignore[arg-type]

    def _on_strip_clicked(self, place: int) -> None:
        self.strength.set_value(STRENGTHS[place])
        self._apply(STRENGTHS[place])

    def _on_take(self) -> None:
        self._on_moved()

    def _forget_before(self) -> None:
        if self._before is not None and self.latent.original is self._before:
            self.latent.compare(None)
        self._before = None

    def _apply(self, strength: float) -> None:
        vector = self.vector
        if vector is None:
            return
        base = self._base_point()
        if self._before is None or self.latent.original is not self._before:
            self.decode("before", base[None], self._show_before)
        self._moving = True
        self.latent.go(base + strength * vector)
        self._moving = False

    def _show_before(self, x: Array) -> None:
        self._before = Original(x, "before", self._base_point(), "after")
        self.latent.compare(self._before, go=False)
