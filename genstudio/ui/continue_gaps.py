"""Missing stretches of a sequence, and ones that are marked by hand, filled by draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PySide6.QtWidgets import QHBoxLayout

from genstudio.applications.gaps import Stretch
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.runs.sequence_export import Drawn, write_draws
from genstudio.settings import Settings, setting
from genstudio.ui.continue_pieces import gap_pieces
from genstudio.ui.continue_view import Answer, ContinueView
from genstudio.ui.continue_words import NO_DATA, gap_words
from genstudio.ui.panel import Panel
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.plots.outlook_plot import Mark, OutlookPlot

MOST_MARKS = 50


class GapSettings(Settings):
    """How gaps are filled."""

    draws: int = setting(200, "Fillings that are drawn; the bands are theirs.", ge=20, le=2_000, log=True)
    seed: int = setting(0, "The same seed gives the same draws again.", ge=0, lt=2**32)


class GapsView(ContinueView):
    """The series, what is missing in it or hidden by marks, and what fills that."""

    key: ClassVar[str] = "gaps"
    question: ClassVar[str] = "filled"

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel, GapSettings)
        self.plot = OutlookPlot(self.theme, "continues.gaps_plot", pump=self.session.pump)
        self.plots = (self.plot,)
        self.marks: list[Mark] = []
        self._drawn: Mark | None = None
        self._begun = 0.0
        self.mark = quiet_button(self.theme, "continues.gaps_mark", "eraser", "Mark", "While this is on, dragging over "
                                 "the series hides a stretch; a click on a mark takes it away")
        self.mark.setCheckable(True)
        self.forget = quiet_button(self.theme, "continues.gaps_clear", "delete", "Clear", "Take all marks away")
        row = QHBoxLayout()
        row.setContentsMargins(12, 2, 8, 2)
        row.addWidget(self.numbers, 1)
        row.addWidget(self.mark)
        row.addWidget(self.forget)
        self._column.addLayout(row)
        self._column.addWidget(self.plot, 1)
        self._column.addWidget(self.sentence)
        self._connect()
        self.mark.setChecked(True)

    @property
    def stretches(self) -> list[Stretch]:
        """The rows that are hidden, each from the first to the one after the last; those of no row left out."""
        sequence = self.sequence
        if sequence is None:
            return []
        found = []
        for mark in self.marks:
            first, last = np.searchsorted(sequence.clock, mark.getRegion(), side="left").tolist()
            if last > first:
                found.append((first, last))
        return sorted(found)

    def begin(self) -> None:
        """Another sequence, with no marks yet."""
        series, sequence = self.series, self.sequence
        self._take_marks_away()
        self.plot.show_pieces(())
        if series is None or sequence is None:
            self.plot.clear()
            self.plot.set_hint(NO_DATA)
            return
        self.plot.set_hint("")
        self.plot.show_series(
            sequence.x, series.names, sequence.clock, series.axis, levels=series.levels, dates=series.dates
        )

    def arguments(self) -> dict[str, Any] | None:
        """All rows, and what of them is hidden."""
        if self.sequence is None:
            return None
        return {"x": self.sequence.x, "stretches": self.stretches, "shown": self.single, **self.numbers.values}

    def show_answer(self, answer: Answer) -> None:
        """Bands and draws in the gaps."""
        assert self.sequence is not None
        assert self.series is not None
        if answer["stretches"].tolist() != [list(stretch) for stretch in self.stretches]:
            # Marks have moved on since.
            return
        self.plot.show_pieces(gap_pieces(self.sequence, answer))
        self.sentence.setText(gap_words(self.series.names, self.symbols, answer))

    def export_arguments(self) -> dict[str, Any] | None:
        """Whole sequences, one for each draw."""
        found = self.arguments()
        if found is None:
            return None
        found.pop("shown")
        return {**found, "lengths": np.array([len(found["x"])])}

    @property
    def export_question(self) -> str:
        """Whole sequences."""
        return "imputed"

    def writing(self, path: Path, answer: Answer) -> tuple[Callable[[], None], str] | None:
        """The whole sequence, filled, once for each draw."""
        run, series, sequence = self.run, self.series, self.sequence
        if run is None or series is None or sequence is None or not isinstance(run.preparation, SequencePreparation):
            return None
        told = {"filled": np.asarray(answer["filled"])}
        drawn = Drawn(series.axis, sequence.clock, np.asarray(answer["x"]), told)
        return partial(write_draws, path, run.preparation, drawn), f"{len(drawn.x):,} fillings of the sequence"

    def add_mark(self, first: float, last: float) -> Mark:
        """Hide a stretch of time."""
        mark = Mark(first, last)
        mark.retheme(self.theme)
        self.marks.append(mark)
        self.plot.item.addItem(mark, ignoreBounds=True)
        mark.sigRegionChanged.connect(self._on_moved)
        return mark

    # Inner workings.

    def _connect(self) -> None:
        self.mark.toggled.connect(self._on_marking)
        self.forget.clicked.connect(self._on_clear)
        self.plot.box.stroked.connect(self._on_stroked)
        self.plot.graph.scene().sigMouseClicked.connect(self._on_clicked)
        self.theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        for mark in self.marks:
            mark.retheme(self.theme)

    def _on_marking(self, marking: bool) -> None:
        self.plot.box.drawing = marking

    def _on_stroked(self, phase: str, x: float, y: float) -> None:
        if phase == "start":
            self._begun = x
        elif phase == "move" and self._drawn is None and len(self.marks) < MOST_MARKS and self.sequence is not None:
            self._drawn = self.add_mark(self._begun, x)
        elif self._drawn is not None:
            self._drawn.setRegion((self._begun, x))
        if phase == "end":
            self._drawn = None
            self._drop_empty()

    def _on_clicked(self, event: Any) -> None:
        """A click on a mark takes it away."""
        for mark in self.marks:
            first, last = mark.getRegion()
            place = self.plot.box.mapSceneToView(event.scenePos()).x()
            if self.mark.isChecked() and event.button().name == "LeftButton" and first <= place <= last:
                self._take_away(mark)
                self.ask()
                return

    def _on_moved(self, mark: Mark) -> None:
        self.ask()

    def _on_clear(self) -> None:
        self._take_marks_away()
        self.ask()

    def _drop_empty(self) -> None:
        sequence = self.sequence
        for mark in list(self.marks):
            if sequence is not None and np.ptp(np.searchsorted(sequence.clock, mark.getRegion())) == 0:
                self._take_away(mark)

    def _take_marks_away(self) -> None:
        for mark in list(self.marks):
            self._take_away(mark)

    def _take_away(self, mark: Mark) -> None:
        self.marks.remove(mark)
        self.plot.item.removeItem(mark)
