"""The transformation itself: how a base becomes data, layer by layer or moment by moment, and data the base again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from genstudio.data.preparation import PicturePreparation
from genstudio.models.capabilities import Conditional, Flowing, Transports
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.choices_form import ChoicesForm
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.transform_controls import TransformControls
from genstudio.ui.transform_export import TransformExport
from genstudio.ui.transform_model import TransformModel
from genstudio.ui.transform_pictures import TransformPictures
from genstudio.ui.transform_player import TransformPlayer
from genstudio.ui.transform_rows import TransformRows
from genstudio.ui.transform_words import place_words, terms

Array = NDArray[Any]

POINTS = {(False, True): (1000, 33), (False, False): (400, 25), (True, True): (600, 25), (True, False): (200, 17)}
"""Points, and nodes along each side of the grid: by whether times are gone through, which takes long, and whether
nothing is being learned meanwhile."""
PICTURES = {(False, True): 24, (False, False): 8, (True, True): 12, (True, False): 3}
STATIONS_WHILE_TRAINING = 17
TERMS_MS = 60
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class TransformPanel(Panel):
    """Ways between base and data, a slider along them, and how to ask for them."""

    info = PanelInfo(
        key="transform",
        title="Transformation",
        icon="transform",
        order=37,
        help="How the base becomes data, layer by layer or moment by moment, and the data the base again: play it, "
        "point at one point to see its way and what its log-density is the sum of.",
        needs=Transports,
        needs_run=True,
        doing="be followed from a base to the data",
    )

    def build(self) -> None:
        """A line of controls, the stage, and a slider below it."""
        self._run: Run | None = None
        self._conditions_of = ""
        self.transform = TransformModel(self)
        self.choices = ChoicesForm(self.theme, "transform.choices")
        self.rows = TransformRows(self.transform, self.theme, "transform")
        self.controls = TransformControls(self.theme, "transform", self.rows.header)
        self.pictures = TransformPictures(self, self.transform, "transform")
        self.player = TransformPlayer(self.theme, "transform")
        self.exporting = TransformExport(self.model, self.player, self.rows, self.pictures)
        self._terms_soon = Throttle(self._ask_terms, TERMS_MS, self)
        self._arrange()
        self._connect()

    @property
    def of_pictures(self) -> bool:
        """Whether pictures go the way."""
        return self._run is not None and isinstance(self._run.preparation, PicturePreparation)

    def run_changed(self, run: Run | None) -> None:
        """Follow another run, or one that ended more closely."""
        if run is None:
            return
        if run is not self._run:
            self._begin(run)
        self._look()

    def export(self) -> None:
        """Write the way as an animation, a picture or numbers."""
        self.exporting.export()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play, hold, and go from station to station, by keys that no view took for itself."""
        key = Qt.Key(event.key())
        if key in _KEYS:
            self._step(_KEYS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.player.place(0.0 if key == Qt.Key.Key_Home else 1.0)
        elif key == Qt.Key.Key_P and not event.modifiers():
            self.player.play.toggle()
        else:
            super().keyPressEvent(event)

    # Building.

    def _arrange(self) -> None:
        self._views = QStackedWidget()
        self._views.addWidget(self.rows)
        self._views.addWidget(self.pictures)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        self.choices.setContentsMargins(12, 0, 12, 2)
        layout.addWidget(self.choices)
        layout.addWidget(self._views, 1)
        layout.addWidget(self.player)

    def _connect(self) -> None:
        self.controls.turned.connect(self._on_turned_round)
        self.controls.changed.connect(self._on_wished)
        self.controls.export_wanted.connect(self.export)
        self.choices.changed.connect(self._on_wished)
        self.player.placed.connect(self.transform.go)
        self.player.stepped.connect(self._step)
        self.transform.moved.connect(self._say_place)
        self.transform.ways_changed.connect(self._say_place)
        self.transform.chosen_changed.connect(self._terms_soon)
        self.rows.field_wanted.connect(self._look_at_field)
        self.rows.plot.export_failed.connect(self.model.messages.show_error)

    # What is asked.

    def _begin(self, run: Run) -> None:
        self._run = run
        for name in ("way", "way_back", "field"):
            self.look_away(name)
        self.transform.timed = run.offers(Flowing)
        self.transform.levels = () if run.data is None or run.data.labels is None else run.data.labels.levels
        self.transform.forget()
        self.choices.show_run(run)
        self.controls.offer_classes(())
        self.controls.offer_back(run.data is not None)
        self.controls.show_kind(self.of_pictures)
        self._views.setCurrentWidget(self.pictures if self.of_pictures else self.rows)
        self.rows.header.setVisible(not self.of_pictures)
        (self.pictures if self.of_pictures else self.rows).begin(run)
        self._head()

    def _look(self) -> None:
        """Look again and again at the ways, as the model changes."""
        forth = self.controls.forth
        self.look_away("way_back" if forth else "way")
        self.pictures.choices = self.choices.choices
        question, arguments = self._asking()
        self.look("way" if forth else "way_back", self._on_answered, question, **arguments)
        self._look_at_field()

    def _asking(self) -> tuple[str, dict[str, Any]]:
        run = self._run
        rests = run is not None and run.status.ended
        n, side = POINTS[self.transform.timed, rests]
        arguments: dict[str, Any] = {"n": n, "side": side}
        if self.of_pictures:
            arguments = {"n": PICTURES[self.transform.timed, rests]}
            if not rests:
                arguments["most_stations"] = STATIONS_WHILE_TRAINING
        if self.choices.choices:
            arguments["choices"] = self.choices.choices
        if self.controls.forth:
            return "transport", {**arguments, "seed": self.controls.seed, "condition": self.controls.condition}
        return "transport_back", arguments

    def _look_at_field(self) -> None:
        arguments = self.rows.field_arguments()
        if arguments is None or self.of_pictures:
            self.look_away("field")
            return
        self.look("field", self._on_field, "velocity_field", **arguments, condition=self.controls.condition,
                  choices=self.choices.choices)

    def _on_field(self, preview: Preview) -> None:
        self.rows.show_field(preview.answer)

    def _on_answered(self, preview: Preview) -> None:
        self._take(preview.answer)

    def _take(self, answer: Mapping[str, Array]) -> None:
        if self.of_pictures != (answer["way"].ndim == 5):
            return
        first = not self.transform.known
        self.transform.take(answer)
        self._offer_conditions()
        if first:
            self._look_at_field()
        self._terms_soon()

    def _offer_conditions(self) -> None:
        """Classes are known once networks have been made."""
        run = self._run
        if run is None or self._conditions_of == run.key or not run.offers(Conditional):
            return
        self._conditions_of = run.key

        def done(answer: Mapping[str, Array]) -> None:
            count = int(answer["n"][0])
            levels = self.transform.levels
            self.controls.offer_classes(levels if len(levels) == count else [f"class {k + 1}" for k in range(count)])

        self.model.ask("conditions", done, key="transform.conditions")

    def _ask_terms(self) -> None:
        index, run = self.transform.chosen, self._run
        if run is None or self.of_pictures:
            return
        past = self.model.watching.step is not None
        if index < 0 or past:
            self.rows.show_terms((), past and index >= 0)
            return
        ways = self.transform.ways
        x, label = run.preparation.to_data(ways.way[-1][index:index + 1]), int(ways.labels[index])

        def done(answer: Mapping[str, Array]) -> None:
            if self.transform.chosen == index:
                given = self.transform.levels[label] if self.controls.has_classes and label >= 0 else ""
                scaled = run.preparation.scaling.name != "none"
                self.rows.show_terms(terms(answer, self.transform.timed, scaled, given))

        self.model.ask("log_prob_terms", done, key="transform.terms", x=x, labels=np.array([label]),
                       choices=self.choices.choices)

    # What the person does.

    def _on_turned_round(self) -> None:
        self.transform.forth = self.controls.forth
        self.transform.forget()
        self._head()
        self._on_wished()

    def _head(self) -> None:
        self.player.head(self.controls.forth)
        self.transform.go(self.player.share)

    def _on_wished(self) -> None:
        run = self._run
        if run is None:
            return
        self._look()
        if not run.status.ended and run.history.step and self.model.watching.step is None:
            # Whoever asks otherwise should not wait until looking may take its next share of the training.
            question, arguments = self._asking()
            self.model.ask(question, self._take, key="transform.way", **arguments)

    def _step(self, way: int) -> None:
        self.player.play.setChecked(False)
        if self.transform.known:
            self.player.place(self.transform.beside(way))

    def _say_place(self) -> None:
        if self.transform.known:
            self.player.say(place_words(self.transform.ways.stations, self.transform.place, self.transform.timed))
