"""How a game stands, in gauges and words, now and at former moments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QVBoxLayout

from genstudio.models._gan_alarms import POOR
from genstudio.runs.run import Run
from genstudio.training.events import Note, Progress
from genstudio.ui.game_gauges import COLLAPSED, GameGauges
from genstudio.ui.game_gauges_bars import BalanceNeedle, ShareBar
from genstudio.ui.game_gauges_figures import STEPS, Figures, figures_of
from genstudio.ui.game_gauges_words import (
    balance_words,
    collapse_words,
    distance_words,
    loss_words,
    modes_text,
    recognised_words,
)
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

FAIR = {"loss": 0.7, "discriminator_loss": 1.3, "real_verdict": 0.55, "fake_verdict": 0.45, "real_recognised": 0.7,
        "fake_recognised": 0.65}


class Alone(Panel):
    """A panel of nothing else."""

    info = PanelInfo("game", "Game", "game", 0, "")

    def build(self) -> None:
        self.gauges = GameGauges(self)
        QVBoxLayout(self.content).addWidget(self.gauges)

    def run_changed(self, run: Run | None) -> None:
        self.gauges.show_run(run)


@pytest.fixture
def panel(show_alone: Callable[..., Alone], theme: Theme, model: SessionModel) -> Alone:
    return show_alone(Alone(model, theme), 280, 700)


@pytest.fixture
def gauges(panel: Alone) -> GameGauges:
    return panel.gauges


def told(run: Run, count: int, **figures: float) -> Run:
    """So many more steps of the same figures, FAIR ones where nothing else is said."""
    for step in range(run.history.step + 1, run.history.step + 1 + count):
        run.take(Progress(step, None, FAIR | figures))
    return run


def test_nothing_is_said_to_be_known_before_training(gauges: GameGauges) -> None:
    assert gauges.balance.value is None
    assert gauges.recall.text == gauges.real.text == "–"
    assert "once it learns" in gauges.recognised.sentence.text()


def test_the_newest_figures_stand_there_in_words_and_numbers(
    gauges: GameGauges, model: SessionModel, make_run: Callable[..., Run]
) -> None:
    run = told(make_run("gan", {}), STEPS, real_recognised=0.99, fake_recognised=0.98, real_verdict=0.97,
               fake_verdict=0.03, recall=0.2, precision=0.9, distance=3.0)
    model.add_run(run)
    assert (gauges.real.text, gauges.made.text) == ("99 %", "98 %")
    assert "tells 98 % of made items and 99 % of real ones: the generator learns little" in (
        gauges.recognised.sentence.text())
    assert gauges.balance.value == pytest.approx(0.94)
    assert "The discriminator wins" in gauges.ahead.sentence.text()
    assert gauges.recall.low
    assert not gauges.modes.isVisible()
    assert "If it stays so" in gauges.collapse.sentence.text()
    run.take(Note("alarm", "The generator has collapsed.", "", "collapsed"))
    gauges.refresh()
    assert "has collapsed" in gauges.collapse.sentence.text()
    assert gauges.precision.accessibleDescription() == "90 %"
    assert (gauges.generator.text, gauges.discriminator.text) == ("0.7", "1.3")
    assert gauges.distance.number.text() == "3"


def test_all_gauges_are_whole_at_the_least_width(panel: Alone, gauges: GameGauges) -> None:
    panel.resize(gauges.minimumWidth(), 500)
    page = gauges.recall.parentWidget().parentWidget()
    assert page.minimumSizeHint().width() <= gauges.minimumWidth() - 12, "a scroll bar stands beside them"


def test_gauges_go_back_with_the_film(
    gauges: GameGauges, model: SessionModel, make_run: Callable[..., Run]
) -> None:
    run = told(make_run("gan", {}), STEPS, distance=5.0)
    told(run, STEPS, fake_recognised=1.0, distance=9.0)
    model.add_run(run)
    assert gauges.made.text == "100 %"
    model.watching.step = STEPS
    model.watching.scrubbed.emit()
    gauges.refresh()
    assert gauges.made.text == "65 %"
    assert gauges.distance.number.text() == "5"


def test_what_is_measured_batch_by_batch_is_a_mean_and_what_is_validated_the_newest(
    make_run: Callable[..., Run]
) -> None:
    run = make_run("gan", {})
    for step in range(1, 2 * STEPS + 1):
        run.take(Progress(step, None, {"real_verdict": float(step), "recall": step / 100, "distance": abs(step - 9.0)}))
    found = figures_of(run, None)
    assert found.real_verdict == pytest.approx(np.mean(range(STEPS + 1, 2 * STEPS + 1)))
    assert found.recall == pytest.approx(2 * STEPS / 100)
    assert (found.best, found.best_step) == (0.0, 9)
    early = figures_of(run, 5)
    assert (early.recall, early.best_step) == (0.05, 5)


def test_modes_are_counted_where_the_truth_has_some(
    gauges: GameGauges, model: SessionModel, make_run: Callable[..., Run]
) -> None:
    run = told(make_run("gan", {}), 1, modes=0.875, recall=0.5)
    assert figures_of(run, None).n_modes is None
    model.add_run(run)
    assert gauges.modes.isVisible()
    assert gauges.modes.text == "88 %"
    assert modes_text(Figures(modes=0.875, n_modes=8)) == "7 of 8"


def test_the_mark_stands_where_the_alarm_is_raised() -> None:
    assert COLLAPSED == POOR


@pytest.mark.parametrize(("real", "made", "words"), [
    (0.99, 0.98, "learns little"), (0.9, 0.3, "too much for real"), (0.3, 0.9, "too much for made"),
    (0.5, 0.52, "it guesses"), (0.8, 0.75, "a fair game"),
])
def test_what_the_discriminator_tells(real: float, made: float, words: str) -> None:
    assert words in recognised_words(Figures(real_recognised=real, fake_recognised=made))


@pytest.mark.parametrize(("real", "made", "words"), [
    (0.97, 0.03, "The discriminator wins"), (0.7, 0.3, "leads"), (0.52, 0.48, "Balance"), (0.9, 0.9, "Balance"),
    (0.2, 0.8, "fools it"),
])
def test_who_is_ahead(real: float, made: float, words: str) -> None:
    assert words in balance_words(Figures(real_verdict=real, fake_verdict=made))


@pytest.mark.parametrize(("generator", "discriminator", "words"), [
    ((1, 1, 1, 2, 2, 2), (2, 2, 2, 1, 1, 1), "the discriminator gains"),
    ((2, 2, 2, 1, 1, 1), (1, 1, 1, 2, 2, 2), "the generator gains"),
    ((1, 2, 1, 2, 1, 2), (1, 2, 1, 2, 1, 2), "hold steady"),
    ((1, 1, 1, 2, 2, 2), (1, 1, 1, 2, 2, 2), "not against each other"),
    ((1,), (1,), "both begin with the training"),
])
def test_how_both_losses_move(generator: tuple[float, ...], discriminator: tuple[float, ...], words: str) -> None:
    assert words in loss_words(Figures(losses=(generator, discriminator)))


def test_collapse_is_told_apart_from_samples_off_the_data() -> None:
    assert "has collapsed" in collapse_words(Figures(recall=0.3, precision=0.9, collapsed=True), 0.5)
    assert "lie near data" in collapse_words(Figures(recall=0.9, precision=0.2), 0.5)
    assert collapse_words(Figures(recall=0.9, precision=0.9), 0.5).endswith("No collapse.")


def test_the_distance_says_which_generator_to_keep() -> None:
    assert "the one to keep" in distance_words(Figures(distance=2.0, best=2.0, best_step=40))
    assert "Lowest was 1.5 at step 4,000" in distance_words(Figures(distance=2.0, best=1.5, best_step=4000))


def colours(widget: ShareBar | BalanceNeedle, name: str) -> list[int]:
    """Where along the widget a colour is seen."""
    image = widget.grab().toImage()
    return [x for x in range(image.width()) if any(
        image.pixelColor(x, y).name() == name for y in range(image.height()))]


def test_a_bar_is_as_long_as_its_share_and_red_below_its_limit(
    show_alone: Callable[..., ShareBar], theme: Theme
) -> None:
    bar = show_alone(ShareBar(theme, "bar", "recall", ""), 300, 20)
    bar.show_value(0.8, "80 %")
    far = len(colours(bar, theme.tokens.series[0]))
    bar.show_value(0.4, "40 %")
    assert len(colours(bar, theme.tokens.series[0])) == pytest.approx(far / 2, abs=2)
    bar.set_limit(0.5)
    assert bar.low
    assert not colours(bar, theme.tokens.series[0])
    assert bar.accessibleDescription() == "40 %"


def test_the_needle_stands_in_the_middle_of_a_balance_and_at_the_ends(
    show_alone: Callable[..., BalanceNeedle], theme: Theme
) -> None:
    needle = show_alone(BalanceNeedle(theme, "needle", "Lead", "", ("left", "right")), 300, 44)
    found = []
    for value in (-1.0, 0.0, 1.0):
        needle.show_value(value, f"{value}")
        image = needle.grab().toImage()
        columns = [x for x in range(300) if image.pixelColor(x, 3).name() == theme.tokens.text]
        found.append(float(np.mean(columns)))
    assert found[0] < 20
    assert found[1] == pytest.approx(150, abs=3)
    assert found[2] > 280
