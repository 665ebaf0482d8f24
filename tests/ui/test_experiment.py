from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel

from genstudio.ui.canvas.canvas import Canvas
from tests.ui.desk import Desk


def test_data_presets_and_models_are_chosen(desk: Desk) -> None:
    before = desk.model.data
    desk.choose("source.choice", "Old Faithful")
    desk.loaded(before)
    assert desk.model.recipe.data.source == "old_faithful"
    titles = [family.info.title for family in desk.model.families.values()]
    assert [desk.find("family.choice", QComboBox).itemText(i) for i in range(len(titles))] == titles
    other = next(f for key, f in desk.model.families.items() if key != desk.model.recipe.model.name)
    desk.choose("family.choice", other.info.title)
    assert desk.model.recipe.model.name == other.info.key
    assert desk.find("family.why", QLabel).text()
    desk.control(Qt.Key.Key_Z)
    assert desk.model.recipe.model.name == "gmm"


def test_presets_set_what_belongs_together(desk: Desk) -> None:
    preset = desk.find("family.preset", QComboBox)
    assert preset.count() > 1
    title = preset.itemText(1)
    wanted = desk.model.families["gmm"].info.presets[title]
    desk.choose("family.preset", title)
    assert {name: desk.model.recipe.model.settings[name] for name in wanted} == dict(wanted)
    assert preset.currentIndex() == 0


def test_reset_brings_back_what_is_recommended(desk: Desk) -> None:
    recommended = desk.model.recipe.model
    desk.enter("family.n_components", "3")
    assert desk.model.recipe.model != recommended
    desk.click("experiment.reset")
    assert desk.model.recipe.model == recommended


def test_limits_end_a_training(desk: Desk) -> None:
    desk.model.edit_settings(tol=1e-300)
    desk.enter("training.steps", "3")
    assert desk.train().history.step == 3


def test_drawing_opens_the_canvas(desk: Desk) -> None:
    desk.click("source.draw")
    assert desk.window.tabs.currentWidget().objectName() == "tab.data"
    assert desk.find("data.draw", QAbstractButton).isChecked()


def test_what_is_typed_and_not_yet_taken_up_is_trained(desk: Desk) -> None:
    desk.type("family.n_components", "3")
    desk.type("training.seed", "7")
    desk.control(Qt.Key.Key_Return)
    run = desk.trained()
    assert run.recipe.model.settings["n_components"] == 3
    assert run.recipe.seed == 7


def test_training_waits_for_the_data_that_were_just_typed(desk: Desk) -> None:
    desk.type("source.samples", "500")
    desk.control(Qt.Key.Key_Return)
    run = desk.trained()
    assert run.data is not None
    assert sum(len(part) for part in (run.data.train, run.data.valid, run.data.test)) == 500


def test_training_takes_what_was_just_drawn(desk: Desk) -> None:
    desk.click("source.draw")
    board = desk.find("data.canvas", Canvas).board
    desk.drag(board.viewport(), QPoint(150, 100), QPoint(250, 150))
    desk.click("training.start")
    assert desk.trained().recipe.data.source == "drawing"
