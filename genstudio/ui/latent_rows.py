"""Where latent points of a table come out among its rows: the warped grid and the decoded point."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.runs.run import Run
from genstudio.ui.plots.latent_layers import CursorLayer, MeshLayer
from genstudio.ui.plots.stage import Stage
from genstudio.ui.theme import Theme
from genstudio.ui.view_choice import ViewChoice

Array = NDArray[Any]
MOST_POINTS = 5_000


class DecodedRows(QWidget):
    """Two columns of the data, and over them what the latent space makes of them."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._mesh: Array = np.empty((0, 0, 0))
        self._point: Array | None = None
        self._points: Array = np.empty((0, 0))
        self._run: Run | None = None
        self.choice = ViewChoice(name, all_pairs=False)
        self.stage = Stage(theme, f"{name}.stage")
        self.stage.set_title("Decoded, over the data")
        self.stage.offer_layers(["data"])
        self.mesh = MeshLayer("Decoded grid", "manifold", 40, theme.tokens)
        self.point = CursorLayer(theme.tokens)
        for item in (*self.mesh.items, *self.point.items):
            self.stage.add_overlay(item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.choice)
        layout.addWidget(self.stage, 1)
        self.choice.changed.connect(self._on_columns_chosen)
        theme.changed.connect(partial(self._retheme, theme))

    def begin(self, run: Run) -> None:
        """Show the data of another run."""
        self._run = run
        self._mesh, self._point = np.empty((0, 0, 0)), None
        self._points = np.empty((0, 0)) if run.data is None else _rows(run.data)
        self.choice.set_columns(run.preparation.names)
        self._on_columns_chosen()

    def show_mesh(self, x: Array) -> None:
        """Show what a grid of latent points decodes to, shape (n, n, D)."""
        self._mesh = x
        self._draw()

    def show_point(self, x: Array) -> None:
        """Show where the current point comes out, shape (D,)."""
        self._point = x
        self._draw_point()

    def _columns(self) -> list[int]:
        return list(self.choice.columns)

    def _draw(self) -> None:
        wide = self._mesh.shape[-1] > 1
        self.mesh.set(self._mesh[..., self._columns()] if wide else np.empty((0, 0, 2)))
        if not len(self._points) and wide:
            self._fit_mesh()

    def _draw_point(self) -> None:
        if self._point is not None and len(self._point) > 1:
            x, y = self._point[self._columns()]
            self.point.set((float(x), float(y)), np.array([x, y]))

    def _fit_mesh(self) -> None:
        points = self._mesh.reshape(-1, self._mesh.shape[-1])[:, self._columns()]
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        self.stage.set_bounds((float(x0), float(x1), float(y0), float(y1)))

    def _on_columns_chosen(self) -> None:
        names = () if self._run is None else self._run.preparation.names
        if len(names) < 2:
            return
        columns = self._columns()
        self.stage.set_labels(*(names[column] for column in columns))
        if self._points.shape[1] > 1:
            self.stage.set_points(self._points[:, columns])
            self.stage.fit_view()
        self._draw()
        self._draw_point()

    def _retheme(self, theme: Theme) -> None:
        self.mesh.retheme(theme.tokens)
        self.point.retheme(theme.tokens)


def _rows(data: Dataset) -> Array:
    """Training rows in data units, at most so many."""
    some = np.linspace(0, len(data.train) - 1, min(MOST_POINTS, len(data.train))).astype(np.int64)
    found: Array = data.preparation.to_data(data.train[some])
    return found


