from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel

from genstudio.ui.panels.live import LivePanel
from tests.ui.desk import Desk


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
