"""What the window shows and requests: the recipe being edited, its data, and the runs. No widgets here."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Raw
from genstudio.errors import GenStudioError
from genstudio.runs.hand import Parameters, by_hand, hand_run
from genstudio.runs.job import Asked, Status, Told, Turned
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run
from genstudio.runs.session import Session
from genstudio.runs.workers import Workers
from genstudio.training.events import Note, Preview, Progress
from genstudio.ui.commands import EditByHand, EditRecipe, RemoveRun, Section
from genstudio.ui.continuation import Continuation
from genstudio.ui.data_loading import Loaded
from genstudio.ui.recipe_model import RecipeModel
from genstudio.ui.second_try import offer_of
from genstudio.ui.truth_gap import TruthGap
from genstudio.ui.watching import Watching

PULL_SECONDS = 0.15
"""How often views follow a run that learns: often enough for eyes, and nearly all time is left to the learning."""


class SessionModel(RecipeModel):
    """The state behind the window: the recipe being edited, and the runs.

    Arguments:
        workers: processes to train in; runs train in threads of this one when None.

    Signals:
        runs_changed: runs were added, removed, renamed or marked for comparison.
        current_changed: another run is shown.
        about_to_train: the recipe will be carried out; what is typed and not yet taken up belongs to it.
        advanced: a run and what it told since the last tick.
        turned: a run whose status changed.
        previewed: the name of a watched question, and its newest Preview (current run only).
        edited: a run whose parameters were changed by hand, and its mean log-likelihoods now.
        marked: a run whose states were named or coloured.
    """

    runs_changed = Signal()
    current_changed = Signal()
    about_to_train = Signal()
    advanced = Signal(object, list)
    turned = Signal(object)
    previewed = Signal(str, object)
    edited = Signal(object, dict)
    marked = Signal(object)

    def __init__(self, parent: QObject | None = None, workers: Workers | None = None) -> None:
        super().__init__(parent)
        self.session = Session(workers=workers)
        self.current: Run | None = None
        self.compared: set[str] = set()
        self.delay_seconds = 0.0
        self._removed: list[Run] = []
        self.watching = Watching(self)
        self.watching.previewed.connect(self.previewed)
        self.continuation = Continuation(self)
        self.truth_gap = TruthGap(self)
        self._awaited: Recipe | None = None
        self._pulled = 0.0
        self.pump.ticked.connect(self._on_ticked)

    # Training.

    @property
    def training(self) -> Run | None:
        """The run that learns or is held, or None."""
        busy = self.session.training
        learning = [run for run in busy if run.status is not Status.PAUSED]
        held = [run for run in busy if run is self.current] or busy
        return next(iter(learning or held), None)

    def train(self) -> None:
        """Carry out the recipe as a new run; nothing while another one learns."""
        busy = self.training
        if busy is not None and busy.status is not Status.PAUSED:
            return
        loading = self.loading
        self.about_to_train.emit()
        if self.loading is not loading:
            self._awaited = self.recipe
            return
        if self.data is None or self.models is None or self.loading is not None:
            self.messages.show("info", "The data or the models are still being loaded.", "Train again in a moment.")
            return
        if busy is not None:
            self._give_up(busy)
        self.begin(self.recipe, self.data, self.raw)

    def begin(self, recipe: Recipe, data: Dataset, raw: Raw | None) -> Run | None:
        """Carry out a recipe beside whatever else learns, and show it; says why where it cannot begin.

        Arguments:
            raw: what the data were prepared from.
        """
        try:
            run = self.session.start(recipe, data, raw)
        except GenStudioError as error:
            self.messages.show_error(error)
            return None
        run.status = Status.TRAINING
        run.job.slow_down(self.delay_seconds)
        self.runs_changed.emit()
        self.show_run(run)
        return run

    def play_or_pause(self) -> None:
        """Hold the run that learns, let the held or the stopped one go on, or train."""
        run = self.training
        if run is None and self.continuation.suits():
            self.continuation.go_on()
        elif run is None:
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
        self.current = run
        self.watching.turn_to(run)
        # Views that the run cannot serve look away first.
        self.current_changed.emit()
        self.watching.resume()

    def take_session_run(self, run: Run) -> None:
        """Show a run that was opened, and edit its recipe, with the rows that the file held."""
        if run.data is not None and run.raw is not None:
            self.adopt(Loaded(run.recipe, run.raw, run.data, ()))
        elif run.recipe != self.recipe:
            self.take_recipe(run.recipe, f"Recipe of {run.name}")
        self.show_run(run)

    def add_run(self, run: Run) -> None:
        """Take in a run and show it."""
        self.session.add(run)
        self.runs_changed.emit()
        self.show_run(run)

    def take_up(self, run: Run) -> None:
        """A run has been given another job, with which it goes on."""
        if run is self.current:
            self.watching.resume()
        self.runs_changed.emit()
        self.turned.emit(run)

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

    def take_out_run(self, run: Run) -> int:
        """Take a run out of the list, holding its training, and show its neighbour; its place."""
        place = self.session.take_out(run)
        self._removed.append(run)
        if self.current is run:
            runs = self.session.runs
            self.show_run(runs[min(place, len(runs) - 1)] if runs else None)
        self.runs_changed.emit()
        return place

    def put_back_run(self, run: Run, place: int) -> None:
        """Put a run that was taken out where it was, and show it."""
        self._removed.remove(run)
        self.session.add(run, place)
        self.runs_changed.emit()
        self.show_run(run)

    def edit_components(self, parameters: Parameters, finished: bool, former: Parameters | None = None) -> None:
        """Take parameters given by hand: in the shown run if it is one made by hand, else in a new one.

        Arguments:
            finished: the hand has let go, so the change can be taken back and stands in the recipe.
            former: what they were before the hand took hold of them, to which a new run can be taken back.
        """
        run = self.current
        if run is None or run.data is None or not run.status.ended:
            return
        try:
            recipe = by_hand(run.recipe, run.preparation, *parameters)
            if not run.by_hand:
                run = hand_run(run, former or parameters)
                self.add_run(run)
        except GenStudioError as error:
            self.messages.show_error(error)
            return
        if finished:
            self.undo.push(EditByHand(self, run, recipe))
        else:
            self.set_parameters(run, parameters, finished=False)

    def set_parameters(self, run: Run, parameters: Parameters, finished: bool) -> None:
        """Give a run's model parameters; `edited` tells how well they explain the data."""
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
        self.watching.watch(name, question, arguments)

    def unwatch(self, name: str) -> None:
        """Nobody looks any more."""
        self.watching.unwatch(name)

    def scrub(self, step: int | None) -> None:
        """Show how everything that is watched looked at a step, or as it is now (None), while training goes on."""
        self.watching.scrub(step)

    def close(self) -> None:
        """End every thread, also those of runs whose deletion could still be taken back."""
        self.pump.close()
        for run in self._removed:
            self.session.add(run)
        self.session.close()

    # Inner workings.

    def take(self, recipe: Recipe, section: Section, command: EditRecipe | None = None) -> None:
        """Edit this recipe from now on; settings that are live change in the run that learns, too."""
        former = self.recipe
        super().take(recipe, section, command)
        self._change_live(former)

    def _change_live(self, former: Recipe) -> None:
        run = self.training
        if run is None or run.recipe.model.name != self.recipe.model.name:
            return
        live = run.model(run.model.Settings()).live_settings().values
        for name, value in self.recipe.model.settings.items():
            if name in live and value != former.model.settings.get(name):
                run.job.change(name, value)

    def _give_up(self, run: Run) -> None:
        """End a run that is held; nobody may take it for one that goes on until it says so itself."""
        run.job.stop()
        run.status = Status.STOPPED

    def _train_when_loaded(self) -> None:
        """Train on the data that were typed as training was asked for, unless they could not be loaded."""
        if self._awaited is None or self.loading is not None:
            return
        awaited, self._awaited = self._awaited, None
        if (awaited.data, awaited.seed) == (self.recipe.data, self.recipe.seed):
            self.train()

    def _on_ticked(self) -> None:
        self._train_when_loaded()
        now = time.monotonic()
        pressing = now - self._pulled >= PULL_SECONDS
        # One view a tick: each is drawn before the next, and none has to wait for all.
        if (not pressing and self.watching.show_next()) or (not pressing and self.training is not None):
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
                self.watching.take(item)
            elif isinstance(item, Note):
                self.messages.show(item.level, f"{run.name}: {item.text}", item.remedy, offer=offer_of(self, run, item))
            elif isinstance(item, Turned):
                self._on_turned(run, item)

    def _on_turned(self, run: Run, turned: Turned) -> None:
        if turned.message:
            self.messages.show("alarm", f"{run.name}: {turned.message}", details=turned.details)
        self.turned.emit(run)
