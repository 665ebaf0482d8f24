"""The game of pictures: fixed noise, verdicts, what they hang on, and former moments of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout
from pytestqt.qtbot import QtBot

from genstudio.data.reader import unwatched
from genstudio.models.capabilities import Adversarial
from genstudio.models.fitted import Fitted
from genstudio.runs.job import Status
from genstudio.runs.question import Subject, answer
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.game_pictures import MADE, REAL, GamePictures
from genstudio.ui.game_pictures_overlay import COLOUR, coloured, overlaid
from genstudio.ui.game_pictures_words import blend_words, verdict_words
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plots.judged_grid import BAR_PX, FOOT_PX, JudgedGrid
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_MS
from tests.runs.judging import LOOKED_AT, Judging, JudgingSettings, pictures
from tests.runs.turning import turning_run


class Alone(Panel):
    """A panel of nothing else."""

    info = PanelInfo("game", "Game", "game", 0, "", needs=Adversarial, needs_run=True)

    def build(self) -> None:
        self.pictures = GamePictures(self)
        QVBoxLayout(self.content).addWidget(self.pictures)

    def run_changed(self, run: Run | None) -> None:
        self.pictures.show_run(run)


class Hand:
    """A person at it."""

    def __init__(self, panel: Alone, qtbot: QtBot) -> None:
        self.panel, self.pictures, self.model, self.qtbot = panel, panel.pictures, panel.model, qtbot

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def show(self, learner: Judging) -> Run:
        run = turning_run(pictures(), learner)
        self.model.add_run(run)
        self.until(lambda: len(self.made.pictures) == MADE and run.status is Status.PAUSED)
        return run

    @property
    def made(self) -> JudgedGrid:
        return self.pictures.grids["made"]

    @property
    def real(self) -> JudgedGrid:
        return self.pictures.grids["real"]

    def step(self, run: Run, taken: int) -> None:
        run.job.step()
        self.until(lambda: f"step {taken:,} ·" in self.pictures.made.title)


@pytest.fixture
def hand(show_alone: Callable[..., Alone], theme: Theme, model: SessionModel, qtbot: QtBot) -> Hand:
    return Hand(show_alone(Alone(model, theme), 1000, 620), qtbot)


def test_what_is_made_of_the_same_noise_evolves_until_other_noise_is_wanted(hand: Hand) -> None:
    run = hand.show(Judging())
    first, verdicts = hand.made.pictures.copy(), hand.made.verdicts
    for _ in range(2):
        hand.step(run, run.history.step + 1)
    grown = hand.made.pictures
    order = np.argsort(first.mean(axis=(1, 2, 3)), kind="stable")
    assert np.all(np.diff(grown.mean(axis=(1, 2, 3))[order]) >= -1), "every picture stays in its place"
    assert np.mean(hand.made.verdicts) > np.mean(verdicts)
    hand.pictures.bar.shuffle.click()
    hand.until(lambda: "noise 1" in hand.pictures.made.title)
    assert np.abs(hand.made.pictures.astype(int) - grown).max() > 10


def test_real_pictures_stand_beside_with_their_verdicts(hand: Hand) -> None:
    hand.show(Judging())
    assert len(hand.real.pictures) == REAL
    mean = np.mean(hand.real.verdicts)
    assert hand.pictures.real.title == f"Held out · mean verdict {mean:.2f}"
    np.testing.assert_allclose(sorted(set(hand.real.verdicts)), [0.2, 0.8], atol=1e-6)


def test_data_that_are_not_at_hand_are_missed_in_words(hand: Hand) -> None:
    hand.show(Judging())
    subject = Subject(Fitted(Judging(), pictures().preparation), None)
    wish = {"n": MADE, "real": REAL, "seed": 0}
    hand.model.previewed.emit("game.seen", Preview("game.seen", 5, answer("game_pictures", subject, wish, unwatched)))
    assert len(hand.real.pictures) == 0
    assert "not at hand" in hand.real.hint


def test_the_chosen_picture_is_seen_large_with_what_is_held_of_it(hand: Hand) -> None:
    hand.show(Judging())
    hand.real.setFocus()
    QTest.keyClick(hand.real, Qt.Key.Key_Right)
    sentence = hand.pictures.detail.sentence.text()
    assert sentence.startswith("Real picture 1: the discriminator holds it to be real at 0.")
    assert hand.real.selected == (0,)
    assert hand.made.selected == (), "one is chosen of both"
    np.testing.assert_array_equal(hand.pictures.detail.grid.pictures, hand.real.pictures[:1])


def test_what_it_looks_at_lies_over_all_pictures_and_beside_the_chosen(hand: Hand) -> None:
    hand.show(Judging())
    hand.pictures.bar.eye.click()
    hand.until(lambda: hand.made.pictures.shape[1] == 3)
    row, column = LOOKED_AT
    for grid in (hand.made, hand.real):
        strongest, elsewhere = grid.pictures[:, :, row, column].astype(int), grid.pictures[:, :, 0, 0].astype(int)
        wanted = np.array(COLOUR)
        assert np.all(np.abs(strongest - wanted).sum(axis=1) < np.abs(elsewhere - wanted).sum(axis=1))
    assert len(hand.pictures.detail.grid.pictures) == 2, "as it is, and under what the verdict hangs on"
    hand.pictures.bar.eye.click()
    hand.until(lambda: hand.made.pictures.shape[1] == 1)
    assert len(hand.pictures.detail.grid.pictures) == 1


def test_former_moments_come_back(hand: Hand) -> None:
    run = hand.show(Judging())
    first, step = hand.made.pictures.copy(), run.history.step
    hand.step(run, step + 1)
    hand.model.scrub(step)
    hand.until(lambda: f"step {step} ·" in hand.pictures.made.title)
    np.testing.assert_allclose(hand.made.pictures, first, atol=1)
    hand.model.scrub(None)
    hand.until(lambda: f"step {step + 1} ·" in hand.pictures.made.title)


def test_a_class_can_be_wished_where_classes_were_learned(hand: Hand) -> None:
    run = turning_run(pictures(), Judging(JudgingSettings(conditional=True), classes=2))
    chosen = run.recipe.model.model_copy(update={"settings": {"conditional": True}})
    run.recipe = run.recipe.model_copy(update={"model": chosen})
    hand.model.add_run(run)
    hand.until(lambda: len(set(hand.made.verdicts)) == 2)
    classes = hand.pictures.bar.classes
    assert [classes.itemText(place) for place in range(classes.count())] == ["Any class", "dark", "bright"]
    classes.setCurrentIndex(2)
    classes.activated.emit(2)
    hand.until(lambda: len(set(hand.made.verdicts)) == 1)
    assert "of class bright" in hand.pictures.detail.sentence.text()


@pytest.mark.parametrize(("learner", "words"), [
    (Judging(), ""), (Judging(grown=0.4), "Resolution 3 × 3 → 6 × 6, 40 %"),
])
def test_the_blend_is_said_where_networks_grow(hand: Hand, learner: Judging, words: str) -> None:
    hand.show(learner)
    assert hand.pictures.bar.blend.text() == words


def test_the_grid_is_saved_as_it_is_seen(hand: Hand, tmp_path: Path) -> None:
    hand.show(Judging())
    hand.made.export(tmp_path / "made.png")
    assert not QImage(str(tmp_path / "made.png")).isNull()


def test_bars_reach_as_far_as_verdicts_say(show_alone: Callable[..., JudgedGrid], theme: Theme) -> None:
    grid = show_alone(JudgedGrid(theme, "grid"), 400, 200)
    grid.set_judged(np.zeros((2, 1, 8, 8), np.uint8), np.array([0.1, 0.9]), ["made", "real"])
    image, found = grid.grab().toImage(), []
    for index in (0, 1):
        left, top, wide, high = grid.places.cell(index)
        y = round(top + high + 1 + (FOOT_PX - 1) / 2)
        row = [image.pixelColor(x, y).name() for x in range(round(left), round(left + wide))]
        found.append(sum(name in theme.tokens.series[:2] for name in row))
    assert 0 < found[0] < found[1] / 4
    assert grid.places.pitch > grid.places.height * grid.places.scale + BAR_PX


def test_feet_leave_room_for_all_pictures(show_alone: Callable[..., JudgedGrid], theme: Theme) -> None:
    grid = show_alone(JudgedGrid(theme, "grid"), 300, 180)
    grid.set_judged(np.zeros((20, 1, 28, 28), np.uint8), np.full(20, 0.5), ["made"] * 20)
    left, top, wide, high = grid.places.cell(19)
    assert left + wide <= 300
    assert top + high + FOOT_PX <= 180
    assert grid.places.index_at(left + 1, top + high + FOOT_PX / 2) == 19, "a foot belongs to its picture"


def test_an_overlay_keeps_the_strongest_place_and_leaves_the_rest_grey() -> None:
    x = np.full((1, 1, 2, 2), 200, np.uint8)
    attention = np.array([[[[0.0, 1.0], [0.0, 0.0]]]])
    found = overlaid(x, attention)[0]
    assert found[0, 0, 0] == found[1, 0, 0] == found[2, 0, 0] == 110
    assert found[0, 0, 1] > found[1, 0, 1] > found[2, 0, 1]
    np.testing.assert_array_equal(coloured(x)[0], np.full((3, 2, 2), 200))


@pytest.mark.parametrize(("verdict", "part", "end"), [
    (0.95, "made", "It is fooled."), (0.05, "made", "It is right."), (0.05, "real", "It is wrong."),
    (0.95, "real", "It is right."), (0.45, "real", "It cannot tell."),
])
def test_a_verdict_is_right_or_wrong(verdict: float, part: str, end: str) -> None:
    assert verdict_words(verdict, part, 3, "").endswith(end)


def test_a_blend_names_both_resolutions() -> None:
    assert blend_words((14, 14), (28, 28), 0.4) == "Resolution 14 × 14 → 28 × 28, 40 %"
    assert blend_words((28, 28), (28, 28), 0.0) == "Resolution 28 × 28"
