"""The game of pictures: what grows from the same noise, the verdict on each, and what the verdict hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from genstudio.models.capabilities import Conditional
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.game_pictures_bar import PicturesBar
from genstudio.ui.game_pictures_detail import PictureDetail
from genstudio.ui.game_pictures_overlay import overlaid
from genstudio.ui.game_pictures_words import blend_words, made_title, picture_words, real_title, verdict_words
from genstudio.ui.panel import Panel
from genstudio.ui.plots.judged_grid import JudgedGrid
from genstudio.ui.titled_grid import TitledGrid

Answer = Mapping[str, NDArray[Any]]

MADE, REAL = 48, 12
_PARTS = ("made", "real")
_NONE = np.empty((0, 1, 1, 1), np.uint8)
_NO_RUN = "Press Train: what the generator makes of the same noise is seen here, and the verdict on each picture."
_WAITING = "The first pictures appear as soon as both players have begun to learn."
_NO_DATA = "The pictures that this run learned from are not at hand."


class GamePictures(QWidget):
    """A grid of made pictures, some real ones beside, and the chosen one large.

    Arguments:
        panel: asks the question, while somebody looks.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel, self._model, self._theme = panel, panel.model, panel.theme
        self._prefix = f"{panel.info.key}.pictures"
        self.setObjectName(f"{self._prefix}_page")
        self._run: Run | None = None
        self._answer: Answer | None = None
        self._step = 0
        self._chosen = ("made", 0)
        self.bar = PicturesBar(panel.theme, self._prefix)
        self.grids = {part: JudgedGrid(self._theme, f"{self._prefix}.{part}") for part in _PARTS}
        self.made, self.real = (
            TitledGrid(self._theme, grid.objectName(), "", grid) for grid in self.grids.values()
        )
        self.detail = PictureDetail(panel.theme, f"{self._prefix}.chosen")
        self._arrange()
        self._connect()
        self._clear()

    def show_run(self, run: Run | None) -> None:
        """Look at another run, or at one that turned."""
        if run is not self._run:
            self._run = run
            self._clear()
            self.bar.offer_classes(() if run is None else _classes(run))
        self._look()

    def leave(self) -> None:
        """Nothing is asked any more, as other things than pictures are looked at."""
        self._run = None
        self._panel.look_away("seen")

    # Inner workings.

    @property
    def _wish(self) -> dict[str, Any]:
        """What is asked."""
        return {"n": MADE, "real": REAL, "seed": self.bar.seed, "condition": self.bar.condition,
                "attention": self.bar.attention}

    def _look(self) -> None:
        if self._run is not None:
            self._panel.look("seen", self._on_previewed, "game_pictures", **self._wish)

    def _on_wished(self) -> None:
        """Whoever asks otherwise should not wait until looking may take its next share of the training."""
        self._look()
        run = self._run
        if run is None or not run.history.step or self._model.watching.step is not None:
            return
        asked = self._wish

        def answered(answer: Answer) -> None:
            if asked == self._wish:
                self._take(answer, run.history.step)

        self._model.ask("game_pictures", answered, f"{self._prefix}.asked", **asked)

    def _on_previewed(self, preview: Preview) -> None:
        if int(preview.answer["seed"][0]) == self.bar.seed:
            self._take(preview.answer, preview.step)

    def _take(self, answer: Answer, step: int) -> None:
        self._answer, self._step = answer, step
        self._show()

    def _show(self) -> None:
        answer, run = self._answer, self._run
        if answer is None or run is None:
            return
        for part, grid in self.grids.items():
            words = [picture_words(verdict, part) for verdict in answer[f"{part}_verdict"].tolist()]
            grid.set_judged(self._seen(part), answer[f"{part}_verdict"], words)
        made, real = self.grids["made"], self.grids["real"]
        self.made.set_title(made_title(self.bar.seed, made.verdicts, f"{run.model.info.step_name} {self._step:,}"))
        self.real.set_title(real_title(bool(answer["held_out"][0]), real.verdicts))
        real.set_hint(_NO_DATA)
        self.bar.show_blend(_blend(answer))
        self._show_chosen()

    def _seen(self, part: str) -> NDArray[Any]:
        """The pictures of a grid, under what their verdicts hang on where that is wished and known."""
        assert self._answer is not None
        x, attention = self._answer[part], self._answer[f"{part}_attention"]
        return overlaid(x, attention) if self.bar.attention and len(attention) == len(x) > 0 else x

    def _show_chosen(self) -> None:
        part, index = self._chosen
        answer = self._answer
        if answer is None or index >= len(answer[part]):
            return
        for name, grid in self.grids.items():
            grid.set_selected([index] if name == part else [])
        seen = self._seen(part)[index:index + 1]
        label = int(answer[f"{part}_label"][index])
        sentence = verdict_words(float(answer[f"{part}_verdict"][index]), part, index, self.bar.class_word(label))
        self.detail.show_picture(answer[part][index:index + 1], seen if self.bar.attention else None, sentence)

    def _on_clicked(self, part: str, index: int) -> None:
        self._chosen = (part, index)
        self._show_chosen()

    def _clear(self) -> None:
        self._answer = None
        for grid in self.grids.values():
            grid.set_judged(_NONE, np.empty(0), ())
            grid.set_hint("")
        self.grids["made"].set_hint(_NO_RUN if self._run is None else _WAITING)
        self.made.set_title("Made")
        self.real.set_title("Real")
        self.bar.show_blend("")
        self.detail.clear()

    # Building.

    def _arrange(self) -> None:
        side = QSplitter(Qt.Orientation.Vertical)
        side.setObjectName(f"{self._prefix}.side_splitter")
        side.addWidget(self.real)
        side.addWidget(self.detail)
        side.setSizes([430, 570])
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName(f"{self._prefix}.splitter")
        both.addWidget(self.made)
        both.addWidget(side)
        both.setSizes([600, 400])
        for splitter in (side, both):
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(both, 1)

    def _connect(self) -> None:
        self.bar.changed.connect(self._on_wished)
        for part, grid in self.grids.items():
            grid.clicked.connect(partial(self._on_clicked, part))
            grid.export_failed.connect(self._model.messages.show_error)
        self.detail.grid.export_failed.connect(self._model.messages.show_error)


def _blend(answer: Answer) -> str:
    """How far the networks have grown; nothing of those that do not grow."""
    if not len(answer["blend"]):
        return ""
    low_high, low_wide, high, wide = (int(side) for side in answer["blend"][:4])
    return blend_words((low_high, low_wide), (high, wide), float(answer["blend"][4]))


def _classes(run: Run) -> tuple[str, ...]:
    """The classes that pictures can be asked of."""
    labels = None if run.data is None else run.data.labels
    learned = run.offers(Conditional) and run.recipe.model.settings.get("conditional")
    return () if labels is None or not learned else tuple(labels.levels)
