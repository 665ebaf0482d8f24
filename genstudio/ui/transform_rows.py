"""Rows on their way between base and data: points, a grid and arrows, and what makes up the density of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from genstudio.applications.latent_map import plane
from genstudio.applications.transport import between, radii, turns
from genstudio.data.preparation import Preparation
from genstudio.runs.question import evenly
from genstudio.runs.run import Run
from genstudio.ui.plain_table import plain_label
from genstudio.ui.plots.binning import Bounds
from genstudio.ui.plots.class_legend import ClassLegend
from genstudio.ui.plots.paths import Look, class_looks, hue_looks, ramp_looks
from genstudio.ui.plots.paths_plot import PathsPlot
from genstudio.ui.theme import Theme
from genstudio.ui.transform_axes import TransformAxes
from genstudio.ui.transform_frame import frame, holds, spacing, square
from genstudio.ui.transform_model import TransformModel
from genstudio.ui.transform_terms import TermsChart
from genstudio.ui.transform_words import Term, title_words

Array = NDArray[Any]
Floats = NDArray[np.float64]

BACKDROP, LINE_POINTS = 1500, 96
FIELD_SIDE, FIELD_TIMES = 17, 17
_EMPTY = np.empty((0, 2))
_LONG = 0.9
COLOURS = {
    "class": "Class",
    "angle": "Angle in the base",
    "radius": "Radius in the base",
}
POINT_AT = "Point at one of the points: its way is drawn, and what its log-density is the sum of. A click keeps it."
WAITING_FORTH = "Points of the base set out as soon as the model has learned something."
WAITING_BACK = "The items are being carried back to the base."
PAST = "These sums are those of a former moment, which cannot be asked any more. Show everything as it is now (Escape)."


class TransformRows(QWidget):
    """The plane of two coordinates on which points go from base to data.

    Signals:
        field_wanted: arrows should be asked for elsewhere, or not at all.
    """

    field_wanted = Signal()

    def __init__(self, transform: TransformModel, theme: Theme, prefix: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}.rows")
        self.transform, self._theme = transform, theme
        self._preparation: Preparation | None = None
        self._field: Mapping[str, Array] | None = None
        self.plot = PathsPlot(theme, f"{prefix}.stage")
        self.plot.setAccessibleName("Points between base and data; up and down go from point to point")
        self._axes = TransformAxes(self.plot)
        self.chart = TermsChart(theme, f"{prefix}.terms")
        self.point = plain_label(f"{prefix}.point", "muted", "The chosen point")
        self.legend = ClassLegend(theme, f"{prefix}.legend")
        self.colour = _combo(f"{prefix}.colour", "What the colours of points stand for")
        self.first = _combo(f"{prefix}.axis_x", "Coordinate along the plot")
        self.second = _combo(f"{prefix}.axis_y", "Coordinate up the plot")
        self._against = QLabel("against")
        self.header = QWidget()
        self._arrange()
        self._connect(theme)

    @property
    def axes(self) -> tuple[int, int]:
        """The coordinates that are shown."""
        return self.first.currentIndex(), self.second.currentIndex()

    def begin(self, run: Run) -> None:
        """Show the ways of another run."""
        self._preparation, self._field = run.preparation, None
        names = run.preparation.names
        with QSignalBlocker(self.first), QSignalBlocker(self.second):
            for combo, place in ((self.first, 0), (self.second, min(1, len(names) - 1))):
                combo.clear()
                combo.addItems(list(names))
                combo.setCurrentIndex(place)
        for widget in (self.first, self._against, self.second):
            widget.setVisible(len(names) > 2)
        self._train = np.empty((0, len(names))) if run.data is None else run.data.train[
            evenly(len(run.data.train), BACKDROP)]
        self._offer_layers(run)
        self._bounds: Bounds = (0.0, 1.0, 0.0, 1.0)
        self._framed = False
        self.show_terms(())

    # What is shown.

    def field_arguments(self) -> dict[str, Any] | None:
        """What the question `velocity_field` should be asked with; None while no arrows are wanted."""
        ways = self.transform.ways
        if not (self._arrows_wanted() and self.transform.known and self.transform.timed):
            return None
        times = np.linspace(ways.stations[0], ways.stations[-1], FIELD_TIMES)
        return {"bounds": self._bounds, "side": FIELD_SIDE, "times": tuple(times.tolist())}

    def show_field(self, answer: Mapping[str, Array] | None) -> None:
        """Show how points move, as the question `velocity_field` answered."""
        self._field = answer
        self._move_arrows()

    def show_terms(self, terms: tuple[Term, ...] | list[Term], past: bool = False) -> None:
        """Show what the log-density of the chosen point is the sum of; nothing where there are no terms."""
        self.chart.set_hint(PAST if past else POINT_AT)
        self.chart.set_terms(terms)

    def _show_ways(self) -> None:
        transform = self.transform
        if transform.of_pictures:
            return
        if not transform.known:
            self.plot.clear()
            self.plot.set_hint(WAITING_FORTH if transform.forth else WAITING_BACK)
            return
        self.plot.set_hint("")
        self._show_frame()
        self._offer_colours()
        self.plot.set_points(self._plane(transform.positions), self._looks())
        self._move()
        self._show_way()

    def _show_frame(self) -> None:
        """Still axes that hold everything on the way; they stay while a model learns unless something leaves them."""
        way = self.transform.ways.way
        flat = np.concatenate([self._plane(at) for at in (*way, self._train)])
        wanted = frame(flat)
        if not (self._framed and holds(self._bounds, flat)):
            self._bounds, self._framed = wanted, True
            self.plot.set_home(wanted, square(wanted))
            self.plot.set_backdrop(self._plane(self._train) if len(self._train) else _EMPTY)
            self.field_wanted.emit()
        ways, width = self.transform.ways, self.first.count()
        assert self._preparation is not None
        self._axes.take(self._preparation, self.axes[:width], ways.base, ways.way[0])

    def _looks(self) -> list[Look]:
        tokens, ways = self._theme.tokens, self.transform.ways
        base = self._plane(ways.base)
        kind = self.colour.currentData()
        if kind == "class":
            return class_looks(tokens, ways.labels, len(self.transform.levels))
        return hue_looks(tokens, turns(base)) if kind == "angle" else ramp_looks(tokens, radii(base))

    def _offer_colours(self) -> None:
        classes = bool((self.transform.ways.labels >= 0).any()) and bool(self.transform.levels)
        kinds = [kind for kind in COLOURS if kind != "class" or classes]
        if [self.colour.itemData(place) for place in range(self.colour.count())] != kinds:
            self.colour.clear()
            for kind in kinds:
                self.colour.addItem(COLOURS[kind], kind)
        self.legend.set_names(self.transform.levels if self.colour.currentData() == "class" else ())

    def _move(self) -> None:
        transform = self.transform
        if transform.of_pictures or not transform.known:
            return
        points = self._plane(transform.positions)
        self.plot.move_to(points, transform.grid)
        if transform.chosen >= 0:
            self.plot.way.move(points[transform.chosen])
        self.plot.set_title(title_words(transform.ways.stations, transform.place, transform.timed))
        self._move_arrows()

    def _move_arrows(self) -> None:
        field = self._field
        if field is None or not self.plot.is_layer_visible("arrows"):
            return
        speeds = np.hypot(field["velocity"][..., 0], field["velocity"][..., 1])
        # One scale for all times, which a few very fast ones in a corner do not set.
        speed = float(np.quantile(speeds, _LONG))
        scale = spacing(self._bounds, FIELD_SIDE) / max(speed, 1e-12)
        now = between(field["times"], field["velocity"], self.transform.place)
        self.plot.set_arrows(field["points"], now, scale)
        self.plot.set_readout(f"one cell long: {speed:.3g} per unit of time")

    def _show_way(self) -> None:
        transform, index = self.transform, self.transform.chosen
        if index < 0 or transform.of_pictures:
            self.plot.set_way(_EMPTY, _EMPTY)
            self.point.setText("")
            return
        # Layers are few, and points may turn on their way from one to the next; moments are many.
        steps = max(1, LINE_POINTS // len(transform.ways.stations))
        path = self._plane(transform.ways.line(index, steps))
        self.plot.set_way(path, path[::steps])
        self.plot.way.move(self._plane(transform.positions)[index])
        self.point.setText(self._point_words(index))

    def _point_words(self, index: int) -> str:
        assert self._preparation is not None
        end = self._preparation.to_data(self.transform.ways.way[-1][index:index + 1])[0]
        start = self.transform.ways.base[index]
        shown = [", ".join(f"{value:.3g}" for value in point[list(self.axes)[:len(point)]]) for point in (start, end)]
        return f"({shown[0]}) → ({shown[1]})".replace("-", "−")

    def _plane(self, x: Array) -> Floats:
        return np.asarray(plane(x, self.axes), float)

    # Building.

    def _arrange(self) -> None:
        header = QHBoxLayout(self.header)
        header.setContentsMargins(8, 0, 0, 0)
        header.setSpacing(6)
        for widget in (self.colour, self.second, self._against, self.first):
            header.addWidget(widget)
        header.addWidget(self.legend, 1, Qt.AlignmentFlag.AlignVCenter)
        side = QWidget()
        beside = QVBoxLayout(side)
        beside.setContentsMargins(8, 8, 4, 4)
        title = QLabel("What log p(x) is the sum of, nats")
        title.setProperty("role", "title")
        for widget in (title, self.point):
            beside.addWidget(widget)
        beside.addWidget(self.chart, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName(f"{self.objectName()}.splitter")
        both.setChildrenCollapsible(False)
        both.addWidget(self.plot)
        both.addWidget(side)
        both.setStretchFactor(0, 1)
        both.setSizes([640, 250])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    def _connect(self, theme: Theme) -> None:
        transform = self.transform
        transform.ways_changed.connect(self._show_ways)
        transform.moved.connect(self._move)
        transform.chosen_changed.connect(self._show_way)
        self.plot.pointed.connect(transform.point_at)
        self.plot.chosen.connect(transform.pin)
        self.plot.layer_toggled.connect(self._on_layer_toggled)
        self.colour.activated.connect(self._show_ways)
        for combo in (self.first, self.second):
            combo.activated.connect(self._on_axes_chosen)
        theme.changed.connect(self._show_ways)

    def _offer_layers(self, run: Run) -> None:
        wanted = ["points", "way", *(["base"] if len(run.preparation.names) > 1 else [])]
        wanted += ["data"] if run.data is not None else []
        wanted += ["grid"] if len(run.preparation.names) == 2 else []
        wanted += ["arrows"] if self.transform.timed and len(run.preparation.names) == 2 else []
        self.plot.offer_layers(wanted)

    def _arrows_wanted(self) -> bool:
        return self.isVisible() and self.plot.is_layer_visible("arrows")

    def _on_axes_chosen(self) -> None:
        self._framed = False
        self._show_ways()

    def _on_layer_toggled(self, name: str, visible: bool) -> None:
        if name == "arrows":
            self.plot.set_readout("")
            self.field_wanted.emit()
            self._move_arrows()
        elif name == "grid":
            self._move()


def _combo(name: str, title: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(title)
    combo.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo


