"""Looking at data, and drawing them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
)
from pytestqt.qtbot import QtBot

from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from tests.ui.panels.data_steps import (
    choose,
    click,
    find,
    load_penguins,
    settled,
    stroke,
    text,
)

# What the offscreen platform says when a list opens.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")


def test_pairs_lead_to_a_pair(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    click(panel, "data.look")
    stage = panel.look_at.stage
    qtbot.waitUntil(lambda: "data" in stage.arrays() and len(stage.arrays()["data"]) == 342)
    choose(find(panel, QComboBox, "data.look.mode"), "All pairs")
    pairs = panel.look_at.pairs
    qtbot.waitUntil(pairs.isVisible)
    assert list(pairs.arrays()) == list(model.data.preparation.names)  # type: ignore[union-attr]
    pairs.pair_chosen.emit(3, 0)
    qtbot.waitUntil(stage.isVisible)
    assert find(panel, QComboBox, "data.look.x").currentText() == "body_mass_g"
    assert stage.arrays()["data"][:, 0].max() == 6300


def test_components_state_their_variance(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    click(panel, "data.look")
    choose(find(panel, QComboBox, "data.look.mode"), "PCA")
    qtbot.waitUntil(lambda: "88.2 % of the variance" in text(panel, "data.look.sentence"))


def test_components_of_one_column_are_a_sentence(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    model.edit_preparation(columns=("body_mass_g",))
    settled(qtbot, model)
    click(panel, "data.look")
    choose(find(panel, QComboBox, "data.look.mode"), "PCA")
    qtbot.waitUntil(lambda: "at least two columns" in text(panel, "data.look.sentence"))


def test_drawn_points_become_the_data_and_follow_each_stroke(
    panel: DataPanel, qtbot: QtBot, model: SessionModel
) -> None:
    panel.open_canvas()
    assert find(panel, QAbstractButton, "data.draw").isChecked()
    stroke(panel, (-2.0, 0.0), (2.0, 1.0))
    assert model.recipe.data.source != "drawing"
    click(panel, "data.canvas.use")
    settled(qtbot, model)
    assert model.recipe.data.options["points"] == panel.draw.canvas.drawing.rows()
    assert model.table is not None
    assert len(model.table) == 24
    model.edit_preparation(scaling="standard")
    settled(qtbot, model)
    click(panel, "data.canvas.class2")
    stroke(panel, (0.0, -3.0))
    settled(qtbot, model)
    assert len(model.table) == 36
    assert model.table.column("class").levels == ("A", "B")
    assert model.recipe.data.preparation.scaling == "standard"
    click(panel, "data.canvas.undo")
    settled(qtbot, model)
    assert len(model.table) == 24


def test_the_canvas_follows_undo_of_the_recipe(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    model.choose_source("drawing", points=[[0.0, 1.0, 0], [1.0, 1.0, 1], [2.0, 1.0, 1]])
    settled(qtbot, model)
    assert len(panel.draw.canvas.drawing) == 3
    panel.open_canvas()
    stroke(panel, (0.0, 0.0))
    settled(qtbot, model)
    assert len(panel.draw.canvas.drawing) == 15
    model.undo.undo()
    settled(qtbot, model)
    assert panel.draw.canvas.drawing.rows() == [[0.0, 1.0, 0], [1.0, 1.0, 1], [2.0, 1.0, 1]]


def test_an_emptied_drawing_leaves_the_data_as_they_are(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    panel.open_canvas()
    stroke(panel, (0.0, 0.0))
    click(panel, "data.canvas.use")
    settled(qtbot, model)
    click(panel, "data.canvas.clear")
    settled(qtbot, model)
    assert model.table is not None
    assert len(model.table) == 12
    assert "The data stay as they are" in text(panel, "data.canvas.status")
    assert not [message for message in model.messages.all if message.level != "info"]
