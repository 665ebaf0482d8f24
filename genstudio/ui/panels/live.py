"""The stage: what the model believes now, drawn over the data, with the truth beside it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.density import TrueDensity
from genstudio.data.reader import Watch
from genstudio.models.contract import Components, Density
from genstudio.runs.hand import Parameters, moved
from genstudio.runs.questions.density import grid_points
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plots.line_view import LineView
from genstudio.ui.plots.pairs import Pairs
from genstudio.ui.plots.stage import Stage
from genstudio.ui.view_choice import ViewChoice

Array = NDArray[Any]
Bounds = tuple[float, float, float, float]
GRID = (128, 128)
LINE_POINTS = 512
SAMPLES = 1000
SAMPLE_SEED = 0
MOST_POINTS = 500_000


class LivePanel(Panel):
    """Density, contours, samples and components over the data, as the model learns."""

    info = PanelInfo(
        key="live",
        title="Live",
        icon="density",
        order=20,
        help="What the model believes now: its density and samples over the data, the truth beside it. "
        "Drag a component's handles after training to change it by hand.",
    )

    def build(self) -> None:
        """Two linked stages, a line for one column, and a matrix for many."""
        self._data_of: Dataset | None = None
        self._points: Array = np.empty((0, 2))
        self._parameters: Parameters | None = None
        self.choice = ViewChoice("live")
        self.truth = Stage(self.theme, "live.data")
        self.stage = Stage(self.theme, "live.model")
        self.line = LineView(self.theme, "live.line")
        self.pairs = Pairs(self.theme, "live.pairs")
        self.truth.set_title("Data")
        self.truth.offer_layers(["data", "heat", "contours"])
        self.stage.offer_layers(["data", "samples", "heat", "contours", "components"])
        self.stage.set_layer_visible("samples", False)
        self.stage.link(self.truth)
        self._lay_out()
        self._connect()
        self._take_data()

    def run_changed(self, run: Run | None) -> None:
        """Look at another run, or at one that ended."""
        self._take_data()
        self._retitle()
        if run is None:
            self.stage.clear_model()
        self.stage.set_components_editable(run is not None and run.status.ended and run.data is not None)
        self._look()

    def export(self) -> None:
        """Offer the formats in which the stage can be written."""
        self._front().context_menu().popup(self.mapToGlobal(self.rect().center()))

    # Building.

    def _lay_out(self) -> None:
        self._sentence_line = QLabel()
        self._sentence_line.setObjectName("live.sentence")
        self._sentence_line.setProperty("role", "muted")
        self._sentence_line.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence_line.hide()
        header = QHBoxLayout()
        header.setContentsMargins(12, 0, 12, 0)
        header.addWidget(self.choice)
        header.addWidget(self._sentence_line, 1)
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
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._views, 1)

    def _connect(self) -> None:
        self.choice.changed.connect(self._on_view_chosen)
        self.pairs.pair_chosen.connect(self.choice.choose_pair)
        self.stage.view_changed.connect(self._on_view_moved)
        self.line.view_changed.connect(self._on_view_moved)
        for stage in (self.stage, self.truth):
            stage.hovered.connect(partial(self._on_hovered, stage))
            stage.unhovered.connect(partial(stage.set_readout, ""))
            stage.export_failed.connect(self.model.messages.show_error)
        self.stage.component_edited.connect(self._on_dragged)
        self.stage.component_edit_finished.connect(self._on_let_go)
        self.model.data_changed.connect(self._take_data)
        self.model.advanced.connect(self._on_advanced)
        self.model.edited.connect(self._on_edited)

    def unsuitable(self, run: Run | None) -> str:
        """Points and densities are drawn here, so the data must be a table."""
        data = self._shown_data()
        if data is not None and data.kind is not Kind.TABLE:
            return f"{data.name} holds pictures, and this panel draws the rows of tables."
        return super().unsuitable(run)

    # Data and truth.

    def _shown_data(self) -> Dataset | None:
        run = self.model.current
        return self.model.data if run is None or run.data is None else run.data

    def _take_data(self) -> None:
        data = self._shown_data()
        if data is None or data is self._data_of or data.kind is not Kind.TABLE:
            return
        self._data_of = data
        self.stage.clear()
        self.truth.clear()
        self.choice.set_columns(data.preparation.names)
        self.model.pump.run("live.points", partial(_points, data, MOST_POINTS), partial(self._on_points, data))

    def _on_points(self, data: Dataset, found: tuple[Array, Array | None, tuple[str, ...]]) -> None:
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
        self.model.pump.run("live.truth", partial(_true_grid, truth, bounds), partial(_draw_grid, self.truth, bounds))

    # The model.

    def _look(self) -> None:
        """Ask for what the present view shows; nothing where no model can answer."""
        run = self.model.current
        if not self._names or self.choice.mode == "pairs":
            self._look_away()
            return
        if self._one_column():
            bounds = self.line.bounds()
            self.look("line", self._on_line, "density_line", bounds=bounds[:2], n=LINE_POINTS)
            return
        bounds = self.stage.bounds()
        self._ask_truth(bounds)
        if run is None:
            return
        columns = self.choice.columns
        if issubclass(run.model, Density):
            self.look("density", self._on_density, "density_grid", bounds=bounds, shape=GRID, columns=columns)
        self.look("samples", self._on_samples, "sample", n=SAMPLES, seed=SAMPLE_SEED)
        if issubclass(run.model, Components):
            self.look("components", self._on_components, "parameters")
        else:
            self.look_away("components")
            self.stage.set_components(np.empty((0, 2)), np.empty((0, 2, 2)))

    def _look_away(self) -> None:
        for name in ("density", "samples", "components", "line"):
            self.look_away(name)

    def _on_density(self, preview: Preview) -> None:
        _draw_grid(self.stage, tuple(preview.answer["bounds"]), preview.answer["log_prob"])

    def _on_samples(self, preview: Preview) -> None:
        if preview.answer["x"].shape[1] == len(self._names):
            columns = list(self.choice.columns)
            self.stage.set_samples(preview.answer["x"][:, columns], preview.answer["component"])

    def _on_components(self, preview: Preview) -> None:
        answer, plane = preview.answer, list(self.choice.columns)
        self._parameters = (answer["weights"], answer["means"], answer["covariances"])
        spreads = answer["covariances"][:, plane][:, :, plane]
        self.stage.set_components(answer["means"][:, plane], spreads, answer["weights"])

    def _on_line(self, preview: Preview) -> None:
        self.line.set_density(preview.answer["x"], preview.answer["log_prob"])

    # What the person does.

    def _on_view_chosen(self) -> None:
        self._draw_points()
        for stage in (self.truth, self.stage):
            stage.fit_view()
        self._look()

    def _on_view_moved(self, bounds: Bounds) -> None:
        if self.isVisible():
            self._look()

    def _on_hovered(self, stage: Stage, x: float, y: float) -> None:
        place = f"x {x:.4g}  y {y:.4g}"
        stage.set_readout(place)
        run, truth = self.model.current, self._truth_of()
        if stage is self.truth and truth is not None:
            value = truth.log_prob(np.array([[x, y]]))[0]
            stage.set_readout(f"{place}  log p {value:.3f} nats")
        elif stage is self.stage and run is not None and issubclass(run.model, Density):
            def show(answer: Any) -> None:
                stage.set_readout(f"{place}  log p {float(answer['log_prob'][0]):.3f} nats")

            self.model.ask("marginal_log_prob", show, key="live.hover", x=np.array([[x, y]]),
                           columns=self.choice.columns)

    def _on_dragged(self, index: int, mean: Array, covariance: Array) -> None:
        if self._parameters is not None:
            former = self._parameters
            self._parameters = moved(former, index, mean, covariance, self.choice.columns)
            self.model.edit_components(self._parameters, finished=False, former=former)

    def _on_let_go(self, index: int) -> None:
        if self._parameters is not None:
            self.model.edit_components(self._parameters, finished=True)

    # Words.

    def _on_advanced(self, run: Run) -> None:
        if run is self.model.current:
            self._retitle()

    def _on_edited(self, run: Run, metrics: dict[str, float]) -> None:
        if run is self.model.current and "train" in metrics:
            self._sentence_line.setText(f"By hand: {metrics['train']:.4f} nats per training row")
            self._sentence_line.show()

    def _retitle(self) -> None:
        run = self.model.current
        if run is None:
            self.stage.set_title("Model: press Train")
            return
        step = f" · step {run.history.step:,}" if run.history.step else ""
        self.stage.set_title(f"{run.model.info.title}{step}")

    @property
    def _names(self) -> tuple[str, ...]:
        return () if self._data_of is None else self._data_of.preparation.names

    def _one_column(self) -> bool:
        return len(self._names) == 1

    def _front(self) -> Any:
        return (self.stage, self.line, self.pairs)[self._views.currentIndex()]


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


def _draw_grid(stage: Stage, bounds: Bounds, log_density: Array) -> None:
    x0, x1, y0, y1 = bounds
    rows, columns = log_density.shape
    xs = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    ys = y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows
    stage.set_density(xs, ys, log_density)

