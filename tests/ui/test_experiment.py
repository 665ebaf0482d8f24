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


def test_the_training_section_of_a_recipe_is_edited_here(desk: Desk) -> None:
    desk.model.choose_model("vae")
    for name, text, value in (("epochs", "12", 12), ("seconds", "1.5", 1.5), ("batch_size", "64", 64)):
        desk.enter(f"training.{name}", text)
        assert getattr(desk.model.recipe.training, name) == value
    desk.find("training.more", QAbstractButton).click()
    desk.choose("training.precision", "float32")
    desk.enter("training.threads", "2")
    assert (desk.model.recipe.training.precision, desk.model.recipe.training.threads) == ("float32", 2)
    assert desk.find("status.machine", QLabel).text() == "CPU · 1 thread"
    desk.until(lambda: desk.find("status.machine", QLabel).text() == "CPU · 2 threads")
    desk.enter("training.threads", "0")
    assert desk.model.recipe.training.threads == 2
    assert desk.find("training.threads").property("problem")


def test_devices_are_offered_and_those_of_other_machines_stay(desk: Desk) -> None:
    devices = desk.find("training.device", QComboBox)
    assert [devices.itemText(i) for i in range(2)] == ["auto", "cpu"]
    recipe = desk.model.recipe
    desk.model.edit_training(recipe.training.model_copy(update={"device": "cuda:7"}))
    assert devices.currentText() == "cuda:7"
    desk.control(Qt.Key.Key_Z)
    assert devices.currentText() == "auto"
    desk.model.choose_model("vae")
    desk.choose("training.device", "cpu")
    assert desk.model.recipe.training.device == "cpu"


def test_what_means_nothing_to_a_model_says_so(desk: Desk) -> None:
    batch = desk.find("training.batch_size")
    assert desk.model.recipe.model.name == "gmm"
    assert not batch.isEnabled()
    assert "at each step" in batch.toolTip()
    assert desk.find("training.epochs").isEnabled()
    desk.model.choose_model("vae")
    assert batch.isEnabled()
    assert "at each step" not in batch.toolTip()


def test_widths_are_lists_of_numbers(desk: Desk) -> None:
    desk.model.choose_model("vae")
    desk.enter("family.hidden_features", "64, 32")
    assert desk.model.recipe.model.settings["hidden_features"] == [64, 32]
    for wrong in ("64 wide", "64, -3", "1e9", "2.5"):
        desk.enter("family.hidden_features", wrong)
        assert desk.model.recipe.model.settings["hidden_features"] == [64, 32]
        form = desk.window.experiment.family.form
        assert form is not None
        assert "must be whole numbers, such as 256, 128, each at least 1" in form.problems()["hidden_features"]
    desk.enter("family.hidden_features", "64 32 16")
    assert desk.model.recipe.model.settings["hidden_features"] == [64, 32, 16]
