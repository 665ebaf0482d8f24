"""What still axes say while points move: the data's own units at the foot and on the left, the base's opposite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation import Preparation
from genstudio.ui.plots.paths_plot import PathsPlot, Ticks

Array = NDArray[Any]
Floats = NDArray[np.float64]

_TICKS = 6
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_SIDES = (("bottom", "top"), ("left", "right"))


class TransformAxes:
    """Ticks for the part of the plane that is in sight.

    The plane itself is that of model units. Where points end, a place stands for a value of a column in data units;
    where they begin, for a coordinate of the base. Both are written on, each on its own side.
    """

    def __init__(self, plot: PathsPlot) -> None:
        self._plot = plot
        self._preparation: Preparation | None = None
        self._columns: tuple[int, ...] = ()
        self._shift, self._scale = np.zeros(2), np.ones(2)
        plot.view_changed.connect(self.refresh)

    def take(self, preparation: Preparation, columns: tuple[int, ...], base: Floats, first: Floats) -> None:
        """Say what is along the axes.

        Arguments:
            columns: the one along x, and the one along y unless points are spread for sight there.
            base: points of the base, shape (N, Z).
            first: where those lie at the first station, model units, shape (N, D).
        """
        self._preparation, self._columns = preparation, columns
        spread = np.maximum(base.std(axis=0), 1e-12)
        scale = np.where(base.std(axis=0) > 0, first.std(axis=0) / spread, 1.0)
        self._scale, self._shift = scale, first.mean(axis=0) - scale * base.mean(axis=0)
        if len(columns) == 2:
            both = list(columns)
            self._plot.set_base(self._shift[both], self._scale[both])
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Write round numbers where they stand in the view."""
        preparation, bounds = self._preparation, self._plot.bounds()
        if preparation is None:
            return
        for axis, (near, far) in enumerate(_SIDES):
            if axis >= len(self._columns):
                self._plot.set_ticks(near, "spread for sight", [])
                self._plot.set_ticks(far, "", None)
                continue
            column, ends = self._columns[axis], (bounds[2 * axis], bounds[2 * axis + 1])
            name, plain = preparation.names[column], preparation.scaling.name == "none"
            self._plot.set_ticks(near, name, None if plain else data_ticks(preparation, column, ends))
            shift, scale = float(self._shift[column]), float(self._scale[column])
            self._plot.set_ticks(far, f"z{column + 1} in the base", base_ticks(shift, scale, ends))


def data_ticks(preparation: Preparation, column: int, ends: tuple[float, float]) -> Ticks:
    """Round numbers in data units, and where they stand between two ends in model units."""
    alone: Any = preparation.part([column])
    with np.errstate(all="ignore"):
        low, high = np.sort(alone.to_data(np.array(ends)[:, None])[:, 0])
        values = round_values(float(low), float(high))
        places = alone.to_model(values[:, None])[:, 0]
    return [(float(place), _tidy(value)) for place, value in zip(places, values, strict=True)
            if np.isfinite(place) and ends[0] <= place <= ends[1]]


def base_ticks(shift: float, scale: float, ends: tuple[float, float]) -> Ticks:
    """Round coordinates of the base, and where they stand between two ends in model units."""
    if not scale > 0:
        return []
    values = round_values((ends[0] - shift) / scale, (ends[1] - shift) / scale)
    return [(float(shift + scale * value), _tidy(value)) for value in values]


def round_values(low: float, high: float) -> Floats:
    """About six round numbers between two; none where there is nothing between them."""
    if not (np.isfinite(low) and np.isfinite(high) and high > low):
        return np.empty(0)
    rough = (high - low) / _TICKS
    size = 10.0 ** np.floor(np.log10(rough))
    step = size * min(factor for factor in _ROUND if factor * size >= rough * (1 - 1e-9))
    return np.asarray(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step)


def _tidy(value: float) -> str:
    return f"{value + 0.0:.6g}".replace("-", "−")
