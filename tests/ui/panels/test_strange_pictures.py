"""The Anomalies panel on models that know no more than a bound: of pictures, and of tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from genstudio.data.pictures import Pictures
from genstudio.runs.recipe import TrainingRecipe
from genstudio.runs.run import Run
from genstudio.ui.panels.anomalies import AnomaliesPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.ui.panels.mixture_hand import Hand, blobs

SMALL: dict[str, Any] = {"hidden_features": (8,), "channels": (4,), "learning_rate": 0.01, "warmup": 0}


@pytest.fixture
def panel(show_alone: Callable[..., AnomaliesPanel], theme: Theme, model: SessionModel) -> AnomaliesPanel:
    return show_alone(AnomaliesPanel(model, theme), 1000, 620)


@pytest.fixture
def hand(panel: AnomaliesPanel, model: SessionModel, qtbot: QtBot) -> Hand:
    return Hand(panel, model, qtbot)


def trained(hand: Hand, data: Any) -> Run:
    hand.load(data)
    hand.model.choose_model("vae")
    hand.model.edit_training(TrainingRecipe(steps=30, precision="float32"))
    return hand.train(**SMALL)


def dark_with_one_bright() -> Pictures:
    pixels = np.random.default_rng(0).integers(0, 40, (80, 8, 8, 1), np.uint8)
    pixels[17] = 255
    return Pictures("dark", pixels)


def test_the_strangest_pictures_come_first(hand: Hand) -> None:
    trained(hand, dark_with_one_bright())
    grid = hand.find("anomaly.pictures")
    hand.until(lambda: len(grid.pictures) == 80)
    hand.until(lambda: bool((grid.pictures[0] == 255).all()))
    assert "80 pictures" in hand.find("anomaly.pictures_title").text()
    assert grid.isVisible()


def test_rows_are_scored_by_the_bound_and_rows_and_pictures_follow_one_another(hand: Hand) -> None:
    panel = hand.panel
    trained(hand, dark_with_one_bright())
    hand.until(lambda: len(hand.find("anomaly.pictures").pictures) == 80)
    trained(hand, blobs(120))
    hand.until(lambda: panel.screening is not None and len(panel.screening.rows) == 120)
    hand.until(lambda: panel.rows.strange.rows.rowCount() > 0)
    assert np.isfinite(panel.screening.scores).all()
    assert hand.find("anomaly.of_pictures").isHidden()
    trained(hand, dark_with_one_bright())
    hand.until(lambda: len(hand.find("anomaly.pictures").pictures) == 80)
    assert hand.find("anomaly.of_pictures").isVisible()
