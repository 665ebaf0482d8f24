"""What the window shows and requests: the recipe being edited, its data, and the runs. No widgets here."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Raw
from genstudio.errors import GenStudioError
from genstudio.runs.job import Status, Told, Turned
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run
from genstudio.runs.workers import Workers
from genstudio.training.events import Note, Preview
from genstudio.ui.commands import EditRecipe, Section
from genstudio.ui.continuation import Continuation
from genstudio.ui.runs_model import RunsModel
from genstudio.ui.second_try import offer_of
from genstudio.ui.truth_gap import TruthGap

PULL_SECONDS = 0.15
"""How often views follow a run that learns: often enough for eyes, and nearly all time is left to the learning."""


class SessionModel(RunsModel):
    """The state behind the window: the recipe being edited, the runs, and training.

    Arguments:
        workers: processes to train in; runs train in threads of this one when None.

    Signals:
        about_to_train: the recipe will be carried out; what is typed and not yet taken up belongs to it.
    """

    about_to_train = Signal()

    def __init__(self, parent: QObject | None = None, workers: Workers | None = None) -> None:
        super().__init__(parent, workers)
        self.delay_seconds = 0.0
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
        data = self.data
        if data is None or not self._loaded:
            self._awaited = self.recipe
            self.messages.show("info", "Training begins as soon as the data and the models are loaded.")
            return
        if busy is not None:
            self._give_up(busy)
        self.begin(self.recipe, data, self.raw)

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
        """End training and keep what was learned; one that waits for its data is not begun."""
        self._awaited = None
        if self.training is not None:
            self.training.job.stop()

    def slow_down(self, delay_seconds: float) -> None:
        """At least so long between two steps."""
        self.delay_seconds = delay_seconds
        for run in self.session.training:
            run.job.slow_down(delay_seconds)

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

    @property
    def _loaded(self) -> bool:
        return self.data is not None and self.models is not None and self.loading is None

    @property
    def _underway(self) -> bool:
        # Whoever pauses, steps or stops is not kept waiting for the next pull.
        busy = self.session.training
        return bool(busy) and all(run.status is run.job.status is Status.TRAINING for run in busy)

    def _train_when_loaded(self) -> None:
        """Train on the data that were wanted as training was asked for, unless they could not be loaded."""
        if self._awaited is None or not self._loaded:
            return
        awaited, self._awaited = self._awaited, None
        if (awaited.data, awaited.seed) == (self.recipe.data, self.recipe.seed):
            self.train()

    def _on_ticked(self) -> None:
        self._train_when_loaded()
        now = time.monotonic()
        pressing = now - self._pulled >= PULL_SECONDS
        # One view a tick: each is drawn before the next, and none has to wait for all.
        if not pressing and (self.watching.show_next() or self._underway):
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
