"""Sequences while a model of hidden states learns them: the state of each row now, and the chain behind them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.models.sequential import Chain
from genstudio.runs.chain_edits import ellipses
from genstudio.runs.question import evenly
from genstudio.runs.questions.states import first_rows
from genstudio.runs.run import Run
from genstudio.runs.state_marks import StateMarks
from genstudio.training.events import Preview
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.panel import Panel
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.plots.chain_graph import ChainGraph
from genstudio.ui.plots.emission_curves import EmissionCurves
from genstudio.ui.plots.matrix_view import MatrixView
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.stage import Stage
from genstudio.ui.view_choice import ViewChoice

Array = NDArray[Any]
Rows = tuple[Array, Array]
"""Rows in data units, shape (N, D), and the rows of each sequence, shape (S,)."""
MOST_ROWS = 5_000
"""So many rows show what a state is; their states are found again at every look."""
MOST_POINTS = 2_000
"""So many of them are drawn over two columns."""
LINE_POINTS = 256
_LOOKS = ("states", "emissions")


class LiveSequences(QWidget):
    """Rows by their state, over two columns or over time; beside them transitions and emissions.

    Arguments:
        panel: asks the questions, while somebody looks.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel, self.model = panel, panel.model
        self._run: Run | None = None
        self._data: Dataset | None = None
        self._rows: Rows = (np.empty((0, 0)), np.empty(0, np.int64))
        self._states: Array | None = None
        self._plain: bool | None = None
        theme = panel.theme
        self.choice = ViewChoice("live.sequences", all_pairs=False)
        self.time = quiet_button(theme, "live.sequences.time", "curves", "Over time", "Show the rows over time")
        self.sentence = ElidedLabel()
        self.stage = Stage(theme, "live.sequences.stage")
        self.series = SeriesPlot(theme, "live.sequences.series", pump=self.model.pump)
        self.turns = MatrixView(theme, "live.sequences.transitions", "Transitions")
        self.symbols = MatrixView(theme, "live.sequences.symbols", "Emissions", to_states=False)
        self.graph = ChainGraph(theme, "live.sequences.graph")
        self.curves = EmissionCurves(theme, "live.sequences.emissions")
        self.curves.set_title("Emissions")
        self.stage.set_layer_title("samples", "Rows, by the state that each is in")
        self.stage.set_layer_title("components", "States, with the share of rows in each")
        self._lay_out()
        self._connect()

    @property
    def front(self) -> Stage | SeriesPlot:
        """The plot of rows in sight."""
        return self.series if self._views.currentWidget() is self.series else self.stage

    def show_run(self, run: Run | None, data: Dataset | None) -> None:
        """Look at another run, or at one that ended.

        Arguments:
            data: sequences, prepared; None where they are not at hand.
        """
        if run is not self._run:
            self._states = None
        self._run = run
        self._take_data(data)
        if not self._served:
            self._draw_none()
        self._show_sides()
        self._say()
        self.retitle(run)
        self._look()

    def leave(self) -> None:
        """Nothing is asked any more, as other things than sequences are looked at."""
        self._data = None
        for name in _LOOKS:
            self._panel.look_away(name)

    def retitle(self, run: Run | None) -> None:
        """Say which step is shown."""
        title = "Data: press Train"
        if run is not None:
            past = self.model.watching.step
            shown = run.history.step if past is None else past
            step = f" · {run.model.info.step_name} {shown:,}" if shown or past is not None else ""
            title = f"{run.model.info.title}{step}"
        for view in (self.stage, self.series):
            view.set_title(title)

    # Building.

    def _lay_out(self) -> None:
        self.sentence.setObjectName("live.sequences.sentence")
        self.sentence.setProperty("role", "muted")
        self.time.setCheckable(True)
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 2)
        for widget in (self.choice, self.time):
            row.addWidget(widget)
        row.addWidget(self.sentence, 1)
        self._views = QStackedWidget()
        self._views.addWidget(self.stage)
        self._views.addWidget(self.series)
        self._side = QSplitter(Qt.Orientation.Vertical)
        self._side.setObjectName("live.sequences.side")
        for view in (self.turns, self.graph, self.symbols, self.curves):
            self._side.addWidget(view)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("live.sequences.splitter")
        both.addWidget(self._views)
        both.addWidget(self._side)
        for place, share in enumerate((2, 1)):
            both.setStretchFactor(place, share)
        both.setSizes([680, 340])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(both, 1)

    def _connect(self) -> None:
        self.choice.changed.connect(self._on_columns)
        self.time.toggled.connect(lambda _: self._draw_rows())
        self.model.watching.scrubbed.connect(lambda: self.retitle(self._run))
        for plot in (self.stage, self.series, self.curves, self.turns, self.graph, self.symbols):
            plot.export_failed.connect(self.model.messages.show_error)

    # Data.

    @property
    def _names(self) -> tuple[str, ...]:
        return () if self._data is None else self._data.preparation.names

    @property
    def _levels(self) -> tuple[str, ...]:
        """The words of symbols; none where the columns are numbers."""
        return () if self._data is None else self._data.preparation.columns[0].levels

    def _take_data(self, data: Dataset | None) -> None:
        if data is self._data:
            return
        self._data, self._states, self._plain = data, None, None
        self._rows = np.empty((0, 0)), np.empty(0, np.int64)
        self.stage.clear()
        self.series.clear()
        if data is None:
            return
        self.choice.set_columns(data.preparation.names)
        self.time.setVisible(len(self._names) > 1)
        self.model.pump.run("live.sequences", partial(_rows, data), partial(self._on_rows, data))

    def _on_rows(self, data: Dataset, rows: Rows) -> None:
        if data is not self._data:
            return
        self._rows = rows
        self._say()
        if len(self._names) == 1 and not self._levels:
            self.curves.set_values(rows[0][:, 0], self._names[0])
        self._draw_rows()
        self.stage.fit_view()

    def _draw_rows(self) -> None:
        """Rows with their states, as far as these are known."""
        x, lengths = self._rows
        if x.shape[1] != len(self._names) or not len(x):
            return
        states = self._states if self._states is not None and len(self._states) == len(x) else None
        flat = len(self._names) > 1 and not self.time.isChecked()
        self._views.setCurrentWidget(self.stage if flat else self.series)
        if flat:
            self._draw_points(x, states)
            return
        if self.series.picture.series is None:
            levels = {self._names[0]: self._levels} if self._levels else {}
            self.series.show_series(x, self._names, lengths=lengths, levels=levels)
        self.series.show_states(states)

    def _draw_points(self, x: Array, states: Array | None) -> None:
        plane, some = list(self.choice.columns), evenly(len(x), MOST_POINTS)
        self.stage.set_labels(*(self._names[i] for i in plane))
        points, nothing = x[some][:, plane], np.empty((0, 2))
        if (states is None) != self._plain:
            self._plain = states is None
            self.stage.offer_layers(["data"] if self._plain else ["samples", "components"])
            self.stage.set_points(nothing)
            self.stage.set_samples(nothing)
        if states is None:
            self.stage.set_points(points)
        else:
            # Without a legend, which would take most of the time: the graph beside shows the colours.
            self.stage.set_samples(points, states[some])

    # The model.

    @property
    def _served(self) -> bool:
        """Whether the shown run has a chain whose numbers can be told in the data's units."""
        run = self._run
        return run is not None and run.offers(Chain) and (
            run.preparation.scaling.affine(len(run.preparation.columns)) is not None
        )

    def _look(self) -> None:
        if self._run is None or self._run.data is None or not self._served:
            for name in _LOOKS:
                self._panel.look_away(name)
            return
        self._panel.look("states", self._on_states, "present_states", most=MOST_ROWS)
        if len(self._names) == 1 and not self._levels:
            self._panel.look("emissions", self._on_emissions, "emission_line", n=LINE_POINTS, most=MOST_ROWS)
        else:
            self._panel.look_away("emissions")

    def _show_sides(self) -> None:
        known = self._served and self._data is not None
        self._side.setVisible(known)
        self.symbols.setVisible(known and bool(self._levels))
        self.graph.setVisible(known and len(self._names) > 1)
        self.curves.setVisible(known and len(self._names) == 1 and not self._levels)

    def _say(self) -> None:
        """What of the rows is seen, and why no states are."""
        run, shown = self._run, len(self._rows[0])
        whole = 0 if self._data is None else len(self._data.train)
        if run is not None and run.data is None:
            self.sentence.setText("The rows that this run learned from are not at hand.")
        elif run is not None and not run.offers(Chain):
            self.sentence.setText(f"{run.model.info.title} has no single chain of states that could be drawn.")
        elif run is not None and not self._served:
            self.sentence.setText("Under a logit scaling states are no ellipses and are not drawn.")
        else:
            self.sentence.setText(f"The first {shown:,} of {whole:,} training rows." if shown < whole else "")

    def _draw_none(self) -> None:
        self._states = None
        self.stage.set_components(np.empty((0, 2)), np.empty((0, 2, 2)))
        self._draw_rows()

    def _on_states(self, preview: Preview) -> None:
        answer, former = preview.answer, self._states
        self._states = answer["states"]
        self.turns.set_values(answer["transmat"])
        marks = StateMarks() if self._run is None else self._run.marks
        words = marks.words(len(answer["startprob"]))
        self.graph.set_chain(answer["startprob"], answer["transmat"], words, marks.colours)
        if "emissionprob" in answer:
            self.symbols.set_values(answer["emissionprob"], self._levels)
        if former is None or not np.array_equal(former, self._states):
            self._draw_rows()
        self._draw_ellipses(answer)
        self.retitle(self._run)

    def _draw_ellipses(self, answer: Any) -> None:
        shapes, plane = ellipses(answer), list(self.choice.columns)
        if shapes is not None and shapes[0].shape[1] == len(self._names) > 1:
            shares = np.bincount(answer["states"], minlength=len(shapes[0])) / max(len(answer["states"]), 1)
            self.stage.set_components(shapes[0][:, plane], shapes[1][:, plane][:, :, plane], shares)

    def _on_emissions(self, preview: Preview) -> None:
        self.curves.set_densities(preview.answer["x"], preview.answer["density"])

    def _on_columns(self) -> None:
        self._draw_rows()
        self.stage.fit_view()
        self.stage.set_components(np.empty((0, 2)), np.empty((0, 2, 2)))
        self._panel.look_away("states")
        self._look()


def _rows(data: Dataset, watch: Watch) -> Rows:
    lengths = np.array([len(data.train)]) if data.lengths is None else data.lengths[0]
    some = first_rows(lengths, MOST_ROWS)
    return data.preparation.to_data(data.train[:int(some.sum())]), some
