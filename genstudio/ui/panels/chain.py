"""A chain of hidden states by hand: typed, dragged, drawn as a graph, and what it invents at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout

from genstudio.data.dataset import Kind
from genstudio.models.sequential import Chain
from genstudio.runs.chain_edits import Parameters
from genstudio.runs.chain_hand import moved
from genstudio.runs.run import Run
from genstudio.runs.status import Status
from genstudio.training.events import Preview
from genstudio.ui.chain_editing import ChainEditing
from genstudio.ui.chain_start import ChainStart
from genstudio.ui.chain_tables import ChainTables
from genstudio.ui.chain_view import ChainView
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.plots.chain_graph import ChainGraph

Array = NDArray[Any]

MOST_COLUMNS = 3
"""Of more columns, the tables show the two that are looked at."""
MOST_OF_TABLES = 0.7
"""The share of the height that tables take at most by themselves."""
EMPTY = (
    "No chain yet. Train a hidden Markov model; or start by hand, with states spread over the data or with the "
    "textbook's matrices. Nothing needs to be fitted."
)


class ChainPanel(Panel):
    """Tables on the left; on the right the states with a sequence drawn from them, and the graph of transitions."""

    info = PanelInfo(
        key="chain",
        title="Chain",
        icon="chain",
        order=32,
        help="A hidden Markov model as numbers that can be typed and ellipses that can be dragged, with or without any "
        "fitting; a sequence is drawn from it at once.",
        needs=Chain,
        doing="be edited state by state",
    )

    def build(self) -> None:
        """Make the parts, and put them together."""
        self._run: Run | None = None
        self._data_of: object = None
        self._shown_of = ""
        self._parameters: Parameters | None = None
        self._held: Parameters | None = None
        self._editing_now = False
        self._awaited = 0
        self.editing = ChainEditing(self.model, self)
        self.start = ChainStart(self.model, self)
        self.tables = ChainTables(self.theme, "chain")
        self.view = ChainView(self.theme, "chain")
        self.graph = ChainGraph(self.theme, "chain.graph")
        self.by_hand = quiet_button(
            self.theme, "chain.by_hand", "add", "Start by hand",
            "Make a run without any fitting: states spread over the data, as many as the experiment says. Rows of a "
            "table are taken as one sequence",
        )
        self.preset = quiet_button(
            self.theme, "chain.textbook", "lesson", "Textbook",
            "Make a run with the textbook's matrices, without any fitting, over a sequence of its own",
        )
        self.train_from = quiet_button(
            self.theme, "chain.train_from", "play", "Train from here",
            "Train a new run that starts from this chain; transitions that are 0 stay so",
        )
        self.empty = _empty()
        self._arrange()
        self._connect()
        self._refresh()

    def unsuitable(self, run: Run | None) -> str:
        """Whatever run is shown, a chain can be started by hand; but not under a scaling that bends ellipses."""
        bent = run is not None and run.preparation.kind is Kind.SEQUENCES and (
            run.preparation.scaling.affine(len(run.preparation.columns)) is None
        )
        return "Under a logit scaling states are no ellipses. Choose another scaling in the Data panel." if bent else ""

    def run_changed(self, run: Run | None) -> None:
        """Look at the chain of another run, or at one that ended."""
        chain = run if run is not None and run.offers(Chain) else None
        if run is not self._run:
            self._run, self._awaited = run, 0
            if not self._editing_now:
                self._held = None
                self.tables.forget()
                self.view.expect_other()
        if chain is None:
            self._show_none()
        else:
            self._show_data(chain)
            self.look("chain", self._on_chain, "chain")
            self._look_at_sequence()
        self._refresh()

    def export(self) -> None:
        """Offer the formats in which the states' plot can be written."""
        self.view.front.context_menu().popup(self.mapToGlobal(self.rect().center()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tables and graph share another height."""
        super().resizeEvent(event)
        if self._parameters is not None:
            self._share_height()

    # Building.

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 4)
        header.setSpacing(4)
        for button in (self.by_hand, self.preset, self.train_from):
            header.addWidget(button)
        header.addStretch(1)
        header.addWidget(self.view.choice)
        self.left = QSplitter(Qt.Orientation.Vertical)
        self.left.setObjectName("chain.left")
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.setObjectName("chain.splitter")
        for splitter, widgets in ((self.left, (self.tables, self.graph)), (self.parts, (self.left, self.view))):
            splitter.setChildrenCollapsible(False)
            for widget in widgets:
                splitter.addWidget(widget)
        self.parts.setSizes([490, 550])
        self.parts.setStretchFactor(1, 1)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.parts, 1)
        layout.addWidget(self.empty, 1)

    def _connect(self) -> None:
        self.by_hand.clicked.connect(self.start.spread)
        self.preset.clicked.connect(self.start.textbook)
        self.train_from.clicked.connect(self._on_train_from)
        self.tables.edited.connect(self._on_edited)
        self.tables.state_chosen.connect(self.graph.set_highlighted)
        self.view.dragged.connect(self._on_dragged)
        self.view.let_go.connect(self._on_let_go)
        self.view.wished.connect(self._look_at_sequence)
        self.view.columns_chosen.connect(self._show_columns)
        self.graph.state_hovered.connect(self.tables.highlight)
        self.graph.state_clicked.connect(self.tables.choose)
        self.graph.turn_drawn.connect(self.tables.toggle)
        self.editing.taken.connect(self._on_taken)
        for failing in (self.tables.failed, self.graph.export_failed, self.view.stage.export_failed,
                        self.view.series.export_failed):
            failing.connect(self.model.messages.show_error)
        self.model.advanced.connect(self._on_advanced)
        for signal in (self.model.data_changed, self.model.ready_changed, self.model.loading_changed,
                       self.model.turned):
            signal.connect(self._refresh)

    # What is shown.

    def _show_none(self) -> None:
        for name in ("chain", "sequence"):
            self.look_away(name)
        self._parameters = self._data_of = None
        self._shown_of = ""
        self.tables.show_parameters(None)

    def _show_data(self, run: Run) -> None:
        known: object = run.preparation if run.data is None else run.data
        if known is self._data_of:
            return
        self._data_of = known
        self.view.show_data(run.preparation.names, run.data)
        self._show_columns()

    def _show_columns(self) -> None:
        if self._run is None:
            return
        columns = self._run.preparation.columns
        few = len(columns) <= MOST_COLUMNS
        shown = tuple(range(len(columns))) if few else tuple(dict.fromkeys(self.view.columns))
        self.tables.show_columns([column.name for column in columns], shown, columns[0].levels)

    def _look_at_sequence(self) -> None:
        if self._run is not None and self._run.offers(Chain):
            self.look("sequence", self._on_sequence, "sequences", lengths=np.array([self.view.length]),
                      seed=self.view.seed)

    def _on_chain(self, preview: Preview) -> None:
        if self._run is None or self._awaited or self._held is not None:
            return
        self._shown_of = self._run.key
        self._show(preview.answer)
        self._refresh()

    def _show(self, parameters: Parameters) -> None:
        before, self._parameters = self._parameters, parameters
        marks = None if self._run is None else self._run.marks
        self.tables.show_parameters(parameters)
        self.view.show_chain(parameters)
        names = marks.words(len(parameters["startprob"])) if marks is not None else ()
        colours = {} if marks is None else marks.colours
        self.graph.set_chain(parameters["startprob"], parameters["transmat"], names, colours)
        if before is None or len(before["startprob"]) != len(parameters["startprob"]):
            self._share_height()

    def _share_height(self) -> None:
        """The tables take what their rows need, as long as the graph can still be read."""
        whole = max(self.content.height() - 40, 300)
        wanted = min(self.tables.height_wanted(), round(MOST_OF_TABLES * whole))
        self.left.setSizes([wanted, whole - wanted])

    def _on_sequence(self, preview: Preview) -> None:
        self.view.show_sample(preview.answer["x"], preview.answer["state"])

    def _refresh(self, *_: object) -> None:
        """What can be done now, and what is said."""
        run, busy = self._run, self.model.training
        known = self._parameters is not None
        self.parts.setVisible(known)
        self.empty.setVisible(not known)
        ended = run is not None and run.status.ended and run.data is not None and self._shown_of == run.key
        self.tables.set_editable(known and ended)
        self.view.set_editable(known and ended)
        self.graph.set_drawing(known and ended)
        self.by_hand.setEnabled(self.start.over_data)
        self.preset.setEnabled(self.start.ready)
        self.train_from.setEnabled(known and ended and (busy is None or busy.status is Status.PAUSED))
        self.tables.show_likelihood(_likelihood(run if known else None))

    def _on_advanced(self, run: Run) -> None:
        if run is self._run and self.isVisible():
            self.tables.show_likelihood(_likelihood(run))

    # What the person does.

    def _on_edited(self, parameters: Parameters) -> None:
        self._edit(parameters, finished=True, former=self._parameters)

    def _on_dragged(self, state: int, mean: Array, covariance: Array) -> None:
        if self._parameters is None:
            return
        self._held = self._parameters if self._held is None else self._held
        wished = moved(self._parameters, state, mean, covariance, self.view.columns)
        self._edit(wished, finished=False, former=self._held)

    def _on_let_go(self, _state: int) -> None:
        former, self._held = self._held, None
        if self._parameters is not None and former is not None:
            self._edit(self._parameters, finished=True, former=former)

    def _edit(self, parameters: Parameters, finished: bool, former: Parameters | None) -> None:
        """The edited run takes the shown one's place; what was typed so far still counts there."""
        changes = self.model.undo.index()
        self._editing_now = True
        done = self.editing.edit(parameters, finished, former)
        self._editing_now = False
        if done and self._run is not None:
            self._shown_of = self._run.key
            self._awaited += int(self.model.undo.index() > changes)
            self._show(parameters)

    def _on_taken(self, run: Run, metrics: dict[str, float]) -> None:
        if run is not self._run or not metrics:
            return
        self.tables.show_likelihood(metrics)
        self._awaited = max(0, self._awaited - 1)
        # An answer from before the change may still be on its way.
        self.look_away("chain")
        self.look("chain", self._on_chain, "chain")

    def _on_train_from(self) -> None:
        if self._run is not None and self._parameters is not None:
            self.start.train_from(self._run, self._parameters)


def _likelihood(run: Run | None) -> dict[str, float | None]:
    return {} if run is None else {name: run.history.last(name) for name in ("train", "valid")}


def _empty() -> QLabel:
    label = QLabel(EMPTY)
    label.setObjectName("chain.empty")
    label.setProperty("role", "empty")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setMargin(24)
    return label
