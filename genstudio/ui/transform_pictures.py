"""Pictures that form from noise, or dissolve into it: all of them, what is expected of each, and the way of one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from genstudio.applications.transport import between, brightness, lit
from genstudio.runs.run import Run
from genstudio.ui.panel import Panel
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.titled_grid import TitledGrid
from genstudio.ui.transform_model import TransformModel
from genstudio.ui.transform_words import title_words

Array = NDArray[Any]

STRIP = 11
GUESS_MS = 120
_NONE = np.empty((0, 1, 1, 1), np.uint8)
_WAITING = "The first pictures appear as soon as the model has learned something."


class TransformPictures(QWidget):
    """Grids of pictures at a place on their way, and a strip of the one that is chosen.

    Arguments:
        panel: asks what is expected of pictures, with `choices` and as long as somebody looks.
    """

    def __init__(self, panel: Panel, transform: TransformModel, prefix: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}.pictures_page")
        self._panel, self._transform, self._prefix = panel, transform, prefix
        self.choices: Mapping[str, Any] = {}
        self.made = TitledGrid(panel.theme, f"{prefix}.pictures", "On the way")
        self.guess = TitledGrid(panel.theme, f"{prefix}.guess", "Expected in the end")
        self.strip = TitledGrid(panel.theme, f"{prefix}.strip", "The way of one")
        self.strip.setMaximumHeight(210)
        self._ends = np.array([[0.0, 1.0], [0.0, 1.0]])
        self._guess_soon = Throttle(self._ask_guess, GUESS_MS, self)
        self._strip_soon = Throttle(self._show_strip, GUESS_MS, self)
        self._arrange()
        self._connect()

    def begin(self, run: Run) -> None:
        """Show the ways of another run."""
        self.guess.setVisible(self._transform.timed)
        for titled in (self.made, self.guess, self.strip):
            titled.grid.set_pictures(_NONE)
            titled.grid.set_selected([])
        self.made.grid.set_hint(_WAITING)

    def frame(self, share: float) -> Array:
        """The pictures so far from the base (0) to the data (1), intensities, shape (N, C, H, W)."""
        ways = self._transform.ways
        place = ways.stations[0] + share * (ways.stations[-1] - ways.stations[0])
        return lit(ways.at(place), np.asarray(between(ways.stations, self._ends, place)))

    # What is shown.

    def _show_ways(self) -> None:
        transform = self._transform
        if not transform.of_pictures:
            return
        self._ends = brightness(transform.ways.way)
        self._move()
        self._strip_soon()

    def _move(self) -> None:
        transform = self._transform
        if not transform.of_pictures:
            return
        self.made.grid.set_pictures(self.frame(transform.share))
        self.made.set_title(title_words(transform.ways.stations, transform.place, transform.timed))
        if transform.timed:
            self._guess_soon()

    def _ask_guess(self) -> None:
        transform = self._transform
        if not (transform.of_pictures and transform.timed and self.isVisible()):
            return
        x, place = transform.positions, transform.place
        self._panel.model.ask(
            "guesses", partial(self._show_guess, place), f"{self._prefix}.guess", x=x, times=np.full(len(x), place),
            labels=transform.ways.labels, choices=self.choices,
        )

    def _show_guess(self, place: float, answer: Mapping[str, Array]) -> None:
        self.guess.grid.set_pictures(answer["guess"])
        self.guess.set_title(f"Expected in the end · seen at t = {place:.2f}")

    def _show_strip(self) -> None:
        transform = self._transform
        if not transform.of_pictures:
            return
        shares = np.linspace(0.0, 1.0, STRIP)
        index = max(transform.chosen, 0)
        pictures = np.concatenate([self.frame(float(share))[index:index + 1] for share in shares])
        self.strip.grid.set_pictures(pictures, STRIP, self._captions(shares))
        self.strip.set_title(f"The way of picture {index + 1}")
        if transform.timed:
            self._ask_strip(index, shares, pictures)

    def _captions(self, shares: Array) -> list[str]:
        """The numbers of stations or times alone: more would cover what they stand under."""
        stations = self._transform.ways.stations
        return [f"{stations[0] + share * (stations[-1] - stations[0]):.2g}" for share in shares]

    def _ask_strip(self, index: int, shares: Array, pictures: Array) -> None:
        ways = self._transform.ways
        times = ways.stations[0] + shares * (ways.stations[-1] - ways.stations[0])
        x = np.concatenate([ways.at(float(time))[index:index + 1] for time in times])
        self._panel.model.ask(
            "guesses", partial(self._show_guessed_strip, index, shares, pictures), f"{self._prefix}.strip", x=x,
            times=times, labels=np.full(len(x), ways.labels[index]), choices=self.choices,
        )

    def _show_guessed_strip(self, index: int, shares: Array, pictures: Array, answer: Mapping[str, Array]) -> None:
        if index == max(self._transform.chosen, 0):
            both = np.concatenate([pictures, answer["guess"]])
            words = self._captions(shares)
            self.strip.grid.set_pictures(both, STRIP, [*words, *words])
            self.strip.set_title(f"The way of picture {index + 1}, and below what was expected of it")

    # Building.

    def _arrange(self) -> None:
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName(f"{self._prefix}.pictures_splitter")
        for titled in (self.made, self.guess):
            both.addWidget(titled)
        both.setSizes([1000, 1000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(both, 3)
        layout.addWidget(self.strip, 1)

    def _connect(self) -> None:
        transform = self._transform
        transform.ways_changed.connect(self._show_ways)
        transform.moved.connect(self._move)
        transform.chosen_changed.connect(self._on_chosen)
        self.made.grid.clicked.connect(transform.pin)
        self.guess.grid.clicked.connect(transform.pin)
        for titled in (self.made, self.guess, self.strip):
            titled.grid.export_failed.connect(self._panel.model.messages.show_error)

    def _on_chosen(self) -> None:
        index = self._transform.chosen
        for titled in (self.made, self.guess):
            titled.grid.set_selected([index] if index >= 0 else [])
        self._strip_soon()
