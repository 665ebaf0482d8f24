from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel

from genstudio.ui.panels.live import LivePanel
from tests.ui.desk import Desk
from tests.ui.plots.mouse import hover


@pytest.fixture
def live(desk: Desk) -> LivePanel:
    found = desk.window.show_panel("live")
    assert isinstance(found, LivePanel)
    desk.until(lambda: len(found.stage.data.arrays().get("data", ())) == 2000)
    return found


def test_the_truth_stands_beside_the_model(desk: Desk, live: LivePanel) -> None:
    desk.until(live.points.truth.heat.arrays)
    assert not live.stage.heat.arrays()
    desk.train()
    desk.until(live.stage.heat.arrays)
    assert live.stage.bounds() == pytest.approx(live.points.truth.bounds()), "both show the same place"


def test_the_map_of_errors_takes_the_place_of_what_would_hide_it(desk: Desk, live: LivePanel) -> None:
    switch = desk.find("live.model.layer.errors")
    assert not switch.isVisible(), "without a run nothing errs"
    desk.train()
    desk.until(lambda: live.stage.heat.arrays() and switch.isVisible())
    assert not live.stage.errors.arrays(), "nothing is asked that is not seen"
    desk.click("live.model.layer.errors")
    desk.until(live.stage.errors.arrays)
    assert not any(live.stage.is_layer_visible(name) for name in ("data", "heat", "contours"))
    hover(live.stage, 0.0, 1.0)
    desk.until(lambda: "against the truth" in live.stage.readout.text())
    desk.click("live.model.layer.errors")
    assert all(live.stage.is_layer_visible(name) for name in ("data", "heat", "contours"))
    assert not live.stage.is_layer_visible("samples"), "it was not seen before either"
    before = desk.model.data
    desk.model.choose_source("penguins")
    desk.loaded(before)
    desk.train()
    desk.until(lambda: not switch.isVisible())


def test_samples_are_drawn_only_while_they_are_seen(desk: Desk, live: LivePanel) -> None:
    desk.train()
    desk.until(live.stage.heat.arrays)
    assert not live.stage.samples.arrays()
    desk.click("live.model.layer.samples")
    desk.until(live.stage.samples.arrays)


def test_dragging_a_component_makes_a_run_by_hand(desk: Desk, live: LivePanel) -> None:
    run = desk.train()
    desk.until(lambda: live.stage.components.editable and live.stage.components.arrays())
    before = live.stage.components.arrays()["mean"].copy()
    graph, handle = live.stage.graph, live.stage.components.handles(0)[0]
    desk.until(lambda: handle in graph.items(graph.mapFromScene(handle.scenePos())))
    start = graph.mapFromScene(handle.scenePos())
    desk.drag(graph.viewport(), start, start + QPoint(40, -30))
    desk.until(lambda: desk.run is not run and desk.run.history.last("train") is not None)
    made = desk.run
    assert made.by_hand
    assert made.name == f"{run.name} by hand"
    after = live.stage.components.arrays()["mean"]
    assert (abs(after - before) > 1e-3).any()
    assert np.array(made.recipe.model.settings["means_init"]) == pytest.approx(after)
    assert (made.history.last("train") or 0.0) < (run.history.last("train") or 0.0)
    assert "By hand:" in desk.find("live.sentence", QLabel).text()
    desk.action("undo").trigger()
    desk.until(lambda: live.stage.components.arrays()["mean"] == pytest.approx(before))
    desk.action("redo").trigger()
    desk.until(lambda: live.stage.components.arrays()["mean"] == pytest.approx(after))
    assert run.status.ended
    assert not run.by_hand


def test_tables_of_one_and_of_many_columns(desk: Desk, live: LivePanel) -> None:
    before = desk.model.data
    desk.model.choose_source("penguins")
    desk.loaded(before)
    desk.train()
    desk.until(live.stage.heat.arrays)
    assert live.points.choice.isVisible()
    desk.choose("live.view", "All pairs")
    desk.until(live.points.pairs.isVisible)
    desk.choose("live.view", "Two columns")
    desk.until(live.stage.isVisible)
    before = desk.model.data
    assert before is not None
    desk.model.edit_preparation(columns=before.preparation.names[:1])
    desk.loaded(before)
    desk.train()
    desk.until(lambda: live.points.line.isVisible() and len(live.points.line.arrays().get("density", ())))
