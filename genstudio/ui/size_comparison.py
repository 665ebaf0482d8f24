"""How many components, or states? Criteria over sizes and shapes, fitted in the background as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from genstudio.runs.job import Status
from genstudio.ui.criterion_plot import NO_VALIDATION, CriterionPlot, judgement
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.room import keep_room
from genstudio.ui.session_model import SessionModel
from genstudio.ui.size_fields import SizeFields
from genstudio.ui.theme import Theme

if TYPE_CHECKING:
    from genstudio.applications.selection import Candidate

SIDE_PX, LEAST_PX = 264, 150
RESOLUTION = 1000
IDLE = "Fits one {thing} for each number, on the training rows. The lowest criterion is the best."
MODELS = {"gmm": ("mixture", "components"), "hmm": ("hidden Markov model", "states")}
"""What is compared, by the key of its model, and what it has so many of."""
USE = "Use the best"
SLOWER = "A run is learning at the same time, so both are slower."


class SizeComparison(QWidget):
    """Settings at the left, the criterion over the number of components or states at the right.

    Arguments:
        family: key of the models that are compared.

    Signals:
        chosen: number of components and covariance type that a person wants to use.
    """

    chosen = Signal(int, str)

    def __init__(self, model: SessionModel, theme: Theme, prefix: str, family: str = "gmm") -> None:
        super().__init__()
        self._model, self._family = model, family
        self.task = f"{prefix}.sizes"
        thing, things = MODELS[family]
        self._idle = IDLE.format(thing=thing)
        self._found: list[Candidate] = []
        self._shown = 0
        self._best: Candidate | None = None
        self.fields = SizeFields(prefix, things)
        self.plot = CriterionPlot(theme, f"{prefix}.criterion_plot", things)
        self.compare = QPushButton("Compare")
        self.cancel = quiet_button(theme, f"{prefix}.cancel", "close", "Cancel", "Stop, and keep what was found so far")
        self.use = QPushButton(USE)
        self.bar = QProgressBar()
        self.told = plain_label(f"{prefix}.sizes_told", title="What the comparison found")
        self._dress(prefix)
        self._arrange()
        self._connect()
        self.forget()

    def start(self) -> None:
        """Compare from the beginning."""
        data, family = self._model.data, self._model.families.get(self._family)
        self.fields.commit()
        if data is None or family is None:
            return
        problem = self.fields.problem() or family.unsuitable(data)
        if problem:
            self.told.setText(problem)
            return
        self.forget()
        recipe = self._model.recipe
        own = recipe.model.name == self._family
        settings = family.Settings(**recipe.model.settings) if own else None
        # scikit-learn stays out of the window's start.
        from genstudio.runs.sizes import Comparison  # noqa: PLC0415

        comparison = Comparison(
            self._family, data, settings, self.fields.sizes, self.fields.shapes, recipe.seed, self._found
        )
        self._model.pump.run(self.task, comparison.carry_out, self._on_done, self._on_failed)
        self._allow()
        self._follow()

    def stop(self) -> None:
        """Fit no more; what was found stays."""
        self._model.pump.cancel(self.task)
        self._draw()
        self._allow()
        self.told.setText("Cancelled. " + self._sentence())

    def forget(self) -> None:
        """Nothing was compared yet, or other data were."""
        self._model.pump.cancel(self.task)
        # The list that a cancelled comparison still holds is not ours any more.
        self._found, self._shown, self._best = [], 0, None
        self.bar.setValue(0)
        self.told.setText(self._idle)
        self._draw()
        self._allow()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow what goes on in the background, while it is seen."""
        super().showEvent(event)
        self._model.pump.ticked.connect(self._follow)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._model.pump.ticked.disconnect(self._follow)

    # Building.

    def _dress(self, prefix: str) -> None:
        for button, name, tip in (
            (self.compare, "compare", "Fit all these models in the background"),
            (self.use, "use", "Set the number and the shape in the experiment"),
        ):
            button.setObjectName(f"{prefix}.{name}")
            button.setAccessibleName(button.text())
            button.setToolTip(tip)
        self.bar.setObjectName(f"{prefix}.progress")
        self.bar.setAccessibleName("Progress of the comparison")
        self.bar.setRange(0, RESOLUTION)
        self.bar.setTextVisible(False)
        keep_room(self.bar, self.cancel)
        self.cancel.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.told.setWordWrap(True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.told.setFixedHeight(3 * self.told.fontMetrics().lineSpacing() + 4)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.compare)
        buttons.addWidget(self.use, 1)
        progress = QHBoxLayout()
        progress.setSpacing(2)
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.cancel)
        side = QWidget()
        side.setProperty("role", "page")
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 8, 10, 6)
        column.setSpacing(5)
        column.addWidget(self.fields)
        column.addLayout(buttons)
        column.addLayout(progress)
        column.addWidget(self.told)
        column.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(_scrolled(side))
        layout.addWidget(self.plot, 1)
        self.plot.setMinimumHeight(LEAST_PX)

    def _connect(self) -> None:
        self.compare.clicked.connect(self.start)
        self.cancel.clicked.connect(self.stop)
        self.use.clicked.connect(self._on_use)
        self.fields.criterion_changed.connect(self._on_criterion)
        self.fields.problem_told.connect(lambda sentence: self.told.setText(sentence or self._idle))
        self.plot.export_failed.connect(self._model.messages.show_error)
        self._model.data_changed.connect(self.forget)
        self._model.ready_changed.connect(self._allow)

    # What goes on.

    def _follow(self) -> None:
        task = self._model.pump.task(self.task)
        if task is None:
            return
        self.bar.setValue(round(RESOLUTION * task.progress[0]))
        run = self._model.training
        learning = run is not None and run.status is Status.TRAINING
        self.told.setText(f"{task.progress[1]}…" + (f" {SLOWER}" if learning else "") if task.progress[1] else "")
        if len(self._found) > self._shown:
            self._draw()

    def _on_done(self, _: None) -> None:
        self.bar.setValue(RESOLUTION)
        self._draw()
        self.told.setText(self._sentence())
        self._allow()

    def _on_failed(self, error: BaseException) -> None:
        self.told.setText(str(error))
        self._model.messages.show_error(error)
        self._allow()

    def _on_criterion(self) -> None:
        self._draw()
        if self._model.pump.task(self.task) is None and self._found:
            self.told.setText(self._sentence())

    def _on_use(self) -> None:
        if self._best is not None:
            self.chosen.emit(self._best.n_components, self._best.covariance_type)

    # What is shown.

    def _draw(self) -> None:
        candidates = list(self._found)
        self._shown = len(candidates)
        self._best = self.plot.show_candidates(candidates, self.fields.criterion)
        best = self._best
        self.use.setEnabled(best is not None)
        self.use.setText(USE if best is None else f"Use {best.n_components} · {best.covariance_type}")

    def _sentence(self) -> str:
        if self._best is None:
            known = any(not c.failure for c in self._found)
            return NO_VALIDATION if known else next((c.failure for c in self._found), "Nothing was fitted.")
        best, judged = self._best, judgement(self._best, self.fields.criterion)
        failed = sum(bool(c.failure) for c in self._found)
        waiting = sum(not c.converged and not c.failure for c in self._found)
        parts = [f"Best: {best.n_components}, {best.covariance_type}; {judged}."]
        parts += [f"{waiting} of {len(self._found)} had not converged."] if waiting else []
        parts += [f"{failed} of {len(self._found)} failed."] if failed else []
        return " ".join(parts)

    def _allow(self) -> None:
        busy = self._model.pump.task(self.task) is not None
        self.compare.setEnabled(not busy and self._model.data is not None and self._family in self._model.families)
        self.cancel.setEnabled(busy)
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)


def _scrolled(widget: QWidget) -> QScrollArea:
    """Low windows scroll the settings rather than grow."""
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFixedWidth(SIDE_PX)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumHeight(LEAST_PX)
    return area
