"""What the window shows and requests: the recipe being edited, its data, and the runs. No widgets here."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings
from genstudio.data.reader import Watch
from genstudio.data.source import source
from genstudio.data.table import Table
from genstudio.errors import GenStudioError
from genstudio.runs.job import Asked, Status, Told, Turned
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe, TrainingRecipe
from genstudio.runs.hand import Parameters, by_hand, given_parameters
from genstudio.runs.run import Run, new_run
from genstudio.runs.session import Session
from genstudio.runs.task import Task
from genstudio.settings import validate
from genstudio.training.events import Preview, Progress
from genstudio.ui.data_loading import Loaded, load
from genstudio.ui.messages import Messages
from genstudio.ui.pump import Pump

PULL_SECONDS = 0.08
"""How often views follow a run that learns: often enough for eyes, and nearly all time is left to the learning."""

Section = str
"""Which part of a recipe: "seed", "data", "model" or "training"."""


@dataclass(frozen=True)
class Models:
    """What the registry knows, once it could be imported (after the first paint)."""

    families: Mapping[str, Any]


class SessionModel(QObject):
    """The state behind the window, and every change that a person can ask for.

    Signals:
        recipe_changed: the section that changed.
        data_changed: `table` and `data` are new.
        loading_changed: whether data are being loaded.
        ready_changed: the models can be used now.
        runs_changed: runs were added, removed, renamed or marked for comparison.
        current_changed: another run is shown.
        advanced: a run and what it told since the last tick.
        turned: a run whose status changed.
        previewed: the name of a watched question, and its newest Preview (current run only).
        edited: a run whose parameters were changed by hand, and its mean log-likelihoods now.
    """

    recipe_changed = Signal(str)
    data_changed = Signal()
    loading_changed = Signal(bool)
    ready_changed = Signal()
    runs_changed = Signal()
    current_changed = Signal()
    advanced = Signal(object, list)
    turned = Signal(object)
    previewed = Signal(str, object)
    edited = Signal(object, dict)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.messages = Messages(self)
        self.pump = Pump(self)
        self.undo = QUndoStack(self)
        self.session = Session()
        self.recipe = Recipe()
        self.models: Models | None = None
        self.table: Table | None = None
        self.data: Dataset | None = None
        self.current: Run | None = None
        self.compared: set[str] = set()
        self.delay_seconds = 0.0
        self._sound = self.recipe
        self._settings_given = False
        self._pulled = 0.0
        self._watches: dict[str, tuple[str, dict[str, Any]]] = {}
        self.pump.ticked.connect(self._on_ticked)
        self.pump.failed.connect(self.messages.show_error)

    # The recipe being edited.

    def choose_source(self, key: str, **options: Any) -> None:
        """Take built-in data, with options that differ from the defaults."""
        kind = source(key)
        values = validate(kind.Settings, options, kind.info.title).model_dump(mode="json")
        self._settings_given = False
        self.edit_data(DataRecipe(source=key, options=values), f"Data: {kind.info.title}")

    def open_data(self, path: Path) -> None:
        """Take a file; how it is read and prepared is proposed once it has been looked at."""
        self._settings_given = False
        self.edit_data(DataRecipe(path=str(path.resolve())), f"Open {path.name}")

    def edit_option(self, name: str, value: Any) -> None:
        """Change one option of the source or reader."""
        options = {**self.recipe.data.options, name: value}
        self.edit_data(self.recipe.data.model_copy(update={"options": options}), f"Change {name}")

    def edit_preparation(self, **changes: Any) -> None:
        """Change how the table is prepared."""
        values = {**self.recipe.data.preparation.model_dump(), **changes}
        try:
            preparation = validate(PreparationSettings, values, "the data")
        except GenStudioError as error:
            self.messages.show_error(error)
            return
        self.edit_data(self.recipe.data.model_copy(update={"preparation": preparation}), f"Change {', '.join(changes)}")

    def edit_data(self, data: DataRecipe, text: str) -> None:
        """Change the data section."""
        self._edit(self.recipe.model_copy(update={"data": data}), "data", text)

    def choose_model(self, key: str) -> None:
        """Take another model, with the settings it recommends for the data."""
        family = self.families[key]
        settings = {} if self.data is None else family.recommended(self.data)
        values = validate(family.Settings, settings, family.info.title).model_dump(mode="json")
        chosen = ModelRecipe(name=key, settings=values)
        self._edit(self.recipe.model_copy(update={"model": chosen}), "model", f"Model: {family.info.title}")

    def edit_settings(self, **changes: Any) -> None:
        """Change settings of the model; live ones also in the run that is training."""
        family = self.families[self.recipe.model.name]
        try:
            values = validate(family.Settings, {**self.recipe.model.settings, **changes}, family.info.title)
        except GenStudioError as error:
            self.messages.show_error(error)
            return
        chosen = ModelRecipe(name=self.recipe.model.name, settings=values.model_dump(mode="json"))
        self._edit(self.recipe.model_copy(update={"model": chosen}), "model", f"Change {', '.join(changes)}")

    def edit_training(self, training: TrainingRecipe) -> None:
        """Change when training ends."""
        self._edit(self.recipe.model_copy(update={"training": training}), "training", "Change limits")

    def edit_seed(self, seed: int) -> None:
        """Change the seed."""
        self._edit(self.recipe.model_copy(update={"seed": seed}), "seed", "Change seed")

    def take_recipe(self, recipe: Recipe, text: str = "Take recipe") -> None:
        """Edit another recipe from now on; its model's settings stay as they are given."""
        self._settings_given = True
        self._edit(recipe, "all", text)

    def start_up(self) -> None:
        """Load the data of the recipe that the window opens with."""
        self._load()

    def set_models(self, families: Mapping[str, Any]) -> None:
        """The models could be imported."""
        self.models = Models(families)
        if self.data is not None:
            self._recommend()
        self.ready_changed.emit()

    @property
    def families(self) -> Mapping[str, Any]:
        """Every model class by key; empty until they could be imported."""
        return {} if self.models is None else self.models.families

    @property
    def loading(self) -> Task[Any] | None:
        """The task that loads data, or None."""
        return self.pump.task("data")

    def cancel_loading(self) -> None:
        """Keep the former data."""
        if self.loading is not None:
            self.pump.cancel("data")
            self._fall_back()

    # Training.

    @property
    def training(self) -> Run | None:
        """The run that learns or is held, or None."""
        busy = self.session.training
        return busy[0] if busy else None

    def train(self) -> None:
        """Carry out the recipe as a new run; nothing while another one learns."""
        busy = self.training
        if busy is not None and busy.status is not Status.PAUSED:
            return
        if self.data is None or self.models is None or self.loading is not None:
            self.messages.show("info", "The data or the models are still being loaded.", "Train again in a moment.")
            return
        if busy is not None:
            busy.job.stop()
        try:
            run = self.session.start(self.recipe, self.data, self.table)
        except GenStudioError as error:
            self.messages.show_error(error)
            return
        run.status = Status.TRAINING
        run.job.slow_down(self.delay_seconds)
        self.runs_changed.emit()
        self.show_run(run)

    def play_or_pause(self) -> None:
        """Hold the run that learns, let the held one go on, or train."""
        run = self.training
        if run is None:
            self.train()
        elif run.status is Status.TRAINING:
            run.job.pause()
        else:
            run.job.start()

    def step(self) -> None:
        """Take one step of the run that is held or learns; begin a new one where there is none."""
        if self.training is None:
            self.train()
        if self.training is not None:
            self.training.job.step()

    def stop(self) -> None:
        """End training and keep what was learned."""
        if self.training is not None:
            self.training.job.stop()

    def slow_down(self, delay_seconds: float) -> None:
        """At least so long between two steps."""
        self.delay_seconds = delay_seconds
        for run in self.session.training:
            run.job.slow_down(delay_seconds)

    # Runs.

    def show_run(self, run: Run | None) -> None:
        """Show another run."""
        if run is self.current:
            return
        if self.current is not None:
            for name in self._watches:
                self.current.job.unwatch(name)
        self.current = run
        self._start_watching()
        self.current_changed.emit()

    def take_session_run(self, run: Run) -> None:
        """Show a run that was opened, and edit its recipe, with the rows that the file held."""
        if run.data is not None and run.table is not None:
            self._settle(Loaded(run.recipe, run.table, run.data, ()))
        elif run.recipe != self.recipe:
            self.take_recipe(run.recipe, f"Recipe of {run.name}")
        self.show_run(run)

    def add_run(self, run: Run) -> None:
        """Take in a run and show it."""
        self.session.add(run)
        self.runs_changed.emit()
        self.show_run(run)

    def remove_run(self, run: Run) -> None:
        """Delete a run; undo brings it back."""
        self.undo.push(RemoveRun(self, run))

    def rename_run(self, run: Run, name: str) -> None:
        """Call a run something else."""
        self.session.rename(run, name)
        self.runs_changed.emit()

    def compare_run(self, run: Run, compared: bool) -> None:
        """Lay a run's curves over the shown run's, or take them away."""
        (self.compared.add if compared else self.compared.discard)(run.key)
        self.runs_changed.emit()

    def edit_components(self, parameters: Parameters, finished: bool) -> None:
        """Take parameters given by hand: in the shown run if it is one made by hand, else in a new one.

        Arguments:
            finished: the hand has let go, so the change can be taken back and stands in the recipe.
        """
        run = self.current
        if run is None or run.data is None or not run.status.ended:
            return
        try:
            recipe = by_hand(run.recipe, run.preparation, *parameters)
            if not run.by_hand:
                run = self._begin_by_hand(run, recipe)
        except GenStudioError as error:
            self.messages.show_error(error)
            return
        if finished:
            self.undo.push(EditByHand(self, run, recipe, parameters))
        else:
            self._set_parameters(run, parameters, finished=False)

    def _begin_by_hand(self, run: Run, recipe: Recipe) -> Run:
        assert run.data is not None  # noqa: S101 - for the type checker: the caller has looked
        edited = new_run(recipe, run.data, f"{run.name} by hand", run.table)
        edited.by_hand = True
        self.session.add(edited)
        edited.job.start()
        self.runs_changed.emit()
        self.show_run(edited)
        return edited

    def _set_parameters(self, run: Run, parameters: Parameters, finished: bool) -> None:
        weights, means, covariances = parameters
        key = None if finished else "by hand"
        asked = run.job.ask("set_parameters", key, weights=weights, means=means, covariances=covariances)
        self.pump.follow(asked, lambda answer: self._on_edited(run, answer, finished), self.messages.show_error)

    def _on_edited(self, run: Run, answer: Mapping[str, Any], finished: bool) -> None:
        metrics = {name: float(answer[name]) for name in ("train", "valid") if name in answer}
        if finished:
            told: list[Told] = [Progress(run.history.step + 1, None, metrics)]
            run.take(told[0])
            self.advanced.emit(run, told)
        self.edited.emit(run, metrics)

    def ask(self, question: str, done: Callable[[Any], None], key: str | None = None, **arguments: Any) -> Asked | None:
        """Ask the shown run; the answer is dropped if another run is shown by then."""
        run = self.current
        if run is None:
            return None
        asked = run.job.ask(question, key, **arguments)

        def deliver(answer: Any) -> None:
            if self.current is run:
                done(answer)

        self.pump.follow(asked, deliver)
        return asked

    def watch(self, name: str, question: str, **arguments: Any) -> None:
        """Keep asking whatever run is shown, as it learns; answers come by `previewed`."""
        self._watches[name] = (question, arguments)
        if self.current is not None:
            self.current.job.watch(name, question, **arguments)

    def unwatch(self, name: str) -> None:
        """Nobody looks any more."""
        self._watches.pop(name, None)
        if self.current is not None:
            self.current.job.unwatch(name)

    def close(self) -> None:
        """End every thread."""
        self.pump.close()
        self.session.close()

    # Inner workings.

    def _edit(self, recipe: Recipe, section: Section, text: str) -> None:
        if recipe != self.recipe:
            self.undo.push(EditRecipe(self, recipe, section, text))

    def _take(self, recipe: Recipe, section: Section) -> None:
        former, self.recipe = self.recipe, recipe
        if recipe.data != former.data or recipe.data_seed != former.data_seed:
            self._load()
        self._change_live(former)
        self.recipe_changed.emit(section)

    def _change_live(self, former: Recipe) -> None:
        run = self.training
        if run is None or run.recipe.model.name != self.recipe.model.name:
            return
        live = run.model(run.model.Settings()).live_settings().values
        for name, value in self.recipe.model.settings.items():
            if name in live and value != former.model.settings.get(name):
                run.job.change(name, value)

    def _load(self) -> None:
        recipe, known = self.recipe, self.table
        sound = self._sound.data
        table = known if known is not None and self._same_rows(recipe) else None
        proposing = recipe.data.path is not None and recipe.data.path != sound.path and not recipe.data.options

        def work(watch: Watch) -> Loaded:
            return load(recipe, table, proposing, watch)

        self.pump.run("data", work, self._on_loaded, self._on_load_failed)
        self.loading_changed.emit(True)

    def _same_rows(self, recipe: Recipe) -> bool:
        drawn_alike = recipe.data.path is not None or recipe.data_seed == self._sound.data_seed
        return recipe.data.same_table(self._sound.data) and drawn_alike

    def _on_loaded(self, loaded: Loaded) -> None:
        former = self._sound.data
        another = (loaded.recipe.data.source, loaded.recipe.data.path) != (former.source, former.path)
        self._settle(loaded)
        for note in loaded.notes:
            self.messages.show("info", note)
        if self.models is not None and another:
            self._recommend()

    def _settle(self, loaded: Loaded) -> None:
        """These data are the ones to learn from now."""
        self.table, self.data = loaded.table, loaded.data
        if loaded.recipe != self.recipe:
            self.recipe = loaded.recipe
            self.recipe_changed.emit("all")
        self._sound = self.recipe
        self.loading_changed.emit(False)
        self.data_changed.emit()

    def _on_load_failed(self, error: BaseException) -> None:
        self.messages.show_error(error)
        self._fall_back()

    def _fall_back(self) -> None:
        """The data stay as they were before the change that could not be carried out."""
        if self.table is not None:
            self.recipe = self.recipe.model_copy(update={"data": self._sound.data, "seed": self._sound.seed})
            self.recipe_changed.emit("data")
        self.loading_changed.emit(False)

    def _recommend(self) -> None:
        """The settings that suit new data, unless a recipe came with its own."""
        if self.data is None or self._settings_given:
            return
        key = self.recipe.model.name
        family = self.families[key]
        values = validate(family.Settings, family.recommended(self.data), family.info.title).model_dump(mode="json")
        self.recipe = self.recipe.model_copy(update={"model": ModelRecipe(name=key, settings=values)})
        self._sound = self.recipe
        self.recipe_changed.emit("model")

    def _start_watching(self) -> None:
        if self.current is not None:
            for name, (question, arguments) in self._watches.items():
                self.current.job.watch(name, question, **arguments)

    def _on_ticked(self) -> None:
        now = time.monotonic()
        if self.training is not None and now - self._pulled < PULL_SECONDS:
            return
        self._pulled = now
        for run in list(self.session):
            told = run.pull()
            if told:
                self._tell(run, told)

    def _tell(self, run: Run, told: list[Told]) -> None:
        self.advanced.emit(run, told)
        for item in told:
            if isinstance(item, Preview) and run is self.current:
                self.previewed.emit(item.name, item)
            elif isinstance(item, Turned):
                self._on_turned(run, item)

    def _on_turned(self, run: Run, turned: Turned) -> None:
        if turned.message:
            self.messages.show("alarm", f"{run.name}: {turned.message}", details=turned.details)
        self.turned.emit(run)


class EditRecipe(QUndoCommand):
    """A change of the recipe that can be taken back; changes of one kind in a row become one."""

    def __init__(self, model: SessionModel, recipe: Recipe, section: Section, text: str) -> None:
        super().__init__(text)
        self._model, self._section = model, section
        self._before, self._after = model.recipe, recipe

    def id(self) -> int:
        """Commands of the same text may merge."""
        return hash(self.text()) & 0x3FFFFFFF if self.text().startswith("Change") else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Dragging a slider is one change."""
        if not isinstance(other, EditRecipe) or other.text() != self.text():
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        """Make the change."""
        self._model._take(self._after, self._section)

    def undo(self) -> None:
        """Take it back."""
        self._model._take(self._before, "all")


class EditByHand(QUndoCommand):
    """A change of parameters by hand; the recipe carries them, and undo gives the former ones back."""

    def __init__(self, model: SessionModel, run: Run, recipe: Recipe, parameters: Parameters) -> None:
        super().__init__("Edit components")
        self._model, self._run = model, run
        self._before, self._after = (run.recipe, None), (recipe, parameters)

    def redo(self) -> None:
        """Make the change."""
        self._take(*self._after)

    def undo(self) -> None:
        """Take it back."""
        recipe, _ = self._before
        self._take(recipe, given_parameters(recipe, self._run.preparation))

    def _take(self, recipe: Recipe, parameters: Parameters | None) -> None:
        self._run.recipe = recipe
        if parameters is not None:
            self._model._set_parameters(self._run, parameters, finished=True)


class RemoveRun(QUndoCommand):
    """Deleting a run; its job lives on, so that undo brings all of it back."""

    def __init__(self, model: SessionModel, run: Run) -> None:
        super().__init__(f"Delete {run.name}")
        self._model, self._run, self._place = model, run, 0

    def redo(self) -> None:
        """Take the run out of the list."""
        model = self._model
        self._place = model.session.take_out(self._run)
        if model.current is self._run:
            runs = model.session.runs
            model.show_run(runs[min(self._place, len(runs) - 1)] if runs else None)
        model.runs_changed.emit()

    def undo(self) -> None:
        """Put it back."""
        self._model.session.add(self._run, self._place)
        self._model.runs_changed.emit()
        self._model.show_run(self._run)
