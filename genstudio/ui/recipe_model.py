"""The recipe being edited and its data: every change that a person can ask for. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.preparation import PreparationSettings
from genstudio.data.reader import Watch
from genstudio.data.source import source
from genstudio.data.table import Table
from genstudio.errors import GenStudioError
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe, TrainingRecipe
from genstudio.runs.task import Task
from genstudio.settings import validate
from genstudio.ui.commands import EditRecipe, Section
from genstudio.ui.data_loading import Advice, Loaded, advise, load
from genstudio.ui.data_remarks import DataRemarks
from genstudio.ui.messages import Messages
from genstudio.ui.pump import Pump


@dataclass(frozen=True)
class Models:
    """What the registry knows, once it could be imported (after the first paint).

    Arguments:
        families: every model class by key.
        devices: names of the devices that torch finds, the processor first.
    """

    families: Mapping[str, Any]
    devices: tuple[str, ...] = ("cpu",)


class RecipeModel(QObject):
    """Edits a recipe and keeps its data loaded.

    Signals:
        recipe_changed: the section that changed.
        data_changed: `raw` and `data` are new.
        loading_changed: whether data are being loaded.
        ready_changed: the models can be used now.
    """

    recipe_changed = Signal(str)
    data_changed = Signal()
    loading_changed = Signal(bool)
    ready_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.messages = Messages(self)
        self.pump = Pump(self)
        self.undo = QUndoStack(self)
        self.recipe = opening_recipe()
        self.models: Models | None = None
        self.raw: Raw | None = None
        self.data: Dataset | None = None
        self._sound = self.recipe
        self._unsuited = True
        self._turned = False
        self._suited: Mapping[str, Mapping[str, Any]] = {}
        self._asking: EditRecipe | None = None
        self._remarks = DataRemarks(self.messages)
        self.pump.failed.connect(self.messages.show_error)
        self.recipe_changed.connect(lambda _: self._remarks.follow_model(self.recipe.model.name))

    # Data.

    @property
    def table(self) -> Table | None:
        """The rows before preparation; None while nothing is loaded, or where the data are no table."""
        return self.raw if isinstance(self.raw, Table) else None

    @property
    def pictures(self) -> Pictures | None:
        """The pictures before preparation; None while nothing is loaded, or where the data are none."""
        return self.raw if isinstance(self.raw, Pictures) else None

    def choose_source(self, key: str, **options: Any) -> None:
        """Take built-in data, with options that differ from the defaults."""
        kind = source(key)
        values = validate(kind.Settings, options, kind.info.title).model_dump(mode="json")
        self._edit(self._with_data(DataRecipe(source=key, options=values)), "data", f"Data: {kind.info.title}",
                   fresh=key != self.recipe.data.source)

    def open_data(self, path: Path) -> None:
        """Take a file; how it is read and prepared is proposed once it has been looked at."""
        self._edit(self._with_data(DataRecipe(path=str(path.resolve()))), "data", f"Open {path.name}", fresh=True)

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
        self._edit(self._with_data(data), "data", text)

    # Model, training, and the whole.

    def choose_model(self, key: str) -> None:
        """Take another model, with the settings it recommends for the data."""
        self._unsuited = key not in self._suited
        self._edit(self._with_model(key, self._recommended(key)), "model", f"Model: {self.families[key].info.title}")

    def edit_settings(self, **changes: Any) -> None:
        """Change settings of the model; live ones also in the run that is training."""
        name = self.recipe.model.name
        try:
            changed = self._with_model(name, {**self.recipe.model.settings, **changes})
        except GenStudioError as error:
            self.messages.show_error(error)
            return
        self._unsuited = False
        self._edit(changed, "model", f"Change {', '.join(changes)}")

    def edit_training(self, training: TrainingRecipe) -> None:
        """Change when training ends."""
        self._edit(self.recipe.model_copy(update={"training": training}), "training", "Change limits")

    def edit_seed(self, seed: int) -> None:
        """Change the seed."""
        self._edit(self.recipe.model_copy(update={"seed": seed}), "seed", "Change seed")

    def take_recipe(self, recipe: Recipe, text: str = "Take recipe") -> None:
        """Edit another recipe from now on; its model's settings stay as they are given."""
        self._edit(recipe, "all", text)

    # Loading.

    def start_up(self) -> None:
        """Load the data of the recipe that the window opens with."""
        self._load(proposing=False)

    def set_models(self, families: Mapping[str, Any], devices: tuple[str, ...] = ("cpu",)) -> None:
        """The models could be imported; devices as in `Models`."""
        self.models = Models(families, devices)
        self._recommend()
        self.ready_changed.emit()

    @property
    def families(self) -> Mapping[str, Any]:
        """Every model class by key; empty until they could be imported."""
        return {} if self.models is None else self.models.families

    @property
    def loading(self) -> Task[Any] | None:
        """The task that loads data, or None."""
        return self.pump.task("data") or (self.pump.task("recommend") if self._unsuited or self._turned else None)

    def cancel_loading(self) -> None:
        """Keep the former data."""
        if self.loading is not None:
            self.pump.cancel("data")
            self._fall_back()

    def take(self, recipe: Recipe, section: Section, command: EditRecipe | None = None) -> None:
        """Edit this recipe from now on; the way of undo and redo.

        Arguments:
            command: the change that brought new data, to be told what is proposed for them.
        """
        former, self.recipe = self.recipe, recipe
        if recipe.data != former.data or recipe.data_seed != former.data_seed:
            self._asking, self._unsuited = command, command is not None
            self._load(proposing=command is not None)
        if recipe.model != former.model:
            self._unsuited = False
        self.recipe_changed.emit(section)

    def adopt(self, loaded: Loaded) -> None:
        """Take a recipe whose data are at hand; what is being loaded is given up."""
        self.pump.cancel("data")
        self._asking, self._unsuited = None, False
        self.settle(loaded)
        self._recommend()

    def settle(self, loaded: Loaded) -> None:
        """These data are the ones to learn from now."""
        self._turned = self.data is not None and self.data.kind is not loaded.data.kind
        self.raw, self.data = loaded.raw, loaded.data
        self._suited = {}
        self._propose(loaded.recipe, "all")
        self._sound = self.recipe
        self.loading_changed.emit(False)
        self.data_changed.emit()

    # Inner workings.

    def _edit(self, recipe: Recipe, section: Section, text: str, fresh: bool = False) -> None:
        if recipe != self.recipe:
            self.undo.push(EditRecipe(self, recipe, section, text, fresh))

    def _with_data(self, data: DataRecipe) -> Recipe:
        return self.recipe.model_copy(update={"data": data})

    def _with_model(self, key: str, settings: Mapping[str, Any]) -> Recipe:
        family = self.families[key]
        values = validate(family.Settings, settings, family.info.title).model_dump(mode="json")
        return self.recipe.model_copy(update={"model": ModelRecipe(name=key, settings=values)})

    def _recommended(self, key: str) -> Mapping[str, Any]:
        return self._suited.get(key, {})

    def _load(self, proposing: bool) -> None:
        recipe, known = self.recipe, self.raw
        raw = known if known is not None and self._same_rows(recipe) else None

        def work(watch: Watch) -> Loaded:
            return load(recipe, raw, proposing, watch)

        self.pump.run("data", work, self._on_loaded, self._on_load_failed)
        self.loading_changed.emit(True)

    def _same_rows(self, recipe: Recipe) -> bool:
        drawn_alike = recipe.data.path is not None or recipe.data_seed == self._sound.data_seed
        return recipe.data.same_table(self._sound.data) and drawn_alike

    def _on_loaded(self, loaded: Loaded) -> None:
        # Settings may have been changed while the data were being read.
        self.settle(Loaded(self._with_data(loaded.recipe.data), loaded.raw, loaded.data, loaded.notes))
        self._remarks.begin(loaded.notes)
        self._recommend()

    def _on_load_failed(self, error: BaseException) -> None:
        self.messages.show_error(error)
        self._fall_back()

    def _fall_back(self) -> None:
        """The data stay as they were before the change that could not be carried out."""
        self._asking, self._unsuited = None, self.raw is None
        failed = self.recipe.data
        self.recipe = self.recipe.model_copy(update={"data": self._sound.data, "seed": self._sound.seed})
        self.recipe_changed.emit("data")
        self.loading_changed.emit(False)
        if self.raw is None and failed != self._sound.data:
            # The window is never empty.
            self._load(proposing=False)

    def _recommend(self) -> None:
        """Find what every model recommends for new data; the chosen one takes it, unless settings were given."""
        if self.data is None or self.models is None:
            return
        self.pump.run("recommend", partial(advise, self.families, self.data), self._on_recommended)
        self.loading_changed.emit(self.loading is not None)

    def _on_recommended(self, advice: Advice) -> None:
        self._suited = advice.settings
        # Rows that have become sequences, or pictures, may need another model.
        if self._unsuited or (self._turned and self.recipe.model.name in advice.reasons):
            self._unsuited = False
            former = self.recipe.model.name
            key = advice.instead_of(former)
            self._propose(self._with_model(key, self._recommended(key)), "model")
            self._sound = self.recipe
            if key != former:
                remark = f"{advice.reasons[former]} {self.families[key].info.title} was chosen instead."
                self._remarks.say_chosen(remark, key)
        self._asking, self._turned = None, False
        self.loading_changed.emit(self.loading is not None)

    def _propose(self, recipe: Recipe, section: Section) -> None:
        """Take what suits new data, as part of the change that brought them."""
        if recipe == self.recipe:
            return
        if self._asking is not None:
            self._asking.settle(self.recipe, recipe)
        self.recipe = recipe
        self.recipe_changed.emit(section)


def opening_recipe() -> Recipe:
    """What the window opens with; options are spelled out, as in recipes that are read or edited."""
    recipe = Recipe()
    options = source(str(recipe.data.source)).Settings().model_dump(mode="json")
    return recipe.model_copy(update={"data": recipe.data.model_copy(update={"options": options})})
