"""How sequences go on, what fills their gaps, and sampled ones beside real ones."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout

from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.data.table import Table
from genstudio.models.sequential import Continues
from genstudio.runs.run import Run
from genstudio.runs.whole_series import WholeSeries, whole_series
from genstudio.ui.continue_forecast import ForecastView
from genstudio.ui.continue_gaps import GapsView
from genstudio.ui.continue_sampled import SampledView
from genstudio.ui.continue_view import ContinueView
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import quiet_button

VIEWS = {
    "forecast": ("Forecast", "forecast", "What comes after a row of the series"),
    "gaps": ("Gaps", "gaps", "What is missing, or hidden by hand, filled in"),
    "sampled": ("Sampled", "sample", "Sequences that the model invents, under real ones"),
}
MOST_KEYS = 2_000


class ContinuesPanel(Panel):
    """Three views of one sequence, chosen by buttons."""

    info = PanelInfo(
        key="continues",
        title="Forecast & gaps",
        icon="forecast",
        order=33,
        help="How a sequence goes on after a line that you drag, what fills its gaps or a stretch that you hide, and "
        "sampled sequences beside real ones; each by many draws, with bands that hold 50 and 90 % of them.",
        needs=Continues,
        needs_run=True,
        doing="go on with sequences",
    )

    def build(self) -> None:
        """A line of buttons over the views."""
        self._run: Run | None = None
        self._series: WholeSeries | None = None
        self.views: dict[str, ContinueView] = {
            view.key: view for view in (ForecastView(self), GapsView(self), SampledView(self))
        }
        self.current = "forecast"
        self._group = QButtonGroup(self)
        self._buttons = {key: self._button(key) for key in VIEWS}
        self.sequence = FocusedCombo()
        self.sequence.setObjectName("continues.sequence")
        self.sequence.setAccessibleName("Sequence")
        self.sequence.setToolTip("Which sequence is looked at")
        self.sequence.setMaximumWidth(220)
        self.exporting = quiet_button(self.theme, "continues.export", "export", "Export…", "Save all draws (Ctrl+E)")
        self._pages = QStackedWidget()
        for view in self.views.values():
            self._pages.addWidget(view)
        self._arrange()
        self.sequence.activated.connect(lambda place: self._show_sequence())
        self.exporting.clicked.connect(self.export)
        for plot in (plot for view in self.views.values() for plot in view.plots):
            plot.export_failed.connect(self.model.messages.show_error)
        self.show_view("forecast")

    def run_changed(self, run: Run | None) -> None:
        """Take up another run's sequences."""
        if run is None or run is self._run:
            return
        self._run, self._series = run, None
        self._offer_sequences()
        self._show_sequence()
        preparation, table = run.preparation, run.table
        if table is not None and isinstance(preparation, SequencePreparation):
            work = partial(_series, preparation, table, run.data)
            self.model.pump.run("continues.series", work, partial(self._on_series, run), self.model.messages.show_error)

    def show_view(self, key: str) -> None:
        """Show "forecast", "gaps" or "sampled"."""
        self.current = key
        self._buttons[key].setChecked(True)
        self._pages.setCurrentWidget(self.views[key])
        for other, view in self.views.items():
            view.set_seen(other == key and not self._waiting)

    def export(self) -> None:
        """Ask for a file, and write what the view shows."""
        self.views[self.current].export()

    # Inner workings.

    @property
    def _waiting(self) -> bool:
        """Whether the sequences are still being put in order."""
        return self._series is None and self._run is not None and self._run.table is not None

    def _arrange(self) -> None:
        above = QHBoxLayout()
        above.setContentsMargins(12, 6, 8, 2)
        above.setSpacing(4)
        for button in self._buttons.values():
            above.addWidget(button)
        above.addSpacing(12)
        above.addWidget(self.sequence)
        above.addStretch(1)
        above.addWidget(self.exporting)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above)
        layout.addWidget(self._pages, 1)

    def _button(self, key: str) -> QToolButton:
        title, symbol, tip = VIEWS[key]
        button = quiet_button(self.theme, f"continues.show_{key}", symbol, title, tip)
        button.setCheckable(True)
        self._group.addButton(button)
        button.clicked.connect(partial(self._on_view, key))
        return button

    def _on_view(self, key: str, checked: bool = True) -> None:
        self.show_view(key)

    def _on_series(self, run: Run, series: WholeSeries) -> None:
        if run is self._run:
            self._series = series
            self._offer_sequences()
            self._show_sequence()
            self.show_view(self.current)

    def _offer_sequences(self) -> None:
        series = self._series
        self.sequence.clear()
        if series is not None:
            self.sequence.addItems([f"Sequence {shortened(key, 60)}" for key in series.keys[:MOST_KEYS]])
            self.sequence.setCurrentIndex(min(series.most_telling(), self.sequence.count() - 1))
        self.sequence.setVisible(self.sequence.count() > 1)

    def _show_sequence(self) -> None:
        if self._run is not None:
            for view in self.views.values():
                view.show_run(self._run, self._series, max(0, self.sequence.currentIndex()))


def _series(preparation: SequencePreparation, table: Table, data: Dataset | None, watch: Watch) -> WholeSeries:
    watch(0.0, "Putting sequences in order")
    return whole_series(preparation, table, data)
