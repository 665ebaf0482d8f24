"""How a sequence goes on after a line that is dragged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PySide6.QtWidgets import QCheckBox, QHBoxLayout

from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.runs.sequence_export import Drawn, write_draws
from genstudio.runs.whole_series import TEST, TRAIN, VALID, WholeSequence
from genstudio.settings import Settings, setting
from genstudio.ui.continue_pieces import forecast_piece
from genstudio.ui.continue_view import Answer, ContinueView
from genstudio.ui.continue_words import NO_DATA, forecast_words
from genstudio.ui.panel import Panel
from genstudio.ui.plots.outlook_plot import Handle, OutlookPlot

BEHIND, BEYOND = 3, 1.25
"""So many times the forecast are seen before the line, and after it."""
LEAST_SEEN = 60


class ForecastSettings(Settings):
    """What is forecast."""

    start: int = setting(
        1, "Rows that are known: what comes after them is forecast. Or drag the line.", ge=1, label="Known rows"
    )
    steps: int = setting(50, "How many rows ahead.", ge=1, le=5_000, label="Rows ahead", log=True)
    draws: int = setting(500, "Continuations that are drawn; the bands are theirs.", ge=20, le=5_000, log=True)
    seed: int = setting(0, "The same seed gives the same draws again.", ge=0, lt=2**32)


class ForecastView(ContinueView):
    """The series, the line at which the past ends, and what the model expects after it."""

    key: ClassVar[str] = "forecast"
    question: ClassVar[str] = "forecast"

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel, ForecastSettings)
        self.plot = OutlookPlot(self.theme, "continues.forecast_plot", pump=self.session.pump)
        self.plots = (self.plot,)
        self.each = QCheckBox("One row at a time")
        self.each.setObjectName("continues.forecast_each")
        self.each.setToolTip("Each row is forecast given all before it, instead of all of them given the known rows")
        self.line = Handle()
        self.plot.item.addItem(self.line, ignoreBounds=True)
        row = QHBoxLayout()
        row.setContentsMargins(12, 2, 8, 2)
        row.addWidget(self.numbers, 1)
        row.addWidget(self.each)
        self._column.addLayout(row)
        self._column.addWidget(self.plot, 1)
        self._column.addWidget(self.sentence)
        self.each.toggled.connect(lambda _: self.ask())
        self.numbers.changed.connect(self._place_line)
        self.line.sigDragged.connect(self._on_dragged)
        self.line.sigPositionChangeFinished.connect(self._place_line)
        self.plot.prepared.connect(self._on_prepared)
        self.theme.changed.connect(lambda: self.line.retheme(self.theme))
        self.line.retheme(self.theme)

    @property
    def start(self) -> int:
        """Rows that are known."""
        return int(self.numbers.values["start"])

    def begin(self) -> None:
        """Another sequence: the line stands where what was held out begins."""
        series, sequence = self.series, self.sequence
        self.line.setVisible(sequence is not None)
        self.plot.show_pieces(())
        if series is None or sequence is None:
            self.plot.clear()
            self.plot.set_hint(NO_DATA)
            return
        self.plot.set_hint("")
        field = self.numbers.fields["start"]
        field.info = replace(field.info, maximum=len(sequence))
        self.numbers.set_value("start", first_start(sequence))
        self.numbers.set_value("steps", max(1, min(50, len(sequence) // 4)))
        self.plot.show_series(
            sequence.x, series.names, sequence.clock, series.axis, levels=series.levels, dates=series.dates
        )

    def arguments(self) -> dict[str, Any] | None:
        """The rows up to the end of the forecast, and where the past ends."""
        if self.sequence is None:
            return None
        values, each = self.numbers.values, self.each.isChecked()
        x = self.sequence.x[:self.start + int(values["steps"])]
        return {"x": x, "each": each, "shown": self.single, **values}

    def show_answer(self, answer: Answer) -> None:
        """Bands and draws over the real rows."""
        assert self.sequence is not None
        assert self.series is not None
        start = int(answer["start"])
        self.plot.show_pieces([forecast_piece(self.sequence, answer)])
        use = self.sequence.use[start:start + len(answer["middle"])]
        self.sentence.setText(forecast_words(self.series.names, self.symbols, answer, use))

    def export_arguments(self) -> dict[str, Any] | None:
        """All draws."""
        found = self.arguments()
        return None if found is None else {**found, "shown": found["draws"]}

    def writing(self, path: Path, answer: Answer) -> tuple[Callable[[], None], str] | None:
        """All draws, a row for each step of each."""
        run, series, sequence = self.run, self.series, self.sequence
        if run is None or series is None or sequence is None or not isinstance(run.preparation, SequencePreparation):
            return None
        times = sequence.times(int(answer["start"]), len(answer["middle"]))
        told = {name: np.asarray(answer[name]) for name in ("middle", "quantiles", "truth", "start")}
        drawn = Drawn(series.axis, times, np.asarray(answer["draws"]), told)
        return partial(write_draws, path, run.preparation, drawn), f"{len(drawn.x):,} draws"

    def _on_dragged(self) -> None:
        if self.sequence is not None:
            start = self.sequence.row_at(float(self.line.value())) + 1
            if start != self.start:
                self.numbers.set_value("start", start)
                self.ask()

    def _place_line(self) -> None:
        if self.sequence is not None and not self.line.moving:
            self.line.setValue(float(self.sequence.clock[self.start - 1]))

    def _on_prepared(self) -> None:
        """Show the end of the past, and what comes after it."""
        sequence = self.sequence
        if sequence is None:
            return
        self._place_line()
        steps = max(int(self.numbers.values["steps"]), LEAST_SEEN // BEHIND)
        first, last = self.start - BEHIND * steps, self.start + round(BEYOND * steps)
        begin, end = sequence.times(max(first, 0), 1)[0], sequence.times(last, 1)[0]
        self.plot.box.setXRange(float(begin), float(end), padding=0.0)


def first_start(sequence: WholeSequence) -> int:
    """Rows that are known at first: those before what was held out, or else two thirds."""
    for use in (TEST, VALID) if (sequence.use == TRAIN).any() else ():
        if (sequence.use == use).any():
            return int(np.argmax(sequence.use == use))
    return max(1, 2 * len(sequence) // 3)
