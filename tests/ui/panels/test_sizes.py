"""The panel of how many states: candidates by each criterion, and the best taken up by the experiment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from genstudio.applications.selection import compare_chains
from genstudio.models.hmm import MarkovSettings
from genstudio.ui.panels.sizes import SizesPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.ui.panels.mixture_hand import Hand, blobs
from tests.ui.panels.sequences_hand import two_levels

SHAPE, LARGEST = "diag", 4


@pytest.fixture
def hand(
    show_alone: Callable[..., SizesPanel], theme: Theme, model: SessionModel, qtbot: QtBot
) -> Hand:
    return Hand(show_alone(SizesPanel(model, theme), 900, 420), model, qtbot)


def compared(hand: Hand) -> None:
    hand.find("sizes.full").setChecked(False)
    hand.find("sizes.diag").setChecked(True)
    hand.retype("sizes.largest", str(LARGEST))
    hand.click("sizes.compare")
    hand.until(lambda: hand.model.pump.task(hand.panel.sizes.task) is None)


def choose(hand: Hand, criterion: str) -> None:
    combo = hand.find("sizes.criterion")
    combo.setCurrentIndex(combo.findText(criterion))
    combo.activated.emit(combo.currentIndex())


def test_each_criterion_is_drawn_over_the_number_of_states(hand: Hand) -> None:
    hand.load(two_levels(300))
    hand.model.choose_model("hmm")
    hand.model.edit_settings(n_iter=8)
    compared(hand)
    expected = list(compare_chains(
        hand.model.data, MarkovSettings(n_iter=8), range(1, LARGEST + 1), hand.model.recipe.seed,
        covariance_types=[SHAPE],
    ))
    for criterion, costs in (
        ("BIC", [row.bic for row in expected]), ("AIC", [row.aic for row in expected]),
        ("validation", [-row.valid for row in expected if row.valid is not None]),
    ):
        choose(hand, criterion)
        points = hand.panel.sizes.plot.arrays()[SHAPE]
        np.testing.assert_allclose(points[:, 0], np.arange(1, LARGEST + 1))
        np.testing.assert_allclose(points[:, 1], costs)
        best = expected[int(np.argmin(costs))]
        assert hand.find("sizes.use").text() == f"Use {best.n_components} · {SHAPE}"
        assert criterion in hand.find("sizes.sizes_told").text()


def test_the_best_becomes_the_experiment(hand: Hand) -> None:
    hand.load(two_levels(300))
    hand.model.choose_model("hmm")
    hand.model.edit_settings(
        n_iter=0, n_components=1, startprob=(1.0,), transmat=((1.0,),), means=((0.0, 0.0),), covars=((1.0, 1.0),)
    )
    compared(hand)
    hand.click("sizes.use")
    settings = hand.model.recipe.model.settings
    assert hand.find("sizes.use").text() == f"Use {settings['n_components']} · {settings['covariance_type']}"
    assert settings["n_iter"] > 0
    assert settings["means"] is None
    assert "states now" in hand.said()


def test_other_models_are_compared_by_what_is_recommended(hand: Hand) -> None:
    hand.load(two_levels(300, parts=6))
    hand.model.choose_model("hmm")
    hand.model.edit_settings(n_iter=1)
    few = hand.model.recipe.model.settings["n_iter"]
    hand.model.choose_model("hmm_classes")
    compared(hand)
    assert hand.panel.sizes.plot.arrays()[SHAPE].shape == (LARGEST, 2)
    assert few == 1
    hand.click("sizes.use")
    assert hand.model.recipe.model.name == "hmm"


def test_without_validation_rows_it_says_so(hand: Hand) -> None:
    hand.load(two_levels(200), valid=0.0)
    hand.model.choose_model("hmm")
    hand.model.edit_settings(n_iter=2)
    compared(hand)
    choose(hand, "validation")
    assert not hand.panel.sizes.plot.arrays()
    assert "No rows are held out" in hand.find("sizes.sizes_told").text()
    assert not hand.find("sizes.use").isEnabled()


def test_states_are_counted_of_sequences_alone(hand: Hand) -> None:
    hand.load(blobs())
    assert "take the rows of the table as sequences" in hand.find("sizes.reason").text()
    hand.load(two_levels(200))
    assert not hand.find("sizes.reason").isVisible()
    assert "states" in hand.panel.sizes.plot.item.getAxis("bottom").labelText
