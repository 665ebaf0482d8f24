"""What if? Some columns fixed, what is another one then."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSplitter, QVBoxLayout, QWidget

from genstudio.data.dataset import Kind
from genstudio.models.capabilities import Density
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.what_if_curve import ConditionalPlot
from genstudio.ui.what_if_draws import WhatIfDraws
from genstudio.ui.what_if_joint import JointView
from genstudio.ui.what_if_model import WhatIf
from genstudio.ui.what_if_rows import WhatIfRows

Array = NDArray[Any]
GRID = (128, 128)
MOST_ROWS = 3_000
SETTLED_MS = 300
"""A question that has stood so long is answered again and again as the model learns."""


class WhatIfPanel(Panel):
    """Columns on the left; on the right the joint density of two, and the conditional density."""

    info = PanelInfo(
        key="what_if",
        title="What if?",
        icon="what_if",
        order=38,
        help="Fix some columns and see what another one is then: its density with mean, median and middle 50 and 90 %. "
        "With two columns, drag the line in the joint density.",
        needs=Density,
        needs_run=True,
        doing="say what one column is given others, as it does not know its density",
        of_density=True,
    )

    def build(self) -> None:
        """Make the parts, and put them together."""
        self._run: Run | None = None
        self._rows_shown: Array = np.empty(0, np.int64)
        self._draw = np.random.default_rng()
        self.state = WhatIf(self)
        self.rows = WhatIfRows(self.state, "what_if")
        self.joint = JointView(self.state, self.theme, "what_if")
        self.curve = ConditionalPlot(self.theme, "what_if.curve")
        self.draws = WhatIfDraws(self.model, self.state, self.theme, "what_if")
        self.number = QLineEdit()
        self.take = quiet_button(self.theme, "what_if.take_row", "data", "Take", "Fix columns at this row of the data")
        self.any = quiet_button(self.theme, "what_if.random_row", "random", "Any", "Fix columns at a random row")
        self.figures = ElidedLabel()
        self.sentence = plain_label("what_if.sentence", title="How this was found")
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._dress()
        self._arrange()
        self._connect()

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and there must be two columns or more."""
        reason = super().unsuitable(run)
        if reason or run is None:
            return reason
        if run.preparation.kind is not Kind.TABLE or len(run.preparation.names) < 2:
            return "What one column is given others needs two columns or more. Train on a table that has them."
        return ""

    def run_changed(self, run: Run | None) -> None:
        """Ask another run; or the shown one, which turned."""
        if run is None or run is self._run:
            return
        self._run = run
        for name in ("conditional", "marginal", "joint", "rows"):
            self.look_away(name)
        self.state.forget()
        self.curve.clear()
        self.draws.begin(run.preparation)
        for widget in (self.number, self.take, self.any):
            widget.setEnabled(run.data is not None)
        self.look("space", partial(self._on_space, run), "conditional_space")

    def export(self) -> None:
        """Ask for a file, and write draws to it."""
        self.draws.export()

    # Building.

    def _dress(self) -> None:
        self.number.setObjectName("what_if.row")
        self.number.setAccessibleName("Row of the data")
        self.number.setToolTip("Which row of the data, counted from 1")
        self.number.setMaximumWidth(80)
        self.figures.setObjectName("what_if.figures")
        self.figures.setAccessibleName("Mean, median and intervals")
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setWordWrap(True)

    def _arrange(self) -> None:
        right = QSplitter(Qt.Orientation.Vertical)
        right.setObjectName("what_if.views")
        right.setChildrenCollapsible(False)
        right.addWidget(self.joint)
        right.addWidget(self._answer())
        right.setSizes([300, 300])
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("what_if.splitter")
        both.setChildrenCollapsible(False)
        both.addWidget(self._asking())
        both.addWidget(right)
        both.setStretchFactor(1, 1)
        both.setSizes([310, 600])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    def _asking(self) -> QWidget:
        page, row = QWidget(), QHBoxLayout()
        page.setMinimumWidth(280)
        row.setContentsMargins(12, 0, 8, 8)
        for widget in (QLabel("Row"), self.number, self.take, self.any):
            row.addWidget(widget)
        row.addStretch(1)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.rows, 1)
        layout.addLayout(row)
        return page

    def _answer(self) -> QWidget:
        page, below = QWidget(), QHBoxLayout()
        below.setContentsMargins(12, 0, 8, 6)
        below.addWidget(self.sentence, 1)
        below.addWidget(self.draws)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.curve, 1)
        self.figures.setContentsMargins(12, 0, 12, 0)
        layout.addWidget(self.figures)
        layout.addLayout(below)
        return page

    def _connect(self) -> None:
        self.state.begun.connect(self._on_begun)
        self.state.changed.connect(self._on_changed)
        self.joint.row_wanted.connect(lambda place: self._ask_row(int(self._rows_shown[place])))
        self.joint.stage.view_changed.connect(lambda _: self._look_at_joint())
        self.number.returnPressed.connect(self._on_take)
        self.take.clicked.connect(self._on_take)
        self.any.clicked.connect(self._on_any)
        self.draws.drawn.connect(self.curve.set_draws)
        self._settled.timeout.connect(self._follow)
        for plot in (self.joint.stage, self.curve):
            plot.export_failed.connect(self.model.messages.show_error)

    # What is asked.

    def _on_space(self, run: Run, preview: Preview) -> None:
        self.look_away("space")
        if run is self._run:
            columns = run.preparation.columns
            self.state.begin([c.name for c in columns], [c.levels for c in columns], preview.answer)

    def _on_begun(self) -> None:
        two = len(self.state.names) == 2
        self.joint.setVisible(two)
        self._asked_before = -1
        if two:
            self.joint.begin()
            self._look_at_joint()
            if self._run is not None and self._run.data is not None:
                self.look("rows", self._on_rows, "items", most=MOST_ROWS)

    def _on_changed(self) -> None:
        if self.state.asked != self._asked_before:
            self._begin_column()
        self.curve.set_draws(np.empty(0))
        self.curve.set_title(self.state.in_words())
        self.model.ask("conditional", self._show, key="what_if.conditional", **self.state.question())
        self._settled.start()

    def _begin_column(self) -> None:
        asked = self._asked_before = self.state.asked
        self.curve.begin(self.state.names[asked], float(self.state.low[asked]), float(self.state.high[asked]))
        self.look_away("marginal")
        if self.state.exact:
            self.look("marginal", self._on_marginal, "conditional", columns=[], values=[], asked=asked)

    def _follow(self) -> None:
        if self.state.known:
            self.look("conditional", self._on_conditional, "conditional", **self.state.question())

    def _look_at_joint(self) -> None:
        if self.state.known and len(self.state.names) == 2:
            bounds = self.joint.stage.bounds()
            self.look("joint", self._on_joint, "density_grid", bounds=bounds, shape=GRID, columns=(0, 1))

    # What is answered.

    def _on_conditional(self, preview: Preview) -> None:
        if self.state.known and self.state.is_answered_by(preview.answer):
            self._show(preview.answer)

    def _on_marginal(self, preview: Preview) -> None:
        answer = preview.answer
        if int(answer["asked"]) == self.state.asked and "why" not in answer:
            self.curve.set_marginal(answer["x"], answer["density"])

    def _on_joint(self, preview: Preview) -> None:
        self.joint.show_density(preview.answer)

    def _on_rows(self, preview: Preview) -> None:
        # The rows stay as they are while a model learns from them.
        self.look_away("rows")
        self._rows_shown = preview.answer["row"]
        self.joint.show_rows(preview.answer["x"])

    def _show(self, answer: Mapping[str, Array]) -> None:
        if not self.state.known or int(answer["asked"]) != self.state.asked:
            return
        if "why" in answer:
            self.curve.clear()
            self.figures.setText("")
            self.sentence.setText(str(answer["why"]))
            return
        self.curve.set_conditional(answer["x"], answer["density"], float(answer["mean"]), answer["quantiles"])
        self.figures.setText(figures_text(float(answer["mean"]), answer["quantiles"]))
        self.sentence.setText(how_found(int(answer["evaluations"]), float(answer["error"])))

    # Rows of the data.

    def _on_take(self) -> None:
        text = self.number.text().strip().replace(",", "")
        row = int(text) - 1 if text.isdecimal() else -1
        if self._run is None or self._run.data is None:
            return
        if any((part == row).any() for part in self._run.data.rows):
            self._ask_row(row)
        else:
            self.model.messages.show("info", f"The data of this run have no row {text or '(none)'}.",
                                     "Type the number of a row that was learned from or held out.")

    def _on_any(self) -> None:
        if self._run is not None and self._run.data is not None:
            self._ask_row(int(self._draw.choice(np.concatenate(self._run.data.rows))))

    def _ask_row(self, row: int) -> None:
        self.model.ask("items", partial(self._on_row, row), key="what_if.row", rows=[row])

    def _on_row(self, row: int, answer: Mapping[str, Array]) -> None:
        if self.state.known:
            self.number.setText(str(row + 1))
            self.state.take_row(answer["x"][0])


def figures_text(mean: float, quantiles: Array) -> str:
    """Mean, median and both intervals, to the digits that the wider one needs."""
    digits = max(0, 2 - int(np.floor(np.log10(max(float(quantiles[4] - quantiles[0]), 1e-12)))))
    low, near, median, far, high = (f"{value:,.{digits}f}".replace("-", "−") for value in quantiles)
    middle = f"{mean:,.{digits}f}".replace("-", "−")
    return f"mean {middle}     median {median}     50 % from {near} to {far}     90 % from {low} to {high}"


def how_found(evaluations: int, error: float) -> str:
    """How exact a conditional density is, in a sentence."""
    if not evaluations:
        return "Exact: columns that are neither fixed nor asked about are integrated out."
    return (
        f"A slice of the joint density, made to have an area of 1 by {evaluations:,} of its values; the error of that "
        f"is about {100 * error:.1g} %. Slices need all other columns to be fixed."
    )
