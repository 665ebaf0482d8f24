"""Where strange rows lie: the data on two columns, those flagged ringed, and the line beyond which they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from genstudio.applications.anomaly import Threshold
from genstudio.applications.screening import Screening
from genstudio.ui.plain_table import plain_label
from genstudio.ui.plots.binning import Bounds
from genstudio.ui.plots.stage import Stage
from genstudio.ui.theme import Theme
from genstudio.ui.view_choice import ViewChoice

Array = NDArray[Any]

MOST_POINTS = 200_000
MOST_RINGS = 1_000
NOT_EXACT = "No boundary: the other columns count too."


class AnomalyMap(QWidget):
    """Rows on a pair of columns; a table of one column is shown against the score.

    Signals:
        moved: another part or other columns are looked at, so that another density is wanted.
    """

    moved = Signal()

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._screening: Screening | None = None
        self._threshold: Threshold | None = None
        self._grid: tuple[Array, Array, Array] | None = None
        self._points_of: Array | None = None
        self._row: tuple[Array, float] | None = None
        self._levels: tuple[str, ...] = ()
        self._fitted = False
        self.choice = ViewChoice(prefix, all_pairs=False)
        self.stage = Stage(theme, f"{prefix}.stage")
        self.stage.set_title("Map")
        # The histogram beside it names the same colours, and covers nothing.
        self.stage.item.legend.hide()
        self.offer_density(True)
        self._chosen = pg.ScatterPlotItem(size=22, symbol="o", brush=None)
        self.stage.add_overlay(self._chosen)
        self._sentence = _sentence(prefix)
        self._lay_out()
        self.choice.changed.connect(self._on_columns_chosen)
        self.stage.view_changed.connect(lambda _: self.moved.emit())
        theme.changed.connect(self._retheme)
        self._retheme()

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns that are looked at; none where the score itself is an axis, or one column is chosen twice."""
        x, y = self.choice.columns
        return () if len(self._names) < 2 or x == y else (x, y)

    def bounds(self) -> Bounds:
        """What part is seen: x0, x1, y0, y1."""
        return self.stage.bounds()

    def set_columns(self, names: Sequence[str], levels: Sequence[str]) -> None:
        """Begin anew with other data.

        Arguments:
            names: of the columns, plain text.
            levels: what rows not marked and rows marked anomalous are called.
        """
        self._names, self._levels = tuple(names), (*levels, "no label")
        self._screening = self._threshold = self._grid = self._points_of = self._row = None
        self._fitted = False
        self.stage.clear()
        self._chosen.clear()
        self.choice.set_columns(names)
        self._sentence.setVisible(len(names) > 2)

    def set_screening(self, screening: Screening, threshold: Threshold) -> None:
        """Show scored rows and a threshold on them."""
        self._screening = screening
        if self._outdated(screening.x):
            self._draw_points()
        self.set_threshold(threshold)

    def set_threshold(self, threshold: Threshold) -> None:
        """Ring the rows beyond a threshold, and draw the line where it lies."""
        self._threshold = threshold
        if self._screening is not None:
            rings = self._screening.flagged(threshold, MOST_RINGS)
            self.stage.set_flagged(self._plane(self._screening.x[rings], self._screening.scores[rings]))
        self._draw_boundary()

    def set_density(self, answer: Mapping[str, Array]) -> None:
        """Show a model's log-density over the pair of columns, as `density_grid` answers."""
        x0, x1, y0, y1 = answer["bounds"]
        rows, columns = answer["log_prob"].shape
        xs = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
        ys = y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows
        self._grid = (xs, ys, answer["log_prob"])
        self.stage.set_density(*self._grid)
        self._draw_boundary()

    def offer_density(self, known: bool) -> None:
        """Offer what hangs on a density over the columns only where it is known; one column has a boundary always."""
        layers = ["heat", "contours"] if known else []
        self.stage.offer_layers(["data", *layers, *(["boundary"] if known or len(self._names) == 1 else []), "flagged"])

    def mark(self, x: Array | None, score: float = 0.0) -> None:
        """Ring one row, shape (D,), besides the flagged ones; None: no row."""
        self._row = None if x is None else (x, score)
        self._draw_chosen()

    def marked(self) -> Array | None:
        """The row that is ringed besides the flagged ones, shape (D,), or None."""
        return None if self._row is None else self._row[0]

    def _lay_out(self) -> None:
        header = QVBoxLayout()
        header.setContentsMargins(12, 4, 8, 0)
        header.setSpacing(2)
        header.addWidget(self.choice)
        header.addWidget(self._sentence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.stage, 1)

    def _outdated(self, x: Array) -> bool:
        """Whether the points drawn are others; those of a training run stay the same under new scores."""
        drawn, self._points_of = self._points_of, x
        return len(self._names) == 1 or drawn is None or not np.array_equal(drawn, x)

    def _plane(self, x: Array, scores: Array) -> Array:
        """Places on the map, shape (N, 2)."""
        if len(self._names) == 1:
            return np.column_stack([x[:, 0], scores])
        return x[:, list(self.choice.columns)]

    def _draw_points(self) -> None:
        if self._screening is None:
            return
        found = self._screening
        some = np.linspace(0, len(found.x) - 1, min(len(found.x), MOST_POINTS)).astype(np.int64)
        marks = None if found.marks is None else np.where(found.marks < 0, 2, found.marks)[some]
        self.stage.set_points(self._plane(found.x[some], found.scores[some]), marks, self._levels)
        self.stage.set_labels(*self._axes())
        if not self._fitted:
            self.stage.fit_view()
            self._fitted = True

    def _axes(self) -> tuple[str, str]:
        if len(self._names) == 1:
            return self._names[0], "score"
        x, y = self.choice.columns
        return self._names[x], self._names[y]

    def _draw_boundary(self) -> None:
        if self._threshold is None or len(self._names) > 2:
            return
        if len(self._names) == 1:
            x0, x1, y0, y1 = self.bounds()
            self.stage.set_boundary([x0, x1], [y0, y1], [[y0, y0], [y1, y1]], self._threshold.value)
        elif self._grid is not None:
            # The line of a score is that of the log-density below zero; and no density is less than any.
            self.stage.set_boundary(*self._grid, -self._threshold.value)

    def _draw_chosen(self) -> None:
        if self._row is None:
            self._chosen.clear()
            return
        x, score = self._row
        place = self._plane(x[None], np.array([score]))
        self._chosen.setData(*(place.T if np.isfinite(place).all() else np.empty((2, 0))))

    def _on_columns_chosen(self) -> None:
        self._grid, self._fitted = None, False
        self.stage.clear()
        self._draw_points()
        if self._threshold is not None:
            self.set_threshold(self._threshold)
        self._draw_chosen()
        self.moved.emit()

    def _retheme(self) -> None:
        self._chosen.setPen(pg.mkPen(self.stage.theme.tokens.accent, width=3))


def _sentence(prefix: str) -> QLabel:
    label = plain_label(f"{prefix}.map_sentence", title="Why there is no boundary")
    label.setText(NOT_EXACT)
    label.setToolTip("In two columns the line would be another in every place of the others")
    label.hide()
    return label
