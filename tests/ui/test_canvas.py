"""Drawing with the mouse, as a person does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from genstudio.data import drawing as drawing_module
from genstudio.data.drawing import CLASSES, drawing_of
from genstudio.ui.canvas.canvas import Canvas
from genstudio.ui.theme import Theme


@pytest.fixture
def canvas(show_alone: Callable[..., Canvas], theme: Theme) -> Canvas:
    return show_alone(Canvas(theme, "data.canvas"), 760, 460)


def pixel(canvas: Canvas, x: float, y: float) -> QPoint:
    board = canvas.board
    return board.mapFromScene(board.plotItem.vb.mapViewToScene(QPointF(x, y)))


def drag(canvas: Canvas, *places: tuple[float, float]) -> None:
    """Press at the first place, move to the others, let go at the last."""
    view = canvas.board.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=pixel(canvas, *places[0]))
    for place in places[1:]:
        at = QPointF(pixel(canvas, *place))
        # QTest moves without buttons; a drag holds one down.
        move = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(view.mapToGlobal(at.toPoint())), Qt.MouseButton.NoButton,
                           Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view, move)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=pixel(canvas, *places[-1]))


def choose(canvas: Canvas, name: str) -> None:
    button = canvas.findChild(QToolButton, f"data.canvas.{name}")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_click_puts_one_point_where_the_mouse_is(canvas: Canvas) -> None:
    choose(canvas, "point")
    drag(canvas, (1.5, -2.0))
    np.testing.assert_allclose(canvas.drawing.points, [[1.5, -2.0]], atol=0.03)
    assert canvas.findChild(QLabel, "data.canvas.count").text() == "1 point"


def test_two_quick_clicks_put_two_points(canvas: Canvas) -> None:
    choose(canvas, "point")
    view, at = canvas.board.viewport(), pixel(canvas, 0.0, 0.0)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert len(canvas.drawing) >= 2


def test_a_drag_of_the_brush_follows_the_way_and_repeats(canvas: Canvas, qtbot: QtBot, theme: Theme) -> None:
    drag(canvas, (-3.0, 0.0), (0.0, 0.0), (3.0, 0.0))
    points = canvas.drawing.points
    assert len(points) > 100
    assert np.histogram(points[:, 0], bins=[-3, -1, 1, 3])[0].min() > 20
    assert np.abs(points[:, 1]).max() < 1.2
    second = Canvas(theme, "other.canvas")
    qtbot.addWidget(second)
    second.resize(canvas.size())
    with qtbot.waitExposed(second):
        second.show()
    drag(second, (-3.0, 0.0), (0.0, 0.0), (3.0, 0.0))
    np.testing.assert_array_equal(second.drawing.points, points)


def test_the_airbrush_sprays_as_long_as_it_is_held(canvas: Canvas, qtbot: QtBot) -> None:
    choose(canvas, "airbrush")
    view, at = canvas.board.viewport(), pixel(canvas, 1.0, 1.0)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: len(canvas.drawing) >= 12)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at)
    assert canvas.undo_stack.count() == 1
    np.testing.assert_allclose(canvas.drawing.points.mean(axis=0), [1.0, 1.0], atol=0.4)


def test_the_eraser_takes_away_what_it_passes(canvas: Canvas) -> None:
    canvas.load(drawing_of([[x / 10, 0.0, 0] for x in range(-30, 31)]))
    choose(canvas, "eraser")
    drag(canvas, (-1.0, 0.0), (1.0, 0.0))
    left = canvas.drawing.points[:, 0]
    assert len(left) > 20
    assert np.abs(left).min() > 1.3


def test_every_stroke_can_be_undone_and_redone(canvas: Canvas) -> None:
    drawn = []
    for x in (-2.0, 0.0, 2.0):
        drag(canvas, (x, 0.0), (x, 1.0))
        drawn.append(canvas.drawing)
    choose(canvas, "undo")
    assert canvas.drawing is drawn[1]
    QTest.keyClick(canvas.board, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert canvas.drawing is drawn[0]
    choose(canvas, "redo")
    QTest.keyClick(canvas.board, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert canvas.drawing is drawn[2]
    choose(canvas, "clear")
    assert len(canvas.drawing) == 0
    choose(canvas, "undo")
    assert canvas.drawing is drawn[2]


def test_undo_on_the_canvas_is_not_that_of_the_window(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    canvas = Canvas(theme, "data.canvas")
    QVBoxLayout(window).addWidget(canvas)
    undone: list[int] = []
    shortcut = QShortcut(QKeySequence("Ctrl+Z"), window)
    shortcut.activated.connect(lambda: undone.append(1))
    window.resize(760, 460)
    with qtbot.waitActive(window):
        window.show()
    drag(canvas, (0.0, 0.0))
    canvas.board.setFocus()
    QTest.keyClick(canvas.board, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(canvas.drawing) == 0
    assert not undone


@pytest.mark.parametrize(("key", "tool"), [("P", "point"), ("B", "brush"), ("A", "airbrush"), ("E", "eraser")])
def test_letters_choose_tools(canvas: Canvas, key: str, tool: str) -> None:
    QTest.keyClicks(canvas.board, key.lower())
    assert canvas.tool.key == tool
    assert canvas.findChild(QToolButton, f"data.canvas.{tool}").isChecked()


def test_classes_are_chosen_by_button_and_digit(canvas: Canvas) -> None:
    choose(canvas, "point")
    choose(canvas, "class3")
    drag(canvas, (0.0, 0.0))
    QTest.keyClicks(canvas.board, "8")
    drag(canvas, (1.0, 0.0))
    assert canvas.drawing.classes.tolist() == [2, 7]
    assert canvas.findChild(QToolButton, f"data.canvas.class{len(CLASSES)}").isChecked()


def test_brackets_change_the_size(canvas: Canvas) -> None:
    before = canvas.brush.size
    QTest.keyClicks(canvas.board, "]")
    assert canvas.brush.size > before
    QTest.keyClicks(canvas.board, "[")
    assert canvas.brush.size == pytest.approx(before)


def test_nothing_is_drawn_outside_the_axes(canvas: Canvas) -> None:
    drag(canvas, (3.9, 3.9), (3.9, 3.0))
    assert np.abs(canvas.drawing.points).max() <= 4.0


def test_a_full_drawing_says_so(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_module, "MOST_POINTS", 15)
    drag(canvas, (0.0, 0.0), (2.0, 0.0))
    assert len(canvas.drawing) == 15
    assert "erase some" in canvas.findChild(QLabel, "data.canvas.status").text()


def test_an_empty_canvas_says_what_to_do(canvas: Canvas) -> None:
    assert "Nothing is drawn yet" in canvas.findChild(QLabel, "data.canvas.status").text()
    assert not canvas.findChild(QPushButton, "data.canvas.use").isEnabled()
    choose(canvas, "eraser")
    drag(canvas, (0.0, 0.0), (1.0, 1.0))
    assert canvas.undo_stack.count() == 0


def test_leaving_the_canvas_ends_the_stroke(canvas: Canvas) -> None:
    choose(canvas, "airbrush")
    QTest.mousePress(canvas.board.viewport(), Qt.MouseButton.LeftButton, pos=pixel(canvas, 0.0, 0.0))
    canvas.hide()
    count = len(canvas.drawing)
    QTest.qWait(120)
    assert len(canvas.drawing) == count
    assert canvas.undo_stack.count() == 1


@pytest.mark.parametrize("kind", ["png", "svg", "csv", "npz"])
def test_the_drawing_is_exported_from_its_menu(
    canvas: Canvas, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas.load(drawing_of([[0.5, 1.0, 0], [-1.0, 2.0, 3]]))
    path = tmp_path / f"drawn.{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    menu = canvas.board.context_menu()
    menu.findChild(QAction, f"data.canvas.board.export.{kind}").trigger()
    assert path.stat().st_size > 0
    if kind == "npz":
        with np.load(path) as arrays:
            assert arrays["points"].tolist() == [[0.5, 1.0], [-1.0, 2.0]]
            assert arrays["class"].tolist() == [0.0, 3.0]


def test_an_export_that_fails_is_told(
    canvas: Canvas, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "none" / "drawn.csv"), ""))
    with qtbot.waitSignal(canvas.board.export_failed):
        canvas.board.context_menu().findChild(QAction, "data.canvas.board.export.csv").trigger()


def test_the_theme_recolours_the_board(canvas: Canvas, theme: Theme) -> None:
    theme.set_mode("light")
    assert canvas.board.backgroundBrush().color().name() == theme.tokens.plot
