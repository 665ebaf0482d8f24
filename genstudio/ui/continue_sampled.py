"""Sampled sequences under real ones, on the same axes, with the states behind both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter

from genstudio.data.sequences import bounds
from genstudio.runs.sequence_export import write_sequences
from genstudio.runs.whole_series import WholeSeries
from genstudio.settings import Settings, setting
from genstudio.ui.continue_view import Answer, ContinueView
from genstudio.ui.continue_words import likeness_words, spelled
from genstudio.ui.panel import Panel
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.states_marking import marked_colours

Array = NDArray[Any]
MANY, LONGEST = 8, 400
"""So many of many sequences are shown at first; and so many rows of a long one."""
LEAST_PX = 150
MOST_ROWS = 1_000_000


class SampledSettings(Settings):
    """What is sampled."""

    sequences: int = setting(1, "How many sequences, one after another.", ge=1, le=200, log=True)
    length: int = setting(500, "Rows of each sequence.", ge=1, le=200_000, log=True, label="Rows each")
    seed: int = setting(0, "The same seed gives the same sequences again.", ge=0, lt=2**32)
    temperature: float = setting(
        1.0, "Below 1 rows are nearer to the middle of their state, above 1 farther from it.", ge=0.0, le=5.0
    )


class SampledView(ContinueView):
    """Real sequences above, sampled ones below."""

    key: ClassVar[str] = "sampled"
    question: ClassVar[str] = "sequences"

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel, SampledSettings)
        self.real = SeriesPlot(self.theme, "continues.real_plot", pump=self.session.pump)
        self.plot = SeriesPlot(self.theme, "continues.sampled_plot", pump=self.session.pump)
        self.plots = (self.real, self.plot)
        self.real.set_title("Real")
        self.plot.set_title("Sampled")
        self.plot.link_to(self.real)
        self._series_of: WholeSeries | None = None
        self.again = quiet_button(
            self.theme, "continues.sampled_again", "random", "Again", "Sample anew, with the next seed"
        )
        self.again.clicked.connect(self._on_again)
        row = QHBoxLayout()
        row.setContentsMargins(12, 2, 8, 2)
        row.addWidget(self.numbers, 1)
        row.addWidget(self.again)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setObjectName("continues.sampled_splitter")
        both.setChildrenCollapsible(False)
        for plot in self.plots:
            plot.setMinimumHeight(LEAST_PX)
        both.addWidget(self.real)
        both.addWidget(self.plot)
        self._column.addLayout(row)
        self._column.addWidget(both, 1)
        self._column.addWidget(self.sentence)

    def begin(self) -> None:
        """As many sequences, and as long ones, as the data have; the same data keep what was typed."""
        series = self.series
        self.real.setVisible(series is not None)
        if series is not None and series is not self._series_of:
            several = len(series.lengths) > 1
            self.numbers.set_value("sequences", min(MANY, len(series.lengths)))
            typical = float(np.median(series.lengths) if several else series.lengths[0])
            self.numbers.set_value("length", min(LONGEST, max(1, round(typical))))
        self._series_of = series
        self.real.clear()
        self.plot.clear()

    def arguments(self) -> dict[str, Any] | None:
        """How many of which length, and the real ones to be seen beside them."""
        values = self.numbers.values
        length = int(values["length"])
        # So many as can be shown; a file has no such bound on the command line.
        lengths = np.full(min(int(values["sequences"]), MOST_ROWS // length), length)
        real, real_lengths = (None, None) if self.series is None else cut(self.series, self._place, lengths)
        return {
            "lengths": lengths, "seed": values["seed"], "temperature": values["temperature"], "real": real,
            "real_lengths": real_lengths,
        }

    def show_answer(self, answer: Answer) -> None:
        """Both on the same axes."""
        run = self.run
        assert run is not None
        names = run.preparation.names
        if "real_x" in answer:
            self._show_in(self.real, answer["real_x"], answer["real_lengths"], answer.get("real_state"))
        self._show_in(self.plot, answer["x"], answer["lengths"], answer["state"])
        for plot in self.plots:
            plot.show_scales(answer["span"])
        levels = run.preparation.columns[0].levels
        self.sentence.setText(spelled(levels, answer) if levels else likeness_words(names, self.symbols, answer))

    def writing(self, path: Path, answer: Answer) -> tuple[Callable[[], None], str] | None:
        """The sampled sequences."""
        if self.run is None:
            return None
        x, lengths, state = (np.asarray(answer[name]) for name in ("x", "lengths", "state"))
        what = f"{len(lengths):,} sequence{'s' * (len(lengths) != 1)} of {len(x):,} rows"
        return partial(write_sequences, path, self.run.preparation, x, lengths, state), what

    def _show_in(self, plot: SeriesPlot, x: Array, lengths: Array, states: Array | None) -> None:
        run = self.run
        assert run is not None
        levels = {column.name: column.levels for column in run.preparation.columns if column.levels}
        plot.show_series(x, run.preparation.names, None, "row", lengths=lengths, levels=levels)
        count = 0 if states is None else int(np.max(states, initial=-1)) + 1
        colours = marked_colours(run.marks, self.theme.tokens, count)
        plot.show_states(states, colours, run.marks.words(count))

    def _on_again(self) -> None:
        self.numbers.set_value("seed", (int(self.numbers.values["seed"]) + 1) % 2**32)
        self.ask()


def cut(series: WholeSeries, place: int, lengths: Array) -> tuple[Array, Array]:
    """Real rows to be seen beside sampled ones: of each sequence from `place` on the first rows, as many as are wanted;
    of too few sequences their next rows, too.

    Returns:
        Rows, shape (N, D), and of each piece how many, shape (at most S,).
    """
    edges, wanted = bounds(series.lengths), int(lengths[0])
    order = np.roll(np.arange(len(series.lengths)), -place)
    rounds = -(-int(series.lengths.max()) // wanted)
    pieces: list[slice] = []
    for turn in range(min(rounds, len(lengths))):
        firsts = edges[order] + turn * wanted
        pieces += [
            slice(int(first), int(min(first + wanted, edges[own + 1])))
            for first, own in zip(firsts, order, strict=True) if first < edges[own + 1]
        ][:len(lengths) - len(pieces)]
    found = np.concatenate([series.x[piece] for piece in pieces])
    return found, np.array([piece.stop - piece.start for piece in pieces])
