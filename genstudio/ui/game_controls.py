"""The line over a game: which page is seen, and who plays."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from genstudio.ui.plain_table import quiet_button
from genstudio.ui.theme import Theme

PLAYERS = (
    ("both", "both"),
    ("discriminator", "D alone"),
    ("generator", "G alone"),
)
"""Values of the live setting `players`, and what they are called: D is the discriminator, G the generator."""
_STEPS = (
    ("discriminator", "Step D", "The discriminator alone takes a step: it learns to tell real items from made ones"),
    ("generator", "Step G", "The generator alone takes a step: it learns to make items that are taken for real"),
    ("both", "Step both", "Both take a step, as they do in training"),
)
STEP_COUNTS, SEEN = (1, 10, 100), 10
"""How many steps a press may take; what a single one changes is hardly seen."""
_LEARNS = "Who learns when the training goes on: the discriminator (D), the generator (G), or both"
_SLOW = "Hold the training, and go through one round of the game in numbered stages"


class GameControls(QWidget):
    """Pages on the left, players on the right.

    Signals:
        page_chosen: the place of a page.
        players_chosen: who is to learn when the training goes on.
        step_wanted: who takes a step, and how many.
        steps_chosen: how many steps are to be taken at once.
        slowly: whether a round is to be seen in slow motion.
    """

    page_chosen = Signal(int)
    players_chosen = Signal(str)
    step_wanted = Signal(str, int)
    steps_chosen = Signal(int)
    slowly = Signal(bool)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix
        self._pages = QButtonGroup(self)
        self._page_line = QHBoxLayout()
        self.learns = _combo(f"{prefix}.players", _LEARNS)
        for value, title in PLAYERS:
            self.learns.addItem(title, value)
        self.steps = [_step_button(f"{prefix}.step_{who}", title, tip) for who, title, tip in _STEPS]
        self.count = _combo(f"{prefix}.steps", "How many steps a press takes, and a stage of the slow motion")
        for count in STEP_COUNTS:
            self.count.addItem(f"× {count}", count)
        self.count.setCurrentIndex(STEP_COUNTS.index(SEEN))
        self.slow = quiet_button(theme, f"{prefix}.slowly", "step", "Slow motion", _SLOW)
        self.slow.setCheckable(True)
        self._players = QWidget()
        self._grid = QGridLayout(self)
        self._narrow: bool | None = None
        self._plane = False
        self._arrange()
        self._connect()

    def offer_pages(self, titles: Sequence[tuple[str, str]]) -> None:
        """Offer pages to choose from, each with a title and a tip; the first is shown."""
        for place, (title, tip) in enumerate(titles):
            button = _step_button(f"{self._prefix}.page_{title.lower()}", title, tip)
            button.setCheckable(True)
            button.setChecked(place == 0)
            self._pages.addButton(button, place)
            self._page_line.addWidget(button)

    def show_page(self, place: int) -> None:
        """Who plays is only asked on the first page."""
        self._players.setVisible(place == 0)
        self.slow.setVisible(place == 0 and self._plane)

    def show_players(self, who: str) -> None:
        """Show who learns, silently."""
        self.learns.setCurrentIndex(max(0, self.learns.findData(who)))

    def allow(self, reason: str) -> None:
        """Offer steps, or say why there are none to take."""
        for button, (_, _, tip) in zip(self.steps, _STEPS, strict=True):
            button.setEnabled(not reason)
            button.setToolTip(reason or tip)

    def offer_slow(self, offered: bool) -> None:
        """Whether there is a plane on which a round can be seen in slow motion."""
        self._plane = offered
        self.slow.setVisible(offered and self._players.isVisibleTo(self))

    def show_slow(self, on: bool) -> None:
        """Show whether a round is seen in slow motion, silently."""
        with QSignalBlocker(self.slow):
            self.slow.setChecked(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the players stand on a line of their own."""
        super().resizeEvent(event)
        self._place_players(self.width() < self._wide())

    def _arrange(self) -> None:
        self._page_line.setSpacing(2)
        players = QHBoxLayout(self._players)
        players.setContentsMargins(0, 0, 0, 0)
        players.setSpacing(4)
        label = QLabel("Learning:")
        label.setProperty("role", "muted")
        for widget in (label, self.learns, *self.steps, self.count):
            players.addWidget(widget)
        players.addStretch(1)
        self._grid.setContentsMargins(12, 6, 8, 2)
        self._grid.setHorizontalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.addLayout(self._page_line, 0, 0)
        self._grid.addWidget(self.slow, 0, 3)
        self._place_players(narrow=False)
        # The width that one line takes must not be asked of the window.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _place_players(self, narrow: bool) -> None:
        if narrow != self._narrow:
            self._narrow = narrow
            self._grid.removeWidget(self._players)
            self._grid.addWidget(self._players, *((1, 0, 1, 4) if narrow else (0, 2)))

    def _wide(self) -> int:
        """The width that everything takes in one line."""
        return self._page_line.sizeHint().width() + self._players.sizeHint().width() + self.slow.sizeHint().width() + 40

    def _connect(self) -> None:
        self._pages.idClicked.connect(self.page_chosen)
        self.learns.activated.connect(lambda _: self.players_chosen.emit(self.learns.currentData()))
        for button, (who, _, _) in zip(self.steps, _STEPS, strict=True):
            button.clicked.connect(lambda _=False, who=who: self.step_wanted.emit(who, self.count.currentData()))
        self.count.activated.connect(lambda _: self.steps_chosen.emit(self.count.currentData()))
        self.slow.toggled.connect(self.slowly)


def _step_button(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(text)
    button.setAccessibleDescription(tip)
    return button


def _combo(name: str, title: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(title)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo
