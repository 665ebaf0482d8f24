"""Pages of rows: over the data, and as a table."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import Preparation
from genstudio.data.reader import Watch
from genstudio.data.table import Table
from genstudio.runs.favourites import Array
from genstudio.runs.sampled import beside_table, sampled_table
from genstudio.ui.plots.line_view import LineView
from genstudio.ui.plots.stage import Stage
from genstudio.ui.pump import Pump
from genstudio.ui.sample_page import Page
from genstudio.ui.sample_table import SampleTable
from genstudio.ui.theme import Theme
from genstudio.ui.view_choice import ViewChoice

DATA_POINTS, DRAWN_POINTS = 50_000, 100_000
SAMPLES_DEPTH = 35
"""In front of the data, as it is the samples that one looks at here."""


class SampleRows(QWidget):
    """Samples over the data with the colours of their components, and as rows.

    Signals:
        picked: the row that was chosen.
        starred: the chosen row is to be put aside, or given back.
    """

    picked = Signal(int)
    starred = Signal()

    def __init__(self, theme: Theme, pump: Pump) -> None:
        super().__init__()
        self._pump = pump
        self._data: Dataset | None = None
        self._preparation: Preparation | None = None
        self._points = np.empty((0, 0))
        self._page: Page | None = None
        self._title = ""
        self._chosen = -1
        self.choice = ViewChoice("samples", all_pairs=False)
        self.stage = Stage(theme, "samples.stage")
        self.stage.offer_layers(["data", "samples"])
        self.stage.samples.set_depth(SAMPLES_DEPTH)
        self.line = LineView(theme, "samples.line")
        self.samples = SampleTable(theme, "samples")
        self._arrange()
        self.choice.changed.connect(self._on_view_chosen)
        self.samples.table.selectionModel().currentRowChanged.connect(lambda now, before: self._on_row(now.row()))
        star = QShortcut(QKeySequence(Qt.Key.Key_S), self.samples.table)
        star.setContext(Qt.ShortcutContext.WidgetShortcut)
        star.activated.connect(self.starred)

    def set_preparation(self, preparation: Preparation) -> None:
        """Show rows of other columns."""
        names = preparation.names
        self._preparation = preparation
        self.choice.set_columns(names)
        self._views.setCurrentIndex(1 if len(names) == 1 else 0)

    def set_data(self, data: Dataset | None) -> None:
        """Show other data behind, or none; brought into data units in the background."""
        if data is self._data:
            return
        self._data = data
        self._set_points(np.empty((0, 0 if self._preparation is None else len(self._preparation.names))))
        if data is not None:
            self._pump.run("samples.points", partial(_points, data), partial(self._on_points, data))

    def show_page(self, page: Page, wanted: int, title: str) -> None:
        """Show other rows; what is chosen stays so.

        Arguments:
            wanted: how many were asked for; more than the page has while a run learns.
            title: of the stage.
        """
        self._page, self._title = page, title
        self._show_rows(page, wanted)
        self._draw_page()

    def clear_choice(self) -> None:
        """Choose no row."""
        self._chosen = -1
        self.samples.table.clearSelection()
        self._draw_ring()

    def table_of(self, page: Page) -> Table | None:
        """The page as it is listed; None when it is empty."""
        if self._preparation is None or not len(page):
            return None
        if page.other is not None:
            return beside_table(self._preparation, page.x, page.other, page.row)
        return sampled_table(self._preparation, page.x, page.component)

    # Inner workings.

    def _arrange(self) -> None:
        self._views = QStackedWidget()
        self._views.addWidget(self.stage)
        self._views.addWidget(self.line)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("samples.splitter")
        both.setChildrenCollapsible(False)
        both.addWidget(self._views)
        both.addWidget(self.samples)
        both.setSizes([560, 440])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.choice.setContentsMargins(12, 0, 12, 0)
        layout.addWidget(self.choice)
        layout.addWidget(both, 1)

    def _show_rows(self, page: Page, wanted: int) -> None:
        selection = self.samples.table.selectionModel()
        # A model that is reset gives up its selection, which is no choice of the person's.
        selection.blockSignals(True)
        self.samples.show_table(self.table_of(page), wanted)
        selection.blockSignals(False)
        self._chosen = self._chosen if self._chosen < len(page) else -1
        if 0 <= self._chosen < self.samples.rows.rowCount():
            self._select(self._chosen)

    def _on_points(self, data: Dataset, points: Array) -> None:
        if data is self._data:
            self._set_points(points)

    def _set_points(self, points: Array) -> None:
        self._points = points
        self._draw_points()

    def _select(self, row: int) -> None:
        selection = self.samples.table.selectionModel()
        with_rows = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        selection.blockSignals(True)
        selection.setCurrentIndex(self.samples.rows.index(row, 0), with_rows)
        selection.blockSignals(False)
        self.samples.table.viewport().update()

    def _draw_points(self) -> None:
        if self._preparation is None or self._points.shape[1] < 2:
            return
        columns = list(self.choice.columns)
        names = self._preparation.names
        self.stage.set_labels(*(names[column] for column in columns))
        self.stage.set_points(self._points[:, columns])
        if len(self._points):
            self.stage.fit_view()

    def _draw_page(self) -> None:
        if self._page is None or self._preparation is None:
            return
        drawn = self._page.x if self._page.other is None else self._page.other
        x = drawn[:DRAWN_POINTS]
        if x.shape[1] == 1:
            if len(x):
                self.line.set_values(x[:, 0], self._preparation.names[0])
            return
        self.stage.set_samples(x[:, list(self.choice.columns)], self._page.component[:DRAWN_POINTS])
        self._draw_ring()
        self.stage.set_title(self._title)
        if not len(self._points):
            self.stage.fit_view()

    def _draw_ring(self) -> None:
        """Find the chosen row, and what it is a reconstruction of, among the points."""
        if self._page is None or self._page.x.shape[1] < 2:
            return
        known = self._page.x if self._page.other is None else np.stack([self._page.x, self._page.other], 1)
        ringed = known[self._chosen:self._chosen + 1] if self._chosen >= 0 else known[:0]
        self.stage.set_flagged(ringed.reshape(-1, self._page.x.shape[1])[:, list(self.choice.columns)])

    def _on_view_chosen(self) -> None:
        self._draw_points()
        self._draw_page()

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self._chosen = row
            self._draw_ring()
            self.picked.emit(row)


def _points(data: Dataset, watch: Watch) -> Array:
    """Rows in data units, at most so many as a stage can show, evenly spaced."""
    everything = data.everything
    some = np.linspace(0, len(everything) - 1, min(DATA_POINTS, len(everything))).astype(np.int64)
    return data.preparation.to_data(everything[some])
