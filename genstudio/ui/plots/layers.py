"""What the stage is made of: each layer draws one thing and can be switched off."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtWidgets import QGraphicsItem

from genstudio.errors import DataError
from genstudio.ui.plots import binning, gate
from genstudio.ui.plots.binning import Bounds
from genstudio.ui.plots.paint import (
    SmoothImage,
    count_table,
    faded,
    series_colour,
    series_symbol,
)
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]

_FLAGGED_LIMIT = 2_000
_CELL_PIXELS = 3
_RING_PX = 15
_CELLS_OVER_DENSITY = 0.35
_CROWD_LOG10 = (2.2, 3.3)
_MOST_CELLS = 320
_BEYOND_VIEW = 0.15


class Layer:
    """One thing on the stage.

    Arguments:
        title: what its switch is called.
        icon: what its switch shows.
        depth: layers with a higher one lie in front.
    """

    def __init__(self, title: str, icon: str, depth: int) -> None:
        self.title, self.icon, self._depth = title, icon, depth
        self.visible = True
        self.items: list[pg.GraphicsObject] = []

    def own(self, item: pg.GraphicsObject) -> pg.GraphicsObject:
        """Take an item into the layer."""
        item.setZValue(self._depth)
        item.setVisible(self.visible)
        self.items.append(item)
        return item

    def own_still(self, item: pg.GraphicsObject) -> pg.GraphicsObject:
        """Take in an item that stays as it is while a model learns: it is drawn once and kept as a picture."""
        item.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        return self.own(item)

    def set_depth(self, depth: int) -> None:
        """Bring the layer in front of those with a lower depth."""
        self._depth = depth
        for item in self.items:
            item.setZValue(depth)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the layer."""
        self.visible = visible
        for item in self.items:
            item.setVisible(visible)

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""

    def refine(self, bounds: Bounds, pixels: tuple[int, int]) -> None:
        """Draw again for a view (x0, x1, y0, y1) of a size in pixels, where that matters."""

    def extent(self) -> Bounds | None:
        """What of it should be seen, or None."""
        return None

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """What it shows, shape (N,) or (N, D) each."""
        return {}


class PointsLayer(Layer):
    """Points by class: colour and symbol. Many are thinned, very many are counted in cells."""

    def __init__(
        self, title: str, icon: str, depth: int, tokens: Tokens, *, colour: str, size: float, symbol: str = "o"
    ) -> None:
        super().__init__(title, icon, depth)
        self._tokens, self._colour, self._size, self._symbol = tokens, colour, size, symbol
        self._points = np.empty((0, 2))
        self._coarse = np.empty((0, 2), np.float32)
        self._classes: NDArray[np.int64] | None = None
        self._names: Sequence[str] = ()
        # All points are drawn as they should be, whatever the view.
        self._settled = False
        self._cells = self.own_still(SmoothImage())
        self.scatters: list[pg.ScatterPlotItem] = []

    @property
    def binned(self) -> bool:
        """Whether there are too many points for symbols."""
        return len(self._points) > binning.BINNED_ABOVE

    def set(self, points: ArrayLike, classes: ArrayLike | None, names: Sequence[str]) -> None:
        """Take points.

        Arguments:
            points: shape (N, 2).
            classes: whole numbers from 0, shape (N,), or None.
            names: what the classes are called.
        """
        given = np.asarray(points)
        some = binning.thinned(len(given), binning.COUNTED_AT_MOST) if given.ndim else slice(None)
        self._points, good = gate.points(given[some], self.title)
        labels = None if classes is None else np.asarray(classes)[some]
        self._classes = None if labels is None else _class_numbers(labels, good, self.title)
        self._names, self._settled = names, False
        self._coarse = self._points.astype(np.float32) if self.binned else np.empty((0, 2), np.float32)
        if not self.binned:
            self._shuffle()

    def refine(self, bounds: Bounds, pixels: tuple[int, int]) -> None:
        """Count cells, or choose which points to draw, for a view."""
        self._cells.setVisible(self.visible and self.binned)
        if self.binned:
            self._show_scatters([])
            self._show_cells(bounds, pixels)
        elif not self._settled:
            self._show_points(bounds)
            self._settled = len(self._points) <= binning.SCATTER_LIMIT

    def set_over_density(self, over: bool) -> None:
        """Say whether a picture of a density lies below, which counted cells must not cover."""
        self._cells.setOpacity(_CELLS_OVER_DENSITY if over else 1.0)

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._tokens, self._settled = tokens, False

    def extent(self) -> Bounds | None:
        """All points."""
        return binning.extent(self._points)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """The points, and their classes."""
        if len(self._points) == 0:
            return {}
        key = self.title.lower()
        labels = {} if self._classes is None else {f"{key}.class": self._classes.astype(np.float64)}
        return {key: self._points, **labels}

    def legend(self) -> list[tuple[pg.ScatterPlotItem, str]]:
        """Drawn symbols and their names, where there are classes."""
        if self._classes is None:
            return []
        return [
            (item, html.escape(self._names[place] if place < len(self._names) else f"class {place}"))
            for place, item in enumerate(self.scatters) if len(item.data)
        ]

    def _shuffle(self) -> None:
        """In a random, fixed order the first few of any view stand for all of it."""
        order = np.random.default_rng(0).permutation(len(self._points))
        self._points = self._points[order]
        if self._classes is not None:
            self._classes = self._classes[order]

    def _show_points(self, bounds: Bounds) -> None:
        if len(self._points) > binning.SCATTER_LIMIT:
            chosen = np.flatnonzero(binning.inside(self._points, bounds))[: binning.SCATTER_LIMIT]
        else:
            chosen = np.arange(len(self._points))
        points = self._points[chosen]
        if self._classes is None:
            self._show_scatters([points] if len(points) else [])
            return
        classes = self._classes[chosen]
        highest = int(self._classes.max(initial=-1)) + 1
        self._show_scatters([points[classes == place] for place in range(highest)])

    def _show_scatters(self, groups: list[Floats]) -> None:
        while len(self.scatters) < len(groups):
            self.scatters.append(self.own_still(pg.ScatterPlotItem()))
        for place, item in enumerate(self.scatters):
            group = groups[place] if place < len(groups) else np.empty((0, 2))
            if len(group) or len(item.data):
                item.setData(group[:, 0], group[:, 1], **self._look(place, len(group)))

    def _look(self, place: int, count: int) -> dict[str, object]:
        # The few of a rare class stand out among the many of others.
        crowd = _crowding(count)
        opaque = 0.85 - 0.35 * crowd
        # Rims lift few points off the heat map; those of many would hide it.
        rim = faded(self._tokens.plot, 0.6 * (1 - crowd))
        if self._classes is None:
            return {
                "symbol": self._symbol, "size": self._size * (1 - 0.4 * crowd), "pen": pg.mkPen(rim, width=1),
                "brush": pg.mkBrush(faded(getattr(self._tokens, self._colour), opaque)),
            }
        symbol = series_symbol(place)
        # Strokes alone make up these two.
        stroke = series_colour(self._tokens, place, opaque) if symbol in "+x" else rim
        return {
            "symbol": symbol, "size": (self._size + 2) * (1 - 0.4 * crowd), "pen": pg.mkPen(stroke, width=1),
            "brush": pg.mkBrush(series_colour(self._tokens, place, opaque)),
        }

    def _show_cells(self, bounds: Bounds, pixels: tuple[int, int]) -> None:
        x0, x1, y0, y1 = bounds
        wide, high = _BEYOND_VIEW * (x1 - x0), _BEYOND_VIEW * (y1 - y0)
        view = (x0 - wide, x1 + wide, y0 - high, y1 + high)
        shape = (_cells_along(pixels[1]), _cells_along(pixels[0]))
        found = np.log1p(binning.counts(self._coarse, view, shape))
        table = count_table(getattr(self._tokens, self._colour))
        rectangle = (view[0], view[2], view[1] - view[0], view[3] - view[2])
        self._cells.show_cells(found / max(float(found.max()), 1.0), table, rectangle)


class FlaggedLayer(Layer):
    """Rings round points."""

    def __init__(self, title: str, icon: str, depth: int, tokens: Tokens) -> None:
        super().__init__(title, icon, depth)
        self._points = np.empty((0, 2))
        self._tokens = tokens
        # A broad ring of the ground's colour lifts the bright one off the heat map.
        self._halo = self.own(pg.ScatterPlotItem(size=_RING_PX, symbol="o", brush=None))
        self._rings = self.own(pg.ScatterPlotItem(size=_RING_PX, symbol="o", brush=None))
        self.retheme(tokens)

    def set(self, points: ArrayLike) -> None:
        """Take points, shape (N, 2); of very many some are drawn."""
        self._points, _ = gate.points(points, self.title)
        drawn = self._points[binning.thinned(len(self._points), _FLAGGED_LIMIT)]
        for item in (self._halo, self._rings):
            item.setSize(_RING_PX * (1 - 0.6 * _crowding(len(drawn))))
            item.setData(drawn[:, 0], drawn[:, 1])
        self._draw_pens()

    def retheme(self, tokens: Tokens) -> None:
        """Take up colours."""
        self._tokens = tokens
        self._draw_pens()

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """The points."""
        return {"flagged": self._points} if len(self._points) else {}

    def _draw_pens(self) -> None:
        """Many rings are thin, without halos: they must not bury what they single out."""
        crowd = _crowding(len(self._points))
        self._halo.setPen(pg.mkPen(faded(self._tokens.plot, 0.8 * (1 - crowd)), width=5))
        self._rings.setPen(pg.mkPen(faded(self._tokens.danger, 1 - 0.3 * crowd), width=2 - crowd))


def _crowding(count: int) -> float:
    """From 0, where points are seen singly, to 1, where they must be small and let the density through."""
    return float(np.interp(math.log10(max(count, 1)), _CROWD_LOG10, (0.0, 1.0)))


def _class_numbers(classes: ArrayLike, good: NDArray[np.bool_], name: str) -> NDArray[np.int64] | None:
    found = gate.column(classes, f"{name}, classes")
    if len(found) != len(good):
        raise DataError(f"`{name}` has {len(good)} points but {len(found)} classes.")
    numbers = np.nan_to_num(found[good], nan=-1.0).astype(np.int64)
    # -1 says "of no class"; where all are so, there are none.
    return numbers.clip(0, 63) if (numbers >= 0).any() else None


def _cells_along(pixels: int) -> int:
    share = 1 + 2 * _BEYOND_VIEW
    return max(8, min(_MOST_CELLS, round(pixels * share / _CELL_PIXELS)))
