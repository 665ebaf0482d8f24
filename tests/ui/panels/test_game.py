"""The Game panel: looked at, hovered over, played one player at a time, gone through in slow motion, written out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.runs.status import Status
from genstudio.ui.game_stages import STAGES
from genstudio.ui.panels.game import GamePanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.runs.duel import Duel, duel_run
from tests.ui.panels.mixture_hand import Hand, blobs

NEAR = {"rtol": 1e-5, "atol": 1e-6}
LEARNING = 4
"""The place of the stage in which the discriminator learns; in the last one the generator does."""


def ring(width: int = 2, n: int = 80) -> Dataset:
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, n)
    x = np.column_stack([3 * np.cos(angle), 40 * np.sin(angle) + 100, angle])[:, :width]
    table = points_table("ring", x, names=("width", "height", "depth")[:width])
    return prepare(table, PreparationSettings(scaling="standard", valid=0.1, test=0.1), 0)


class GameHand(Hand):
    """A person at the panel."""

    panel: GamePanel

    def watch(self, duel: Duel | None = None, data: Dataset | None = None, at_hand: bool = True) -> Duel:
        data = data or ring()
        self.run = duel_run(data, duel or Duel(width=len(data.preparation.names)), at_hand)
        self.model.add_run(self.run)
        self.until(lambda: self.run.status is Status.PAUSED)
        if len(data.preparation.names) == 2:
            self.until(lambda: self.scene is not None)
        return self.run.turning  # type: ignore[return-value]

    @property
    def scene(self) -> Any:
        return self.panel.plane.scene

    @property
    def plot(self) -> Any:
        return self.panel.plane.plot

    @property
    def slow(self) -> Any:
        return self.panel.slow

    def seen(self) -> set[str]:
        """The layers that are seen."""
        return {name for name in (*STAGES[1].layers, "landscape", "real", "arrows", "flight")
                if self.plot.is_layer_visible(name)}

    def pixel(self, x: float, y: float) -> QPoint:
        return self.plot.graph.mapFromScene(self.plot.box.mapViewToScene(QPointF(x, y)))

    def point_at(self, place: Any) -> None:
        QTest.mouseMove(self.plot.graph.viewport(), self.pixel(*place))

    def choose(self, name: str, data: object) -> None:
        combo = self.find(name)
        combo.setCurrentIndex(combo.findData(data))
        combo.activated.emit(combo.currentIndex())

    def start(self) -> None:
        """Let the duel go on by itself, whose steps cost nothing, at the pace of one that learns."""
        self.run.job.slow_down(0.002)
        self.run.job.start()

    def slowly(self) -> None:
        """Begin, and hold what then plays by itself."""
        self.click("game.slowly")
        assert self.slow.playing
        self.click("game.slow.play")
        # What moves does so in a tenth of a second.
        self.slow.seconds = 0.2
        self.until(lambda: self.slow.on and not self.slow.waiting)

    def forward(self) -> None:
        self.click("game.slow.next")
        self.until(lambda: not self.slow.waiting)

    def moved_to(self, place: int) -> None:
        """Go forward to a stage, and let what moves in it come to rest."""
        while self.slow.place != place:
            self.forward()
        self.until(lambda: self.slow.share == 1.0)


@pytest.fixture
def hand(show_alone: Callable[..., GamePanel], theme: Theme, model: SessionModel, qtbot: QtBot) -> GameHand:
    return GameHand(show_alone(GamePanel(model, theme)), model, qtbot)


# Where it cannot serve.


def test_without_a_run_it_says_what_to_do(hand: GameHand) -> None:
    assert "Train a model first" in hand.find("game.reason").text()


def test_a_model_that_plays_no_game_is_told_and_which_one_does(hand: GameHand) -> None:
    hand.load(blobs())
    hand.train(n_components=2)
    assert "plays no game" in hand.find("game.reason").text()
    assert "“Generative adversarial network”" in hand.find("game.reason").text()


def test_of_three_columns_players_can_learn_and_a_sentence_stands_for_the_plane(hand: GameHand) -> None:
    duel = hand.watch(data=ring(3))
    assert "these have 3" in hand.find("game.no_plane").text()
    assert not hand.find("game.slowly").isVisible()
    hand.choose("game.steps", 1)
    hand.click("game.step_generator")
    hand.until(lambda: duel.learned[1:] == ["generator"])


# What is seen.


def test_made_points_lie_where_the_model_makes_them_and_arrows_begin_there(hand: GameHand) -> None:
    duel = hand.watch()
    z = np.random.default_rng(0).standard_normal((len(hand.scene.z), 2))
    made = hand.run.preparation.to_data(duel.decode(z))
    np.testing.assert_allclose(hand.plot.made.points, made, **NEAR)
    arrows = hand.plot.arrays()["arrows"]
    np.testing.assert_allclose(arrows[:, :2], made, **NEAR)
    np.testing.assert_allclose(arrows[:, 2:], hand.scene.way, **NEAR)
    # All are drawn up the slope, which leads along the first column.
    assert (arrows[:, 2] > np.abs(arrows[:, 3])).all()
    np.testing.assert_allclose(hand.plot.real.points, hand.run.data.preparation.to_data(hand.run.data.train), **NEAR)


def test_the_landscape_rises_the_way_the_discriminator_leans(hand: GameHand) -> None:
    hand.watch()
    verdict = hand.plot.arrays()["verdict"]
    left, right = verdict[verdict[:, 0].argmin()], verdict[verdict[:, 0].argmax()]
    assert left[2] < 0.1
    assert right[2] > 0.9


def test_every_layer_has_a_switch(hand: GameHand) -> None:
    hand.watch()
    for name, key in (("landscape", "verdict"), ("real", "real"), ("made", "made"), ("grid", "manifold"),
                      ("arrows", "arrows")):
        hand.click(f"game.stage.layer.{name}")
        assert key not in hand.plot.arrays()
        hand.click(f"game.stage.layer.{name}")
        assert key in hand.plot.arrays()


def test_it_follows_the_training(hand: GameHand) -> None:
    hand.watch()
    before = hand.plot.made.points[:, 0].mean()
    for _ in range(20):
        hand.run.job.step()
    hand.until(lambda: hand.plot.made.points[:, 0].mean() > before + 0.5)


def test_nothing_is_asked_while_nobody_looks(hand: GameHand) -> None:
    hand.watch()
    hand.panel.hide()
    assert not hand.model.watching._watches


@pytest.mark.parametrize(("latent_dim", "words"), [(1, "no plane"), (2, ""), (7, "the other 5 being 0")])
def test_it_is_said_what_the_grid_is_a_slice_of(hand: GameHand, latent_dim: int, words: str) -> None:
    hand.watch(Duel(latent_dim=latent_dim))
    assert words in hand.panel.plane.slice.whole_text()
    assert hand.find("game.slice").isVisible() == bool(words)
    assert ("manifold" in hand.plot.arrays()) == (latent_dim > 1)


def test_without_data_the_made_points_are_seen(hand: GameHand) -> None:
    hand.watch(at_hand=False)
    assert len(hand.plot.made.points)


def test_the_view_is_written_as_numbers_and_as_a_picture(hand: GameHand, tmp_path: Path) -> None:
    hand.watch()
    hand.plot.export(tmp_path / "game.csv")
    with (tmp_path / "game.csv").open() as file:
        titles = next(csv.reader(file))
    assert {"made.1", "made.2", "real.1", "arrows.4", "verdict.3", "manifold.2"} <= set(titles)
    for ending in ("png", "svg"):
        hand.plot.export(tmp_path / f"game.{ending}")
        assert (tmp_path / f"game.{ending}").stat().st_size > 1000


# Under the mouse.


def lonely(points: Any) -> int:
    """A point that has no other one near it."""
    return int(np.hypot(*((points - points.mean(axis=0)) / points.std(axis=0)).T).argmax())


def test_a_made_point_flies_from_its_noise(hand: GameHand) -> None:
    hand.watch()
    index = lonely(hand.plot.made.points)
    hand.point_at(hand.plot.made.points[index])
    hand.until(lambda: hand.plot.flight.flying)
    start, end = hand.plot.flight.ends
    np.testing.assert_allclose(end[0], hand.plot.made.points[index])
    np.testing.assert_allclose(start[0], hand.scene.noise(hand.panel.plane.home)[index])
    assert "taken for real" in hand.plot.readout.text()
    ring_at = hand.plot.flight.place
    hand.until(lambda: hand.plot.flight.place != ring_at)
    hand.click("game.stage.layer.flight")
    assert not hand.plot.flight.flying


def test_a_cell_flies_from_its_noise(hand: GameHand) -> None:
    hand.watch()
    hand.click("game.stage.layer.made")
    middle = hand.scene.grid[8:10, 8:10].reshape(-1, 2).mean(axis=0)
    hand.point_at(middle)
    hand.until(lambda: hand.plot.flight.flying)
    start, end = hand.plot.flight.ends
    assert start.shape == end.shape == (4, 2)
    np.testing.assert_allclose(end.mean(axis=0), middle, **NEAR)


# Who plays.


@pytest.mark.parametrize("who", ["generator", "discriminator", "both"])
def test_one_player_takes_steps_alone(hand: GameHand, who: str) -> None:
    duel = hand.watch()
    made, landscape = hand.scene.made, hand.scene.landscape
    hand.choose("game.steps", 10)
    hand.click(f"game.step_{who}")
    hand.until(lambda: len(duel.learned) == 11 and hand.run.status is Status.PAUSED)
    assert set(duel.learned[1:]) == {who}
    hand.until(lambda: (hand.scene.made != made).any() == (who != "discriminator")
               and (hand.scene.landscape != landscape).any() == (who != "generator"))


def test_wishes_are_carried_out_one_after_the_other_and_recorded_with_their_step(hand: GameHand) -> None:
    duel = hand.watch()
    hand.choose("game.steps", 1)
    for who in ("discriminator", "generator", "generator"):
        hand.click(f"game.step_{who}")
    hand.until(lambda: len(duel.learned) == 4 and not hand.panel.players.busy)
    assert duel.learned[1:] == ["discriminator", "generator", "generator"]
    changes = [(change.step, change.name, change.value) for change in hand.run.history.changes]
    assert changes == [(1, "players", "discriminator"), (2, "players", "generator")]
    # Afterwards the training goes on as it was chosen.
    hand.start()
    hand.until(lambda: len(duel.learned) > 6)
    assert set(duel.learned[4:]) == {"both"}


def test_a_step_holds_a_training_that_goes_on(hand: GameHand) -> None:
    duel = hand.watch()
    hand.start()
    hand.until(lambda: hand.run.status is Status.TRAINING)
    hand.choose("game.steps", 1)
    hand.click("game.step_generator")
    hand.until(lambda: not hand.panel.players.busy)
    assert duel.learned.count("generator") == 1
    assert duel.learned[-1] == "generator"
    assert hand.run.status is Status.PAUSED


def test_who_learns_is_chosen_for_the_training_as_it_goes_on(hand: GameHand) -> None:
    duel = hand.watch()
    hand.choose("game.players", "generator")
    hand.start()
    hand.until(lambda: len(duel.learned) > 3)
    assert set(duel.learned[1:]) == {"generator"}
    assert hand.find("game.players").currentData() == "generator"


def test_where_no_step_can_be_taken_it_is_said_why(hand: GameHand) -> None:
    hand.watch()
    hand.run.job.stop()
    hand.until(lambda: hand.run.status.ended)
    reason = hand.panel.players.why_not()
    assert reason
    for who in ("generator", "discriminator", "both"):
        assert not hand.find(f"game.step_{who}").isEnabled()
        assert hand.find(f"game.step_{who}").toolTip() == reason


def test_a_training_that_has_ended_is_gone_through_up_to_where_somebody_learns(hand: GameHand) -> None:
    duel = hand.watch()
    hand.run.job.stop()
    hand.until(lambda: hand.run.status.ended)
    hand.slowly()
    hand.moved_to(LEARNING - 1)
    assert not hand.find("game.slow.next").isEnabled()
    assert hand.panel.players.why_not() in hand.slow.words
    hand.qtbot.keyClick(hand.panel, Qt.Key.Key_Right)
    assert hand.slow.place == LEARNING - 1
    assert len(duel.learned) == 1


# Slow motion.


def test_each_stage_shows_what_it_talks_about(hand: GameHand) -> None:
    hand.watch()
    hand.slowly()
    for place, stage in enumerate(STAGES):
        hand.moved_to(place)
        assert hand.seen() == stage.layers
        assert hand.find("game.slow.words").text().startswith(f"<b>{place + 1}. {stage.title}.</b>")
        assert hand.find(f"game.slow.stage_{place + 1}").isChecked()
    hand.click("game.slowly")
    assert hand.seen() == {"landscape", "real", "made", "grid", "arrows", "flight"}


def test_noise_becomes_points(hand: GameHand) -> None:
    hand.watch()
    hand.slowly()
    hand.moved_to(0)
    np.testing.assert_allclose(hand.plot.made.points, hand.scene.noise(hand.panel.plane.home))
    hand.moved_to(1)
    np.testing.assert_allclose(hand.plot.made.points, hand.scene.made)
    np.testing.assert_allclose(hand.plot.arrays()["manifold"], hand.scene.grid.reshape(-1, 2))


def test_a_stage_that_learns_takes_real_steps_once_a_round(hand: GameHand) -> None:
    duel = hand.watch()
    hand.choose("game.steps", 10)
    hand.slowly()
    hand.moved_to(LEARNING)
    assert duel.learned[1:] == ["discriminator"] * 10
    assert "10 steps" in hand.find("game.slow.words").text()
    hand.click("game.slow.previous")
    assert hand.slow.place == LEARNING - 1
    hand.moved_to(len(STAGES) - 1)
    assert duel.learned[1:] == ["discriminator"] * 10 + ["generator"] * 10
    hand.click("game.slow.stage_5")
    hand.until(lambda: hand.slow.share == 1.0)
    assert len(duel.learned) == 21
    # Behind the last stage the next round begins, in which all learn anew.
    hand.moved_to(0)
    assert not hand.find("game.slow.stage_5").isEnabled()
    hand.moved_to(LEARNING)
    assert len(duel.learned) == 31


def test_the_landscape_turns_between_what_it_was_and_what_it_is(hand: GameHand) -> None:
    hand.watch()
    hand.choose("game.steps", 100)
    hand.slowly()
    hand.moved_to(LEARNING - 1)
    before = hand.plot.arrays()["verdict"][:, 2]
    hand.moved_to(LEARNING)
    after = hand.plot.arrays()["verdict"][:, 2]
    assert np.abs(after - before).max() > 0.2
    made = hand.plot.made.points
    hand.moved_to(len(STAGES) - 1)
    np.testing.assert_array_equal(hand.plot.arrays()["verdict"][:, 2], after)
    assert (hand.plot.made.points[:, 0] > made[:, 0]).all()


def test_zooming_meanwhile_does_not_bend_the_landscape(hand: GameHand) -> None:
    hand.watch()
    hand.slowly()
    hand.moved_to(LEARNING - 1)
    before = hand.plot.arrays()["verdict"][:, :2]
    hand.plot.set_bounds((0.0, 0.5, 90.0, 95.0))
    hand.moved_to(LEARNING)
    np.testing.assert_array_equal(hand.plot.arrays()["verdict"][:, :2], before)


def test_wrong_verdicts_are_ringed_where_the_loss_is_talked_of(hand: GameHand) -> None:
    hand.watch()
    hand.slowly()
    hand.moved_to(3)
    assert hand.plot.made.ringed == int((hand.scene.made_verdict >= 0.5).sum()) > 0
    assert hand.plot.real.ringed == int((hand.scene.real_verdict < 0.5).sum()) > 0
    hand.moved_to(4)
    assert hand.plot.made.ringed == 0


def test_it_plays_by_itself_and_keys_go_from_stage_to_stage(hand: GameHand) -> None:
    hand.watch()
    hand.slowly()
    hand.choose("game.slow.pace", 2.5)
    hand.qtbot.keyClick(hand.panel, Qt.Key.Key_Right)
    assert hand.slow.place == 1
    hand.qtbot.keyClick(hand.panel, Qt.Key.Key_Left)
    assert hand.slow.place == 0
    hand.click("game.slow.play")
    hand.until(lambda: hand.slow.place >= 2)
    hand.qtbot.keyClick(hand.panel, Qt.Key.Key_P)
    assert not hand.slow.playing
    assert not hand.find("game.slow.play").isChecked()
    # Who goes on by hand does not want it to go on by itself.
    hand.qtbot.keyClick(hand.panel, Qt.Key.Key_P)
    hand.click("game.slow.previous")
    assert not hand.slow.playing


def test_whoever_lets_the_training_go_on_sees_it_go_on(hand: GameHand) -> None:
    hand.watch()
    hand.slowly()
    hand.start()
    hand.until(lambda: not hand.slow.on)
    assert not hand.find("game.slowly").isChecked()
    hand.run.job.pause()
    before = hand.scene
    hand.until(lambda: hand.scene is not before)


def test_slow_motion_holds_a_training(hand: GameHand) -> None:
    hand.watch()
    hand.start()
    hand.until(lambda: hand.run.status is Status.TRAINING)
    hand.slowly()
    assert hand.run.status is Status.PAUSED


def test_another_run_ends_slow_motion(hand: GameHand) -> None:
    hand.watch()
    hand.slowly()
    hand.moved_to(2)
    hand.watch()
    assert not hand.slow.on
    assert not hand.find("game.slow").isVisible()


# With networks that learn.


def test_a_game_of_networks_is_seen_and_played(hand: GameHand) -> None:
    hand.load(blobs(100))
    hand.model.choose_model("gan")
    hand.model.edit_settings(hidden_features=[8], max_epochs=10_000)
    hand.model.train()
    run = hand.model.current
    assert run is not None
    hand.until(lambda: run.history.step)
    hand.click("game.step_discriminator")
    hand.until(lambda: not hand.panel.players.busy)
    assert [change.value for change in run.history.changes if change.name == "players"] == ["discriminator"]
    # Held, it is looked at at once.
    assert run.status is Status.PAUSED
    hand.until(lambda: hand.scene is not None)
    assert np.isfinite(hand.scene.landscape).all()
