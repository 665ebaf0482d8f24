"""The game of generator and discriminator, as it is played: who judges what, and where that draws whom.

The panel has pages: "Play", with a stage, gauges beside it and a line for slow motion below it; and "Cure", where
remedies for collapse are tried. The stage shows points or pictures by the kind of the data. Parts are built as in
`ui.live_points`: the constructor takes the panel, through which it looks (`panel.look(name, done, question, ...)`,
`panel.look_away(name)`) and asks (`panel.model.ask`), and `show_run(run)` is called whenever another run is shown or
the shown one turned; `leave()` when another part takes its place.

What a person wants here, and how many clicks it takes once the panel is open: to see both players learn, none; to see
what the generator makes of one point of noise, none, as the mouse over it is enough; to see one thing alone, one for
each layer; to let one player learn alone, one; to have a round explained, one, as slow motion plays by itself; to see a
collapse cured, one for the page and one to train.

- `ui.game_plane.GamePlane`: points of two columns.
- `ui.game_pictures.GamePictures(panel)`: pictures.
- `ui.game_gauges.GameGauges(panel)`: beside either; `show_run(run)` only.
- `ui.remedies_bench.RemedyBench(model, theme)`: the page "Cure"; `show_run(run)` only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.picture_preparation import PicturePreparation
from genstudio.models.capabilities import Adversarial
from genstudio.runs.run import Run
from genstudio.runs.status import Status
from genstudio.ui.game_controls import GameControls
from genstudio.ui.game_gauges import GameGauges
from genstudio.ui.game_pictures import GamePictures
from genstudio.ui.game_plane import GamePlane
from genstudio.ui.game_players import GamePlayers
from genstudio.ui.game_scene import Scene
from genstudio.ui.game_slow import SlowMotion
from genstudio.ui.game_slow_bar import SlowBar
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.remedies_bench import RemedyBench

NO_GAME = (
    "{} plays no game: it has no discriminator that could be watched. "
    "Choose the model “Generative adversarial network”, and train it."
)
NO_PLANE = (
    "The plane of the game shows data of two columns; these have {}. Who plays is chosen above, the gauges tell how it "
    "stands. For the plane, choose two columns in the Data panel, or a ring, a grid or moons, and train."
)
_PAGES = (
    ("Play", "The game itself, and how it stands"),
    ("Cure", "What helps where the generator makes only some of what there is: train with a remedy and without"),
)


class GamePanel(Panel):
    """Pages of the game; the first is the game itself."""

    info: ClassVar[PanelInfo] = PanelInfo(
        key="game",
        title="Game",
        icon="game",
        order=22,
        help="How generator and discriminator learn from one another: what is taken for real, where the generator's "
        "items are drawn to, who learns; step by step, in slow motion, and what helps where the game fails.",
        needs=Adversarial,
        needs_run=True,
        doing="be watched at play, as it has no discriminator",
    )

    def build(self) -> None:
        """The line of players, the pages below it."""
        self._run: Run | None = None
        self.players = GamePlayers(self.model, self)
        self.controls = GameControls(self.theme, "game")
        self._sentence_of_tables = _sentence("game.no_plane")
        self.slow = SlowMotion(self.players, self._fetch, self)
        self.plane = GamePlane(self, self.slow)
        self.gauges = GameGauges(self)
        self.bench = RemedyBench(self.model, self.theme)
        self.bar = SlowBar(self.slow, self.theme, "game.slow")
        self._stage = QStackedWidget()
        for part in (self.plane, self._sentence_of_tables):
            self._stage.addWidget(part)
        self._pages = QStackedWidget()
        self._arrange()
        self._connect()

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and which model plays one."""
        reason = super().unsuitable(run)
        if reason and run is not None and not run.offers(Adversarial):
            return NO_GAME.format(run.model.info.title)
        return reason

    def run_changed(self, run: Run | None) -> None:
        """Watch another run, or one that turned."""
        if run is None:
            return
        if run is not self._run:
            self.slow.stop()
            self._run = run
        elif run.status is Status.TRAINING and not self.players.busy:
            # Whoever lets the training go on wants to see it go on.
            self.slow.stop()
        self.players.show_run(run)
        self.gauges.show_run(run)
        self.bench.show_run(run)
        self._show_stage(run)

    def export(self) -> None:
        """Offer the formats in which the plane, or the grid of made pictures, can be written."""
        stage = self._stage.currentWidget()
        middle = self.mapToGlobal(self.rect().center())
        if isinstance(stage, GamePlane):
            stage.plot.context_menu().popup(middle)
        elif isinstance(stage, GamePictures):
            stage.grids["made"].context_menu().popup(middle)
        else:
            super().export()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from stage to stage, play and hold, by keys that no view took for itself."""
        key = Qt.Key(event.key())
        if not self.slow.on or key not in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_P):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_P:
            self.slow.play(not self.slow.playing)
        else:
            (self.bar.forward if key == Qt.Key.Key_Right else self.bar.back)()

    @cached_property
    def pictures(self) -> GamePictures:
        """The stage of pictures, made when there are some."""
        made = GamePictures(self)
        self._stage.addWidget(made)
        return made

    def _show_stage(self, run: Run) -> None:
        stage = self._stage_of(run)
        self._leave_others(stage)
        self._stage.setCurrentWidget(stage)
        self.controls.offer_slow(stage is self.plane)
        if isinstance(stage, GamePlane | GamePictures):
            stage.show_run(run)
        else:
            self._sentence_of_tables.setText(NO_PLANE.format(len(run.preparation.names)))

    def _stage_of(self, run: Run) -> QWidget:
        if isinstance(run.preparation, PicturePreparation):
            return self.pictures
        return self.plane if len(run.preparation.names) == 2 else self._sentence_of_tables

    def _leave_others(self, stage: QWidget) -> None:
        if stage is not self.plane:
            self.plane.leave()
        if "pictures" in self.__dict__ and stage is not self.pictures:
            self.pictures.leave()

    def _fetch(self, done: Callable[[Scene], None]) -> None:
        self.plane.fetch(done)

    def _arrange(self) -> None:
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("game.splitter")
        both.setChildrenCollapsible(False)
        both.addWidget(self._stage)
        both.addWidget(self.gauges)
        both.setStretchFactor(0, 1)
        play = QWidget()
        below = QVBoxLayout(play)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(both, 1)
        below.addWidget(self.bar)
        self._pages.addWidget(play)
        self._pages.addWidget(self.bench)
        self.controls.offer_pages(_PAGES)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.controls.page_chosen.connect(self._on_page_chosen)
        self.controls.players_chosen.connect(self.players.choose)
        self.controls.step_wanted.connect(self.players.step)
        self.controls.steps_chosen.connect(self._on_steps_chosen)
        self.controls.slowly.connect(self._on_slowly)
        self.players.changed.connect(self._show_players)
        self.slow.turned.connect(self._show_players)

    def _on_slowly(self, slowly: bool) -> None:
        if slowly:
            self.slow.start()
            self.slow.play(True)
        else:
            self.slow.stop()

    def _on_steps_chosen(self, count: int) -> None:
        self.slow.steps = count

    def _on_page_chosen(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        self.controls.show_page(place)

    def _show_players(self) -> None:
        self.controls.show_players(self.players.who)
        self.controls.allow(self.players.why_not())
        self.controls.show_slow(self.slow.on)


def _sentence(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", "empty")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setMargin(40)
    label.setWordWrap(True)
    return label
