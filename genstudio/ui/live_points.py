"""Rows of a table while a model learns them: density, samples and components over the data, the truth beside it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.data.density import TrueDensity
from genstudio.data.reader import Watch
from genstudio.models.capabilities import Components
from genstudio.runs.hand import Parameters, moved
from genstudio.runs.questions.density import grid_points
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.gap_label import GapLabel
from genstudio.ui.live_density import GRID, DensityLook, draw_grid
from genstudio.ui.panel import Panel
from genstudio.ui.plots.binning import Bounds
from genstudio.ui.plots.line_view import LineView
from genstudio.ui.plots.pairs import Pairs
from genstudio.ui.plots.plot import Plot
from genstudio.ui.plots.stage import Stage
from genstudio.ui.view_choice import ViewChoice

Array = NDArray[Any]
SAMPLES = 1000
SAMPLE_SEED = 0
MOST_POINTS = 500_000


class LivePoints(QWidget):
    """Two linked stages, a line for one column, and a matrix for many.

    Arguments:
        panel: asks the questions, while somebody looks.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel, self.model = panel, panel.model
        self._data_of: Dataset | None = None
        self._points: Array = np.empty((0, 2))
        self._parameters: Parameters | None = None
        theme = panel.theme
        self.choice = ViewChoice("live")
        self.truth = Stage(theme, "live.data")
        self.stage = Stage(theme, "live.model")
        self.line = LineView(theme, "live.line")
        self.pairs = Pairs(theme, "live.pairs")
        self.density = DensityLook(panel, self.stage, self.line)
        self.gap = GapLabel(self.model, "live.gap")
        self.truth.set_title("Data")
        self.truth.offer_layers(["data", "heat", "contours"])
        self.stage.set_layer_visible("samples", False)
        self.stage.link(self.truth)
        self._lay_out()
        self._connect()

    @property
    def front(self) -> Plot | Pairs:
        """The plot in sight."""
        return (self.stage, self.line, self.pairs)[self._views.currentIndex()]

    def show_run(self, run: Run | None, data: Dataset | None) -> None:
        """Look at another run, or at one that ended.

        Arguments:
            data: a table, prepared; None where it is not at hand.
        """
        self._take_data(data)
        self.retitle(run)
        if run is None:
            self.stage.clear_model()
        self.density.show_run(run, len(self._names))
        self.stage.set_components_editable(run is not None and run.status.ended and run.data is not None)
        self._look()

    def leave(self) -> None:
        """Nothing is asked any more, as other things than rows are looked at."""
        self._data_of = None
        self._look_away()

    def retitle(self, run: Run | None) -> None:
        """Say what the model's stage shows."""
        if run is None:
            self.stage.set_title("Model: press Train")
            return
        past = self.model.watching.step
        shown = run.history.step if past is None else past
        step = f" · {run.model.info.step_name} {shown:,}" if shown or past is not None else ""
        self.stage.set_title(f"{run.model.info.title}{step}")

    # Building.

    def _lay_out(self) -> None:
        self._sentence = QLabel()
        self._sentence.setObjectName("live.sentence")
        self._sentence.setProperty("role", "muted")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setContentsMargins(0, 6, 0, 4)
        self._sentence.hide()
        header = QHBoxLayout()
        header.setContentsMargins(12, 0, 12, 0)
        header.addWidget(self.choice)
        header.addWidget(self._sentence, 1)
        header.addWidget(self.density.sentence, 1)
        header.addWidget(self.gap, 0, Qt.AlignmentFlag.AlignRight)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("live.splitter")
        both.addWidget(self.truth)
        both.addWidget(self.stage)
        for place in range(2):
            both.setStretchFactor(place, 1)
            both.setCollapsible(place, True)
        both.setSizes([1000, 1000])
        self._views = QStackedWidget()
        for view in (both, self.line, self.pairs):
            self._views.addWidget(view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._views, 1)

    def _connect(self) -> None:
        self.choice.changed.connect(self._on_view_chosen)
        self.pairs.pair_chosen.connect(self.choice.choose_pair)
        self.stage.view_changed.connect(self._on_view_moved)
        self.line.view_changed.connect(self._on_view_moved)
        self.stage.layer_toggled.connect(self._on_layer_toggled)
        self.stage.hovered.connect(self._on_model_hovered)
        self.truth.hovered.connect(self._on_truth_hovered)
        for stage in (self.stage, self.truth):
            stage.unhovered.connect(partial(stage.set_readout, ""))
            stage.export_failed.connect(self.model.messages.show_error)
        self.stage.component_edited.connect(self._on_dragged)
        self.stage.component_edit_finished.connect(self._on_let_go)
        self.model.edited.connect(self._on_edited)
        self.model.watching.scrubbed.connect(lambda: self.retitle(self.model.current))

    # Data and truth.

    def _take_data(self, data: Dataset | None) -> None:
        if data is None or data is self._data_of:
            return
        self._data_of = data
        self.stage.clear()
        self.truth.clear()
        self.choice.set_columns(data.preparation.names)
        self.model.pump.run("live.points", partial(_points, data, MOST_POINTS), partial(self._on_points, data))

    def _on_points(self, data: Dataset, found: tuple[Array, Array | None, tuple[str, ...]]) -> None:
        if data is not self._data_of:
            return
        self._points, self._classes, self._class_names = found
        self._draw_points()
        for view in (self.truth, self.stage, self.line):
            view.fit_view()
        self._look()

    def _draw_points(self) -> None:
        if not len(self._points):
            return
        if self._one_column():
            self.line.set_values(self._points[:, 0], self._names[0])
        elif self.choice.mode == "pairs":
            self.pairs.set_columns(self._names, self._points, self._classes)
        else:
            self._draw_pair()
        self._views.setCurrentIndex(1 if self._one_column() else 2 if self.choice.mode == "pairs" else 0)

    def _draw_pair(self) -> None:
        columns = list(self.choice.columns)
        names = [self._names[i] for i in columns]
        for stage in (self.truth, self.stage):
            stage.set_labels(*names)
        self.truth.set_points(self._points[:, columns], self._classes, self._class_names)
        self.stage.set_points(self._points[:, columns])

    def _truth_of(self) -> TrueDensity | None:
        data = self._data_of
        return None if data is None or len(self._names) != 2 else data.truth

    def _ask_truth(self, bounds: Bounds) -> None:
        truth = self._truth_of()
        if truth is None:
            self.truth.set_title("Data")
            return
        self.truth.set_title("Data and true density")
        self.model.pump.run("live.truth", partial(_true_grid, truth, bounds), partial(draw_grid, self.truth, bounds))

    # The model.

    def _look(self) -> None:
        """Ask for what the present view shows; nothing where no model can answer."""
        run = self.model.current
        if not self._names or self.choice.mode == "pairs":
            self._look_away()
            return
        if self._one_column():
            self.density.look_along()
            return
        self._ask_truth(self.stage.bounds())
        if run is None:
            return
        self.density.look_over(self.choice.columns)
        self._look_at_samples()
        if run.offers(Components):
            self._panel.look("components", self._on_components, "parameters")
        else:
            self._panel.look_away("components")
            self.stage.set_components(np.empty((0, 2)), np.empty((0, 2, 2)))

    def _look_at_samples(self) -> None:
        if self.stage.is_layer_visible("samples"):
            self._panel.look("samples", self._on_samples, "sample", n=SAMPLES, seed=SAMPLE_SEED)
        else:
            self._panel.look_away("samples")

    def _look_away(self) -> None:
        self.density.leave()
        for name in ("samples", "components"):
            self._panel.look_away(name)

    def _on_samples(self, preview: Preview) -> None:
        if preview.answer["x"].shape[1] == len(self._names):
            columns = list(self.choice.columns)
            self.stage.set_samples(preview.answer["x"][:, columns], preview.answer["component"])

    def _on_components(self, preview: Preview) -> None:
        answer, plane = preview.answer, list(self.choice.columns)
        self._parameters = (answer["weights"], answer["means"], answer["covariances"])
        spreads = answer["covariances"][:, plane][:, :, plane]
        self.stage.set_components(answer["means"][:, plane], spreads, answer["weights"])

    # What the person does.

    def _on_view_chosen(self) -> None:
        self._draw_points()
        for stage in (self.truth, self.stage):
            stage.fit_view()
        self._look()

    def _on_view_moved(self, bounds: Bounds) -> None:
        if self.isVisible():
            self._look()

    def _on_layer_toggled(self, layer: str, visible: bool) -> None:
        if self.model.current is not None:
            self.density.on_layer_toggled(layer, visible)
            self._look_at_samples()

    def _on_truth_hovered(self, x: float, y: float) -> None:
        truth = self._truth_of()
        known = "" if truth is None else f"  log p {truth.log_prob(np.array([[x, y]]))[0]:.3f} nats"
        self.truth.set_readout(f"x {x:.4g}  y {y:.4g}{known}")

    def _on_model_hovered(self, x: float, y: float) -> None:
        place = f"x {x:.4g}  y {y:.4g}"
        self.stage.set_readout(place)
        self.density.ask_at(x, y, self.choice.columns, lambda value: self.stage.set_readout(f"{place}  {value}"))

    def _on_dragged(self, index: int, mean: Array, covariance: Array) -> None:
        if self._parameters is not None:
            former = self._parameters
            self._parameters = moved(former, index, mean, covariance, self.choice.columns)
            self.model.edit_components(self._parameters, finished=False, former=former)

    def _on_let_go(self, index: int) -> None:
        if self._parameters is not None:
            self.model.edit_components(self._parameters, finished=True)

    def _on_edited(self, run: Run, metrics: dict[str, float]) -> None:
        if run is self.model.current and "train" in metrics:
            self._sentence.setText(f"By hand: {metrics['train']:.4f} nats per training row")
            self._sentence.show()

    @property
    def _names(self) -> tuple[str, ...]:
        return () if self._data_of is None else self._data_of.preparation.names

    def _one_column(self) -> bool:
        return len(self._names) == 1


def _points(data: Dataset, most: int, watch: Watch) -> tuple[Array, Array | None, tuple[str, ...]]:
    """Rows in data units, at most so many, with their classes."""
    everything = data.everything
    chosen = np.arange(len(everything))
    if len(everything) > most:
        chosen = np.linspace(0, len(everything) - 1, most).astype(np.int64)
    x = data.preparation.to_data(everything[chosen])
    if data.labels is None:
        return x, None, ()
    labels = data.labels
    codes = np.concatenate([labels.train, labels.valid, labels.test])[chosen]
    names = (*labels.levels, "no label")
    return x, np.where(codes < 0, len(labels.levels), codes), names


def _true_grid(truth: TrueDensity, bounds: Bounds, watch: Watch) -> Array:
    return truth.log_prob(grid_points(bounds, GRID)).reshape(GRID[1], GRID[0])
