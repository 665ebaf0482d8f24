"""Chains that nobody fitted, as runs to be changed by hand: spread over the data, or the textbook's. No widgets."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.pictures import Raw
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import Watch
from genstudio.data.source import source
from genstudio.errors import GenStudioError
from genstudio.runs.chain_edits import Parameters
from genstudio.runs.chain_hand import KEY, started_by_hand, textbook_by_hand, trained_from
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe
from genstudio.runs.run import Run, new_run
from genstudio.runs.status import Status
from genstudio.ui.data_loading import Loaded, load
from genstudio.ui.session_model import SessionModel

TASK = "chain.start"
TEXTBOOK_SOURCE = "textbook_chain"


class ChainStart(QObject):
    """Makes runs of chains by hand, and trains from them."""

    def __init__(self, model: SessionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model

    @property
    def ready(self) -> bool:
        """Whether models can be made now."""
        return bool(self._model.families) and self._model.loading is None

    @property
    def over_data(self) -> bool:
        """Whether there are rows that states can be spread over."""
        data = self._model.data
        return self.ready and data is not None and data.kind in (Kind.SEQUENCES, Kind.TABLE)

    def spread(self) -> None:
        """Begin with as many states as the experiment says, spread over the data; rows of a table are one sequence."""
        data, raw = self._model.data, self._model.raw
        if data is not None and raw is not None:
            self._begin(partial(_spread, self._model.recipe, raw, data))

    def textbook(self) -> None:
        """Begin with the textbook's matrices: over sequences of two columns that are there, else over its own."""
        self._begin(partial(_textbook, self._model.recipe, self._model.raw, self._model.data))

    def train_from(self, run: Run, parameters: Parameters) -> None:
        """As Train does, but from this chain; the recipe being edited stays as it is."""
        model, busy = self._model, self._model.training
        if run.data is None or (busy is not None and busy.status is not Status.PAUSED):
            return
        try:
            recipe = trained_from(run, parameters, self._steps)
            name = f"{run.name.removesuffix(' by hand')} from here"
            begun = new_run(recipe, run.data, name, run.raw, model.session.workers)
        except GenStudioError as error:
            model.messages.show_error(error)
            return
        if busy is not None:
            busy.job.stop()
        begun.status = Status.TRAINING
        begun.job.slow_down(model.delay_seconds)
        begun.job.start()
        model.add_run(begun)

    @property
    def _steps(self) -> int | None:
        """Most steps that the experiment wants, where its model is a chain."""
        chosen = self._model.recipe.model
        return (int(chosen.settings.get("n_iter", 0)) or None) if chosen.name == KEY else None

    def _begin(self, work: partial[Loaded]) -> None:
        self._model.pump.run(TASK, work, self._on_begun, self._model.messages.show_error)

    def _on_begun(self, loaded: Loaded) -> None:
        model = self._model
        try:
            run = new_run(loaded.recipe, loaded.data, f"{KEY} · {loaded.data.name} by hand", loaded.raw)
        except GenStudioError as error:
            model.messages.show_error(error)
            return
        if loaded.data is not model.data:
            model.adopt(self._to_learn(loaded))
        run.by_hand = True
        model.add_run(run)
        run.job.start()

    def _to_learn(self, loaded: Loaded) -> Loaded:
        """The data for the experiment, whose model then is one of as many states that learns."""
        count = loaded.recipe.model.settings["n_components"]
        settings = self._model.families[KEY].Settings(n_components=count).model_dump(mode="json")
        chosen = ModelRecipe(name=KEY, settings=settings)
        return Loaded(loaded.recipe.model_copy(update={"model": chosen}), loaded.raw, loaded.data, loaded.notes)


def _spread(recipe: Recipe, raw: Raw, data: Dataset, watch: Watch) -> Loaded:
    if data.kind is not Kind.SEQUENCES:
        settings = recipe.data.preparation.model_copy(update={"kind": "sequences"})
        recipe = recipe.model_copy(update={"data": recipe.data.model_copy(update={"preparation": settings})})
        data = prepare(raw, settings, recipe.data_seed)
    return Loaded(started_by_hand(recipe, data), raw, data, ())


def _textbook(recipe: Recipe, raw: Raw | None, data: Dataset | None, watch: Watch) -> Loaded:
    fits = data is not None and data.kind is Kind.SEQUENCES and len(data.preparation.columns) == 2
    if data is not None and raw is not None and fits:
        return Loaded(textbook_by_hand(recipe, data), raw, data, ())
    options = source(TEXTBOOK_SOURCE).Settings().model_dump(mode="json")
    # Unscaled, so that the recipe holds the very numbers of the textbook.
    own = DataRecipe(source=TEXTBOOK_SOURCE, options=options, preparation=PreparationSettings(scaling="none"))
    found = load(recipe.model_copy(update={"data": own}), None, False, watch)
    return Loaded(textbook_by_hand(found.recipe, found.data), found.raw, found.data, found.notes)
