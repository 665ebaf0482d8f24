"""How a game stands: both losses, who tells whom, who is ahead, how much is covered; each with a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from genstudio.runs.run import Run
from genstudio.ui.game_gauges_bars import BalanceNeedle, Gauge, NumberLine, ShareBar
from genstudio.ui.game_gauges_figures import Figures, figures_of
from genstudio.ui.game_gauges_words import (
    balance_words,
    collapse_words,
    distance_words,
    loss_words,
    modes_text,
    percent,
    recognised_words,
    short,
)
from genstudio.ui.panel import Panel
from genstudio.ui.plots.throttle import Throttle

REFRESH_MS = 200
LEAST_WIDTH_PX = 264
COLLAPSED = 0.5
"""An alarm is raised where a recall below this share of what training items reach, which is nearly all, lasts."""
_LINES = 3
"""Room that every sentence has, so that nothing moves when it changes."""


class GameGauges(QWidget):
    """The gauges of the shown run, at the moment that is shown; they follow it by themselves.

    Arguments:
        panel: in which they stand; its key begins their object names.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._model, self._theme, self._prefix = panel.model, panel.theme, panel.info.key
        self.setObjectName(f"{self._prefix}.gauges")
        self.setAccessibleName("How the game stands")
        self.real, self.made = self._recognised_bars()
        self.balance = self._balance_needle()
        self.modes, self.recall, self.precision = self._covered_bars()
        self.generator, self.discriminator = self._loss_numbers()
        self.losses = self._card("losses", "Losses", (self.generator, self.discriminator))
        self.recognised = self._card("recognised", "What the discriminator tells", (self.made, self.real))
        self.ahead = self._card("ahead", "Balance", (self.balance,))
        self.collapse = self._card("collapse", "What the samples cover", (self.modes, self.recall, self.precision))
        self.distance = self._card("distance", "Distance of the samples", ())
        self._arrange()
        self._refresh_soon = Throttle(self.refresh, REFRESH_MS, self)
        self._model.advanced.connect(self._on_advanced)
        self._model.watching.scrubbed.connect(self._refresh_soon)
        self.refresh()

    def show_run(self, run: Run | None) -> None:
        """Show the figures of another run, or of one that turned."""
        self.refresh()

    def refresh(self) -> None:
        """Show the figures of the shown run, at the moment that is shown."""
        run = self._model.current
        if run is None or self.isVisible():
            self._show(Figures() if run is None else figures_of(run, self._model.watching.step))

    def showEvent(self, event: QShowEvent) -> None:
        """Nobody looked before, so nothing was followed."""
        super().showEvent(event)
        self.refresh()

    # Inner workings.

    def _on_advanced(self, run: Run) -> None:
        if run is self._model.current:
            self._refresh_soon()

    def _show(self, figures: Figures) -> None:
        for line, values in zip((self.generator, self.discriminator), figures.losses, strict=True):
            newest = values[-1] if len(values) else None
            line.show_value(newest, short(newest))
        self.losses.show_words("", loss_words(figures))
        self.real.show_value(figures.real_recognised, percent(figures.real_recognised))
        self.made.show_value(figures.fake_recognised, percent(figures.fake_recognised))
        self.recognised.show_words("", recognised_words(figures))
        lead = figures.lead
        self.balance.show_value(lead, "–" if lead is None else f"{lead:+.2f}")
        self.ahead.show_words(self.balance.text, balance_words(figures))
        self._show_covered(figures)
        self.distance.show_words(short(figures.distance), distance_words(figures))

    def _show_covered(self, figures: Figures) -> None:
        self.modes.setVisible(figures.modes is not None)
        self.modes.show_value(figures.modes, modes_text(figures))
        self.recall.show_value(figures.recall, percent(figures.recall))
        self.precision.show_value(figures.precision, percent(figures.precision))
        self.collapse.show_words("", collapse_words(figures, COLLAPSED))

    def _loss_numbers(self) -> tuple[NumberLine, NumberLine]:
        return (
            NumberLine(self._theme, f"{self._prefix}.generator_loss", "generator", "Its loss at the newest step"),
            NumberLine(self._theme, f"{self._prefix}.discriminator_loss", "discriminator",
                       "Its loss at the newest step"),
        )

    def _recognised_bars(self) -> tuple[ShareBar, ShareBar]:
        tip = "Share of the {} items of a batch that the discriminator takes for {}; at 50 % it guesses"
        return (
            ShareBar(self._theme, f"{self._prefix}.real_recognised", "real items", tip.format("real", "real")),
            ShareBar(self._theme, f"{self._prefix}.fake_recognised", "made items", tip.format("made", "made")),
        )

    def _balance_needle(self) -> BalanceNeedle:
        tip = ("How much more real the discriminator holds real items to be than made ones: +1 it tells all, 0 it "
               "cannot tell, -1 it takes each for the other")
        return BalanceNeedle(self._theme, f"{self._prefix}.balance", "Lead of the discriminator", tip,
                             ("generator fools it", "discriminator wins"))

    def _covered_bars(self) -> tuple[ShareBar, ShareBar, ShareBar]:
        modes = ShareBar(
            self._theme, f"{self._prefix}.modes", "modes",
            "Modes of the truth that samples reach, where it is a mixture and known",
        )
        recall = ShareBar(
            self._theme, f"{self._prefix}.recall", "recall",
            "The share of held-out items that lie as near to a sample as samples lie to one another. A generator that "
            "stays below the red mark has collapsed",
        )
        recall.set_limit(COLLAPSED)
        return modes, recall, ShareBar(
            self._theme, f"{self._prefix}.precision", "precision",
            "The share of samples that lie as near to a held-out item as those lie to one another",
        )

    def _card(self, name: str, title: str, gauges: Sequence[Gauge]) -> _Card:
        return _Card(f"{self._prefix}.{name}", title, gauges)

    def _arrange(self) -> None:
        page = QWidget()
        page.setProperty("role", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        for card in (self.collapse, self.ahead, self.recognised, self.losses, self.distance):
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName(f"{self._prefix}.gauges_area")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.setMinimumWidth(LEAST_WIDTH_PX)


class _Card(QFrame):
    """Gauges under a title and a number, over a sentence."""

    def __init__(self, name: str, title: str, gauges: Sequence[Gauge]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        self.number = _label(f"{name}.number", title)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.sentence = _label(f"{name}.sentence", f"{title}, in words")
        self.sentence.setProperty("role", "muted")
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence.setMinimumHeight(_LINES * self.sentence.fontMetrics().lineSpacing())
        head = QHBoxLayout()
        head.addWidget(heading)
        head.addWidget(self.number, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(2)
        column.addLayout(head)
        for gauge in gauges:
            column.addWidget(gauge)
        column.addWidget(self.sentence)

    def show_words(self, number: str, sentence: str) -> None:
        """Show a number beside the title, and a sentence below the gauges."""
        self.number.setText(number)
        self.sentence.setText(sentence)


def _label(name: str, title: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAccessibleName(title)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
