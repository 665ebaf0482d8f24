"""The Samples panel with pictures: browsed, compared with what was learned from, kept, exported, reconstructed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from genstudio.applications.mosaic import as_bytes
from genstudio.data.catalogue.digits import Digits
from genstudio.data.pictures import Pictures
from genstudio.runs.archive import open_session, save_run
from genstudio.runs.favourites import Wish
from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.ui.panels.samples import SamplesPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import Hand, blobs

LEFT = Qt.MouseButton.LeftButton
SMALL = {"architecture": "mlp", "hidden_features": (24,), "max_epochs": 1_000}


@cache
def digits() -> Pictures:
    """Some of the digits, every class among them."""
    found = Digits().load(Digits.Settings(), 0)
    assert isinstance(found, Pictures)
    return found.take(np.linspace(0, len(found) - 1, 300).astype(np.int64))


def drawn_by(run: Run, **arguments: object) -> np.ndarray:
    return run.job.ask("sample", **arguments).result(PATIENCE_S)["x"]


class PictureHand(Hand):
    """Somebody at the panel with digits and a small autoencoder."""

    panel: SamplesPanel

    def learn(self, steps: int = 12, **settings: object) -> Run:
        self.load(digits())  # type: ignore[arg-type]
        self.model.choose_model("vae")
        training = self.model.recipe.training.model_copy(update={"steps": steps, "batch_size": 32})
        self.model.edit_training(training)
        return self.train(**(SMALL | settings))

    def page(self, seed: int = 0, n: int = 100) -> None:
        """Wait for a page; of a run that rests, as its model is in the end."""
        run = self.model.current
        assert run is not None
        final = drawn_by(run, n=n, seed=seed) if run.status.ended else None
        self.until(lambda: self.panel.page.wish == Wish(n, seed)
                   and (final is None or np.array_equal(self.panel.page.x, final)))

    def pick(self, index: int) -> None:
        left, top, wide, high = self.panel.grid.places.cell(index)
        QTest.mouseClick(self.panel.grid, LEFT, pos=QPoint(round(left + wide / 2), round(top + high / 2)))

    def compared(self) -> str:
        """What is said of the chosen sample, once something is."""
        self.until(lambda: "Distance" in self.find("samples.verdict").text())
        return str(self.find("samples.verdict").text())

    def keys(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.panel.grid, key)

    def choose(self, name: str, text: str) -> None:
        combo: QComboBox = self.find(name)
        combo.setCurrentIndex(combo.findText(text))
        combo.activated.emit(combo.currentIndex())


@pytest.fixture
def hand(
    show_alone: Callable[..., SamplesPanel], qtbot: QtBot, theme: Theme, model: SessionModel
) -> PictureHand:
    return PictureHand(show_alone(SamplesPanel(model, theme), 900, 640), model, qtbot)


def test_a_page_holds_what_the_model_invents(hand: PictureHand) -> None:
    run = hand.learn()
    hand.page()
    expected = drawn_by(run, n=100, seed=0)
    np.testing.assert_array_equal(hand.panel.page.x, expected)
    np.testing.assert_array_equal(hand.panel.grid.pictures, as_bytes(expected))
    assert hand.panel.grid.isVisible()
    assert not hand.panel.rows.isVisible()


def test_pages_go_on_and_back_by_keys_buttons_and_wheel(hand: PictureHand) -> None:
    run = hand.learn()
    hand.page()
    hand.keys(Qt.Key.Key_PageDown, Qt.Key.Key_PageDown)
    hand.page(seed=2)
    hand.click("samples.previous")
    hand.page(seed=1)
    wheel = QWheelEvent(QPointF(9, 9), QPointF(9, 9), QPoint(), QPoint(0, -240), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(hand.panel.grid, wheel)
    hand.page(seed=3)
    hand.keys(Qt.Key.Key_PageUp)
    hand.page(seed=2)
    np.testing.assert_array_equal(hand.panel.page.x, drawn_by(run, n=100, seed=2))


def test_number_and_temperature_are_what_is_drawn_with(hand: PictureHand) -> None:
    run = hand.learn()
    hand.page()
    hand.retype("samples.n", "9")
    hand.retype("samples.temperature", "0.5")
    expected = drawn_by(run, n=9, seed=0, temperature=0.5)
    hand.until(lambda: np.array_equal(hand.panel.page.x, expected))
    hand.retype("samples.temperature", "2.5")
    assert hand.find("samples.problem").text()
    assert hand.panel.wish.temperature == 0.5
    hand.retype("samples.n", "5000")
    assert hand.panel.wish.n == 9
    assert "2000" in hand.find("samples.problem").text()


def test_how_many_is_remembered_for_pictures_and_for_rows(hand: PictureHand) -> None:
    hand.learn()
    hand.page()
    hand.retype("samples.n", "16")
    hand.page(n=16)
    hand.load(blobs(60))
    hand.model.choose_model("gmm")
    hand.train(n_components=2)
    hand.until(lambda: hand.panel.rows.samples.rows.rowCount() == 1000)
    hand.model.show_run(hand.model.session.runs[0])
    hand.page(n=16)


def test_a_class_is_asked_of_a_model_that_learned_classes(hand: PictureHand) -> None:
    run = hand.learn(conditional=True)
    classes: QComboBox = hand.find("samples.class")
    hand.until(classes.isVisible)
    assert [classes.itemText(i) for i in range(classes.count())] == ["Any class", *"0123456789"]
    hand.choose("samples.class", "7")
    expected = drawn_by(run, n=100, seed=0, condition=7)
    hand.until(lambda: np.array_equal(hand.panel.page.x, expected))
    hand.learn()
    hand.page()
    hand.until(lambda: not classes.isVisible())
    assert hand.panel.wish.condition is None
    hand.model.show_run(run)
    hand.until(lambda: np.array_equal(hand.panel.page.x, expected))
    assert classes.currentText() == "7"


def test_a_chosen_sample_stands_beside_its_nearest_training_item(hand: PictureHand) -> None:
    run = hand.learn()
    hand.page()
    hand.pick(5)
    said = hand.compared()
    answer = run.job.ask("nearest", x=hand.panel.page.x[5:6]).result(PATIENCE_S)
    assert f"item {int(answer['row'][0]) + 1:,}" in said
    pair = hand.panel.detail.pair.pictures
    np.testing.assert_array_equal(pair[0], as_bytes(hand.panel.page.x[5]))
    np.testing.assert_array_equal(pair[1], as_bytes(answer["x"][0]))
    assert hand.find("samples.detail").text().startswith("6 of seed 0")
    hand.until(lambda: "Median distance" in hand.find("samples.page_verdict").text())
    shown = hand.panel.detail.nearness.arrays()
    assert shown["page"].sum() == pytest.approx(1)
    assert shown["training"].sum() == pytest.approx(1)
    hand.keys(Qt.Key.Key_Right)
    assert hand.panel.comparison.item is not None
    assert hand.panel.comparison.item.index == 6
    hand.keys(Qt.Key.Key_Escape)
    assert hand.panel.comparison.item is None


def test_favourites_are_kept_for_each_run_and_given_back(hand: PictureHand) -> None:
    run = hand.learn()
    hand.page()
    assert not hand.find("samples.star").isEnabled()
    hand.pick(3)
    hand.keys(Qt.Key.Key_S, Qt.Key.Key_Right)
    hand.click("samples.star")
    assert hand.panel.grid.marked == (3, 4)
    first = hand.panel.page.x[[3, 4]]
    hand.keys(Qt.Key.Key_PageDown)
    hand.page(seed=1)
    assert hand.panel.grid.marked == ()
    hand.click("samples.show_favourites")
    np.testing.assert_array_equal(hand.panel.page.x, first)
    assert hand.find("samples.show_favourites").text() == "Favourites (2)"
    hand.pick(0)
    hand.compared()
    hand.keys(Qt.Key.Key_S)
    np.testing.assert_array_equal(hand.panel.page.x, first[1:])
    hand.click("samples.show_samples")
    hand.learn()
    hand.until(lambda: hand.find("samples.show_favourites").text() == "Favourites")
    hand.model.show_run(run)
    hand.until(lambda: hand.find("samples.show_favourites").text() == "Favourites (1)")


def exported(hand: PictureHand, monkeypatch: pytest.MonkeyPatch, path: Path, kind: str, action: str = "") -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))
    if action:
        found = hand.panel.findChild(QAction, f"samples.export.{action}")
        assert found is not None
        found.trigger()
    else:
        hand.panel.export()
    hand.until(lambda: path.name in hand.said())


def test_pages_favourites_and_many_samples_are_exported(
    hand: PictureHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = hand.learn()
    hand.page()
    hand.pick(2)
    hand.keys(Qt.Key.Key_S)
    exported(hand, monkeypatch, tmp_path / "page.png", "One PNG of all (*.png)")
    assert QImage(str(tmp_path / "page.png")).width() > 1000
    exported(hand, monkeypatch, tmp_path / "kept.npz", "NumPy (*.npz)", "favourites")
    with np.load(tmp_path / "kept.npz", allow_pickle=False) as found:
        np.testing.assert_array_equal(found["x"], hand.panel.page.x[2:3])
    exported(hand, monkeypatch, tmp_path / "folder", "Folder of PNGs (*)")
    assert len(list((tmp_path / "folder").iterdir())) == 100
    one = QImage(str(tmp_path / "folder" / "0003.png"))
    assert one.pixelColor(14, 14).red() == as_bytes(hand.panel.page.x)[2, 0, 14, 14]
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (150, True))
    exported(hand, monkeypatch, tmp_path / "many.zip", "Zip of PNGs (*.zip)", "many")
    with zipfile.ZipFile(tmp_path / "many.zip") as archive:
        assert len(archive.namelist()) == 150
        last = QImage.fromData(archive.read("0150.png"))
    assert last.pixelColor(9, 9).red() == as_bytes(drawn_by(run, n=150, seed=0))[149, 0, 9, 9]


def test_rows_without_data_say_so_too(hand: PictureHand) -> None:
    hand.load(blobs(60))
    hand.model.choose_model("vae")
    hand.model.edit_training(hand.model.recipe.training.model_copy(update={"steps": 3, "batch_size": 32}))
    run = hand.train(**SMALL)
    hand.until(lambda: len(hand.panel.page) == 1000)
    run.data = None
    hand.click("samples.show_reconstructions")
    assert "not at hand" in hand.panel.rows.stage.hint.text()
    hand.click("samples.show_favourites")
    assert "put aside" in hand.panel.rows.stage.hint.text()
    hand.click("samples.show_samples")
    hand.until(lambda: len(hand.panel.page) == 1000)
    assert not hand.panel.rows.stage.hint.text()


@pytest.mark.parametrize("name", ["a.gif", "nowhere/a.png"])
def test_what_cannot_be_exported_gives_a_sentence(hand: PictureHand, tmp_path: Path, name: str) -> None:
    hand.learn()
    hand.page()
    hand.panel.exporting.export_to(tmp_path / name)
    hand.until(lambda: Path(name).name in hand.said())
    hand.until(hand.panel.exporting.button.isEnabled)


def test_reconstructions_stand_beside_their_originals(hand: PictureHand) -> None:
    run = hand.learn()
    hand.page()
    hand.retype("samples.n", "20")
    hand.click("samples.show_reconstructions")
    hand.until(lambda: hand.panel.page.other is not None)
    answer = run.job.ask("reconstructions", n=20, part="valid", seed=0).result(PATIENCE_S)
    np.testing.assert_array_equal(hand.panel.page.x, answer["x"])
    np.testing.assert_array_equal(
        hand.panel.grid.pictures, as_bytes(np.concatenate([answer["x"], answer["reconstruction"]], axis=3))
    )
    hand.pick(4)
    assert "differs by" in hand.find("samples.verdict").text()
    assert not hand.find("samples.star").isEnabled()
    hand.choose("samples.part", "Training")
    train = run.job.ask("reconstructions", n=20, part="train", seed=0).result(PATIENCE_S)
    hand.until(lambda: np.array_equal(hand.panel.page.x, train["x"]))


def test_samples_and_reconstructions_follow_the_learning(hand: PictureHand) -> None:
    hand.load(digits())  # type: ignore[arg-type]
    hand.model.choose_model("vae")
    hand.model.edit_settings(**(SMALL | {"max_epochs": 100_000}))
    hand.model.slow_down(0.02)
    hand.model.train()
    hand.page()
    first = hand.panel.page
    hand.pick(7)
    hand.until(lambda: hand.panel.page.step > first.step + 3)
    assert hand.find("samples.verdict").text()
    assert hand.panel.grid.selected == (7,)
    hand.keys(Qt.Key.Key_PageDown)
    hand.page(seed=1)
    hand.click("samples.show_reconstructions")
    hand.until(lambda: hand.panel.page.other is not None)
    step = hand.panel.page.step
    hand.until(lambda: hand.panel.page.step > step)
    run = hand.model.current
    assert run is not None
    assert run.status is Status.TRAINING
    hand.model.stop()
    hand.until(lambda: run.status.ended)


def test_without_the_data_a_sentence_stands_in_for_what_they_would_tell(hand: PictureHand, tmp_path: Path) -> None:
    save_run(tmp_path / "r.genstudio", hand.learn())
    opened = open_session(tmp_path / "r.genstudio").runs[0]
    opened.data = None
    hand.model.add_run(opened)
    hand.page()
    hand.pick(0)
    assert "not at hand" in hand.find("samples.verdict").text()
    hand.click("samples.show_reconstructions")
    assert len(hand.panel.page) == 0
    assert "not at hand" in hand.panel.grid.hint


def test_everything_has_a_name_and_a_tip(hand: PictureHand) -> None:
    hand.learn(conditional=True)
    hand.page()
    for name in ("n", "seed", "temperature", "class", "part", "previous", "next", "export", "star", "show_samples",
                 "show_reconstructions", "show_favourites", "grid"):
        widget = hand.find(f"samples.{name}")
        assert widget.accessibleName(), name
        assert widget.toolTip(), name


def test_rows_have_reconstructions_neighbours_and_favourites_too(hand: PictureHand, tmp_path: Path) -> None:
    hand.load(blobs(200))
    hand.model.choose_model("vae")
    hand.model.edit_training(hand.model.recipe.training.model_copy(update={"steps": 10, "batch_size": 32}))
    run = hand.train(**SMALL)
    rows = hand.panel.rows.samples
    hand.until(lambda: rows.rows.rowCount() == 1000)
    assert not hand.panel.detail.isVisible()
    rows.table.selectRow(4)
    hand.compared()
    assert hand.panel.detail.isVisible()
    pair = hand.panel.detail.rows
    assert [pair.data(pair.index(row, 0)) for row in range(2)] == ["Sample", "Nearest"]
    assert pair.data(pair.index(0, 1)) == f"{hand.panel.page.x[4, 0]:.6g}"
    rows.table.setFocus()
    QTest.keyClick(rows.table, Qt.Key.Key_S)
    assert len(run.favourites) == 1
    hand.click("samples.show_reconstructions")
    hand.until(lambda: hand.panel.page.other is not None)
    titles = [rows.rows.headerData(i, Qt.Orientation.Horizontal) for i in range(rows.rows.columnCount())]
    assert titles == ["row", "x", "x again", "y", "y again"]
    hand.panel.exporting.export_to(tmp_path / "again.csv")
    hand.until(lambda: "again.csv" in hand.said())
    found = np.genfromtxt(tmp_path / "again.csv", delimiter=",", names=True)
    np.testing.assert_allclose(found["y_again"], hand.panel.page.other[:, 1])
