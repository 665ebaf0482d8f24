"""The Latent panel: dragged, walked, slid, calculated with, and shown items of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from genstudio.runs.favourites import Item, Wish
from genstudio.runs.job import Status
from genstudio.ui.latent_sliders import PLACES
from genstudio.ui.panels.latent import LatentPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.latent_hand import LatentHand, arc, bars, learned
from tests.ui.panels.mixture_hand import blobs

NEAR = {"rtol": 1e-5, "atol": 1e-5}


@pytest.fixture
def panel(show_alone: Callable[..., LatentPanel], theme: Theme, model: SessionModel) -> LatentPanel:
    return show_alone(LatentPanel(model, theme), 900, 600)


@pytest.fixture
def hand(panel: LatentPanel, model: SessionModel, qtbot: QtBot) -> LatentHand:
    return LatentHand(panel, model, qtbot)


@pytest.fixture
def pictures(hand: LatentHand) -> LatentHand:
    """The panel with a model of pictures that has classes."""
    hand.show(learned(bars()))
    return hand


@pytest.fixture
def wide(hand: LatentHand) -> LatentHand:
    """The panel with a model of five coordinates."""
    hand.show(learned(bars(), latent_dim=5))
    return hand


# Where it cannot serve.


def test_without_a_run_it_says_what_to_do(hand: LatentHand) -> None:
    assert "Train a model first" in hand.find("latent.reason").text()


def test_a_model_without_latent_space_is_told(hand: LatentHand) -> None:
    hand.load(blobs())
    hand.train(n_components=2)
    assert "latent space" in hand.find("latent.reason").text()
    assert not hand.panel.content.isVisible()


def test_without_data_the_space_can_be_walked_and_what_is_missing_is_said(hand: LatentHand) -> None:
    hand.show(learned(bars(), at_hand=False))
    hand.press(0.5, 0.5)
    hand.until(hand.settled)
    hand.until(lambda: hand.panel.map.plot.manifold.items[0].image is not None)
    hand.page(hand.panel.sliders)
    hand.until(lambda: "not at hand" in hand.panel.sliders.note.text())
    hand.page(hand.panel.own)
    assert not hand.find("latent.take_row").isEnabled()


# The map.


@pytest.mark.parametrize("by_prior", [True, False])
def test_dragging_the_cursor_decodes_where_it_is(pictures: LatentHand, by_prior: bool) -> None:
    if not by_prior:
        pictures.click("latent.map.by_prior")
    pictures.drag((0.0, 0.0), (0.4, 0.2), (0.8, 0.5), (1.0, -0.5))
    assert pictures.panel.latent.z == pytest.approx([1.0, -0.5], abs=0.05)
    pictures.until(pictures.settled)
    expected = pictures.decoded(pictures.panel.latent.z)
    np.testing.assert_allclose(pictures.panel.item.decoded, expected, **NEAR)
    np.testing.assert_allclose(pictures.panel.item.pictures.pictures / 255, expected, atol=1 / 255)


def test_the_manifold_is_the_textbooks_grid(pictures: LatentHand) -> None:
    image = pictures.panel.map.plot.manifold.items[0]
    pictures.until(lambda: image.image is not None)
    assert image.image.shape == (15 * 8, 15 * 8, 3)
    # The middle picture is the decoding of the middle of the space; rows of the image begin at the bottom.
    middle = image.image[::-1][7 * 8:8 * 8, 7 * 8:8 * 8, 0] / 255
    np.testing.assert_allclose(middle, pictures.decoded(np.zeros(2))[0, 0], atol=1 / 255)


def test_by_coordinates_zooming_decodes_more_closely(pictures: LatentHand) -> None:
    pictures.click("latent.map.by_prior")
    plot = pictures.panel.map.plot
    plot.set_bounds((0.0, 1.0, 0.0, 1.0))
    seen = plot.bounds()
    pictures.until(lambda: plot.manifold.items[0].image is not None and np.allclose(
        plot.manifold.items[0].mapRectToParent(plot.manifold.items[0].boundingRect()).getCoords(),
        (seen[0], seen[2], seen[1], seen[3]), atol=1e-3))


def test_items_lie_where_they_are_encoded_with_the_colours_of_their_classes(pictures: LatentHand) -> None:
    run, arrays = pictures.model.current, pictures.panel.map.plot.arrays()
    x = run.data.preparation.to_data(run.data.train)
    expected = run.job.ask("encode", x=x).result(PATIENCE_S)["z"]
    np.testing.assert_allclose(arrays["items"], expected, **NEAR)
    np.testing.assert_array_equal(arrays["items.class"], run.data.labels.train)
    assert pictures.panel.map.legend.names == ("standing", "<b>lying</b>")


def test_layers_are_switched_and_what_nobody_sees_is_not_decoded(pictures: LatentHand) -> None:
    plot = pictures.panel.map.plot
    for name in ("manifold", "items", "way"):
        pictures.click(f"latent.map.layer.{name}")
        assert not plot.is_layer_visible(name)
    pictures.until(lambda: "latent.manifold" not in pictures.panel._questions)
    pictures.click("latent.map.layer.manifold")
    pictures.until(lambda: "latent.manifold" in pictures.panel._questions)


@pytest.mark.parametrize(("key", "step"), [("Left", (-1, 0)), ("Right", (1, 0)), ("Up", (0, 1)), ("Down", (0, -1))])
def test_arrows_move_the_cursor(pictures: LatentHand, key: str, step: tuple[int, int]) -> None:
    before = pictures.panel.latent.z
    pictures.qtbot.keyClick(pictures.panel.map.plot, getattr(Qt.Key, f"Key_{key}"))
    near = pictures.panel.latent.z - before
    assert np.sign(np.round(near, 9)).tolist() == list(step)
    pictures.qtbot.keyClick(pictures.panel.map.plot, getattr(Qt.Key, f"Key_{key}"), Qt.KeyboardModifier.ShiftModifier)
    assert np.abs(pictures.panel.latent.z - before).max() > 3 * np.abs(near).max()


def test_coordinates_are_typed_and_what_is_none_is_marked(pictures: LatentHand) -> None:
    pictures.retype("latent.first", "0.75")
    pictures.retype("latent.second", "-1,5")
    assert pictures.panel.latent.z.tolist() == [0.75, -1.5]
    assert pictures.panel.map.plot.cursor_point == (0.75, -1.5)
    pictures.retype("latent.first", "north")
    assert "number" in pictures.find("latent.problem").text()
    assert pictures.panel.latent.z.tolist() == [0.75, -1.5]


def test_only_the_newest_point_is_answered(pictures: LatentHand) -> None:
    for place in np.linspace(-1, 1, 40):
        pictures.panel.latent.go(np.array([place, 0.0]))
    pictures.until(pictures.settled)
    assert pictures.panel.item.decoded_of.tolist() == [[1.0, 0.0]]


def test_wide_spaces_show_two_chosen_coordinates_and_the_rest_stays(wide: LatentHand) -> None:
    latent = wide.panel.latent
    assert latent.axes == tuple(latent.order[:2])
    wide.find("latent.axis_x").setCurrentIndex(4)
    wide.find("latent.axis_x").activated.emit(4)
    assert latent.axes[0] == 4
    latent.go(np.array([0.1, 0.2, 0.3, 0.4, 0.5]))
    wide.press(1.0, -1.0)
    others = [k for k in range(5) if k not in latent.axes]
    np.testing.assert_array_equal(latent.z[others], np.array([0.1, 0.2, 0.3, 0.4, 0.5])[others])
    wide.until(lambda: "latent.manifold" in wide.panel._questions and np.array_equal(
        wide.panel._questions["latent.manifold"][1]["centre"], latent.off_map))


def test_one_coordinate_is_a_map_as_well(hand: LatentHand) -> None:
    hand.show(learned(bars(), latent_dim=1))
    hand.press(0.5, 0.9)
    assert hand.panel.latent.z == pytest.approx([0.5], abs=0.05)
    hand.until(hand.settled)
    assert not hand.find("latent.second").isVisible()


def test_another_runs_space_takes_the_place_of_the_former(pictures: LatentHand) -> None:
    first = pictures.model.current
    pictures.panel.way.add(*[pictures.panel._station()] * 2)
    pictures.show(learned(arc()))
    assert pictures.panel.way.stations == ()
    assert pictures.panel.item.values.isVisible()
    assert pictures.panel.map.rows.isVisible()
    pictures.model.show_run(first)
    pictures.until(lambda: pictures.panel.latent.known and pictures.panel.item.decoded is not None)
    assert pictures.panel.item.pictures.isVisible()


def test_a_table_is_decoded_over_its_columns(hand: LatentHand) -> None:
    run = hand.show(learned(arc()))
    hand.until(lambda: hand.panel.map.rows._mesh.shape == (15, 15, 2))
    hand.press(0.5, -0.5)
    hand.until(hand.settled)
    expected = hand.decoded(hand.panel.latent.z)[0]
    np.testing.assert_allclose(hand.panel.map.rows.point.point, expected, **NEAR)
    values = hand.panel.item.values.rows
    assert [values.headerData(k, Qt.Orientation.Vertical) for k in range(2)] == ["width", "height"]
    assert values.data(values.index(1, 0)) == f"{expected[1]:.6g}"
    assert len(hand.panel.map.rows.stage.arrays()["data"]) == len(run.data.train)


# While it learns.


def test_the_map_follows_the_learning_and_is_walked_meanwhile(hand: LatentHand) -> None:
    hand.load(bars())
    hand.model.choose_model("vae")
    hand.model.edit_settings(architecture="mlp", hidden_features=(24,), max_epochs=100_000, latent_dim=2)
    hand.model.slow_down(0.02)
    hand.model.train()
    image = hand.panel.map.plot.manifold.items[0]
    hand.until(lambda: image.image is not None and len(hand.panel.latent.items) > 0)
    first, items = image.image.copy(), hand.panel.latent.items
    hand.until(lambda: not np.array_equal(image.image, first))
    hand.until(lambda: not np.array_equal(hand.panel.latent.items, items))
    hand.panel.latent.go(np.array([1.0, 1.0]))
    hand.until(hand.settled)
    shown = hand.panel.item.decoded
    # The point stays, but what it decodes to goes on changing.
    hand.until(lambda: not np.array_equal(hand.panel.item.decoded, shown))
    assert hand.model.current.status is Status.TRAINING
    hand.model.stop()
    hand.until(lambda: hand.model.current.status.ended)


# The walk.


def walking(hand: LatentHand, stations: int = 3) -> LatentHand:
    hand.page(hand.panel.walk)
    for _ in range(stations - 1):
        hand.click("latent.from_data")
    hand.click("latent.from_prior")
    hand.until(lambda: all(station.x is not None for station in hand.panel.way.stations))
    return hand


def test_a_way_leads_through_items_samples_and_clicked_points(pictures: LatentHand) -> None:
    pictures.press(0.5, 0.25, Qt.KeyboardModifier.ControlModifier)
    pictures.press(-0.5, 0.25, Qt.KeyboardModifier.ControlModifier)
    assert len(pictures.panel.way.stations) == 2
    np.testing.assert_allclose(pictures.panel.way.points[0], [0.5, 0.25], atol=0.05)
    assert len(pictures.panel.map.plot.arrays()["way"])
    pictures.click("latent.keep")
    walking(pictures)
    menu = pictures.find("latent.from_kept").menu()
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert len(pictures.panel.way.stations) == 6
    assert pictures.find("latent.stations").count() == 6


def test_favourite_samples_become_stations(pictures: LatentHand) -> None:
    run, menu = pictures.model.current, pictures.find("latent.from_kept").menu()
    menu.aboutToShow.emit()
    assert not menu.actions()[0].isEnabled()
    x = run.job.ask("sample", n=3, seed=5).result(PATIENCE_S)["x"]
    run.favourites.toggle(Item(x[2], -1, Wish(3, 5), 0, 2))
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    pictures.until(lambda: len(pictures.panel.way.stations) == 1)
    expected = run.job.ask("encode", x=x[2:]).result(PATIENCE_S)["z"]
    np.testing.assert_allclose(pictures.panel.way.points, expected, **NEAR)


def test_items_for_a_walk_are_of_different_classes(pictures: LatentHand) -> None:
    pictures.page(pictures.panel.walk)
    for _ in range(4):
        pictures.click("latent.from_data")
        pictures.click("latent.from_data")
        assert {station.label for station in pictures.panel.way.stations} == {0, 1}
        pictures.click("latent.clear")


def test_the_slider_walks_and_the_picture_follows(pictures: LatentHand) -> None:
    walking(pictures)
    slider = pictures.find("latent.share")
    for share in (500, 0, 1000):
        slider.setValue(share)
        np.testing.assert_allclose(pictures.panel.latent.z, pictures.panel.way.at(share / 1000))
    pictures.until(pictures.settled)
    pictures.until(lambda: len(pictures.panel.walk.strip.pictures) == 8)
    first = pictures.decoded(pictures.panel.way.points[0])
    np.testing.assert_allclose(pictures.panel.walk.strip.pictures[0] / 255, first[0], atol=1 / 255)


def test_the_walk_is_played_and_paused(pictures: LatentHand) -> None:
    walking(pictures)
    before = pictures.panel.latent.z
    pictures.click("latent.play")
    pictures.until(lambda: not np.array_equal(pictures.panel.latent.z, before))
    pictures.click("latent.play")
    assert not pictures.panel.walk.player.playing
    pictures.click("latent.play")
    pictures.page(pictures.panel.map)
    assert not pictures.panel.walk.player.playing


def test_stations_are_reordered_and_removed(pictures: LatentHand) -> None:
    walking(pictures)
    stations = pictures.find("latent.stations")
    titles = [station.title for station in pictures.panel.way.stations]
    stations.setCurrentRow(2)
    pictures.qtbot.keyClick(stations, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert [station.title for station in pictures.panel.way.stations] == [titles[0], titles[2], titles[1]]
    assert stations.currentRow() == 1
    stations.model().moveRow(stations.rootIndex(), 0, stations.rootIndex(), 3)
    pictures.until(lambda: [s.title for s in pictures.panel.way.stations] == [titles[2], titles[1], titles[0]])
    stations.setCurrentRow(0)
    pictures.qtbot.keyClick(stations, Qt.Key.Key_Delete)
    assert [station.title for station in pictures.panel.way.stations] == [titles[1], titles[0]]
    pictures.click("latent.clear")
    assert pictures.find("latent.walk_hint").isVisible()
    assert not pictures.find("latent.export").isEnabled()


@pytest.mark.parametrize(("name", "closed", "frames"), [("walk.gif", True, 60), ("walk.gif", False, 80)])
def test_the_animation_is_written_as_a_loop(
    pictures: LatentHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, closed: bool, frames: int
) -> None:
    walking(pictures)
    if not closed:
        pictures.click("latent.closed")
    kind = "GIF, looped (*.gif)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "walk"), kind))
    pictures.panel.export()
    pictures.until(lambda: "Saved" in pictures.said())
    with Image.open(tmp_path / name) as found:
        assert found.info["loop"] == 0
        # Equal frames that follow each other may be written as one.
        assert frames // 2 < found.n_frames <= frames
        first = np.asarray(found.convert("L"))
    factor = first.shape[0] // 8
    expected = pictures.decoded(pictures.panel.way.points[0])[0, 0]
    np.testing.assert_allclose(first[::factor, ::factor] / 255, expected, atol=0.02)


def test_the_strip_is_written_and_a_place_that_is_not_there_gives_a_sentence(
    pictures: LatentHand, tmp_path: Path
) -> None:
    walking(pictures)
    pictures.panel.walk.export_to(tmp_path / "strip.png")
    pictures.until((tmp_path / "strip.png").exists)
    pictures.panel.walk.export_to(tmp_path / "nowhere" / "strip.png")
    pictures.until(lambda: "nowhere" in pictures.said())


def test_rows_along_the_way_are_listed_and_written(hand: LatentHand, tmp_path: Path) -> None:
    run = hand.show(learned(arc()))
    hand.page(hand.panel.walk)
    for _ in range(3):
        hand.click("latent.from_data")
    hand.until(lambda: hand.panel.walk.rows.rowCount() == 8)
    hand.panel.walk.export_to(tmp_path / "way.csv")
    hand.until(lambda: "Saved" in hand.said())
    found = np.genfromtxt(tmp_path / "way.csv", delimiter=",", names=True)
    assert found.dtype.names == run.preparation.names
    np.testing.assert_allclose(found["height"][0], hand.decoded(hand.panel.way.points[0])[0, 1], rtol=1e-6)


# The sliders.


def test_sliders_stand_for_coordinates_by_what_they_carry(wide: LatentHand) -> None:
    wide.page(wide.panel.sliders)
    wide.until(lambda: len(wide.panel.sliders._rows) == 5)
    order = wide.panel.latent.order
    assert [row.name.text() for row in wide.panel.sliders._rows] == [f"z{k + 1}" for k in order]
    wide.retype("latent.slide.1.value", "1.5")
    assert wide.panel.latent.z[order[0]] == pytest.approx(1.5)
    wide.find("latent.slide.2.slider").setValue(0)
    assert wide.panel.latent.z[order[1]] == pytest.approx(-4.0)
    wide.until(wide.settled)
    wide.click("latent.reset")
    assert not wide.panel.latent.z.any()
    wide.until(lambda: wide.panel.sliders._rows[0].field.value() == 0)


def test_a_strip_shows_what_a_coordinate_changes(wide: LatentHand) -> None:
    wide.page(wide.panel.sliders)
    wide.until(lambda: len(wide.panel.sliders._rows) == 5 and len(wide.panel.sliders._rows[0].strip.pictures) == 7)
    most = wide.panel.latent.order[0]
    z = np.zeros((7, 5))
    z[:, most] = PLACES
    strip = wide.panel.sliders._rows[0].strip
    np.testing.assert_allclose(strip.pictures / 255, wide.decoded(z), atol=1 / 255)
    strip.clicked.emit(6)
    assert wide.panel.latent.z[most] == pytest.approx(PLACES[-1])


def test_principal_directions_are_slid_along(wide: LatentHand) -> None:
    wide.page(wide.panel.sliders)
    wide.until(lambda: wide.panel.latent.principal is not None)
    wide.find("latent.directions").setCurrentIndex(1)
    wide.find("latent.directions").activated.emit(1)
    wide.until(lambda: wide.panel.sliders._rows and wide.panel.sliders._rows[0].name.text() == "PC1")
    found = wide.panel.latent.principal
    before = found.places(wide.panel.latent.z)
    wide.retype("latent.slide.1.value", "2")
    after = found.places(wide.panel.latent.z)
    assert after[0] == pytest.approx(2.0)
    np.testing.assert_allclose(after[1:], before[1:], atol=1e-6)


def test_of_very_many_coordinates_the_first_are_shown_and_more_on_demand(hand: LatentHand) -> None:
    hand.show(learned(bars(), latent_dim=20))
    hand.page(hand.panel.sliders)
    hand.until(lambda: len(hand.panel.sliders._rows) == 8)
    hand.click("latent.more")
    hand.until(lambda: len(hand.panel.sliders._rows) == 16)


def test_what_is_held_or_typed_is_not_taken_out_of_ones_hand(wide: LatentHand) -> None:
    wide.page(wide.panel.sliders)
    wide.until(lambda: len(wide.panel.sliders._rows) == 5)
    latent, names = wide.panel.latent, [row.name.text() for row in wide.panel.sliders._rows]
    line = wide.find("latent.slide.1.value").findChild(QLineEdit)
    line.setFocus()
    line.selectAll()
    wide.qtbot.keyClicks(line, "1.")
    # As in training, other coordinates carry more by now.
    latent.take_items(latent.items, latent.labels, latent.rows, latent.carried[::-1].copy())
    wide.panel.sliders.refresh()
    assert [row.name.text() for row in wide.panel.sliders._rows] == names
    assert line.text() == "1."


# Arithmetic.


def calculating(hand: LatentHand) -> LatentHand:
    hand.page(hand.panel.arithmetic)
    hand.until(lambda: hand.panel.arithmetic.vector is not None and hand.find("latent.strength").isEnabled())
    return hand


def test_what_makes_a_class_is_added_and_subtracted(pictures: LatentHand) -> None:
    calculating(pictures)
    latent = pictures.panel.latent
    labels, base = latent.labels, latent.z
    expected = latent.items[labels == 0].mean(axis=0) - latent.items[labels == 1].mean(axis=0)
    pictures.retype("latent.strength", "1")
    np.testing.assert_allclose(latent.z, base + expected, **NEAR)
    pictures.until(lambda: latent.original is not None and len(pictures.panel.item.pictures.pictures) == 2)
    assert latent.original.title == "before"
    np.testing.assert_allclose(latent.original.x, pictures.decoded(base), **NEAR)
    pictures.retype("latent.strength", "-0.5")
    np.testing.assert_allclose(latent.z, base - 0.5 * expected, **NEAR)
    pictures.click("latent.take_result")
    assert latent.original is None
    pictures.retype("latent.strength", "1")
    np.testing.assert_allclose(latent.z, base + 0.5 * expected, **NEAR)


def test_equal_classes_cannot_be_told_apart(pictures: LatentHand) -> None:
    calculating(pictures)
    pictures.find("latent.against").setCurrentIndex(1)
    pictures.find("latent.against").activated.emit(1)
    pictures.until(lambda: "both are the same" in pictures.find("latent.arithmetic_note").text())
    assert not pictures.find("latent.strength").isEnabled()


def test_without_labels_it_says_so(hand: LatentHand) -> None:
    hand.show(learned(bars(labels=False)))
    hand.page(hand.panel.arithmetic)
    hand.until(lambda: "no classes" in hand.find("latent.arithmetic_note").text())
    assert not hand.find("latent.strength").isEnabled()


# Items of one's own.


def a_bar(path: Path, paper: bool = False) -> Path:
    pixels = np.zeros((40, 40), np.uint8)
    pixels[5:35, 15:25] = 255
    Image.fromarray(255 - pixels if paper else pixels).save(path)
    return path


def test_a_picture_of_ones_own_is_encoded_edited_and_decoded_again(
    pictures: LatentHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_bar(tmp_path / "bar.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    pictures.page(pictures.panel.own)
    pictures.click("latent.open")
    latent = pictures.panel.latent
    pictures.until(lambda: latent.original is not None)
    assert latent.original.title == "bar.png"
    encoded = pictures.model.current.job.ask("encode", x=latent.original.x).result(PATIENCE_S)["z"][0]
    np.testing.assert_allclose(latent.z, encoded, **NEAR)
    assert "bar.png lies at z" in pictures.find("latent.coordinates").text()
    pictures.until(lambda: len(pictures.panel.item.pictures.pictures) == 2)
    # Editing its coordinates leaves the original beside what is decoded.
    pictures.retype("latent.first", "1.25")
    pictures.until(pictures.settled)
    np.testing.assert_allclose(pictures.panel.item.pictures.pictures[0] / 255, latent.original.x[0], atol=1 / 255)
    pictures.click("latent.close_original")
    assert len(pictures.panel.item.pictures.pictures) == 1


def test_a_drawing_on_paper_is_inverted(pictures: LatentHand, tmp_path: Path) -> None:
    pictures.page(pictures.panel.own)
    pictures.panel.own.read(a_bar(tmp_path / "paper.png", paper=True))
    pictures.until(lambda: pictures.panel.latent.original is not None)
    white = pictures.panel.latent.original.x
    pictures.click("latent.invert")
    pictures.until(lambda: not np.array_equal(pictures.panel.latent.original.x, white))
    np.testing.assert_allclose(pictures.panel.latent.original.x, 1 - white, atol=1e-6)


@pytest.mark.parametrize("how", ["pasted", "dropped"])
def test_pictures_are_pasted_and_dropped(pictures: LatentHand, tmp_path: Path, how: str) -> None:
    path = a_bar(tmp_path / "bar.png")
    pictures.page(pictures.panel.own)
    if how == "pasted":
        QGuiApplication.clipboard().setImage(QImage(str(path)))
        pictures.click("latent.paste")
    else:
        dropped = QMimeData()
        dropped.setUrls([QUrl.fromLocalFile(str(path))])
        buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        place = QPointF(QPoint(20, 20))
        pictures.panel.own.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, dropped, buttons, none))
    pictures.until(lambda: pictures.panel.latent.original is not None)
    assert pictures.panel.latent.original.x[0, 0, 4, 4] > 0.9


def test_what_is_no_picture_gives_a_sentence(pictures: LatentHand, tmp_path: Path) -> None:
    (tmp_path / "not.png").write_bytes(b"no picture")
    pictures.page(pictures.panel.own)
    pictures.panel.own.read(tmp_path / "not.png")
    pictures.until(lambda: "not.png" in pictures.said())
    assert pictures.panel.latent.original is None


def test_any_item_of_the_data_is_taken_by_number_or_by_chance(pictures: LatentHand) -> None:
    pictures.page(pictures.panel.own)
    data, latent = pictures.model.current.data, pictures.panel.latent
    row = int(data.rows[1][0])
    pictures.retype("latent.row", str(row + 1))
    pictures.until(lambda: latent.original is not None)
    np.testing.assert_allclose(latent.original.x, data.preparation.to_data(data.valid[:1]), **NEAR)
    pictures.retype("latent.row", "99999")
    assert "no item 99999" in pictures.said()
    former = latent.original
    pictures.until(lambda: (pictures.click("latent.take_item"), latent.original is not former)[1])


def test_a_row_is_typed(hand: LatentHand) -> None:
    hand.show(learned(arc()))
    hand.page(hand.panel.own)
    hand.retype("latent.cell.1", "0.25")
    hand.retype("latent.cell.2", "80")
    hand.click("latent.encode")
    hand.until(lambda: hand.panel.latent.original is not None)
    assert hand.panel.latent.original.x.tolist() == [[0.25, 80.0]]
    values = hand.panel.item.values.rows
    hand.until(lambda: values.columnCount() == 2)
    assert values.data(values.index(1, 0)) == "80"
    hand.retype("latent.cell.2", "much")
    hand.click("latent.encode")
    assert "`height` must be a number" in hand.said()


# Classes that decoding is asked of.


def test_decoding_is_asked_of_a_class(hand: LatentHand) -> None:
    run = hand.show(learned(bars(), conditional=True))
    combo = hand.find("latent.condition")
    assert combo.isVisible()
    assert [combo.itemText(k) for k in range(3)] == ["of no class", "standing", "<b>lying</b>"]
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    expected = run.job.ask("decode", z=hand.panel.latent.z[None], condition=1).result(PATIENCE_S)["x"]
    hand.until(lambda: np.allclose(hand.panel.item.decoded, expected, **NEAR))


# Shape.


def test_everything_has_a_name_and_a_tip_and_fits(pictures: LatentHand) -> None:
    pictures.panel.resize(660, 420)
    for page in (pictures.panel.walk, pictures.panel.sliders, pictures.panel.arithmetic, pictures.panel.own):
        pictures.page(page)
    names = ("first", "second", "origin", "random", "take_item", "keep", "add_station", "from_data", "from_prior",
             "stations", "play", "share", "speed", "how", "closed", "strip_count", "export", "directions", "reset",
             "added", "against", "strength", "open", "paste", "invert", "row", "take_row")
    for name in names:
        widget = pictures.find(f"latent.{name}")
        assert widget.accessibleName() or widget.text(), name
        assert widget.toolTip(), name
    assert pictures.panel.minimumSizeHint().width() <= 680
