"""The Data panel with pictures: looking at them, choosing classes, how they were read, and what leaves it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QCheckBox, QComboBox, QFileDialog, QLabel, QTableView
from pytestqt.qtbot import QtBot

from genstudio.data.pictures import Pictures
from genstudio.ui.data_views.class_model import ClassField
from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from tests.ui.desk import Desk
from tests.ui.panels.data_steps import LEFT, choose, click, find, load_penguins, open_file, settled, text

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")


def load(qtbot: QtBot, model: SessionModel, source: str = "sklearn_digits") -> Pictures:
    model.choose_source(source)
    settled(qtbot, model)
    assert model.pictures is not None
    return model.pictures


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes of 12 × 12 pixels, three pictures more of one than of the other, and one that is none."""
    random = np.random.default_rng(0)
    for name, count in (("cats", 9), ("dogs", 6)):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for place in range(count):
            pixels = random.integers(0, 256, (12, 12), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{place}.png")
    (tmp_path / "pets" / "dogs" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    return tmp_path / "pets"


def click_class(panel: DataPanel, name: str) -> None:
    table, rows = panel.classes.table, panel.classes.classes.rows
    place = panel.classes.classes.index([row.name for row in rows].index(name), ClassField.NAME)
    table.scrollTo(place)
    area = table.visualRect(place)
    QTest.mouseClick(table.viewport(), LEFT, pos=area.topLeft() + QPoint(16, area.height() // 2))


def shown_rows(panel: DataPanel, pictures: Pictures) -> list[int]:
    """Which of all pictures each in the grid is."""
    known = {picture.tobytes(): row for row, picture in enumerate(pictures.pixels.transpose(0, 3, 1, 2))}
    return [known[picture.tobytes()] for picture in panel.pictures.grid.pictures]


def test_views_follow_the_kind_of_the_data(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    assert panel.columns.isVisible()
    load(qtbot, model)
    assert panel.pictures.isVisible()
    assert text(panel, "data.counts").startswith("1,797 pictures of 8 × 8 pixels in grey")
    views = {key: find(panel, QAbstractButton, f"data.{key}").isVisible() for key in
             ("columns", "rows", "look", "pictures", "classes", "origin", "draw")}
    assert [key for key, visible in views.items() if visible] == ["pictures", "classes", "origin", "draw"]
    load_penguins(qtbot, model)
    assert panel.columns.isVisible()
    assert not find(panel, QAbstractButton, "data.pictures").isVisible()


def test_others_are_drawn_by_a_number(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    pictures = load(qtbot, model)
    grid = panel.pictures.grid
    qtbot.waitUntil(lambda: len(grid.pictures) == 100)
    first = grid.pictures.copy()
    assert len(set(shown_rows(panel, pictures))) > 90
    click(panel, "data.pictures.next")
    qtbot.waitUntil(lambda: not np.array_equal(grid.pictures, first))
    panel.pictures.seed.setValue(0)
    qtbot.waitUntil(lambda: np.array_equal(grid.pictures, first))


def test_class_by_class_each_row_has_its_name(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    pictures = load(qtbot, model)
    assert pictures.codes is not None
    choose(panel.pictures.mode, "By class")
    qtbot.waitUntil(lambda: panel.pictures.grid.places.columns == 10)
    codes = pictures.codes[shown_rows(panel, pictures)]
    assert codes.tolist() == np.repeat(np.arange(10), 10).tolist()


def test_means_of_all_and_of_each_class(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    pictures = load(qtbot, model)
    assert pictures.codes is not None
    choose(panel.pictures.mode, "Means")
    grid = panel.pictures.grid
    qtbot.waitUntil(lambda: len(grid.pictures) == 11)
    zeros = pictures.pixels[pictures.codes == 0].mean(axis=0)[..., 0]
    assert np.abs(grid.pictures[1, 0] - zeros).max() <= 0.6
    assert text(panel, "data.pictures.facts") == "Mean of all 1,797 pictures"
    assert not find(panel, QAbstractButton, "data.pictures.next").isEnabled()


def test_a_click_shows_one_large_with_what_is_known(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    pictures = load(qtbot, model)
    grid = panel.pictures.grid
    qtbot.waitUntil(lambda: len(grid.pictures) == 100)
    left, top, wide, high = grid.places.cell(7)
    QTest.mouseClick(grid, LEFT, pos=QPoint(round(left + wide / 2), round(top + high / 2)))
    row = shown_rows(panel, pictures)[7]
    picture = pictures.pixels[row]
    assert pictures.codes is not None
    lines = text(panel, "data.pictures.facts").split("\n")
    assert lines[:3] == [f"Picture {row + 1:,} of 1,797", f"Class {pictures.codes[row]}", "8 × 8 pixels in grey"]
    assert lines[-1] == f"Intensities {picture.min()} … {picture.max()}, mean {picture.mean():.0f}"
    large = panel.pictures.item.picture
    assert np.array_equal(large.pictures[0, 0], picture[..., 0])
    scale = large.places.scale * large.devicePixelRatioF()
    assert scale == int(scale) > 4, "enlarged by a whole factor, so that nothing blurs"


def test_unchecked_classes_are_left_out_and_undo_brings_them_back(
    panel: DataPanel, qtbot: QtBot, model: SessionModel
) -> None:
    pictures = load(qtbot, model)
    assert pictures.codes is not None
    panel.show_view("classes")
    click_class(panel, "3")
    settled(qtbot, model)
    assert model.data is not None
    assert model.recipe.data.preparation.classes == tuple("012456789")
    used = np.concatenate(model.data.rows)
    assert 3 not in pictures.codes[used]
    shown = {row.name: (row.checked, row.used) for row in panel.classes.classes.rows}
    assert shown["3"] == (False, 0)
    assert shown["4"] == (True, (pictures.codes == 4).sum())
    assert panel.classes.classes.index(3, ClassField.COUNT).data() == "0 of 183"
    assert panel.classes.classes.index(4, ClassField.COUNT).data() == "181"
    model.undo.undo()
    settled(qtbot, model)
    assert model.recipe.data.preparation.classes is None
    click_class(panel, "3")
    click_class(panel, "5")
    settled(qtbot, model)
    click(panel, "data.pictures.all")
    settled(qtbot, model)
    assert all(row.checked for row in panel.classes.classes.rows)


def test_the_last_class_stays(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load(qtbot, model)
    panel.show_view("classes")
    model.edit_preparation(classes=("7",))
    settled(qtbot, model)
    click_class(panel, "7")
    assert model.recipe.data.preparation.classes == ("7",)
    assert model.messages.all[-1].text == "At least one class must be used."


def test_the_space_bar_checks_a_class(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load(qtbot, model)
    panel.show_view("classes")
    panel.classes.table.setCurrentIndex(panel.classes.classes.index(0, ClassField.COUNT))
    QTest.keyClick(panel.classes.table, Qt.Key.Key_Space)
    settled(qtbot, model)
    assert model.recipe.data.preparation.classes == tuple("123456789")


def test_mean_pictures_stand_beside_the_classes(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load(qtbot, model)
    panel.show_view("classes")
    index = panel.classes.classes.index(0, ClassField.NAME)
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.DecorationRole) is not None)


def test_balance_and_shares(panel: DataPanel, qtbot: QtBot, model: SessionModel, folder: Path) -> None:
    open_file(qtbot, model, folder)
    panel.show_view("classes")
    QTest.mouseClick(find(panel, QCheckBox, "data.pictures.balance"), LEFT)
    settled(qtbot, model)
    assert [(row.name, row.count, row.used) for row in panel.classes.classes.rows] == [("cats", 9, 6), ("dogs", 6, 6)]
    assert "12 of 15 pictures" in panel.classes.sentence.whole_text()
    names = {widget.objectName() for widget in panel.classes.preparation.findChildren(QAbstractSpinBox)}
    assert names == {"data.pictures.valid", "data.pictures.test", "data.pictures.seed"}
    assert panel.findChild(QComboBox, "data.pictures.scaling") is None


def test_a_folder_its_notes_and_another_size(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, folder: Path
) -> None:
    open_file(qtbot, model, folder)
    assert model.pictures is not None
    assert model.pictures.shape == (1, 12, 12)
    click(panel, "data.origin")
    assert "broken.png" in text(panel, "data.pictures.origin")
    qtbot.waitUntil(lambda: panel.origin.reading.form is not None)
    size = find(panel, QAbstractSpinBox, "data.pictures.reading.size")
    assert isinstance(size, QAbstractSpinBox)
    size.setFocus()
    size.selectAll()
    QTest.keyClicks(size, "16")
    QTest.keyClick(size, Qt.Key.Key_Return)
    settled(qtbot, model)
    assert model.pictures.shape == (1, 16, 16)
    assert "16 × 16 pixels" in text(panel, "data.pictures.origin")
    model.undo.undo()
    settled(qtbot, model)
    assert model.pictures.shape == (1, 12, 12)


def test_pictures_without_classes_say_so(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    np.save(tmp_path / "some.npy", np.random.default_rng(0).integers(0, 256, (20, 9, 9), np.uint8))
    open_file(qtbot, model, tmp_path / "some.npy")
    assert model.pictures is not None
    panel.show_view("classes")
    assert find(panel, QLabel, "data.pictures.none").isVisible()
    assert not find(panel, QCheckBox, "data.pictures.balance").isEnabled()
    click(panel, "data.pictures")
    mode = panel.pictures.mode
    place = mode.findText("By class")
    assert not mode.model().index(place, 0).flags() & Qt.ItemFlag.ItemIsEnabled


def test_a_class_named_in_html_is_plain(panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path) -> None:
    wild = tmp_path / "wild"
    for name in ("<b>x", "y"):
        (wild / name).mkdir(parents=True)
        Image.new("L", (8, 8), 200).save(wild / name / "1.png")
        Image.new("L", (8, 8), 20).save(wild / name / "2.png")
    open_file(qtbot, model, wild)
    panel.show_view("classes")
    index = panel.classes.classes.index(0, ClassField.NAME)
    assert index.data() == "<b>x"
    assert "<b>" not in index.data(Qt.ItemDataRole.ToolTipRole)
    panel.show_view("pictures")
    qtbot.waitUntil(lambda: len(panel.pictures.grid.pictures) > 0)
    assert panel.pictures.item.facts.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("ending", [".npz", ".zip"])
def test_prepared_pictures_can_be_opened_again(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    pictures = load(qtbot, model)
    model.edit_preparation(classes=("1", "7"))
    settled(qtbot, model)
    path = tmp_path / f"some{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    click(panel, "data.export")
    qtbot.waitUntil(path.is_file)
    assert pictures.codes is not None
    wanted = np.flatnonzero(np.isin(pictures.codes, (1, 7)))
    if ending == ".zip":
        names = zipfile.ZipFile(path).namelist()
        assert sorted(int(name[2:-4]) for name in names) == (wanted + 1).tolist()
    open_file(qtbot, model, path)
    again = model.pictures
    assert again is not None
    assert again.levels == ("1", "7")
    order = wanted if ending == ".npz" else wanted[np.argsort(pictures.codes[wanted], kind="stable")]
    assert np.array_equal(again.pixels, pictures.pixels[order])


def test_every_control_has_a_name_and_a_title(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, folder: Path
) -> None:
    open_file(qtbot, model, folder)
    for view in ("pictures", "classes", "origin"):
        click(panel, f"data.{view}")
    qtbot.waitUntil(lambda: panel.origin.reading.form is not None)
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QTableView)
    controls = [w for kind in kinds for w in panel.findChildren(kind) if not w.objectName().startswith("qt_")]
    ours = [w for w in controls if w.objectName()]
    names = [control.objectName() for control in ours]
    assert len(names) == len(set(names)) > 15
    for control in ours:
        assert control.objectName().startswith("data."), control
        assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()), control
    assert panel.minimumSizeHint().height() <= 400
    assert panel.minimumSizeHint().width() <= 640


def test_a_folder_is_opened_from_the_menu(
    open_desk: Callable[..., Desk], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()
    before = desk.model.data
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    desk.click("source.folder")
    desk.loaded(before)
    assert desk.find("source.choice", QComboBox).currentText() == "pets"
    assert desk.model.recipe.model.name == "vae"
    assert desk.action("open_folder").shortcut().toString() == "Ctrl+Shift+O"


def test_a_dropped_folder_is_opened(open_desk: Callable[..., Desk], folder: Path) -> None:
    desk = open_desk()
    before = desk.model.data
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(folder))])
    desk.window.dropEvent(QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, carried, LEFT, Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop
    ))
    desk.loaded(before)
    assert desk.model.pictures is not None
    assert desk.model.pictures.levels == ("cats", "dogs")
    assert "was left out" in desk.said()
