"""The Live panel with pictures, and with models that know only a bound of their density."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QToolButton

from genstudio.data.dataset import Dataset
from genstudio.runs.run import Run
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.live_pictures import COUNT, MANIFOLD_SIDE, LivePictures
from genstudio.ui.messages import IDLE
from genstudio.ui.panels.live import LivePanel
from tests.ui.desk import Desk

SMALL = {"hidden_features": (8,), "max_epochs": 1}


def load(desk: Desk, source: str) -> None:
    before = desk.model.data
    desk.model.choose_source(source)
    desk.loaded(before)


def live_panel(desk: Desk) -> LivePanel:
    found = desk.window.show_panel("live")
    assert isinstance(found, LivePanel)
    return found


@pytest.fixture
def live(desk: Desk) -> LivePictures:
    """The panel with the smallest pictures, and a small model chosen for them."""
    load(desk, "sklearn_digits")
    desk.model.edit_settings(**SMALL, channels=(4, 4))
    return live_panel(desk).pictures


def step_of(live: LivePictures) -> int:
    return int(live.made.title.rpartition("step ")[2].replace(",", ""))


def of_training(live: LivePictures, data: Dataset) -> bool:
    known = {picture.tobytes() for picture in data.train}
    return all(picture.tobytes() in known for picture in live.data.grid.pictures)


def hold(desk: Desk) -> Run:
    """Take the first steps and hold."""
    desk.model.edit_settings(max_epochs=1000)
    desk.model.slow_down(0.02)
    desk.click("training.start")
    desk.until(lambda: desk.model.current is not None and desk.run.history.step > 0)
    desk.click("toolbar.pause")
    desk.until(lambda: desk.run.status.value == "paused")
    return desk.run


def test_pictures_choose_a_model_that_learns_them(desk: Desk, live: LivePictures) -> None:
    assert desk.model.recipe.model.name == "vae"
    assert "Variational autoencoder was chosen instead" in desk.said()
    desk.model.undo.undo()
    desk.model.undo.undo()
    desk.until(lambda: desk.model.table is not None and not desk.model.loading)
    assert desk.model.recipe.model.name == "gmm", "the model is part of the change that brought the pictures"


def test_why_a_model_was_chosen_is_said_until_another_one_is(desk: Desk, live: LivePictures) -> None:
    line = desk.find("messages.text", QLabel)
    assert "was chosen instead" in line.text()
    desk.model.edit_settings(latent_dim=3)
    assert "was chosen instead" in line.text(), "it is still true"
    desk.model.choose_model("flow")
    assert line.text() == IDLE


def test_real_pictures_stand_there_before_any_training(desk: Desk, live: LivePictures) -> None:
    assert desk.model.data is not None
    assert len(live.data.grid.pictures) == COUNT
    assert of_training(live, desk.model.data)
    assert len(live.made.grid.pictures) == 0
    assert live.made.title == "Model: press Train"


def test_samples_evolve_from_the_same_numbers(desk: Desk, live: LivePictures) -> None:
    hold(desk)
    desk.until(lambda: len(live.made.grid.pictures) == COUNT)
    first, step = live.made.grid.pictures.copy(), step_of(live)
    assert "samples" in live.made.title
    desk.click("toolbar.step")
    desk.until(lambda: step_of(live) > step)
    later = live.made.grid.pictures
    assert later.shape == first.shape
    assert (later != first).any()
    moved = np.abs(later.astype(int) - first.astype(int)).mean()
    assert moved < 20, "one step changes the same samples a little; it does not draw others"


def test_reconstructions_stand_beside_what_they_are_of(desk: Desk, live: LivePictures) -> None:
    run = hold(desk)
    desk.click("live.view.reconstructions")
    desk.until(lambda: "reconstructions" in live.made.title)
    assert live.data.title == "Held-out pictures"
    assert run.data is not None
    held_out = {picture.tobytes() for picture in run.data.valid}
    assert all(picture.tobytes() in held_out for picture in live.data.grid.pictures)
    assert live.made.grid.pictures.shape == live.data.grid.pictures.shape
    live.made.grid.clicked.emit(5)
    assert live.data.grid.selected == (5,)
    desk.click("live.view.samples")
    assert of_training(live, run.data)


def test_the_manifold_of_two_coordinates(desk: Desk, live: LivePictures) -> None:
    hold(desk)
    desk.click("live.view.manifold")
    desk.until(lambda: len(live.made.grid.pictures) == MANIFOLD_SIDE**2)
    assert live.made.grid.places.columns == MANIFOLD_SIDE
    assert not live.data.isVisible()


def test_more_coordinates_have_no_manifold(desk: Desk, live: LivePictures) -> None:
    desk.click("live.view.manifold")
    desk.model.edit_settings(latent_dim=3)
    hold(desk)
    desk.until(lambda: live.view == "samples")
    button = desk.find("live.view.manifold", QToolButton)
    assert not button.isEnabled()
    assert button.toolTip() == "The latent space has other than two dimensions."


def test_from_pictures_to_a_table_and_back(desk: Desk, live: LivePictures) -> None:
    run = hold(desk)
    desk.until(lambda: len(live.made.grid.pictures))
    desk.click("toolbar.stop")
    desk.until(lambda: run.status.ended)
    load(desk, "two_moons")
    desk.model.edit_settings(**SMALL)
    desk.train()
    panel = live_panel(desk)
    assert panel.points.isVisible()
    desk.until(panel.stage.heat.arrays)
    desk.model.show_run(run)
    assert live.isVisible()
    desk.until(lambda: len(live.made.grid.pictures) == COUNT)


@pytest.fixture
def moons(desk: Desk) -> LivePanel:
    """Two moons, learned for a moment by a model that knows only a bound."""
    desk.model.choose_model("vae")
    desk.model.edit_settings(**SMALL)
    desk.train()
    return live_panel(desk)


def test_a_bound_is_drawn_and_called_so(desk: Desk, moons: LivePanel) -> None:
    stage = moons.stage
    desk.until(stage.heat.arrays)
    assert "only a bound of its density" in desk.find("live.bound", ElidedLabel).whole_text()
    assert "Bound" in desk.find("live.model.layer.heat").toolTip()
    assert not desk.find("live.model.layer.contours").isVisible()
    stage.hovered.emit(0.5, 0.5)
    desk.until(lambda: "log p ≥" in stage.readout.text())
    assert "could not" not in desk.said()


def test_the_latent_grid_lies_over_the_data(desk: Desk, moons: LivePanel) -> None:
    desk.until(lambda: "latent" in moons.stage.arrays())
    grid = moons.stage.arrays()["latent"]
    assert grid.shape[1] == 2
    assert np.isfinite(grid).all()
    desk.click("live.model.layer.latent")
    assert "latent" not in moons.stage.arrays()


def test_a_mixture_takes_the_words_of_a_bound_away(desk: Desk, moons: LivePanel) -> None:
    desk.until(moons.stage.heat.arrays)
    desk.model.choose_model("gmm")
    desk.train()
    desk.until(lambda: "latent" not in moons.stage.arrays())
    assert not desk.find("live.bound").isVisible()
    assert desk.find("live.model.layer.heat").toolTip() == "Density"
    assert desk.find("live.model.layer.contours").isVisible()


def test_one_column_and_many_columns_of_a_bounded_model(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    load(desk, "penguins")
    desk.model.choose_model("vae")
    desk.model.edit_settings(**SMALL)
    desk.train()
    panel = live_panel(desk)
    desk.until(lambda: "latent" in panel.stage.arrays())
    assert "cannot be drawn" in desk.find("live.bound", ElidedLabel).whole_text()
    assert not panel.stage.heat.arrays()
    assert panel.stage.is_layer_visible("samples")
    before = desk.model.data
    assert before is not None
    desk.model.edit_preparation(columns=before.preparation.names[:1])
    desk.loaded(before)
    desk.train()
    desk.until(lambda: panel.points.line.isVisible() and len(panel.points.line.arrays()["density"]))
    assert "could not" not in desk.said()
