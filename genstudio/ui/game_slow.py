"""Slow motion: a round of the game, stage after stage, played or gone through by hand. No widgets here."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from genstudio.ui.game_controls import SEEN
from genstudio.ui.game_players import GamePlayers
from genstudio.ui.game_scene import Scene
from genstudio.ui.game_stages import STAGES, Stage

TICK_MS = 16
MOVING = 0.45
"""The share of a stage's time in which something moves; the rest is for looking and reading."""
Ask = Callable[[Callable[[Scene], None]], None]


class SlowMotion(QObject):
    """Where in a round one is. Stages that learn take real steps, once a round; they can be looked at again.

    Arguments:
        ask: fetches how the game stands now.

    Signals:
        moved: something else is to be seen.
        staged: another stage, or what is said of it.
        turned: it was begun, ended, played or held.
    """

    moved = Signal()
    staged = Signal()
    turned = Signal()

    def __init__(self, players: GamePlayers, ask: Ask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._players, self._ask = players, ask
        self.on = self.playing = False
        self.place, self.share, self.steps, self.seconds = 0, 1.0, SEEN, 6.0
        self._moments: list[Scene] = []
        self._taken = [0, 0]
        self._awaited = False
        self._begun = self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        players.given_up.connect(self.stop)

    @property
    def stage(self) -> Stage:
        """The stage one is in."""
        return STAGES[self.place]

    @property
    def first(self) -> Scene | None:
        """What was seen before the round; None where that is not known."""
        return self._moments[0] if self._moments else None

    @property
    def reached(self) -> int:
        """The last stage that can be gone to at once."""
        return max(place for place, stage in enumerate(STAGES) if stage.moments[1] < max(1, len(self._moments)))

    @property
    def waiting(self) -> bool:
        """Whether steps are being taken, or the answer is on its way."""
        return self._awaited

    @property
    def blocked(self) -> str:
        """A sentence saying why the next stage cannot be entered, as nobody can learn any more; or ""."""
        following = self.place + 1
        if following >= len(STAGES) or STAGES[following].moments[1] < len(self._moments) or not self._moments:
            return ""
        return self._players.why_not()

    @property
    def scenes(self) -> tuple[Scene, Scene] | None:
        """What is seen at the beginning of the stage and at its end; None while it is not known."""
        first, last = self.stage.moments
        return (self._moments[first], self._moments[last]) if last < len(self._moments) else None

    @property
    def words(self) -> str:
        """What is said of the stage."""
        scenes = self.scenes
        if scenes is None:
            return "…"
        said = self.stage.words(scenes, self._taken[self.stage.moments[1] - 1])
        return f"{said} {self.blocked}".rstrip()

    def start(self) -> None:
        """Hold the training, and begin a round; one that has ended is looked at as it is."""
        if self.on:
            return
        self.on, self.place, self._moments = True, 0, []
        self._await()
        if self._players.why_not():
            self._fetch()
        else:
            self._players.step("both", 0, self._fetch)
        self.turned.emit()

    def stop(self) -> None:
        """Show the game as it is again."""
        if self.on:
            self.on = self._awaited = False
            self.play(False)
            self._timer.stop()
            self.turned.emit()

    def play(self, playing: bool) -> None:
        """Go through the stages by the clock, or hold."""
        self.playing = playing and self.on
        self._begun = time.monotonic()
        self._run()
        self.turned.emit()

    def forward(self) -> None:
        """The next stage; after the last the first of the next round."""
        if self._awaited or not self.on:
            return
        if self.blocked:
            self.play(False)
        elif self.place == len(STAGES) - 1:
            self._moments = self._moments[-1:]
            self.go(0)
        else:
            self.go(self.place + 1)

    def back(self) -> None:
        """The stage before, of the same round."""
        if self.place and not self._awaited:
            self.go(self.place - 1)

    def go(self, place: int) -> None:
        """Enter a stage; where it learns, it does so the first time in a round."""
        self.place, self.share = place, 0.0
        stage = self.stage
        if self.scenes is None and stage.learner:
            self._await()
            self._taken[stage.moments[1] - 1] = self.steps
            self._players.step(stage.learner, self.steps, self._fetch)
        self._enter()

    def _await(self) -> None:
        self._awaited, self.share = True, 0.0

    def _fetch(self) -> None:
        if self.on:
            self._ask(self._take)

    def _take(self, scene: Scene) -> None:
        if self.on and self._awaited:
            self._awaited = False
            self._moments.append(scene)
            self._enter()

    def _enter(self) -> None:
        self._begun = self._last = time.monotonic()
        self._run()
        self.staged.emit()
        self.moved.emit()

    def _run(self) -> None:
        if self.on and not self._awaited and (self.playing or self.share < 1):
            self._last = time.monotonic()
            self._timer.start()
        else:
            self._timer.stop()

    def _on_tick(self) -> None:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        if self.share < 1:
            self.share = min(1.0, self.share + passed / (MOVING * self.seconds))
            self.moved.emit()
        elif self.playing and now - self._begun >= self.seconds:
            self.forward()
        elif not self.playing:
            self._timer.stop()
