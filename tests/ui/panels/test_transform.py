"""The Transformation panel: played, stepped, turned round, pointed at, asked otherwise, and written to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.runs.job import Status
from genstudio.ui import transform_export
from genstudio.ui.panels.transform import TransformPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from genstudio.ui.transform_terms import spans
from tests.patience import PATIENCE_MS
from tests.runs.turning import Fading, Layered, Parted, Turning, turning_run
from tests.ui.panels.mixture_hand import Hand, blobs

NEAR = {"rtol": 1e-5, "atol": 1e-6}


def rows(width: int = 2, scaling: str = "standard", classes: bool = True, n: int = 90) -> Dataset:
    rng = np.random.default_rng(3)
    x, codes = rng.normal(5.0, 2.0, (n, width)), rng.integers(2, size=n)
    x[:, 1:2] *= 40.0
    names, levels = ("width", "height", "depth")[:width], ["low", "<b>high"]
    table = points_table("cloud", x, codes if classes else None, names=names, levels=levels if classes else ())
    return prepare(table, PreparationSettings(scaling=scaling, valid=0.1, test=0.1), 0)


def pictures() -> Dataset:
    pixels = np.random.default_rng(0).integers(256, size=(40, 6, 6, 1)).astype(np.uint8)
    raw = Pictures("noise", pixels, np.arange(40) % 2, ("dark", "bright"))
    return prepare(raw, PreparationSettings(valid=0.1, test=0.1), 0)


class TransformHand(Hand):
    """A person at the panel."""

    panel: TransformPanel

    def show(self, data: Dataset, learner: Turning, at_hand: bool = True) -> None:
        run = turning_run(data, learner, at_hand)
        self.model.add_run(run)
        self.until(lambda: self.transform.known)
        self.until(lambda: run.status is Status.PAUSED)

    @property
    def transform(self) -> Any:
        return self.panel.transform

    @property
    def plot(self) -> Any:
        return self.panel.rows.plot

    def place(self, share: float) -> None:
        self.find("transform.place").setValue(round(share * self.find("transform.place").maximum()))

    def pixel(self, x: float, y: float) -> Any:
        return self.plot.graph.mapFromScene(self.plot.box.mapViewToScene(QPointF(x, y)))

    def outermost(self) -> int:
        """A point that has no other one near it."""
        return int(np.hypot(*(self.plot.points.points - self.plot.points.points.mean(axis=0)).T).argmax())

    def point_at(self, index: int) -> None:
        QTest.mouseMove(self.plot.graph.viewport(), self.pixel(*self.plot.points.points[index]))
        self.until(lambda: self.transform.chosen == index)

    def click_on(self, index: int) -> None:
        QTest.mouseClick(self.plot.graph.viewport(), Qt.MouseButton.LeftButton,
                         pos=self.pixel(*self.plot.points.points[index]))
        self.until(lambda: self.transform.pinned == index)

    def press(self, key: Any, on: str = "transform") -> None:
        self.qtbot.keyClick(self.panel if on == "transform" else self.find(on), key)

    def choose(self, name: str, place: int) -> None:
        combo = self.find(name)
        combo.setCurrentIndex(place)
        combo.activated.emit(place)


@pytest.fixture
def hand(
    show_alone: Callable[..., TransformPanel], theme: Theme, model: SessionModel, qtbot: QtBot
) -> TransformHand:
    return TransformHand(show_alone(TransformPanel(model, theme)), model, qtbot)


@pytest.fixture
def moments(hand: TransformHand) -> TransformHand:
    """Rows that move in time."""
    hand.show(rows(), Turning())
    return hand


@pytest.fixture
def fading(hand: TransformHand) -> TransformHand:
    """Pictures that form from noise."""
    hand.show(pictures(), Fading())
    return hand


# Where it cannot serve.


def test_without_a_run_it_says_what_to_do(hand: TransformHand) -> None:
    assert "Train a model first" in hand.find("transform.reason").text()


def test_a_model_without_ways_is_told(hand: TransformHand) -> None:
    hand.load(blobs())
    hand.train(n_components=2)
    assert "cannot be followed from a base to the data" in hand.find("transform.reason").text()


def test_without_data_only_new_points_go_a_way(hand: TransformHand) -> None:
    hand.show(rows(), Turning(), at_hand=False)
    assert not hand.find("transform.back").isEnabled()
    assert "not at hand" in hand.find("transform.back").toolTip()


# The way.


def test_points_lie_where_the_slider_says(moments: TransformHand) -> None:
    z = np.random.default_rng(0).standard_normal((len(moments.transform.ways), 2))
    turning = moments.model.current.turning
    for share in (0.0, 0.25, 1.0):
        moments.place(share)
        np.testing.assert_allclose(moments.plot.points.points, z @ turning.matrix(share).T, **NEAR)
    assert moments.find("transform.place_label").text() == "t = 1.00"


def test_the_grid_is_carried_along(moments: TransformHand) -> None:
    moments.place(0.0)
    first = moments.plot.arrays()["latent"]
    assert np.abs(first).max() == pytest.approx(3.0)
    moments.place(1.0)
    turning = moments.model.current.turning
    np.testing.assert_allclose(moments.plot.arrays()["latent"], first @ turning.matrix(1.0).T, **NEAR)


def test_layers_are_named_and_stepped_through_by_keys_and_buttons(hand: TransformHand) -> None:
    hand.show(rows(), Layered())
    label = hand.find("transform.place_label")
    assert label.text() == "base"
    hand.press(Qt.Key.Key_Right)
    assert label.text() == "after layer 1 of 8"
    hand.click("transform.next")
    hand.press(Qt.Key.Key_Right, on="transform.place")
    assert label.text() == "after layer 3 of 8"
    hand.place(0.42)
    assert label.text() == "in layer 4 of 8"
    hand.click("transform.previous")
    assert label.text() == "after layer 3 of 8"
    hand.press(Qt.Key.Key_End)
    assert label.text() == "after layer 8 of 8"
    hand.press(Qt.Key.Key_Home)
    hand.press(Qt.Key.Key_Left)
    assert label.text() == "base"


@pytest.mark.parametrize("back", [False, True])
def test_it_is_played_to_its_end_and_over_again(moments: TransformHand, back: bool) -> None:
    if back:
        moments.click("transform.back")
        moments.until(lambda: moments.transform.known)
    moments.choose("transform.speed", 3)
    moments.click("transform.play")
    start, end = (1.0, 0.0) if back else (0.0, 1.0)
    moments.until(lambda: moments.transform.share not in (start, end))
    moments.until(lambda: moments.transform.share == end)
    # After a while at the end it begins anew.
    moments.until(lambda: moments.transform.share != end)
    moments.press(Qt.Key.Key_P)
    assert not moments.panel.player.playing
    moments.find("transform.loop").setChecked(False)
    moments.press(Qt.Key.Key_P)
    moments.until(lambda: not moments.panel.player.playing)
    assert moments.transform.share == end


def test_nobody_plays_what_nobody_sees(moments: TransformHand) -> None:
    moments.click("transform.play")
    moments.panel.hide()
    assert not moments.panel.player.playing


def test_the_data_go_back_to_the_base(moments: TransformHand) -> None:
    moments.click("transform.back")
    moments.until(lambda: moments.transform.known)
    data, plot = moments.model.current.data, moments.plot
    assert moments.transform.share == 1.0
    np.testing.assert_allclose(plot.points.points, data.train, **NEAR)
    moments.place(0.0)
    inverse = np.linalg.inv(moments.model.current.turning.matrix(1.0))
    np.testing.assert_allclose(plot.points.points, data.train @ inverse.T, **NEAR)
    assert moments.panel.rows.legend.names == ("low", "<b>high")
    moments.click("transform.forth")
    moments.until(lambda: moments.transform.known)
    assert moments.transform.share == 0.0
    # The base knows no classes.
    assert moments.find("transform.colour").currentText() == "Angle in the base"


def test_other_points_are_drawn_and_coloured_otherwise(moments: TransformHand) -> None:
    before = moments.transform.ways.base
    moments.click("transform.shuffle")
    moments.until(lambda: not np.array_equal(moments.transform.ways.base, before))
    colours = [brush.color().rgba() for brush in moments.plot.points.items[0].data["brush"]]
    moments.choose("transform.colour", 1)
    assert [brush.color().rgba() for brush in moments.plot.points.items[0].data["brush"]] != colours


@pytest.mark.parametrize("scaling", ["none", "standard", "logit"])
def test_axes_stay_still_in_the_units_of_the_data_and_of_the_base(hand: TransformHand, scaling: str) -> None:
    hand.show(rows(scaling=scaling), Turning())
    bounds = hand.plot.bounds()
    for share in (0.0, 0.3, 1.0):
        hand.place(share)
        assert hand.plot.bounds() == bounds
    axis, far = (hand.plot.item.getAxis(side) for side in ("bottom", "top"))
    assert axis.labelText == "width"
    assert far.labelText == "z1 in the base"
    # The base lies at the first station as it is drawn.
    assert all(place == pytest.approx(float(text.replace("−", "-"))) for place, text in far._tickLevels[0])
    if scaling != "none":
        part = hand.model.current.preparation.part([0])
        for place, text in axis._tickLevels[0]:
            assert part.to_data(np.array([[place]]))[0, 0] == pytest.approx(float(text.replace("−", "-")), rel=1e-4)


@pytest.mark.parametrize("width", [1, 3])
def test_other_than_two_columns_are_shown_two_at_a_time_without_grid(hand: TransformHand, width: int) -> None:
    hand.show(rows(width), Turning(width=width))
    assert not hand.find("transform.stage.layer.grid").isVisible()
    assert hand.find("transform.axis_x").isVisible() == (width > 2)
    if width > 2:
        hand.choose("transform.axis_y", 2)
        np.testing.assert_allclose(hand.plot.points.points, hand.transform.positions[:, [0, 2]])
        assert hand.plot.item.getAxis("left").labelText == "depth"
    hand.place(0.5)
    np.testing.assert_allclose(hand.plot.points.points[:, 0], hand.transform.positions[:, 0])


# One point.


def test_a_hovered_point_shows_its_way_and_what_its_density_is_the_sum_of(moments: TransformHand) -> None:
    index = moments.outermost()
    moments.point_at(index)
    ends = moments.transform.ways.way[[0, -1], index]
    np.testing.assert_allclose(moments.plot.arrays()["way"][[0, -1]], ends, **NEAR)
    chart = moments.panel.rows.chart
    moments.until(lambda: len(chart.terms) > 0)
    *addends, total = chart.terms
    run = moments.model.current
    x = run.preparation.to_data(moments.transform.ways.way[-1][index:index + 1])
    expected = run.job.ask("log_prob", x=x).result(PATIENCE_MS / 1000)["log_prob"][0]
    assert total.value == pytest.approx(expected)
    assert sum(term.value for term in addends) == pytest.approx(expected)
    assert [term.kind for term in addends] == ["base", *["part"] * 8, "scaling"]
    assert spans(chart.terms)[-2][1] == pytest.approx(expected)
    assert "log p(x)" in chart.accessibleDescription()
    QTest.mouseMove(moments.plot.graph.viewport(), moments.pixel(*(np.array(moments.plot.bounds())[[0, 2]] + 0.01)))
    moments.until(lambda: not chart.terms)
    assert "Point at" in chart.hint


def test_a_clicked_point_is_kept_and_keys_go_from_one_to_the_next(moments: TransformHand) -> None:
    index = moments.outermost()
    moments.click_on(index)
    moments.place(0.6)
    np.testing.assert_allclose(
        [moments.plot.way._ring.pos().x(), moments.plot.way._ring.pos().y()], moments.plot.points.points[index])
    moments.press(Qt.Key.Key_Up, on="transform.stage")
    assert moments.transform.pinned == (index + 1) % len(moments.transform.ways)
    moments.press(Qt.Key.Key_Escape, on="transform.stage")
    assert moments.transform.pinned == -1


def test_a_class_is_named_in_the_density_that_is_given_it(hand: TransformHand) -> None:
    hand.show(rows(), Parted())
    hand.until(lambda: hand.find("transform.class").count() == 3)
    # Each class goes a way of its own, and a grid would have to choose.
    assert "latent" not in hand.plot.arrays()
    hand.choose("transform.class", 2)
    hand.until(lambda: bool((hand.transform.ways.labels == 1).all()))
    hand.until(lambda: "latent" in hand.plot.arrays())
    hand.press(Qt.Key.Key_Up, on="transform.stage")
    hand.until(lambda: hand.panel.rows.chart.terms)
    assert hand.panel.rows.chart.terms[-1].title == "log p(x | <b>high)"


# Arrows, and choices.


def test_arrows_show_the_velocity_at_the_sliders_time(moments: TransformHand) -> None:
    moments.until(lambda: "arrows" in moments.plot.arrays())
    turning = moments.model.current.turning
    for share in (0.0, 1.0):
        moments.place(share)
        arrows = moments.plot.arrays()["arrows"]
        np.testing.assert_allclose(arrows[:, 2:], turning.velocity(arrows[:, :2], share), **NEAR)
    assert "per unit of time" in moments.plot.readout.text()
    moments.click("transform.stage.layer.arrows")
    assert "arrows" not in moments.plot.arrays()
    assert not moments.plot.readout.isVisible()
    assert "transform.field" not in moments.panel._questions


def test_layers_have_no_velocity_and_nothing_to_choose(hand: TransformHand) -> None:
    hand.show(rows(), Layered())
    assert not hand.find("transform.stage.layer.arrows").isVisible()
    assert not hand.panel.choices.isVisible()


def test_choices_are_answered(moments: TransformHand) -> None:
    moments.retype("transform.choices.steps", "3")
    moments.until(lambda: len(moments.transform.ways.stations) == 4)


# While it learns.


def test_ways_follow_the_learning_and_can_be_asked_otherwise_meanwhile(moments: TransformHand) -> None:
    run = moments.model.current
    moments.place(1.0)
    moments.press(Qt.Key.Key_Up, on="transform.stage")
    before = moments.plot.points.points.copy()
    moments.model.slow_down(0.01)
    run.job.slow_down(0.01)
    run.job.start()
    moments.until(lambda: not np.array_equal(moments.plot.points.points, before))
    base = moments.transform.ways.base
    moments.click("transform.shuffle")
    moments.until(lambda: not np.array_equal(moments.transform.ways.base, base))
    assert run.status is Status.TRAINING
    run.job.stop()
    moments.until(lambda: run.status.ended)
    # At rest there is time for more points.
    moments.until(lambda: len(moments.transform.ways) > len(base))


def test_sums_of_former_moments_are_not_made_up(moments: TransformHand) -> None:
    run = moments.model.current
    run.job.slow_down(0.01)
    run.job.start()
    moments.until(lambda: len(moments.model.watching.moments) > 2)
    run.job.pause()
    moments.until(lambda: run.status is Status.PAUSED)
    moments.press(Qt.Key.Key_Up, on="transform.stage")
    moments.until(lambda: len(moments.panel.rows.chart.terms) > 0)
    moments.model.scrub(moments.model.watching.moments[0])
    moments.until(lambda: not moments.panel.rows.chart.terms)
    assert "former moment" in moments.panel.rows.chart.hint
    moments.model.scrub(None)
    moments.until(lambda: moments.panel.rows.chart.terms)


def test_another_runs_ways_take_the_place_of_the_former(moments: TransformHand) -> None:
    first = moments.model.current
    assert moments.find("transform.shuffle").text() == "New points"
    moments.show(pictures(), Fading())
    assert moments.panel.pictures.isVisible()
    assert moments.find("transform.shuffle").text() == "New noise"
    moments.model.show_run(first)
    moments.until(lambda: moments.transform.known and moments.panel.rows.isVisible())
    moments.until(lambda: len(moments.plot.points.points) > 0)
    assert moments.find("transform.shuffle").text() == "New points"


# Pictures.


def test_pictures_form_from_noise_and_what_is_expected_stands_beside(fading: TransformHand) -> None:
    made, guess = fading.find("transform.pictures"), fading.find("transform.guess")
    assert made.pictures.std() > 30
    fading.until(lambda: len(guess.pictures) > 0)
    labels = fading.transform.ways.labels
    np.testing.assert_allclose(guess.pictures[:, 0, 0, 0] / 255, np.where(labels == 1, 0.9, 0.2), atol=0.01)
    fading.place(1.0)
    np.testing.assert_allclose(made.pictures[:, 0, 0, 0] / 255, np.where(labels == 1, 0.9, 0.2), atol=0.01)
    fading.until(lambda: "t = 1.00" in fading.find("transform.guess.title").text())


def test_a_class_of_pictures_is_chosen(fading: TransformHand) -> None:
    fading.until(lambda: fading.find("transform.class").count() == 3)
    assert set(fading.transform.ways.labels) == {0, 1}
    fading.choose("transform.class", 2)
    fading.until(lambda: set(fading.transform.ways.labels) == {1})


def test_own_pictures_dissolve(fading: TransformHand) -> None:
    fading.click("transform.back")
    fading.until(lambda: fading.transform.known)
    run, made = fading.model.current, fading.find("transform.pictures")
    known = {picture.tobytes() for picture in run.data.train}
    assert all(picture.tobytes() in known for picture in made.pictures)
    shown = made.pictures.copy()
    fading.place(0.0)
    assert not np.array_equal(made.pictures, shown)


def test_the_strip_shows_the_way_of_the_picture_that_is_clicked(fading: TransformHand) -> None:
    made, strip = fading.find("transform.pictures"), fading.find("transform.strip")
    fading.until(lambda: len(strip.pictures) == 22)
    fading.qtbot.keyClick(made, Qt.Key.Key_Right)
    fading.qtbot.keyClick(made, Qt.Key.Key_Right)
    index = made.selected[-1]
    assert index > 0
    title = fading.find("transform.strip.title")
    fading.until(lambda: f"picture {index + 1}, and below" in title.text())
    end = fading.panel.pictures.frame(1.0)[index]
    np.testing.assert_allclose(strip.pictures[10] / 255, end, atol=1 / 255)
    np.testing.assert_allclose(strip.pictures[11:] / 255, np.broadcast_to(end, (11, *end.shape)), atol=1 / 255)


# Files.


def exported(hand: TransformHand, monkeypatch: pytest.MonkeyPatch, path: Path, kind: str) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))
    hand.click("transform.export")
    hand.until(lambda: "Saved the way" in hand.said())


def test_the_way_of_points_is_written_as_an_animation(
    moments: TransformHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transform_export, "FRAMES", 9)
    moments.place(0.3)
    exported(moments, monkeypatch, tmp_path / "way", "GIF, to and fro (*.gif)")
    with Image.open(tmp_path / "way.gif") as found:
        assert found.info["loop"] == 0
        assert found.n_frames == 16
        size = moments.plot.graph.size()
        assert found.size == (size.width(), size.height())
    assert moments.transform.share == pytest.approx(0.3, abs=1e-3)


@pytest.mark.parametrize(("name", "kind"), [
    ("way.png", "PNG, as it is now (*.png)"), ("way.svg", "SVG (*.svg)"), ("way.csv", "CSV, points and way (*.csv)"),
])
def test_what_is_seen_is_written(
    moments: TransformHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    moments.press(Qt.Key.Key_Up, on="transform.stage")
    exported(moments, monkeypatch, tmp_path / name, kind)
    assert (tmp_path / name).stat().st_size > 1000
    if name.endswith("csv"):
        assert "way.1" in (tmp_path / name).read_text().partition("\n")[0]


@pytest.mark.parametrize(("name", "kind"), [
    ("way.gif", "GIF, to and fro (*.gif)"), ("way.png", "PNG, a strip of one picture (*.png)"),
])
def test_ways_of_pictures_are_written(
    fading: TransformHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    monkeypatch.setattr(transform_export, "FRAMES", 9)
    fading.until(lambda: len(fading.find("transform.strip").pictures) == 22)
    exported(fading, monkeypatch, tmp_path / name, kind)
    with Image.open(tmp_path / name) as found:
        assert getattr(found, "n_frames", 1) == 16 or found.width > 5 * found.height


def test_what_cannot_be_written_is_told(moments: TransformHand, tmp_path: Path) -> None:
    moments.panel.exporting.export_to(tmp_path / "nowhere" / "way.png")
    moments.until(lambda: "could not be written" in moments.said())


# Everybody.


def test_all_that_is_used_has_a_name_of_its_own_and_words(moments: TransformHand) -> None:
    used = [w for w in moments.panel.findChildren(object) if getattr(w, "focusPolicy", None) is not None
            and w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.objectName().startswith("transform.")]
    names = [w.objectName() for w in used]
    assert len(names) > 15
    assert len(set(names)) == len(names)
    assert all(w.accessibleName() for w in used if w.isVisible()), [
        w.objectName() for w in used if w.isVisible() and not w.accessibleName()]


def test_themes_are_taken_up(moments: TransformHand, theme: Theme) -> None:
    brushes = [brush.color().rgba() for brush in moments.plot.points.items[0].data["brush"]]
    theme.toggle()
    assert [brush.color().rgba() for brush in moments.plot.points.items[0].data["brush"]] != brushes
    assert moments.transform.known
