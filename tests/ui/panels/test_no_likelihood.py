"""Panels that show a density, on a model that has none: what they show, and what they say in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from genstudio.applications.scores import WEAK
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.panels.anomalies import AnomaliesPanel
from genstudio.ui.panels.live import LivePanel
from genstudio.ui.strange_rows import HEADERS
from tests.ui.desk import Desk

INSTEAD = "has no likelihood: look instead at precision and recall in Evaluate"
SMALL = {"hidden_features": (8,), "max_epochs": 1}


def panel(desk: Desk, key: str) -> Any:
    return desk.window.show_panel(key)


@pytest.fixture
def moons(desk: Desk) -> Desk:
    """Two moons, learned for a moment as a game."""
    desk.model.choose_model("gan")
    desk.model.edit_settings(**SMALL)
    desk.train()
    return desk


def test_live_shows_samples_over_the_data_and_the_warped_grid(moons: Desk) -> None:
    live: LivePanel = panel(moons, "live")
    moons.until(lambda: {"samples", "latent"} <= set(live.stage.arrays()))
    assert INSTEAD in moons.find("live.bound", ElidedLabel).whole_text()
    assert not moons.find("live.model.layer.heat").isVisible()
    live.stage.hovered.emit(0.5, 0.5)
    assert "log p" not in live.stage.readout.text()
    assert "could not" not in moons.said()


def test_live_shows_how_samples_of_one_column_are_spread(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    before = desk.model.data
    assert before is not None
    desk.model.edit_preparation(columns=before.preparation.names[:1])
    desk.loaded(before)
    desk.model.choose_model("gan")
    desk.model.edit_settings(**SMALL)
    desk.train()
    line = panel(desk, "live").points.line
    desk.until(lambda: line.isVisible() and len(line.arrays()["density"]))
    drawn = line.arrays()
    share = np.trapezoid(drawn["density"], drawn["x"])
    assert 0 < share <= 1 + 1e-9
    assert "could not" not in desk.said()


def test_anomalies_names_the_score_and_its_weakness(moons: Desk) -> None:
    anomalies: AnomaliesPanel = panel(moons, "anomaly")
    moons.until(lambda: anomalies.rows.strange.rows.rowCount() > 0)
    assert moons.find("anomaly.caveat").text() == WEAK
    assert moons.find("anomaly.caveat").isVisible()
    assert "discriminator" in anomalies.rows.histogram.item.getAxis("bottom").labelText
    place = HEADERS.index("Score")
    header = anomalies.rows.strange.rows.headerData(place, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "discriminator" in header
    assert "nats" not in anomalies.rows.strange.rows.rows[0].reason
    assert not moons.find("anomaly.stage.layer.heat").isVisible()
    moons.model.choose_model("gmm")
    moons.train()
    moons.until(lambda: not moons.find("anomaly.caveat").isVisible())
    moons.until(lambda: "negative log-likelihood, nats" in anomalies.rows.histogram.item.getAxis("bottom").labelText)
    assert moons.find("anomaly.stage.layer.heat").isVisible()


def test_an_item_of_the_data_is_searched_for_and_lies_at_a_point(moons: Desk) -> None:
    latent = panel(moons, "latent")
    moons.until(lambda: len(latent.latent.items) > 0)
    latent.pages.setCurrentWidget(latent.own)
    moons.click("latent.random_row")
    moons.until(lambda: "lies at z" in latent.own.coordinates.text())
    assert "±" not in latent.own.coordinates.text()
    assert latent.latent.exact


@pytest.mark.parametrize(("key", "cannot"), [("what_if", "what one column is given others"), ("components", "edited")])
def test_what_needs_a_density_says_what_to_look_at_instead(moons: Desk, key: str, cannot: str) -> None:
    panel(moons, key)
    moons.until(lambda: INSTEAD in moons.find(f"{key}.reason").text())
    assert cannot in moons.find(f"{key}.reason").text()
    assert "its game" in moons.find(f"{key}.reason").text()


def test_evaluate_measures_samples_and_says_why_no_likelihood(moons: Desk) -> None:
    evaluate = panel(moons, "evaluate")
    moons.until(lambda: bool(moons.run.figures))
    assert {"precision", "recall", "density", "coverage"} <= set(moons.run.figures)
    assert "log_likelihood" not in moons.run.figures
    moons.until(lambda: INSTEAD in evaluate.notes.toPlainText())
