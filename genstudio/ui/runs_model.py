"""The runs that are open, and the one that is shown: what is asked of it, and what is changed by hand. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from genstudio.errors import GenStudioError
from genstudio.runs.hand import Parameters, by_hand, hand_run
from genstudio.runs.job import Asked, Told
from genstudio.runs.run import Run
from genstudio.runs.session import Session
from genstudio.runs.workers import Workers
from genstudio.training.events import Progress
from genstudio.ui.commands import EditByHand, RemoveRun
from genstudio.ui.data_loading import Loaded
from genstudio.ui.recipe_model import RecipeModel
from genstudio.ui.watching import Watching


class RunsModel(RecipeModel):
    """The recipe being edited, and the runs.

    Arguments:
        workers: processes to train in; runs train in threads of this one when None.

    Signals:
        runs_changed: runs were added, removed, renamed or marked for comparison.
        current_changed: another run is shown.
        advanced: a run and what it told since the last tick.
        turned: a run whose status changed.
        previewed: the name of a watched question, and its newest Preview (current run only).
        edited: a run whose parameters were changed by hand, and its mean log-likelihoods now.
        marked: a run whose states were named or coloured.
    """

    runs_changed = Signal()
    current_changed = Signal()
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
        self._removed: list[Run] = []
        self.watching = Watching(self)
        self.watching.previewed.connect(self.previewed)

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
