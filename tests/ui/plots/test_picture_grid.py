"""The grid of pictures: what is drawn where, chosen, marked and saved."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from genstudio.errors import GenStudioError
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.plots.picture_menu import PictureMenu
from genstudio.ui.plots.picture_places import placed
from genstudio.ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton


def pictures(count: int = 12, channels: int = 1, side: int = 8) -> np.ndarray:
    """Even pictures, each a little brighter than the one before."""
    levels = np.linspace(0.2, 1.0, count)
    return np.broadcast_to(levels[:, None, None, None], (count, channels, side, side)).astype(np.float32)


@pytest.fixture
def grid(qtbot: QtBot, theme: Theme) -> PictureGrid:
    found = PictureGrid(theme, "grid", "Some pictures")
    qtbot.addWidget(found)
    found.resize(420, 320)
    with qtbot.waitExposed(found):
        found.show()
    return found


def choose(menu: PictureMenu, name: str) -> None:
    action = menu.findChild(QAction, name)
    assert action is not None, f"nothing is called {name}"
    action.trigger()


def middle(grid: PictureGrid, index: int) -> QPoint:
    left, top, wide, high = grid.places.cell(index)
    return QPoint(round(left + wide / 2), round(top + high / 2))


@pytest.mark.parametrize("count", [1, 2, 7, 100, 400])
@pytest.mark.parametrize("columns", [None, 1, 10])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_all_pictures_lie_in_the_room_and_are_found_there(count: int, columns: int | None, ratio: float) -> None:
    places = placed((count, 28, 20), (640, 480), columns, ratio=ratio)
    for index in range(count):
        left, top, wide, high = places.cell(index)
        assert 0 <= left <= left + wide <= 640.001
        assert 0 <= top <= top + high <= 480.001
        assert places.index_at(left + wide / 2, top + high / 2) == index
    assert places.index_at(-1, -1) == places.index_at(639.9, 479.9 + 1000) == -1
    if places.scale * ratio >= 2:
        assert (places.scale * ratio).is_integer()


def test_few_pictures_stay_within_a_side_and_stand_in_a_row() -> None:
    places = placed((3, 28, 28), (640, 480), largest_px=100)
    assert (places.columns, places.scale) == (3, 3.0)
    assert placed((4, 28, 28), (640, 480)).columns == 2


def test_gaps_and_places_that_are_left_are_nobodys() -> None:
    places = placed((5, 10, 10), (320, 220), 3, gap=2)
    left, top, wide, _ = places.cell(0)
    assert places.index_at(left + wide + places.scale, top + 1) == -1
    assert places.index_at(*[side + wide / 2 for side in (places.cell(2)[0], places.cell(3)[1])]) == -1


@pytest.mark.parametrize("channels", [1, 3])
def test_each_picture_is_drawn_where_it_is_found(grid: PictureGrid, channels: int) -> None:
    x = pictures(channels=channels)
    grid.set_pictures(x)
    drawn = grid.grab().toImage()
    for index in range(len(x)):
        assert drawn.pixelColor(middle(grid, index)).red() == round(float(x[index, 0, 0, 0]) * 255)


def test_clicks_arrows_and_return_choose(grid: PictureGrid, qtbot: QtBot) -> None:
    grid.set_pictures(pictures(), columns=4)
    clicked: list[int] = []
    taken: list[int] = []
    grid.clicked.connect(clicked.append)
    grid.double_clicked.connect(taken.append)
    QTest.mouseClick(grid, LEFT, pos=middle(grid, 5))
    assert (clicked, grid.selected) == ([5], (5,))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(grid, key)
    assert clicked == [5, 6, 10, 9, 5, 1]
    QTest.keyClick(grid, Qt.Key.Key_Return)
    QTest.mouseDClick(grid, LEFT, pos=middle(grid, 3))
    assert taken == [1, 3]
    assert "selected: 2" in grid.accessibleDescription()


def test_hovering_tells_the_picture_and_its_caption(grid: PictureGrid) -> None:
    grid.set_pictures(pictures(4), captions=["<b>a</b>", "b", "c", "d"])
    seen: list[int] = []
    grid.hovered.connect(seen.append)
    QTest.mouseMove(grid, middle(grid, 0))
    assert "&lt;b&gt;a" in grid.toolTip()
    QTest.mouseMove(grid, middle(grid, 3))
    QTest.mouseMove(grid, QPoint(0, 0))
    assert seen == [0, 3, -1]
    assert not grid.toolTip()


def test_stars_and_frames_are_seen_and_outlive_a_redraw_of_as_many(grid: PictureGrid, theme: Theme) -> None:
    grid.set_pictures(np.zeros((4, 1, 8, 8)), columns=2)
    grid.set_marked([1])
    grid.set_selected([2, 99])
    assert (grid.marked, grid.selected) == ((1,), (2,))
    left, top, wide, _ = grid.places.cell(1)
    drawn = grid.grab().toImage()
    assert drawn.pixelColor(round(left + wide - 10), round(top + 10)) == QColor(theme.tokens.warning)
    left, top, _, high = grid.places.cell(2)
    assert drawn.pixelColor(round(left) - 1, round(top + high / 2)) == QColor(theme.tokens.accent)
    grid.set_pictures(np.ones((4, 1, 8, 8)), columns=2)
    assert (grid.marked, grid.selected) == ((1,), (2,))
    grid.set_pictures(np.ones((2, 1, 8, 8)), columns=2)
    assert (grid.marked, grid.selected) == ((1,), ())


def test_without_pictures_it_says_what_to_do(grid: PictureGrid) -> None:
    bare = grid.grab().toImage()
    grid.set_hint("Train first.")
    assert grid.grab().toImage() != bare
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.mouseClick(grid, LEFT, pos=QPoint(30, 30))
    assert grid.selected == ()


def test_the_menu_saves_and_copies(grid: PictureGrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    x = pictures(6, side=10)
    grid.set_pictures(x, columns=3)
    grid.addAction(QAction("Mine", grid))
    menu = grid.context_menu(4)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Mine", "Save as PNG…", "Copy all as one picture", "Copy this picture",
    ]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "all"), ""))
    choose(menu, "grid.save")
    saved = QImage(str(tmp_path / "all.png"))
    assert saved.width() == 32 * (1200 // 32)
    choose(menu, "grid.copy_one")
    copied = QGuiApplication.clipboard().image()
    assert (copied.width(), copied.pixelColor(5, 5).red()) == (10, round(float(x[4, 0, 0, 0]) * 255))


def test_a_place_that_cannot_be_written_is_told(
    grid: PictureGrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid.set_pictures(pictures())
    failed: list[GenStudioError] = []
    grid.export_failed.connect(failed.append)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "none" / "all.png"), ""))
    choose(grid.context_menu(), "grid.save")
    assert "could not be written" in str(failed[0])


@pytest.mark.parametrize(("count", "most_ms"), [(100, 5.0), (400, 10.0)])
def test_a_page_is_drawn_within_a_frame(grid: PictureGrid, count: int, most_ms: float) -> None:
    x = np.random.default_rng(0).random((count, 1, 28, 28)).astype(np.float32)
    seconds = []
    for _ in range(15):
        start = time.perf_counter()
        grid.set_pictures(x)
        grid.repaint()
        seconds.append(time.perf_counter() - start)
    # The quickest tells what the work is; the others what else the machine does.
    assert 1000 * min(seconds) < most_ms, f"median {1000 * statistics.median(seconds):.1f} ms"


def test_the_colours_follow_the_theme(grid: PictureGrid, theme: Theme) -> None:
    grid.set_pictures(pictures(1))
    theme.set_mode("light")
    assert grid.grab().toImage().pixelColor(1, 1) == QColor(theme.tokens.plot)
