"""The Levels panel: real training of a small ladder, rows of pictures and of points, other seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from genstudio.data.pictures import Pictures
from genstudio.runs.recipe import TrainingRecipe
from genstudio.runs.run import Run
from genstudio.ui.level_rows import words
from genstudio.ui.panels.levels import PICTURES, POINTS, LevelsPanel
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.plots.stage import Stage
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import Hand, blobs

SMALL: dict[str, Any] = {"latent_dims": (3, 2, 1), "hidden_features": (8,), "channels": (4,), "kl_warmup": 0}


@pytest.fixture
def panel(show_alone: Callable[..., LevelsPanel], theme: Theme, model: SessionModel) -> LevelsPanel:
    return show_alone(LevelsPanel(model, theme), 900, 560)


@pytest.fixture
def hand(panel: LevelsPanel, model: SessionModel, qtbot: QtBot) -> Hand:
    return Hand(panel, model, qtbot)


def spots() -> Pictures:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 1), np.uint8)
    return Pictures("spots", pixels)


def trained(hand: Hand, data: Any, **settings: Any) -> Run:
    hand.load(data)
    hand.model.choose_model("ladder_vae")
    hand.model.edit_training(TrainingRecipe(steps=5, precision="float32"))
    return hand.train(**{**SMALL, **settings})


def of_model(run: Run, n: int, seed: int) -> np.ndarray:
    return run.job.ask("levels", n=n, seed=seed).result(PATIENCE_S)["x"]


def shown(hand: Hand) -> np.ndarray:
    """Pictures of all rows, shape (L, n, C, H, W), bytes."""
    return np.stack([row.view.pictures for row in hand.panel.rows.rows])


def same_points(one: np.ndarray, other: np.ndarray) -> bool:
    """Whatever their order."""
    return one.shape == other.shape and np.allclose(np.sort(one, axis=0), np.sort(other, axis=0))


def test_pictures_are_those_of_the_model_row_by_row(hand: Hand) -> None:
    run = trained(hand, spots())
    hand.until(lambda: len(hand.panel.rows.rows) == 3 and len(hand.find("levels.row2").pictures) == PICTURES)
    hand.until(lambda: np.allclose(shown(hand) / 255, of_model(run, PICTURES, 0), atol=0.003))
    assert isinstance(hand.find("levels.row0"), PictureGrid)
    assert [row.title.text() for row in hand.panel.rows.rows] == [
        "Everything drawn anew", "Level 3 (the top) held", "Levels 3 to 2 held, only level 1 drawn anew",
    ]


def test_another_seed_is_typed_or_a_click(hand: Hand) -> None:
    run = trained(hand, spots())
    hand.until(lambda: len(hand.panel.rows.rows) == 3)
    hand.retype("levels.seed", "7")
    hand.until(lambda: np.allclose(shown(hand) / 255, of_model(run, PICTURES, 7), atol=0.003))
    hand.click("levels.again")
    hand.until(lambda: np.allclose(shown(hand) / 255, of_model(run, PICTURES, 8), atol=0.003))
    hand.retype("levels.seed", "-3")
    assert hand.find("levels.problem").text()
    assert hand.panel.seed.value() == 8


def test_tables_are_shown_over_two_columns(hand: Hand) -> None:
    run = trained(hand, blobs(columns=3), latent_dims=(2, 1))
    hand.until(lambda: len(hand.panel.rows.rows) == 2)
    stage = hand.find("levels.row1")
    assert isinstance(stage, Stage)
    expected = of_model(run, POINTS, 0)
    hand.until(lambda: same_points(stage.arrays()["samples"], expected[1][:, :2]))
    hand.until(lambda: len(stage.arrays().get("data", ())) > 100)
    hand.panel.choice.choose_pair(2, 0)
    hand.panel.choice.changed.emit()
    hand.until(lambda: same_points(stage.arrays()["samples"], expected[1][:, [2, 0]]))


def test_other_runs_are_told_why_not(hand: Hand) -> None:
    hand.load(blobs())
    assert "Train a model first" in hand.find("levels.reason").text()
    hand.train(n_components=2)
    hand.until(lambda: "does not have several" in hand.find("levels.reason").text())


def test_one_column_is_too_few(hand: Hand) -> None:
    trained(hand, blobs(columns=1))
    hand.until(lambda: "one" in hand.find("levels.reason").text())
    assert hand.find("levels.reason").isVisible()


@pytest.mark.parametrize(
    ("fixed", "levels", "said"),
    [
        (0, 1, "Everything drawn anew"), (1, 3, "Level 3 (the top) held"), (1, 2, "Level 2 (the top) held"),
        (2, 4, "Levels 4 to 3 held"), (3, 4, "Levels 4 to 2 held, only level 1 drawn anew"),
    ],
)
def test_words(fixed: int, levels: int, said: str) -> None:
    assert words(fixed, levels) == said
