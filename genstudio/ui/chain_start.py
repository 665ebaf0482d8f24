"""Chains that nobody fitted, as runs to be changed by hand: spread over the data, or the textbook's. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.pictures import Raw
from genstudio.data.preparation import PreparationSettings
from genstudio.data.reader import Watch
from genstudio.data.source import source
from genstudio.errors import GenStudioError
from genstudio.runs.chain_edits import Parameters
from genstudio.runs.chain_hand import KEY, started_by_hand, textbook_by_hand, trained_from
from genstudio.runs.recipe import DataRecipe, Recipe
from genstudio.runs.run import Run, new_run
from genstudio.runs.status import Status
from genstudio.ui.session_model import SessionModel

TASK = "chain.start"
TEXTBOOK_SOURCE = "textbook_chain"
ByHand = Callable[[Recipe, Dataset], Recipe]
"""The recipe of a chain over some data."""


class ChainStart(QObject):
    """Makes runs of chains by hand, and trains from them."""

    def __init__(self, model: SessionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._awaited: tuple[DataRecipe, ByHand] | None = None
        model.data_changed.connect(self._on_data)
        model.loading_changed.connect(self._on_loading)

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
        model = self._model
        if model.data is None:
            return
        if model.data.kind is Kind.SEQUENCES:
            self._begin(started_by_hand)
            return
        settings = model.recipe.data.preparation.model_copy(update={"kind": "sequences"})
        data = model.recipe.data.model_copy(update={"preparation": settings})
        self._begin_on(data, "Take rows as sequences", started_by_hand)

    def textbook(self) -> None:
        """Begin with the textbook's matrices, over a sequence of its own."""
        model = self._model
        own = model.data is not None and model.data.kind is Kind.SEQUENCES and len(model.data.preparation.columns) == 2
        if own and model.recipe.data.source == TEXTBOOK_SOURCE:
            self._begin(textbook_by_hand)
            return
        kind = source(TEXTBOOK_SOURCE)
        # Unscaled, so that the recipe holds the very numbers of the textbook.
        data = DataRecipe(source=TEXTBOOK_SOURCE, options=kind.Settings().model_dump(mode="json"),
                          preparation=PreparationSettings(scaling="none"))
        self._begin_on(data, f"Data: {kind.info.title}", textbook_by_hand)

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

    def _begin_on(self, data: DataRecipe, text: str, chain: ByHand) -> None:
        """Begin as soon as other data are loaded; undo gives the former ones back."""
        self._awaited = data, chain
        self._model.edit_data(data, text)

    def _on_data(self) -> None:
        if self._awaited is not None and self._model.recipe.data == self._awaited[0]:
            chain, self._awaited = self._awaited[1], None
            self._begin(chain)

    def _on_loading(self, loading: bool) -> None:
        if not loading and self._awaited is not None and self._model.recipe.data != self._awaited[0]:
            self._awaited = None

    def _begin(self, chain: ByHand) -> None:
        model = self._model
        if model.data is None:
            return
        work = partial(_begun, chain, model.recipe, model.data)
        model.pump.run(TASK, work, partial(self._on_begun, model.data, model.raw), model.messages.show_error)

    def _on_begun(self, data: Dataset, raw: Raw | None, recipe: Recipe) -> None:
        model = self._model
        if data is not model.data:
            return
        try:
            run = new_run(recipe, data, f"{KEY} · {data.name} by hand", raw)
        except GenStudioError as error:
            model.messages.show_error(error)
            return
        run.by_hand = True
        model.add_run(run)
        run.job.start()


def _begun(chain: ByHand, recipe: Recipe, data: Dataset, watch: Watch) -> Recipe:
    return chain(recipe, data)
