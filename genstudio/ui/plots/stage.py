"""The stage: data, samples, densities and components over one pair of axes, each switchable."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from genstudio.ui.plots import binning
from genstudio.ui.plots.density_layers import ContourLayer, HeatLayer, checked_grid
from genstudio.ui.plots.ellipses import EllipseLayer
from genstudio.ui.plots.error_layer import ErrorLayer
from genstudio.ui.plots.layered import LayeredPlot
from genstudio.ui.plots.layers import FlaggedLayer, PointsLayer
from genstudio.ui.plots.levels import FEW_MASSES, IMPOSSIBLE_NATS
from genstudio.ui.plots.paint import faded, retheme_legend
from genstudio.ui.plots.warped_grid import WarpedGridLayer
from genstudio.ui.theme import Theme

_NUDGES = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}
_NUDGE_SHARE = 0.01


class Stage(LayeredPlot):
    """A two-dimensional view with layers.

    The layers are "data", "samples", "heat", "contours", "truth", "boundary", "errors", "flagged", "latent" and
    "components"; their switches are named `<name>.layer.<layer>`. Further signals: `layer_toggled(layer, visible)`,
    `stroked(phase, x, y)` while drawing, `component_edited(index, mean, covariance)` and
    `component_edit_finished(index)`.

    Arguments:
        equal_aspect: one unit is as long along x as along y.
    """

    stroked = Signal(str, float, float)
    component_edited = Signal(int, object, object)
    component_edit_finished = Signal(int)

    def __init__(self, theme: Theme, name: str = "stage", equal_aspect: bool = False,
                 parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._legend = self.item.addLegend(offset=(-12, 10), labelTextSize="9pt")
        self._make_layers()
        self.box.setAspectLocked(equal_aspect)
        self.box.stroked.connect(self.stroked)
        self.view_changed.connect(self._on_view_changed)
        self.retheme()

    # What is shown.

    def set_points(self, points: ArrayLike, classes: ArrayLike | None = None, names: Sequence[str] = ()) -> None:
        """Show data.

        Arguments:
            points: shape (N, 2); rows that are not finite are left out.
            classes: whole numbers from 0, shape (N,).
            names: what the classes are called, plain text.
        """
        self.data.set(points, classes, names)
        self._refine("data")
        self._fill_legend()

    def set_samples(self, points: ArrayLike, classes: ArrayLike | None = None) -> None:
        """Show samples of a model, shape (N, 2), and the component of each, shape (N,)."""
        self.samples.set(points, classes, ())
        self._refine("samples")

    def set_density(self, xs: ArrayLike, ys: ArrayLike, log_density: ArrayLike, lines: bool = True) -> None:
        """Show a model's density as heat map and contours.

        Arguments:
            xs, ys: evenly spaced cell centres, shapes (C,) and (R,).
            log_density: nats, shape (R, C); -inf where it is zero.
            lines: whether contours are drawn, too; those of an estimate would be ragged.
        """
        grid = checked_grid(xs, ys, log_density, "density")
        self.heat.set(grid)
        self.contours.set(grid if lines else None)
        self._uncover_density()

    def set_truth(self, xs: ArrayLike, ys: ArrayLike, log_density: ArrayLike) -> None:
        """Show the true density as dashed contours; arguments as for `set_density`."""
        self.truth.set(checked_grid(xs, ys, log_density, "truth"))

    def set_errors(
        self, xs: ArrayLike, ys: ArrayLike, log_ratio: ArrayLike, typical: float, *, bound: bool = False
    ) -> None:
        """Show where a model errs.

        Arguments:
            xs, ys: as for `set_density`.
            log_ratio: log p_model - log p_true, nats, shape (R, C); NaN where there is nothing to tell.
            typical: size of it, nats, by which the limits of the colours are chosen.
            bound: the model has at least this density.
        """
        bounded = np.clip(log_ratio, -IMPOSSIBLE_NATS, IMPOSSIBLE_NATS)
        self.errors.set(checked_grid(xs, ys, bounded, "errors"), typical, bound)

    def set_boundary(self, xs: ArrayLike, ys: ArrayLike, values: ArrayLike, level: float) -> None:
        """Show the line on which a score has a value; arguments as for `set_density`."""
        self.boundary.set(checked_grid(xs, ys, values, "boundary"), [level])

    def set_flagged(self, points: ArrayLike) -> None:
        """Ring points, shape (N, 2)."""
        self.flagged.set(points)

    def set_latent_grid(self, points: ArrayLike) -> None:
        """Show where a grid of latent points lies among the data, shape (R, C, 2)."""
        self.latent.set(points)

    def set_components(self, means: ArrayLike, covariances: ArrayLike, weights: ArrayLike | None = None) -> None:
        """Show Gaussian components: shapes (K, 2), (K, 2, 2) and (K,)."""
        self.components.set(means, covariances, weights)

    def set_components_editable(self, editable: bool) -> None:
        """Let the person drag components, or not."""
        self.components.set_editable(editable)

    def add_overlay(self, item: pg.GraphicsObject) -> None:
        """Put an item of the owner's own in front; it stays the owner's to theme."""
        item.setZValue(100)
        self.item.addItem(item, ignoreBounds=True)

    def clear_model(self) -> None:
        """Take away all that a model believes; data and truth stay."""
        self.heat.set(None)
        self.contours.set(None)
        self.boundary.set(None)
        self.errors.set(None)
        self._uncover_density()
        self.set_samples(np.empty((0, 2)))
        self.set_flagged(np.empty((0, 2)))
        self.set_latent_grid(np.empty((0, 0, 2)))
        self.set_components(np.empty((0, 2)), np.empty((0, 2, 2)))

    def clear(self) -> None:
        """Take away everything."""
        self.clear_model()
        self.truth.set(None)
        self.set_points(np.empty((0, 2)))

    # How it is shown.

    def layer_names(self) -> tuple[str, ...]:
        """The layers, in the order of their switches."""
        return tuple(self._layers)

    def set_layer_visible(self, name: str, visible: bool) -> None:
        """Switch a layer on or off, silently."""
        self._switches[name].blockSignals(True)
        self._switches[name].setChecked(visible)
        self._switches[name].blockSignals(False)
        self._show_layer(name, visible)

    def set_layer_title(self, name: str, title: str) -> None:
        """Say what the switch of a layer shows or hides."""
        self._switches[name].setToolTip(title)
        self._switches[name].setAccessibleName(title)

    def offer_layers(self, names: Sequence[str]) -> None:
        """Offer the switches of these layers only."""
        for name, switch in self._switches.items():
            switch.setVisible(name in names)

    def set_drawing(self, drawing: bool) -> None:
        """Hand the left mouse button to a drawing tool (`stroked`), or back to panning."""
        self.box.drawing = drawing
        self.graph.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)

    def link(self, other: Stage) -> None:
        """Zoom and pan together with another stage."""
        self.item.setXLink(other.item)
        self.item.setYLink(other.item)

    def fit_view(self) -> None:
        """Show all data; without data, all components."""
        extent = self.data.extent()
        if extent is None:
            extent = binning.unite(self.samples.extent(), self.components.extent())
        if extent is not None:
            self.set_bounds(extent)

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        tokens = self.theme.tokens
        retheme_legend(self._legend, tokens)
        for name in ("data", "samples"):
            self._refine(name)
        self._fill_legend()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move the selected component."""
        step = _NUDGES.get(Qt.Key(event.key()))
        if step is None or not self.components.editable:
            super().keyPressEvent(event)
            return
        x0, x1, y0, y1 = self.bounds()
        self.components.nudge(step[0] * _NUDGE_SHARE * (x1 - x0), step[1] * _NUDGE_SHARE * (y1 - y0))

    def showEvent(self, event: QShowEvent) -> None:
        """The size in pixels is known only now."""
        super().showEvent(event)
        self._on_view_changed()

    def _make_layers(self) -> None:
        tokens, dashed = self.theme.tokens, Qt.PenStyle.DashLine
        data = PointsLayer("Data", "points", 30, tokens, colour="point", size=5)
        samples = PointsLayer("Samples", "sample", 25, tokens, colour="accent", size=7, symbol="d")
        contours = ContourLayer("Contours", "contours", 20, tokens, colour="contour", alpha=0.6)
        truth = ContourLayer(
            "True density", "truth", 21, tokens, colour="success", style=dashed, masses=FEW_MASSES
        )
        boundary = ContourLayer("Boundary", "boundary", 40, tokens, colour="boundary", width=2)
        self.data = self._add("data", data)
        self.samples = self._add("samples", samples)
        self.heat = self._add("heat", HeatLayer("Density", "heat", 10, tokens))
        self.contours = self._add("contours", contours)
        self.truth = self._add("truth", truth)
        self.boundary = self._add("boundary", boundary)
        errors = ErrorLayer("Errors: model against truth", "plus-minus", 12, tokens, self.box)
        self.errors = self._add("errors", errors)
        self.flagged = self._add("flagged", FlaggedLayer("Flagged", "anomaly", 45, tokens))
        self.latent = self._add("latent", WarpedGridLayer("Latent grid", "warp", 35, tokens))
        self.components = self._add("components", EllipseLayer("Components", "components", 50, tokens, self.item))
        self.components.signals.edited.connect(self.component_edited)
        self.components.signals.edit_finished.connect(self.component_edit_finished)

    def _show_layer(self, name: str, visible: bool) -> None:
        super()._show_layer(name, visible)
        self._uncover_density()
        self._refine(name)
        self._fill_legend()

    def _uncover_density(self) -> None:
        for layer in (self.data, self.samples):
            layer.set_over_density(self.heat.seen)

    def _on_view_changed(self) -> None:
        for name in ("data", "samples"):
            self._refine(name)
        # Of many points those in sight are drawn, which may be of other classes.
        if [name for _, name in self.data.legend()] != [label.text for _, label in self._legend.items]:
            self._fill_legend()

    def _refine(self, name: str) -> None:
        layer = self._layers[name]
        if layer.visible:
            size = self.graph.viewport().size()
            layer.refine(self.bounds(), (size.width(), size.height()))
            self._adopt(layer)

    def _fill_legend(self) -> None:
        self._legend.clear()
        named = self.data.legend() if self.data.visible else []
        for item, name in named:
            self._legend.addItem(item, name)
        # Framed, its symbols are not taken for points; an empty frame would be a blot.
        tokens = self.theme.tokens
        self._legend.setBrush(faded(tokens.plot, 0.85) if named else None)
        self._legend.setPen(tokens.border if named else None)
