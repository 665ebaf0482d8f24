"""The hidden states behind sequences: the most likely path, the probabilities, how long states last."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from genstudio.data.reader import Watch
from genstudio.models.sequential import Hidden
from genstudio.runs.run import Run
from genstudio.runs.state_reading import StateReading, read_states
from genstudio.runs.timeline import Timeline, timeline
from genstudio.training.events import Preview
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plots.state_runs import StateRuns
from genstudio.ui.states_export import StatesExport
from genstudio.ui.states_marking import ask_colour, colour_state, name_state
from genstudio.ui.states_source import StatesSource
from genstudio.ui.states_view import StatesView

ROWS_WHILE_TRAINING = 20_000


class StatesPanel(Panel):
    """A series with its path and posteriors, the states to be named and coloured, and their dwell times."""

    info = PanelInfo(
        key="states",
        title="States",
        icon="states",
        order=32,
        help="The hidden state behind each row of a sequence, how sure the model is of it, and how long states last. "
        "Name states, recolour them, and export the labelling.",
        needs=Hidden,
        needs_run=True,
        doing="explain rows by hidden states",
    )

    def build(self) -> None:
        """A line of controls, and the views."""
        self._run: Run | None = None
        self._line: Timeline | None = None
        self._chosen: Timeline | None = None
        self._reading: StateReading | None = None
        self._newest: Preview | None = None
        self._sight: tuple[Any, ...] = ()
        self.source = StatesSource("states")
        self.view = StatesView(self.theme, self.model.pump, "states")
        self.said = ElidedLabel()
        self.said.setObjectName("states.said")
        self.said.setProperty("role", "muted")
        self.said.setAccessibleName("What is shown")
        self.export_button = StatesExport(self.model, self.theme, "states.export")
        self._arrange()
        self.source.changed.connect(self._on_source)
        self.view.named.connect(self._on_named)
        self.view.colour_wanted.connect(self._on_colour_wanted)
        self.view.colour_dropped.connect(lambda k: self._on_coloured(k, ""))
        self.export_button.clicked.connect(self.export)
        self.export_button.ended.connect(self._allow)
        self.model.marked.connect(self._on_marked)
        for plot in (self.view.series, self.view.posteriors, self.view.steps, self.view.dwelling):
            plot.export_failed.connect(self.model.messages.show_error)
        self._allow()

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and the run must have its data."""
        reason = super().unsuitable(run)
        if not reason and run is not None and run.data is None:
            return "The data of this run are not at hand. Open them again to see the states behind them."
        return reason

    def run_changed(self, run: Run | None) -> None:
        """Look at the states of another run, or at all rows once it ended."""
        if run is None or run.data is None:
            return
        if run is not self._run:
            self._begin(run)
        sight = (run.key, self.source.part, self.source.sequence, run.status.ended)
        if self._chosen is not None and sight != self._sight:
            self._sight = sight
            most = None if run.status.ended else ROWS_WHILE_TRAINING
            self.look("paths", self._on_paths, "paths", part=self.source.part, sequence=self.source.sequence, most=most)

    @property
    def reading(self) -> StateReading | None:
        """The states that are shown, or None before any are known."""
        return self._reading

    def export(self) -> None:
        """Ask for a file, and write the states of all sequences to it."""
        if self._run is None or self._run.raw is None or self._reading is None:
            self.model.messages.show("info", "No states are known yet.", "Train a model of sequences, then export.")
            return
        path = self.export_button.ask_path()
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the states of all sequences, in the background."""
        run = self._run
        if run is not None and run.raw is not None:
            self.export_button.write(run, run.raw, path)

    # Building.

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 4)
        header.addWidget(self.source)
        header.addSpacing(8)
        header.addWidget(self.view.switch)
        header.addSpacing(8)
        header.addWidget(self.said, 1)
        header.addWidget(self.export_button)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.view, 1)

    # Which rows.

    def _begin(self, run: Run) -> None:
        """Forget the states of the former run; its part stays chosen, and the rows where they are the same."""
        assert run.data is not None
        same = self._run is not None and self._run.data is run.data and self._line is not None
        self._run, self._sight = run, ()
        self._forget()
        if not same:
            self.source.show_data(run.data)
            self._order_rows()
        self.view.show_marks(run.marks)

    def _on_source(self) -> None:
        self._forget()
        if self._line is None or self.source.sequences.count() < 2:
            self._order_rows()
        else:
            self._choose()

    def _order_rows(self) -> None:
        """Put the rows of the chosen part in the order of time, in the background."""
        run = self._run
        assert run is not None
        assert run.data is not None
        self._line = self._chosen = None
        self.look_away("paths")
        self.view.series.clear()
        work = partial(_ordered, run, self.source.part)
        self.model.pump.run("states.rows", work, partial(self._on_ordered, run, self.source.part))

    def _on_ordered(self, run: Run, part: str, line: Timeline) -> None:
        if run.data is not (self._run.data if self._run is not None else None) or part != self.source.part:
            return
        self._line = line
        self.source.show_keys(line.keys)
        self._choose()

    def _choose(self) -> None:
        """Show the series of all sequences, or of one."""
        line, run = self._line, self._run
        if line is None or run is None:
            return
        self._chosen = line if self.source.sequence is None else line.take(self.source.sequence)
        chosen, columns = self._chosen, run.preparation.columns
        self.view.series.show_series(
            chosen.x, run.preparation.names, chosen.axis.times, chosen.axis.name, lengths=chosen.lengths,
            levels={column.name: column.levels for column in columns if column.levels}, dates=chosen.axis.dated,
        )
        self._sight = ()
        self.run_changed(run)

    # What is found of them.

    def _forget(self) -> None:
        self.model.pump.cancel("states.reading")
        self._reading = self._newest = None
        self.view.show_reading(None, None, ())
        self.said.setText("")
        self._allow()

    def _on_paths(self, preview: Preview) -> None:
        """Only the newest answer waits: those of a fast training come quicker than they can be read."""
        self._newest = preview
        if self.model.pump.task("states.reading") is None:
            self._read()

    def _read(self) -> None:
        run, line, preview, self._newest = self._run, self._chosen, self._newest, None
        if run is None or line is None or preview is None or run.data is None:
            return
        if int(preview.answer["lengths"].sum()) > len(line.x):
            # An answer about other rows, from before the choice.
            return
        labels = run.data.labels
        work = partial(_read, line, preview, 0 if labels is None else len(labels.levels))
        self.model.pump.run("states.reading", work, partial(self._on_read, run, line))

    def _on_read(self, run: Run, line: Timeline, read: tuple[StateReading, StateRuns]) -> None:
        if run is not self._run or line is not self._chosen or run.data is None:
            return
        self._reading, runs = read
        labels = run.data.labels
        self.view.show_reading(self._reading, runs, () if labels is None else labels.levels)
        self.said.setText(_words(self._reading))
        self._allow()
        self._read()

    # What the person does.

    def _on_named(self, k: int, name: str) -> None:
        if self._run is not None:
            name_state(self.model, self._run, k, name)

    def _on_colour_wanted(self, k: int) -> None:
        colour = ask_colour(self, self.view.colours[k])
        if colour:
            self._on_coloured(k, colour)

    def _on_coloured(self, k: int, colour: str) -> None:
        if self._run is not None:
            colour_state(self.model, self._run, k, colour)

    def _on_marked(self, run: Run) -> None:
        if run is self._run:
            self.view.show_marks(run.marks)

    def _allow(self) -> None:
        self.export_button.offer(self._reading is not None and self._run is not None and self._run.raw is not None)


def _ordered(run: Run, part: Any, watch: Watch) -> Timeline:
    assert run.data is not None
    watch(0.0, "Ordering rows")
    return timeline(run.data, run.raw, run.recipe.data.preparation, part)


def _read(line: Timeline, preview: Preview, n_labels: int, watch: Watch) -> tuple[StateReading, StateRuns]:
    watch(0.0, "Reading states")
    reading = read_states(line, preview.answer, n_labels)
    return reading, StateRuns(reading.states)


def _words(reading: StateReading) -> str:
    """How many rows these are, and how likely."""
    n, total = reading.seen, len(reading.states)
    rows = f"{n:,} rows" if n == total else f"The first {n:,} of {total:,} rows while it learns"
    return f"{rows} · {reading.log_likelihood:.4g} nats a row".replace("-", "−")
