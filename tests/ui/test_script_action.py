"""Exporting a run as plain Python is offered where the model can be written so, and else says why not."""

from __future__ import annotations

from genstudio.runs.recipe import TrainingRecipe
from genstudio.ui.window_actions import NO_SCRIPT, SCRIPT
from tests.ui.desk import Desk


def test_only_models_that_can_be_written_are(desk: Desk) -> None:
    action = desk.window.actions_["export_script"]
    for key, offered in (("kde", True), ("vae", False), ("kde", True)):
        desk.model.choose_model(key)
        desk.model.edit_training(TrainingRecipe(steps=2, precision="float32"))
        desk.model.train()
        desk.until(lambda: desk.run.status.ended)
        desk.until(lambda wanted=offered: action.isEnabled() == wanted)
        assert action.toolTip().startswith(SCRIPT if offered else NO_SCRIPT)
