"""Who learns in a game: the choice for the training as it goes on, and steps of one player alone. No widgets here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from genstudio.runs.run import Run
from genstudio.runs.status import Status
from genstudio.settings import describe
from genstudio.ui.session_model import SessionModel

SETTING, BOTH = "players", "both"


@dataclass(frozen=True)
class _Wanted:
    who: str
    steps: int
    done: Callable[[], None]


class GamePlayers(QObject):
    """Lets the players of the shown run learn, one alone or both.

    A live setting counts from the next step on: the training is held, then told who learns, then asked for steps. So
    one wish is carried out after the other, and afterwards all is as it was chosen for the training as it goes on.

    Signals:
        changed: who learns, or whether steps can be taken.
        given_up: steps that were asked for will not be taken.
    """

    changed = Signal()
    given_up = Signal()

    def __init__(self, model: SessionModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._run: Run | None = None
        self._who = BOTH
        self._wanted: deque[_Wanted] = deque()
        self._goal: int | None = None
        model.turned.connect(self._on_turned)
        model.recipe_changed.connect(lambda _: self.changed.emit())

    @property
    def who(self) -> str:
        """Who learns when the training goes on: "both", "generator" or "discriminator"."""
        return str(self._model.recipe.model.settings.get(SETTING, BOTH)) if self._edited else self._who

    @property
    def busy(self) -> bool:
        """Whether steps were asked for that have not been taken."""
        return bool(self._wanted)

    def show_run(self, run: Run | None) -> None:
        """Play with another run."""
        if run is not self._run:
            self._give_up()
            self._run, self._who = run, BOTH
        self.changed.emit()

    def why_not(self) -> str:
        """A sentence saying why no steps can be taken, or ""."""
        run = self._run
        if run is None:
            return "There is no run to play with."
        if SETTING not in {info.name for info in describe(run.model.Settings) if info.live}:
            return "This model does not let one player learn without the other."
        return "" if _under_way(run) else self._model.continuation.why_not()

    def choose(self, who: str) -> None:
        """Let these learn whenever the training goes on."""
        self._who = who
        if self._edited:
            # The form shows it, the recipe keeps it, and it can be taken back.
            self._model.edit_settings(**{SETTING: who})
        elif self._run is not None and _under_way(self._run):
            self._run.job.change(SETTING, who)
        self.changed.emit()

    def step(self, who: str, steps: int = 1, done: Callable[[], None] = lambda: None) -> None:
        """Let these take so many steps, none just holds the training; `done` is called once they are taken."""
        run = self._run
        if run is None or self.why_not():
            return
        # Whoever wants a step wants to see what comes of it, not a former moment.
        self._model.scrub(None)
        self._wanted.append(_Wanted(who, steps, done))
        if len(self._wanted) > 1:
            return
        if not _under_way(run):
            self._model.continuation.go_on()
        else:
            self._hold_or_begin(run)

    @property
    def _edited(self) -> bool:
        """Whether the recipe that is being edited is one for the model of the shown run."""
        return self._run is not None and self._model.recipe.model.name == self._run.recipe.model.name

    def _hold_or_begin(self, run: Run) -> None:
        if run.status is not Status.PAUSED:
            run.job.pause()
            return
        wanted = self._wanted[0]
        self._goal = run.history.step + wanted.steps
        if not wanted.steps:
            self._finish(run)
            return
        run.job.change(SETTING, wanted.who)
        for _ in range(wanted.steps):
            run.job.step()

    def _on_turned(self, run: Run) -> None:
        if run is self._run and self._wanted:
            self._follow(run)
        if run is self._run:
            self.changed.emit()

    def _follow(self, run: Run) -> None:
        if run.status.ended:
            self._give_up()
        elif self._goal is None:
            self._hold_or_begin(run)
        elif run.status is Status.PAUSED and run.history.step >= self._goal:
            self._finish(run)

    def _finish(self, run: Run) -> None:
        done, self._goal = self._wanted.popleft().done, None
        if self._wanted:
            self._hold_or_begin(run)
        else:
            run.job.change(SETTING, self.who)
        done()

    def _give_up(self) -> None:
        lost = bool(self._wanted)
        self._wanted.clear()
        self._goal = None
        if lost:
            self.given_up.emit()


def _under_way(run: Run) -> bool:
    return run.status in (Status.TRAINING, Status.PAUSED)
