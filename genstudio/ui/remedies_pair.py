"""Two runs of one recipe and seed, one with a remedy and one without. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from genstudio.data.dataset import Kind
from genstudio.runs.recipe import ModelRecipe, Recipe
from genstudio.runs.run import Run
from genstudio.runs.status import Status, Told
from genstudio.training.events import Preview
from genstudio.ui.remedies_words import COLLAPSING, MODEL, WITHOUT, Remedy
from genstudio.ui.session_model import SessionModel

SAMPLES = "remedies.samples"
POINTS, PICTURES = 400, 36


class RemedyPair(QObject):
    """Starts the two runs, follows them, and asks both for samples while somebody looks.

    Attributes:
        runs: without and with the remedy; empty before any.
        remedy: the one that is tried.

    Signals:
        sampled: the place of a run, 0 or 1, and samples of it, shape (n, *item), data units.
        advanced: either run told something.
    """

    sampled = Signal(int, object)
    advanced = Signal()

    def __init__(self, model: SessionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._looking = False
        self.runs: tuple[Run, ...] = ()
        self.remedy: Remedy | None = None
        model.advanced.connect(self._on_advanced)
        model.turned.connect(self._on_turned)

    @property
    def learning(self) -> bool:
        """Whether either run has not ended."""
        return any(not run.status.ended for run in self.runs)

    def why_not(self) -> str:
        """A sentence saying why no pair can be trained, or ""."""
        if self._model.recipe.model.name != MODEL:
            return "The recipe is one of another model. Choose the generative adversarial network under MODEL first."
        if self._model.data is None or self._model.models is None or self._model.loading is not None:
            return "The data or the models are still being loaded. Try again in a moment."
        return ""

    def train(self, remedy: Remedy, collapsing: bool) -> None:
        """Train both; whatever else learns is held so long.

        Arguments:
            collapsing: both play by the rules that collapse on purpose, not by those of the edited recipe.
        """
        self._model.about_to_train.emit()
        data = self._model.data
        if self.why_not() or data is None:
            self._model.messages.show("info", self.why_not())
            return
        self._hold_others()
        self._watch(False)
        advice = self._model.families[MODEL].recommended(data)
        plain, cured = recipes(self._model.recipe, remedy, self._rules(collapsing), advice)
        self.remedy, self.runs = remedy, ()
        for recipe, name in ((plain, "Plain"), (cured, f"With {remedy.title}")):
            run = self._model.begin(recipe, data, self._model.raw)
            if run is None:
                break
            self._model.rename_run(run, name)
            self.runs = (*self.runs, run)
        self._watch(self._looking)
        self.advanced.emit()

    def stop(self) -> None:
        """End both, and keep what they learned."""
        for run in self.runs:
            if not run.status.ended:
                run.job.stop()

    def look(self, looking: bool) -> None:
        """Ask both runs for samples from now on, or no more."""
        if looking != self._looking:
            self._looking = looking
            self._watch(looking)

    def _rules(self, collapsing: bool) -> dict[str, Any]:
        presets = self._model.families[MODEL].info.presets
        return dict(presets[COLLAPSING]) if collapsing else {}

    def _hold_others(self) -> None:
        for run in self._model.session.training:
            run.job.pause()

    def _watch(self, looking: bool) -> None:
        for run in self.runs:
            if looking:
                count = PICTURES if run.preparation.kind is Kind.IMAGES else POINTS
                run.job.watch(SAMPLES, "sample", n=count, seed=0)
            else:
                run.job.unwatch(SAMPLES)

    def _on_advanced(self, run: Run, told: list[Told]) -> None:
        if run not in self.runs:
            return
        for item in told:
            if isinstance(item, Preview) and item.name == SAMPLES:
                self.sampled.emit(self.runs.index(run), item.answer["x"])
        self.advanced.emit()

    def _on_turned(self, run: Run) -> None:
        if run in self.runs and run.status is not Status.TRAINING:
            self.advanced.emit()


def recipes(
    recipe: Recipe, remedy: Remedy, rules: Mapping[str, Any], advice: Mapping[str, Any]
) -> tuple[Recipe, Recipe]:
    """A recipe without any remedy, and with one alone.

    Arguments:
        rules: settings of the game that both play, in place of the recipe's.
        advice: settings that the model recommends.
    """
    former = recipe.model
    plain = {**former.settings, **rules, **WITHOUT}
    # Both end alike.
    base = {**advice, **WITHOUT, "max_epochs": plain.get("max_epochs")} if remedy.recommended else plain
    made = (ModelRecipe(name=former.name, settings=values) for values in (plain, {**base, **remedy.settings}))
    first, second = (recipe.model_copy(update={"model": model, "changes": ()}) for model in made)
    return first, second
