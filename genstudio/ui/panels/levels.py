"""What each level of a hierarchical model decides: samples in which one level after the other is held."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from genstudio.data.picture_preparation import PicturePreparation
from genstudio.models.capabilities import Hierarchical
from genstudio.runs.run import Run
from genstudio.settings import Settings, describe, setting
from genstudio.training.events import Preview
from genstudio.ui.fields import Field, TypedField
from genstudio.ui.level_rows import LevelRows
from genstudio.ui.number_edit import NumberEdit
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.view_choice import ViewChoice

Array = NDArray[Any]

PICTURES, POINTS = 12, 500
DATA_POINTS = 2_000
MOST_SEEDS = 2**32


class LevelSettings(Settings):
    """What is drawn."""

    seed: int = setting(0, "The same seed holds and draws the same.", ge=0, lt=MOST_SEEDS)


class LevelsPanel(Panel):
    """A row for each number of levels that are held, live while training."""

    info = PanelInfo(
        key="levels",
        title="Levels",
        icon="levels",
        order=37,
        help="Samples in which one latent level after the other is held, from the top down: what still changes in a "
        "row is decided below.",
        needs=Hierarchical,
        needs_run=True,
        doing="hold one latent level after the other fixed, as it does not have several",
    )

    def build(self) -> None:
        """A line of controls, and the rows."""
        self._run: Run | None = None
        self._x, self._data = np.empty((0, 0)), np.empty((0, 0))
        self.seed = _seed_field()
        self.again = quiet_button(self.theme, "levels.again", "random", "Draw others", "Hold and draw other samples")
        self.problem = plain_label("levels.problem", "problem", "What is wrong with what was typed")
        self.choice = ViewChoice("levels", all_pairs=False)
        self.rows = LevelRows(self.theme)
        self._arrange()
        self.seed.committed.connect(lambda seed: self._look())
        self.seed.problem.connect(self._on_problem)
        self.again.clicked.connect(self._on_again)
        self.choice.changed.connect(self._show)

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and a table must have more than one column."""
        reason = super().unsuitable(run)
        if not reason and run is not None and not _of_pictures(run) and len(run.preparation.names) < 2:
            return "Levels are shown over two columns, and these data have one. Train on a table with more."
        return reason

    def run_changed(self, run: Run | None) -> None:
        """Look at the levels of another run, or again at one that ended."""
        if run is None:
            return
        if run is not self._run:
            self._run = run
            self._x, self._data = np.empty((0, 0)), np.empty((0, 0))
            self.rows.clear()
            self.choice.set_columns(run.preparation.names)
        self._look()

    # Building.

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 2)
        header.setSpacing(6)
        label = QLabel("Seed")
        label.setToolTip(self.seed.info.help)
        self.seed.widget.setFixedWidth(96)
        for widget in (label, self.seed.widget, self.again, self.choice):
            header.addWidget(widget)
        header.addWidget(self.problem, 1)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.rows, 1)

    # What is shown.

    def _look(self) -> None:
        run = self._run
        if run is None:
            return
        pictures = _of_pictures(run)
        n = PICTURES if pictures else POINTS
        self.look("samples", self._on_levels, "levels", n=n, seed=int(self.seed.value()))
        if pictures or run.data is None:
            self.look_away("data")
        elif not len(self._data):
            self.look("data", self._on_data, "items", most=DATA_POINTS)

    def _on_levels(self, preview: Preview) -> None:
        if self._run is None:
            return
        self._x = preview.answer["x"]
        if self.rows.arrange(len(self._x), _of_pictures(self._run)):
            self._show()
        else:
            self.rows.show_samples(self._x, self.choice.columns)

    def _on_data(self, preview: Preview) -> None:
        self._data = preview.answer["x"]
        # The items stay as they are while a model learns from them.
        self.look_away("data")
        self._show()

    def _show(self) -> None:
        if len(self._data) and self.rows.rows:
            self.rows.show_data(self._data, self.choice.columns)
        if len(self._x):
            self.rows.show_samples(self._x, self.choice.columns)

    # What the person does.

    def _on_again(self) -> None:
        self.seed.commit()
        self.seed.set_value((int(self.seed.value()) + 1) % MOST_SEEDS)
        self._on_problem("")
        self._look()

    def _on_problem(self, sentence: str) -> None:
        self.seed.mark(bool(sentence))
        self.problem.setText(sentence)


def _of_pictures(run: Run) -> bool:
    return isinstance(run.preparation, PicturePreparation)


def _seed_field() -> Field:
    info = describe(LevelSettings)[0]
    edit = NumberEdit()
    field = TypedField(info, edit, edit.line())
    edit.stepped.connect(field.step)
    field.set_value(info.default)
    editor = field.editors()[0]
    editor.setObjectName("levels.seed")
    editor.setAccessibleName(info.label)
    editor.setToolTip(info.help)
    return field
