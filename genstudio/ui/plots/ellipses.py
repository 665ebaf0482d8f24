"""Gaussian components as ellipses that can be dragged by hand."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Qt, Signal

from genstudio.errors import DataError
from genstudio.ui.plots import binning, covariances, gate
from genstudio.ui.plots.binning import Bounds
from genstudio.ui.plots.layers import Layer
from genstudio.ui.plots.paint import faded, series_colour
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]

# Axis handles sit on the outer outline, clear of the centre.
_HANDLE_SIGMAS = 2.0
_LABELLED_AT_MOST = 12


class EllipseSignals(QObject):
    """News of the ellipses.

    `edited(index, mean, covariance)` at every movement of the mouse, arrays of shape (2,) and (2, 2);
    `edit_finished(index)` when it is let go.
    """

    edited = Signal(int, object, object)
    edit_finished = Signal(int)


class EllipseLayer(Layer):
    """One ellipse a component, at one and two standard deviations; handles while editable."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens, plot: pg.PlotItem) -> None:
        super().__init__(title, icon, depth)
        self.signals = EllipseSignals()
        self.selected = 0
        self.editable = False
        self._tokens, self._plot = tokens, plot
        self._means, self._axes, self._weights = np.empty((0, 2)), np.empty((0, 2, 2)), np.empty(0)
        self._ellipses: list[_Ellipse] = []
        self._moving: int | None = None

    def set(self, means: ArrayLike, covariance: ArrayLike, weights: ArrayLike | None = None) -> None:
        """Take components; ignored while the person drags one.

        Arguments:
            means: shape (K, 2).
            covariance: shape (K, 2, 2).
            weights: shape (K,), shown as numbers and line widths.
        """
        if self._moving is not None:
            return
        self._means, good = gate.points(means, self.title)
        spreads = _spreads(covariance, len(good))[good]
        self._axes = np.array([covariances.axes_of(spread) for spread in spreads]).reshape(-1, 2, 2)
        given = np.full(len(good), 1 / max(len(good), 1)) if weights is None else gate.column(weights, "weights")
        self._weights = np.nan_to_num(given[good])
        self._match_count()
        for place in range(len(self._ellipses)):
            self._show(place)

    def set_editable(self, editable: bool) -> None:
        """Show handles, or hide them (while training moves the components)."""
        self.editable = editable
        for place, ellipse in enumerate(self._ellipses):
            ellipse.show_handles(editable and self.visible)
            self._show(place)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the layer."""
        super().set_visible(visible)
        self.set_editable(self.editable)

    def nudge(self, right: float, up: float) -> None:
        """Move the selected component's mean, in data units; the way of the keyboard."""
        if self.editable and self.selected < len(self._means):
            self._means[self.selected] += (right, up)
            self._tell(self.selected)
            self.signals.edit_finished.emit(self.selected)

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._tokens = tokens
        for place, ellipse in enumerate(self._ellipses):
            ellipse.retheme(tokens, place)
            self._show(place)

    def extent(self) -> Bounds | None:
        """Two standard deviations round every mean."""
        reach = _HANDLE_SIGMAS * np.sqrt((self._axes**2).sum(axis=1))
        return binning.extent(np.concatenate([self._means - reach, self._means + reach]))

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Means, shape (K, 2), covariances row by row, shape (K, 4), and weights."""
        if len(self._means) == 0:
            return {}
        spreads = np.array([covariances.covariance_of(axes) for axes in self._axes])
        return {"mean": self._means, "covariance": spreads.reshape(-1, 4), "weight": self._weights}

    def handles(self, index: int) -> list[pg.TargetItem]:
        """The centre and the two axis handles of a component."""
        return self._ellipses[index].handles

    def _match_count(self) -> None:
        while len(self._ellipses) < len(self._means):
            place = len(self._ellipses)
            ellipse = _Ellipse(self._plot, self._depth)
            ellipse.retheme(self._tokens, place)
            for role, handle in enumerate(ellipse.handles):
                handle.sigPositionChanged.connect(partial(self._on_moved, place, role))
                handle.sigPositionChangeFinished.connect(partial(self._on_released, place))
            ellipse.show_handles(self.editable and self.visible)
            self._ellipses.append(ellipse)
        while len(self._ellipses) > len(self._means):
            self._ellipses.pop().remove(self._plot)
        self.items = [item for ellipse in self._ellipses for item in (ellipse.curve, ellipse.label)]
        super().set_visible(self.visible)

    def _show(self, place: int) -> None:
        width = 1.0 + 2.0 * float(self._weights[place]) / max(float(self._weights.max()), 1e-12)
        text = f"{self._weights[place]:.2f}" if len(self._means) <= _LABELLED_AT_MOST else ""
        pen = pg.mkPen(series_colour(self._tokens, place), width=width)
        self._ellipses[place].show(self._means[place], self._axes[place], pen, text, self._moving)

    def _on_moved(self, place: int, role: int, handle: pg.TargetItem) -> None:
        if self._ellipses[place].placing:
            return
        self._moving, self.selected = role, place
        position = np.array([handle.pos().x(), handle.pos().y()])
        if role == 0:
            self._means[place] = position
        else:
            vector = (position - self._means[place]) / _HANDLE_SIGMAS
            self._axes[place] = covariances.dragged_axes(self._axes[place], role - 1, vector)
        self._tell(place)

    def _on_released(self, place: int, _handle: pg.TargetItem) -> None:
        self._moving = None
        self._show(place)
        self.signals.edit_finished.emit(place)

    def _tell(self, place: int) -> None:
        self._show(place)
        covariance = covariances.covariance_of(self._axes[place])
        self.signals.edited.emit(place, self._means[place].copy(), covariance)


class _Ellipse:
    """The items of one component."""

    def __init__(self, plot: pg.PlotItem, depth: int) -> None:
        self.placing = False
        self.curve = pg.PlotCurveItem(connect="finite")
        self.label = pg.TextItem(anchor=(0.5, 1.4))
        self.handles = [
            pg.TargetItem(size=size, symbol=symbol, movable=True) for size, symbol in ((13, "o"), (10, "s"), (10, "s"))
        ]
        self.handles[0].setCursor(Qt.CursorShape.SizeAllCursor)
        for item in (self.curve, self.label, *self.handles):
            item.setZValue(depth + (item in self.handles))
            plot.addItem(item, ignoreBounds=True)

    def show(self, mean: Floats, axes: Floats, pen: object, text: str, moving: int | None) -> None:
        """Draw outlines and put handles in place; the one in the hand stays under the mouse."""
        self.placing = True
        gap = np.full((1, 2), np.nan)
        path = np.concatenate([covariances.outline(mean, axes, 1), gap, covariances.outline(mean, axes, 2)])
        self.curve.setData(path[:, 0], path[:, 1], connect="finite", pen=pen)
        if text != self.label.toPlainText():
            self.label.setText(text)
        self.label.setPos(*mean)
        places = (mean, *(mean + _HANDLE_SIGMAS * axes))
        for role, (handle, place) in enumerate(zip(self.handles, places, strict=True)):
            # Hidden ones follow when they are shown: while a model learns, moving them takes most of the time.
            if role != moving and handle.isVisible():
                handle.setPos(*place)
        self.placing = False

    def show_handles(self, visible: bool) -> None:
        """Show the handles, or not."""
        for handle in self.handles:
            handle.setVisible(visible)

    def retheme(self, tokens: Tokens, place: int) -> None:
        """Take up colours."""
        self.label.setColor(tokens.text)
        self.label.fill = pg.mkBrush(faded(tokens.plot, 0.65))
        for handle in self.handles:
            handle.setPen(pg.mkPen(series_colour(tokens, place), width=1.5))
            handle.setBrush(pg.mkBrush(faded(tokens.plot, 0.85)))
            handle.setHoverPen(pg.mkPen(tokens.text, width=2))
            handle.setHoverBrush(pg.mkBrush(series_colour(tokens, place)))

    def remove(self, plot: pg.PlotItem) -> None:
        """Take the items off the plot."""
        for item in (self.curve, self.label, *self.handles):
            plot.removeItem(item)


def _spreads(covariance: ArrayLike, count: int) -> Floats:
    found, good = gate.points(np.asarray(covariance).reshape(count, 4), "covariances", width=4)
    if not good.all():
        raise DataError("A covariance is not finite and cannot be drawn.")
    return found.reshape(-1, 2, 2)
