"""The game of generator and discriminator, as it is played: who judges what, and where that draws whom.

The panel has pages: "Play", with a stage, gauges beside it and a line for slow motion below it; and "Cure", where
remedies for collapse are tried. The stage shows points or pictures by the kind of the data. Parts are built as in
`ui.live_points`: the constructor takes the panel, through which it looks (`panel.look(name, done, question, ...)`,
`panel.look_away(name)`) and asks (`panel.model.ask`), and `show_run(run)` is called whenever another run is shown or
the shown one turned; `leave()` when another part takes its place.

- `ui.game_plane.GamePlane(panel)`: points of two columns.
- `ui.game_pictures.GamePictures(panel)`: pictures. Register it in `_stage_of`.
- `ui.game_gauges.GameGauges(panel)`: beside either; `show_run(run)` only.
- `ui.remedies_bench.RemedyBench(model, theme)`: the page "Cure"; `show_run(run)` only.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from genstudio.models.capabilities import Adversarial
from genstudio.runs.run import Run
from genstudio.ui.game_controls import GameControls
from genstudio.ui.game_players import GamePlayers
from genstudio.ui.panel import Panel, PanelInfo

NO_GAME = (
    "{} plays no game: it has no discriminator that could be watched. "
    "Choose the model “Generative adversarial network”, and train it."
)
NO_PLANE = (
    "The plane of the game shows data of two columns; these have {}. Who plays is chosen above, the gauges tell how it "
    "stands. For the plane, choose two columns in the Data panel, or a ring, a grid or moons, and train."
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
        self._stage = QStackedWidget()
        self._stage.addWidget(self._sentence_of_tables)
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
        self._run = run
        self.players.show_run(run)
        names = run.preparation.names
        self._sentence_of_tables.setText(NO_PLANE.format(len(names)))

    def _arrange(self) -> None:
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("game.splitter")
        both.setChildrenCollapsible(False)
        both.addWidget(self._stage)
        play = QWidget()
        below = QVBoxLayout(play)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(both, 1)
        self._pages.addWidget(play)
        self.controls.offer_pages([("Play", "The game itself")])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.controls.page_chosen.connect(self._on_page_chosen)
        self.controls.players_chosen.connect(self.players.choose)
        self.controls.step_wanted.connect(self.players.step)
        self.players.changed.connect(self._show_players)

    def _on_page_chosen(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        self.controls.show_page(place)

    def _show_players(self) -> None:
        self.controls.show_players(self.players.who)
        self.controls.allow(self.players.why_not())


def _sentence(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", "empty")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setMargin(40)
    label.setWordWrap(True)
    return label
