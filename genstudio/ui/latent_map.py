"""The map page: a latent space with what its places decode to, and a cursor to be dragged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from genstudio.applications.latent_map import MapScale, plane
from genstudio.data.picture_preparation import PicturePreparation
from genstudio.runs.run import Run
from genstudio.ui.latent_model import LatentModel, coordinate_name
from genstudio.ui.latent_rows import DecodedRows
from genstudio.ui.latent_way import Way
from genstudio.ui.plots.class_legend import ClassLegend
from genstudio.ui.plots.latent_plot import LatentPlot
from genstudio.ui.theme import Theme

Array = NDArray[Any]

GRID = 15
"""Pictures along each side of the manifold, as in the textbook."""
WAY_POINTS = 24
SQUARISH = 1.3
"""Rooms that are wider, for their height, show the map and the rows side by side; others one above the other."""
WAITING = "The map is drawn as soon as the model has learned something."
NO_ITEMS = "No items: the data are not at hand"


class LatentMap(QWidget):
    """The plane of two coordinates; for tables, the plane of two columns beside it.

    Signals:
        manifold_wanted: the grid should be decoded elsewhere.
    """

    manifold_wanted = Signal()

    def __init__(self, latent: LatentModel, way: Way, theme: Theme, prefix: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}.map_page")
        self._latent, self._way = latent, way
        self._pictures = True
        self._manifold_of: tuple[Any, ...] = ()
        self.plot = LatentPlot(theme, f"{prefix}.map")
        self.plot.graph.setAccessibleName("Map of the latent space; arrow keys move the cursor")
        self.rows = DecodedRows(theme, f"{prefix}.rows")
        self.legend = ClassLegend(theme, f"{prefix}.legend")
        self.first = _combo(f"{prefix}.axis_x", "Coordinate along the map")
        self.second = _combo(f"{prefix}.axis_y", "Coordinate up the map")
        self._against = QLabel("against")
        self.scale = self.plot.add_tool(
            "by_prior", "prior", "Scale the map by the prior: equal shares of it are equally wide, as in the "
            "textbook's grid; else by the coordinates, where zooming decodes more closely", checkable=True,
        )
        self.scale.setChecked(True)
        self._arrange()
        self._connect()

    def begin(self, run: Run) -> None:
        """Show the space of another run."""
        self._pictures = isinstance(run.preparation, PicturePreparation)
        self._manifold_of = ()
        self.plot.offer_layers(["manifold", "items", "way"] if self._pictures else ["mesh", "items", "way"])
        self.plot.set_square(self._pictures)
        self.plot.set_title("" if run.data is not None else NO_ITEMS)
        self.plot.set_hint(WAITING)
        self.plot.manifold.clear()
        self.plot.set_mesh(np.empty((0, 0, 2)))
        self.rows.setVisible(not self._pictures and len(run.preparation.columns) > 1)
        self.rows.begin(run)
        self.plot.set_scale(MapScale(self.scale.isChecked()))
        self.plot.fit_view()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the rows where there is room for them."""
        super().resizeEvent(event)
        beside = self.width() > SQUARISH * self.height()
        self._both.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)

    # What is decoded.

    def manifold_arguments(self) -> dict[str, Any]:
        """What the question `manifold` should be asked with."""
        scale, latent = self.plot.scale, self._latent
        bounds = None
        if not scale.by_prior and self._pictures:
            bounds = tuple(float(f"{end:.6g}") for end in self.plot.bounds())
        centre = latent.off_map if latent.latent_dim > 2 else None
        return {"n": GRID, "axes": latent.axes, "centre": centre, "bounds": bounds, "condition": latent.condition}

    def manifold_seen(self) -> bool:
        """Whether anybody looks at decoded places."""
        return self.isVisible() and self.plot.is_layer_visible("manifold" if self._pictures else "mesh")

    def show_manifold(self, answer: Mapping[str, Array]) -> None:
        """Show what the grid decodes to."""
        if tuple(answer["axes"]) != self._latent.axes:
            return
        by_prior = bool(np.isnan(answer["bounds"]).all())
        if self._pictures and answer["x"].ndim == 4 and by_prior == self.plot.scale.by_prior:
            bounds = self.plot.scale.manifold_bounds(GRID, tuple(answer["bounds"]))
            self.plot.set_manifold(answer["x"], GRID, bounds)
        elif not self._pictures and answer["x"].ndim == 2:
            grid = np.stack(np.meshgrid(answer["first"], answer["second"]), axis=-1)
            self.plot.set_mesh(grid)
            self.rows.show_mesh(answer["x"].reshape(GRID, GRID, -1))

    def show_decoded(self, x: Array) -> None:
        """Show in data space where the point lies, shape (1, D)."""
        if not self._pictures and x.ndim == 2:
            self.rows.show_point(x[0])

    # Building.

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 4, 8, 0)
        header.setSpacing(6)
        for widget in (self.second, self._against, self.first):
            header.addWidget(widget)
        header.addStretch(1)
        self._both = QSplitter(Qt.Orientation.Horizontal)
        self._both.setObjectName(f"{self.objectName()}.splitter")
        self._both.setChildrenCollapsible(False)
        self._both.addWidget(self.plot)
        self._both.addWidget(self.rows)
        self._both.setSizes([500, 500])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.legend)
        layout.addWidget(self._both, 1)
        self._show_axes()

    def _connect(self) -> None:
        latent = self._latent
        latent.moved.connect(self._on_moved)
        latent.space_changed.connect(self._show_axes)
        latent.axes_changed.connect(self._on_axes_changed)
        latent.items_changed.connect(self._show_items)
        self._way.changed.connect(self._show_way)
        self.plot.cursor_moved.connect(latent.go_on_map)
        self.plot.view_changed.connect(self._on_view_changed)
        self.plot.layer_toggled.connect(lambda *_: self.manifold_wanted.emit())
        for combo in (self.first, self.second):
            combo.activated.connect(self._on_axes_chosen)
        self.scale.toggled.connect(self._on_scale_chosen)

    # What is shown.

    def _show_axes(self) -> None:
        if self._latent.known:
            self.plot.set_hint("")
        names = [coordinate_name(axis) for axis in range(self._latent.latent_dim)]
        for combo, axis in zip((self.first, self.second), self._latent.axes, strict=True):
            if combo.count() != len(names):
                combo.clear()
                combo.addItems(names)
            combo.setCurrentIndex(axis)
        for widget in (self.first, self._against, self.second):
            widget.setVisible(len(names) > 2)
        second = "spread for sight" if len(names) == 1 else coordinate_name(self._latent.axes[1])
        self.plot.set_labels(coordinate_name(self._latent.axes[0]), second)

    def _on_axes_changed(self) -> None:
        self._show_axes()
        self._show_items()
        self._show_way()
        self._on_moved()

    def _show_items(self) -> None:
        latent = self._latent
        points = plane(latent.items, latent.axes) if len(latent.items) else np.empty((0, 2))
        classes = None
        if latent.levels and len(latent.labels):
            classes = np.where(latent.labels < 0, len(latent.levels), latent.labels)
        self.legend.set_names(latent.levels if classes is not None else ())
        before = len(self.plot.arrays().get("items", ()))
        self.plot.set_items(points, classes)
        if not before and len(points):
            self.plot.fit_view()

    def _show_way(self) -> None:
        axes = self._latent.axes
        stations, line = self._way.points, self._way.line(WAY_POINTS)
        empty = np.empty((0, 2))
        self.plot.set_way(plane(stations, axes) if len(stations) else empty, plane(line, axes) if len(line) else empty)

    def _on_moved(self) -> None:
        if self._latent.latent_dim:
            self.plot.set_cursor(*self._latent.cursor)
        centre = (tuple(self._latent.off_map), self._latent.axes, self._latent.condition)
        if centre != self._manifold_of:
            self._manifold_of = centre
            self.manifold_wanted.emit()

    # What the person does.

    def _on_view_changed(self) -> None:
        if not self.plot.scale.by_prior and self._pictures:
            self.manifold_wanted.emit()

    def _on_axes_chosen(self) -> None:
        self._latent.choose_axes(self.first.currentIndex(), self.second.currentIndex())

    def _on_scale_chosen(self, by_prior: bool) -> None:
        self.plot.set_scale(MapScale(by_prior))
        self.manifold_wanted.emit()


def _combo(name: str, title: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title.partition(":")[0])
    combo.setToolTip(title)
    return combo
