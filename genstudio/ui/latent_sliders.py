"""Sliders for the coordinates, those that carry most first, or for the principal directions; and what each changes."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from genstudio.applications.latent_directions import Directions
from genstudio.runs.run import Run
from genstudio.settings import Settings, describe, setting
from genstudio.ui.fields import SliderField
from genstudio.ui.latent_model import LatentModel
from genstudio.ui.latent_page import Array, LatentPage
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

FIRST_ROWS, MORE_ROWS = 8, 8
ROWS_AT_ONCE = 4
"""So many are made within one frame."""
PLACES = (-2.4, -1.6, -0.8, 0.0, 0.8, 1.6, 2.4)
STRIP_PX = 38
NO_DATA = "The data of this run are not at hand, so nobody knows which coordinates carry most."


class PlaceSettings(Settings):
    """How far the point is slid along a direction."""

    place: float = setting(0.0, "How far the point lies along this direction.", ge=-4.0, le=4.0)


class DirectionRow(QWidget):
    """A slider along one direction, and a strip of what it changes."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.name, self.note = QLabel(), QLabel()
        self.field = SliderField(describe(PlaceSettings)[0])
        self._line = self.field.widget.findChild(QLineEdit)
        self.field.set_value(0.0)
        for editor, part in zip(self.field.editors(), ("value", "slider"), strict=True):
            editor.setObjectName(f"{name}.{part}")
        self.strip = PictureGrid(theme, f"{name}.strip", "What this direction changes")
        self.strip.setMinimumHeight(STRIP_PX)
        self.strip.setMaximumHeight(2 * STRIP_PX)
        above = QHBoxLayout()
        above.setSpacing(8)
        self.name.setMinimumWidth(30)
        self.note.setProperty("role", "muted")
        self.note.setFixedWidth(68)
        above.addWidget(self.name)
        above.addWidget(self.note)
        above.addWidget(self.field.widget, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(above)
        layout.addWidget(self.strip)

    @property
    def held(self) -> bool:
        """Whether a person has hold of the slider, or types."""
        typed = self._line is not None and self._line.hasFocus() and self._line.isModified()
        return self.field.slider.isSliderDown() or typed

    def show_direction(self, name: str, note: str, pictures: bool) -> None:
        """Stand for another direction."""
        self.name.setText(name)
        self.note.setText(note)
        for editor in self.field.editors():
            editor.setAccessibleName(f"{name}, {note}")
            editor.setToolTip(f"Slide along {name} ({note})")
        self.strip.setAccessibleName(f"What {name} changes")
        self.strip.setVisible(pictures)


class LatentSliders(LatentPage):
    """A slider for each direction."""

    def __init__(self, session: SessionModel, latent: LatentModel, theme: Theme, prefix: str) -> None:
        super().__init__(session, latent, theme, prefix, "sliders")
        self._directions: Directions | None = None
        self._rows: list[DirectionRow] = []
        self._wanted = FIRST_ROWS
        self.kind = QComboBox()
        self.kind.setObjectName(f"{prefix}.directions")
        self.kind.setAccessibleName("Directions")
        self.kind.setToolTip("Slide along the coordinates themselves, or along the directions in which items vary most")
        self.kind.addItems(["Coordinates", "Principal directions"])
        self.reset = quiet_button(theme, f"{prefix}.reset", "reset", "Reset", "Set all to 0")
        self.more = quiet_button(theme, f"{prefix}.more", "chevron-down", "More", "Show the directions that follow")
        self.note = plain_label(f"{prefix}.sliders_note", title="What is missing")
        self._arrange()
        for signal in (latent.moved, latent.items_changed, latent.directions_changed, latent.space_changed):
            signal.connect(self.refresh_soon)
        self.kind.activated.connect(lambda _: self.refresh_soon())
        self.reset.clicked.connect(self._on_reset)
        self.more.clicked.connect(self._on_more)

    @property
    def along_principal(self) -> bool:
        """Whether the principal directions are slid along."""
        return self.kind.currentIndex() == 1

    def begin(self, run: Run) -> None:
        """Another space has other directions."""
        self._directions = None
        self._show_rows(0)
        super().begin(run)

    def refresh(self) -> None:
        """Put the sliders where the point is, and decode the strips."""
        if self._directions is None or not any(row.held for row in self._rows):
            self._directions = self.latent.principal if self.along_principal else self.latent.coordinates
        self._say()
        if self._directions is None:
            self._show_rows(0)
            return
        self._show_rows(min(len(self._directions), self._wanted))
        places = self._directions.places(self.latent.z)
        for k, row in enumerate(self._rows):
            if not row.held:
                row.field.set_value(round(float(places[k]), 2))
        if self.pictures and self._rows:
            self.decode("strips", self._directions.strips(self.latent.z, len(self._rows), PLACES), self._show_strips)

    # Building.

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 2)
        header.addWidget(self.kind)
        header.addWidget(self.note, 1)
        header.addWidget(self.reset)
        page = QWidget()
        page.setProperty("role", "page")
        self._list = QVBoxLayout(page)
        self._list.setContentsMargins(12, 4, 12, 4)
        self._list.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._list.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(scroll, 1)

    def _show_rows(self, count: int) -> None:
        while len(self._rows) > count:
            row = self._rows.pop()
            row.hide()
            row.deleteLater()
        for _ in range(min(ROWS_AT_ONCE, count - len(self._rows))):
            self._add_row()
        if len(self._rows) < count:
            self.refresh_soon()
        directions = self._directions
        for k, row in enumerate(self._rows):
            if directions is not None:
                row.show_direction(directions.names[k], directions.notes[k], self.pictures)
        left = 0 if directions is None else len(directions) - count
        self.more.setVisible(left > 0)
        self.more.setText(f"{min(left, MORE_ROWS)} more of {left}")

    def _add_row(self) -> None:
        place = len(self._rows)
        row = DirectionRow(self.theme, f"{self.prefix}.slide.{place + 1}")
        row.field.committed.connect(partial(self._on_slid, place))
        row.strip.clicked.connect(partial(self._on_strip_clicked, place))
        row.strip.export_failed.connect(self.session.messages.show_error)
        self._rows.append(row)
        self._list.insertWidget(place, row)

    def _say(self) -> None:
        if self.run is not None and self.run.data is None:
            self.note.setText(NO_DATA)
        elif self._directions is None:
            self.note.setText("Looking where items lie …")
        else:
            self.note.setText("in deviations" if self.along_principal else "")
        self.note.setToolTip(self.note.text())

    def _show_strips(self, x: Array) -> None:
        for k, row in enumerate(self._rows):
            part = x[k * len(PLACES):(k + 1) * len(PLACES)]
            if len(part) == len(PLACES) and part.ndim == 4:
                row.strip.set_pictures(part, columns=len(PLACES))

    # What the person does.

    def _on_slid(self, direction: int, value: object) -> None:
        if self._directions is not None and direction < len(self._directions):
            self.latent.go(self._directions.slid(self.latent.z, direction, float(value)))  # type: ignore[arg-type]

    def _on_strip_clicked(self, direction: int, place: int) -> None:
        self._on_slid(direction, PLACES[place])

    def _on_reset(self) -> None:
        self.latent.go(self._directions.origin if self._directions is not None else np.zeros(self.latent.latent_dim))

    def _on_more(self) -> None:
        self._wanted += MORE_ROWS
        self.refresh_soon()
