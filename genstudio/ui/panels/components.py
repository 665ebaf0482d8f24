"""The components of a mixture as numbers: read, typed by hand, trained on from, and how many there should be."""

from __future__ import annotations

from functools import partial
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.errors import GenStudioError
from genstudio.models.capabilities import Components
from genstudio.runs.components import HAND_GIVEN, started_by_hand, trained_from
from genstudio.runs.hand import Parameters
from genstudio.runs.job import Status
from genstudio.runs.recipe import ModelRecipe, Recipe
from genstudio.runs.run import Run, new_run
from genstudio.training.events import Preview
from genstudio.ui.component_table import ComponentTable
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import fit_columns, quiet_button
from genstudio.ui.size_comparison import SizeComparison
from genstudio.ui.view_choice import ViewChoice

Array = NDArray[Any]

MOST_COLUMNS = 3
"""Tables with more columns show the numbers of two of them at a time."""
NARROWEST_PX = 78
SORTED_ROWS, SORTED_ROWS_WHILE_TRAINING = 200_000, 20_000
EMPTY = "No components yet. Train a mixture, or start by hand: then every number here can be typed."


class ComponentsPanel(Panel):
    """A table of weights, means and covariances to be typed, and information criteria over their number."""

    info = PanelInfo(
        key="components",
        title="Components",
        icon="components",
        order=30,
        help="The components as numbers that can be typed, with or without any fitting, and how many of them the data "
        "call for.",
        needs=Components,
        doing="be edited component by component",
        of_density=True,
    )

    def build(self) -> None:
        """A line of controls, the table, and below it the comparison of sizes."""
        self._run: Run | None = None
        self._shown_of = ""
        self._names: tuple[str, ...] = ()
        self._editing = False
        self._awaited = 0
        self._sorted = 0
        self.choice = ViewChoice("components", all_pairs=False)
        self.by_hand = quiet_button(
            self.theme, "components.by_hand", "add", "Start by hand",
            "Make a run without any fitting: as many components as the experiment says, spread over the data",
        )
        self.train_from = quiet_button(
            self.theme, "components.train_from", "play", "Train from here",
            "Train a new run that starts from the numbers in this table",
        )
        self.components = ComponentTable(self.theme, "components")
        self.empty = _empty()
        self.sizes = SizeComparison(self.model, self.theme, "components")
        self._arrange()
        self._connect()
        self._refresh()

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and a scaling under which components keep their shape."""
        reason = super().unsuitable(run)
        if not reason and run is not None and run.preparation.scaling.affine(len(run.preparation.columns)) is None:
            return "Under a logit scaling components are no ellipses. Choose another scaling in the Data panel."
        return reason

    def run_changed(self, run: Run | None) -> None:
        """Look at the components of another run, or at one that ended."""
        if run is not self._run:
            self._run, self._awaited = run, 0
            if not self._editing:
                self.components.components.forget_typed()
        if run is None:
            self.look_away("parameters")
            self.look_away("memberships")
            self.components.show_parameters(None)
        else:
            self.look("parameters", self._on_parameters, "parameters")
            self._look_at_rows(run)
        self._refresh()

    def export(self) -> None:
        """Offer the formats in which the comparison can be written."""
        self.sizes.plot.context_menu().popup(self.mapToGlobal(self.rect().center()))

    # Building.

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 4)
        header.setSpacing(4)
        header.addWidget(self.choice)
        header.addStretch(1)
        header.addWidget(self.by_hand)
        header.addWidget(self.train_from)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.components, 1)
        column.addWidget(self.empty, 1)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setObjectName("components.splitter")
        both.setChildrenCollapsible(False)
        both.addWidget(above)
        both.addWidget(self.sizes)
        both.setSizes([300, 320])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    def _connect(self) -> None:
        self.choice.changed.connect(self._show_fields)
        self.by_hand.clicked.connect(self._on_by_hand)
        self.train_from.clicked.connect(self._on_train_from)
        self.components.edited.connect(self._on_edited)
        self.components.failed.connect(self.model.messages.show_error)
        self.sizes.chosen.connect(self._on_size_chosen)
        self.model.advanced.connect(self._on_advanced)
        self.model.edited.connect(self._on_judged)
        for signal in (self.model.data_changed, self.model.ready_changed, self.model.loading_changed,
                       self.model.turned):
            signal.connect(self._refresh)

    # What is shown.

    def _look_at_rows(self, run: Run) -> None:
        if run.data is None:
            self.look_away("memberships")
            return
        most = SORTED_ROWS if run.status.ended else SORTED_ROWS_WHILE_TRAINING
        self._sorted = len(run.data.train)
        self.look("memberships", self._on_memberships, "memberships", most=most)

    def _on_parameters(self, preview: Preview) -> None:
        run, answer = self._run, preview.answer
        if run is None or self._awaited:
            return
        if self._names != run.preparation.names:
            self._names = run.preparation.names
            self.choice.set_columns(self._names)
            self.choice.setVisible(len(self._names) > MOST_COLUMNS)
            self._show_fields()
        self._shown_of = run.key
        self.components.show_parameters((answer["weights"], answer["means"], answer["covariances"]))
        self._refresh()

    def _on_memberships(self, preview: Preview) -> None:
        rows = preview.answer["rows"]
        if len(rows) == self.components.components.rowCount():
            self.components.components.show_memberships(rows, int(preview.answer["n"]), self._sorted)

    def _show_fields(self) -> None:
        few = len(self._names) <= MOST_COLUMNS
        columns = range(len(self._names)) if few else dict.fromkeys(self.choice.columns)
        self.components.components.show_fields(self._names, tuple(columns))
        fit_columns(self.components.table, NARROWEST_PX)

    def _refresh(self, *_: object) -> None:
        """What can be done now, and what is said."""
        run, busy = self.model.current, self.model.training
        shown = run is not None and self._shown_of == run.key and self.components.components.rowCount() > 0
        whole = run is not None and run.data is not None
        self.components.setVisible(self.components.components.rowCount() > 0)
        self.empty.setVisible(self.components.components.rowCount() == 0)
        self.components.set_editable(shown and whole and run is not None and run.status.ended)
        free = busy is None or busy.status is Status.PAUSED
        self.by_hand.setEnabled(self.model.data is not None and bool(self.model.families)
                                and self.model.loading is None)
        self.train_from.setEnabled(shown and whole and free and run is not None and run.status.ended)
        self.components.show_likelihood(_likelihood(run))

    def _on_advanced(self, run: Run) -> None:
        if run is self.model.current and self.isVisible():
            self.components.show_likelihood(_likelihood(run))

    def _on_judged(self, run: Run, metrics: dict[str, float]) -> None:
        if run is not self.model.current:
            return
        self.components.show_likelihood(metrics)
        self._awaited = max(0, self._awaited - 1)
        # An answer from before the change may still be on its way.
        self.look_away("parameters")
        self.look("parameters", self._on_parameters, "parameters")

    # What the person does.

    def _on_edited(self, parameters: Parameters) -> None:
        former, run = self.components.components.parameters, self.model.current
        if former is None or run is None or self._shown_of != run.key:
            return
        # The edited run takes the shown one's place; what was typed so far still counts there.
        self._editing, changes = True, self.model.undo.index()
        self.model.edit_components(parameters, finished=True, former=former)
        self._editing = False
        if self.model.current is not None and self.model.undo.index() > changes:
            self._shown_of = self.model.current.key
            self._awaited += 1
            self.components.show_parameters(parameters)

    def _on_by_hand(self) -> None:
        data, recipe = self.model.data, self.model.recipe
        if data is None:
            return
        if not issubclass(self.model.families[recipe.model.name], Components):
            settings = self.model.families["gmm"].Settings().model_dump(mode="json")
            recipe = recipe.model_copy(update={"model": ModelRecipe(name="gmm", settings=settings)})
        self.model.pump.run("components.start", partial(_start, recipe, data), partial(self._on_started, data))

    def _on_started(self, data: Dataset, recipe: Recipe) -> None:
        if data is not self.model.data:
            return
        run = new_run(recipe, data, f"{recipe.model.name} · {data.name} by hand", self.model.raw)
        run.by_hand = True
        self.model.add_run(run)
        run.job.start()

    def _on_train_from(self) -> None:
        """As Train does, but from these numbers; the recipe being edited stays as it is."""
        run, parameters, busy = self.model.current, self.components.components.parameters, self.model.training
        learning = busy is not None and busy.status is not Status.PAUSED
        if run is None or run.data is None or parameters is None or learning:
            return
        try:
            recipe = trained_from(run, parameters)
            name = f"{run.name.removesuffix(' by hand')} from here"
            begun = new_run(recipe, run.data, name, run.raw, self.model.session.workers)
        except GenStudioError as error:
            self.model.messages.show_error(error)
            return
        if busy is not None:
            busy.job.stop()
        begun.status = Status.TRAINING
        begun.job.slow_down(self.model.delay_seconds)
        begun.job.start()
        self.model.add_run(begun)

    def _on_size_chosen(self, n_components: int, covariance_type: str) -> None:
        if self.model.recipe.model.name != "gmm":
            self.model.choose_model("gmm")
        changes: dict[str, Any] = {"n_components": n_components, "covariance_type": covariance_type}
        settings = self.model.recipe.model.settings
        if any(settings.get(name) is not None for name in HAND_GIVEN):
            changes |= dict.fromkeys(HAND_GIVEN)
        if settings.get("max_iter") == 0:
            changes["max_iter"] = self.model.families["gmm"].Settings().max_iter
        self.model.edit_settings(**changes)
        self.model.messages.show("info", f"The experiment has {n_components} components now ({covariance_type}).",
                                 "Press Train.")


def _likelihood(run: Run | None) -> dict[str, float | None]:
    return {} if run is None else {name: run.history.last(name) for name in ("train", "valid")}


def _start(recipe: Recipe, data: Dataset, watch: Watch) -> Recipe:
    return started_by_hand(recipe, data)


def _empty() -> QLabel:
    label = QLabel(EMPTY)
    label.setObjectName("components.empty")
    label.setProperty("role", "empty")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setMargin(24)
    return label
