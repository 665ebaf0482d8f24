"""What a chain looks like: its states as ellipses to be dragged, and a sequence that it invents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.runs.chain_edits import Parameters, ellipses, long_run
from genstudio.runs.question import evenly
from genstudio.settings import SettingInfo, Settings, describe, setting
from genstudio.ui.fields import Field, TypedField
from genstudio.ui.number_edit import NumberEdit
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.plots import binning
from genstudio.ui.plots.sequence_path import SequencePath
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.stage import Stage
from genstudio.ui.theme import Theme
from genstudio.ui.view_choice import ViewChoice

Floats = NDArray[np.float64]

MOST_ROWS = 5_000
MOST_STEPS, MOST_SEEDS = 10_000, 2**32
_FIELD_PX = 76


class DrawnSettings(Settings):
    """Which sequence is drawn."""

    n: int = setting(200, "How many steps the sequence has that the chain invents.", ge=2, le=MOST_STEPS, label="Steps",
                     log=True)
    seed: int = setting(0, "The same seed draws the same sequence again, as far as the chain is the same.", ge=0,
                        lt=MOST_SEEDS)


class ChainView(QWidget):
    """A stage over two columns, or lines over time where there are none.

    Signals:
        dragged: a state, its mean (2,) and covariance (2, 2) in the plane, at every movement of the mouse.
        let_go: the state whose ellipse was let go.
        wished: another sequence is to be drawn.
        columns_chosen: two other columns are looked at.
    """

    dragged = Signal(int, object, object)
    let_go = Signal(int)
    wished = Signal()
    columns_chosen = Signal()

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._rows = np.empty((0, 0))
        self._sampled: tuple[Floats, NDArray[np.int64]] | None = None
        self._parameters: Parameters | None = None
        self._fitted = self._other = False
        self.choice = ViewChoice(prefix, all_pairs=False)
        self.stage = Stage(theme, f"{prefix}.stage")
        self.path = SequencePath(self.stage)
        self.series = SeriesPlot(theme, f"{prefix}.series")
        self.fields = {info.name: _field(info, prefix) for info in describe(DrawnSettings)}
        self.again = quiet_button(theme, f"{prefix}.again", "random", "Again", "Draw with the next seed")
        self.time = quiet_button(theme, f"{prefix}.time", "curves", "Over time", "Show the sequence over time")
        self.problem = plain_label(f"{prefix}.drawn_problem", "problem", "What is wrong with what was typed")
        self.stage.offer_layers(["data", "samples", "components"])
        self.stage.set_title("States and a sequence drawn from them")
        self.stage.set_layer_title("samples", "The sequence that is drawn")
        self.stage.set_layer_title("components", "States, with the share of time that the chain spends in each")
        self.series.set_title("A sequence drawn from the chain")
        self._arrange()
        self._connect()

    # What is shown.

    @property
    def columns(self) -> tuple[int, int]:
        """The columns along x and along y."""
        return self.choice.columns

    @property
    def length(self) -> int:
        """Steps of the sequence that is wanted."""
        return int(self.fields["n"].value())

    @property
    def seed(self) -> int:
        """The seed that it is drawn by."""
        return int(self.fields["seed"].value())

    def show_data(self, names: Sequence[str], data: Dataset | None) -> None:
        """Show some of the rows that are learned from, None where they are not at hand, and the columns' names."""
        self._names, self._rows, self._fitted = tuple(names), np.empty((0, len(names))), False
        if data is not None:
            self._rows = data.preparation.to_data(data.train[evenly(len(data.train), MOST_ROWS)])
        self._sampled = None
        self.choice.set_columns(self._names)
        self.time.setEnabled(self._plane)
        self._show_front()
        self._draw_rows()
        self.path.set(np.empty((0, 2)))
        self.stage.set_samples(np.empty((0, 2)))

    def show_chain(self, parameters: Parameters | None) -> None:
        """Show a chain's states; ellipses in the hand stay where they are."""
        self._parameters = parameters
        shapes = None if parameters is None or not self._plane else ellipses(parameters)
        if parameters is None or shapes is None:
            self.stage.set_components(np.empty((0, 2)), np.empty((0, 2, 2)))
            return
        plane = list(self.columns)
        self.stage.set_components(shapes[0][:, plane], shapes[1][:, plane][:, :, plane], long_run(parameters))
        if not self._fitted or (self._other and not self._in_sight(shapes[0][:, plane])):
            self._fit()
        self._fitted, self._other = True, False

    def expect_other(self) -> None:
        """The next chain is another run's: all of its states are to be seen."""
        self._other = True

    def show_sample(self, x: ArrayLike, states: ArrayLike) -> None:
        """Show a sequence, shape (N, D), and the state of each of its rows, shape (N,)."""
        self._sampled = np.asarray(x, float), np.asarray(states, np.int64)
        self._draw_sample()

    def set_editable(self, editable: bool) -> None:
        """Let states be dragged, or not; those of mixtures cannot be."""
        gaussian = self._parameters is not None and "covars" in self._parameters and "weights" not in self._parameters
        self.stage.set_components_editable(editable and gaussian)

    @property
    def front(self) -> Stage | SeriesPlot:
        """The plot in sight."""
        return self.series if self._views.currentWidget() is self.series else self.stage

    # Inner workings.

    @property
    def _plane(self) -> bool:
        """Whether there are two columns of numbers to look at."""
        return len(self._names) > 1

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(6)
        for field in self.fields.values():
            row.addWidget(QLabel(field.info.label))
            field.widget.setFixedWidth(_FIELD_PX)
            row.addWidget(field.widget)
        self.time.setCheckable(True)
        for button in (self.again, self.time):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            row.addWidget(button)
        row.addWidget(self.problem, 1)
        self._views = QStackedWidget()
        self._views.addWidget(self.stage)
        self._views.addWidget(self.series)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self._views, 1)

    def _connect(self) -> None:
        self.stage.component_edited.connect(self.dragged)
        self.stage.component_edit_finished.connect(self.let_go)
        self.choice.changed.connect(self._on_columns)
        self.again.clicked.connect(self._on_again)
        self.time.toggled.connect(self._on_time)
        for field in self.fields.values():
            field.committed.connect(lambda _: self.wished.emit())
            field.problem.connect(partial(self._on_problem, field))

    def _show_front(self) -> None:
        flat = self._plane and not self.time.isChecked()
        self._views.setCurrentWidget(self.stage if flat else self.series)

    def _in_sight(self, means: Floats) -> bool:
        x0, x1, y0, y1 = self.stage.bounds()
        return bool(((means >= (x0, y0)) & (means <= (x1, y1))).all())

    def _fit(self) -> None:
        """Show data and states, which may lie far from them."""
        seen = binning.unite(self.stage.data.extent(), self.stage.components.extent())
        if seen is not None:
            self.stage.set_bounds(seen)

    def _draw_rows(self) -> None:
        if self._plane:
            plane = list(self.columns)
            self.stage.set_labels(*(self._names[i] for i in plane))
            self.stage.set_points(self._rows[:, plane])

    def _draw_sample(self) -> None:
        if self._sampled is None:
            return
        x, states = self._sampled
        if x.ndim != 2 or x.shape[1] != len(self._names):
            # Of a run that was looked at before.
            return
        if self.front is self.series:
            self.series.show_series(x, self._names)
            self.series.show_states(states)
        else:
            points = x[:, list(self.columns)]
            self.stage.set_samples(points, states)
            self.path.set(points)

    def _on_columns(self) -> None:
        self._draw_rows()
        self._fitted = False
        self.show_chain(self._parameters)
        self._draw_sample()
        self.columns_chosen.emit()

    def _on_time(self) -> None:
        self._show_front()
        self._draw_sample()

    def _on_again(self) -> None:
        field = self.fields["seed"]
        field.commit()
        field.set_value((int(field.value()) + 1) % MOST_SEEDS)
        self._on_problem(field, "")
        self.wished.emit()

    def _on_problem(self, field: Field, sentence: str) -> None:
        field.mark(bool(sentence))
        self.problem.setText(sentence)
        self.problem.setToolTip(sentence)


def _field(info: SettingInfo, prefix: str) -> Field:
    edit = NumberEdit()
    field = TypedField(info, edit, edit.line())
    edit.stepped.connect(field.step)
    field.set_value(info.default)
    editor = field.editors()[0]
    editor.setObjectName(f"{prefix}.{info.name}")
    editor.setAccessibleName(info.label)
    editor.setToolTip(info.help)
    return field
