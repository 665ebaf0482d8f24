from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeWidget

from genstudio.ui.run_delegate import RunTree
from tests.ui.desk import Desk


def test_runs_are_chosen_ticked_renamed_and_deleted(desk: Desk) -> None:
    first, second = desk.train(), desk.train()
    tree = desk.find("runs.list", QTreeWidget)
    assert tree.topLevelItemCount() == 2
    place = tree.visualItemRect(tree.topLevelItem(0)).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x() // 2 + 20, place.y()))
    assert desk.model.current is first

    tree.topLevelItem(1).setCheckState(0, Qt.CheckState.Checked)
    assert desk.model.compared == {second.key}
    assert {key.split(".")[0] for key in desk.window.curves.curves.series_keys()} == {first.key, second.key}

    tree.setFocus()
    desk.key(Qt.Key.Key_F2)
    editor = tree.findChild(QLineEdit)
    assert editor is not None
    editor.setText("<i>mine</i>")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    desk.until(lambda: first.name == "<i>mine</i>")

    tree.setFocus()
    desk.key(Qt.Key.Key_Delete)
    assert list(desk.model.session) == [second]
    assert desk.model.current is second
    desk.control(Qt.Key.Key_Z)
    assert list(desk.model.session) == [first, second]


def test_comparing_by_key(desk: Desk) -> None:
    run = desk.train()
    desk.control(Qt.Key.Key_K)
    assert desk.model.compared == {run.key}
    desk.control(Qt.Key.Key_K)
    assert desk.model.compared == set()


def test_figures_and_gap(desk: Desk) -> None:
    run = desk.train()
    item = desk.find("runs.list", QTreeWidget).topLevelItem(0)
    figure = run.history.last("valid")
    assert figure is not None
    assert run.data is not None
    assert run.data.truth is not None
    assert float(item.text(1)) == pytest.approx(figure, abs=5e-4)
    assert float(item.text(2)) == pytest.approx(-run.data.truth.entropy - figure, abs=5e-4)


def test_the_status_bar_says_what_goes_on(desk: Desk) -> None:
    text = desk.find("status.text", QLabel)
    desk.until(lambda: text.text().startswith("Ready"))
    run = desk.train_slowly()
    desk.until(lambda: text.text().startswith("Training"))
    assert run.model.info.step_name in text.text()
    desk.click("toolbar.pause")
    desk.until(lambda: text.text().startswith("Paused"))
    desk.click("toolbar.stop")
    desk.until(lambda: "stopped after" in text.text())


def test_a_name_takes_the_whole_row_above_its_figures(desk: Desk) -> None:
    run = desk.train()
    desk.model.rename_run(run, "gmm · Old Faithful again")
    tree = desk.find("runs.list", RunTree)
    place = tree.indexFromItem(tree.topLevelItem(0), 0)
    room = tree.name_rect(place)
    assert room.width() >= tree.fontMetrics().horizontalAdvance(run.name)
    figure = tree.visualRect(place.siblingAtColumn(1))
    assert room.bottom() <= figure.bottom() - tree.fontMetrics().height()
    tree.setFocus()
    desk.key(Qt.Key.Key_F2)
    editor = tree.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == run.name
    assert (editor.pos(), editor.width()) == (room.topLeft(), room.width())


def test_progress_comes_and_goes_without_moving_anything(desk: Desk) -> None:
    bar, machine = desk.find("status.progress"), desk.find("status.machine")
    desk.until(lambda: not bar.isVisible())
    before = machine.geometry()
    desk.train_slowly()
    desk.until(bar.isVisible)
    assert machine.geometry() == before
    desk.click("toolbar.stop")
    desk.until(lambda: not bar.isVisible())


def test_empty_curves_say_what_to_do(desk: Desk) -> None:
    hint = desk.find("curves.plot.hint", QLabel)
    assert hint.isVisible()
    assert "Train" in hint.text()
    desk.train()
    assert not hint.isVisible()
