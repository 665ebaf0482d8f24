"""Sequences in the Live panel: states of rows, transitions and emissions at every step, and the film of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from genstudio.data.source import source
from genstudio.data.table import Column, ColumnType, Table
from genstudio.ui.live_sequences import MOST_ROWS, LiveSequences
from genstudio.ui.panels.live import LivePanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import Hand, blobs


@pytest.fixture
def hand(
    show_alone: Callable[..., LivePanel], theme: Theme, model: SessionModel, qtbot: QtBot
) -> Hand:
    return Hand(show_alone(LivePanel(model, theme), 1000, 640), model, qtbot)


def load(hand: Hand, table: Table, **preparation: Any) -> LiveSequences:
    """Take sequences, and the model of them."""
    hand.load(table, **preparation)
    hand.model.choose_model("hmm")
    hand.until(lambda: hand.model.loading is None)
    view = hand.panel.sequences
    hand.until(lambda: view.isVisible() and len(view._rows[0]) > 0)
    return view


def chain_of_the_textbook(rows: int) -> Table:
    kind = source("textbook_chain")
    return kind().load(kind.Settings(samples=rows), 2)


def test_rows_have_the_colours_of_their_states_at_every_step(hand: Hand) -> None:
    view = load(hand, chain_of_the_textbook(300), valid=0.0, test=0.0)
    assert view.front is view.stage
    assert set(view.stage.arrays()) == {"data"}, "without a run there are no states"
    assert not view.turns.isVisible()
    run = hand.train(n_components=3, covariance_type="full", n_iter=20)
    hand.until(lambda: view.turns.arrays() and len(view.stage.components.arrays().get("mean", ())) == 3)
    found = run.job.ask("chain").result(PATIENCE_S)
    hand.until(lambda: np.allclose(view.turns.arrays()["transitions"], found["transmat"]))
    np.testing.assert_allclose(view.graph.arrays()["transmat"], found["transmat"])
    np.testing.assert_allclose(view.stage.components.arrays()["mean"], found["means"])
    states = run.job.ask("present_states", most=MOST_ROWS).result(PATIENCE_S)["states"]
    np.testing.assert_array_equal(view._states, states)
    assert set(view.stage.arrays()) == {"samples", "samples.class", "mean", "covariance", "weight"}
    shares = np.bincount(states, minlength=3) / len(states)
    np.testing.assert_allclose(view.stage.components.arrays()["weight"], shares)
    assert f"EM step {run.history.step}" in view.stage._title.text()
    view.time.click()
    hand.until(view.series.isVisible)
    np.testing.assert_array_equal(view.series.arrays()["state"], states)


def test_a_former_step_is_seen_again(hand: Hand) -> None:
    view = load(hand, chain_of_the_textbook(400), valid=0.0, test=0.0)
    hand.model.slow_down(0.3)
    hand.model.edit_settings(n_components=3, n_iter=10_000, tol=0.0)
    hand.model.train()
    run = hand.model.current
    watching = hand.model.watching
    hand.until(lambda: len(watching.moments) > 2 and view.turns.arrays())
    run.job.stop()
    hand.until(lambda: run.status.ended and view.turns.arrays())
    hand.until(lambda: f"step {run.history.step}" in view.stage._title.text())
    last = view.turns.arrays()["transitions"].copy()
    hand.model.scrub(watching.moments[0])
    hand.until(lambda: not np.allclose(view.turns.arrays()["transitions"], last))
    assert f"EM step {watching.step}" in view.stage._title.text()
    hand.model.scrub(None)
    hand.until(lambda: np.allclose(view.turns.arrays()["transitions"], last))


def test_one_column_stands_over_time_beside_what_its_states_emit(hand: Hand) -> None:
    view = load(hand, chain_of_the_textbook(200), columns=("y",), valid=0.0, test=0.0)
    assert view.front is view.series
    hand.train(n_components=3, covariance_type="full")
    hand.until(lambda: view.curves.arrays().get("density", np.empty((0, 0))).shape == (256, 3))
    assert view.curves.isVisible()
    assert view.graph.isHidden()
    assert view.symbols.isHidden()
    hand.until(lambda: set(view.series.arrays()["state"]) <= {0, 1, 2})


def test_symbols_stand_beside_their_probabilities(hand: Hand) -> None:
    codes = np.repeat([0.0, 1.0, 2.0, 0.0], 50)
    table = Table("letters", (Column("letter", ColumnType.CATEGORY, codes, ("a", "b", "<i>c</i>")),))
    view = load(hand, table, kind="sequences", columns=("letter",), scaling="none", valid=0.0, test=0.0)
    run = hand.train(n_components=2, emission="categorical")
    hand.until(lambda: view.symbols.isVisible() and view.symbols.arrays())
    found = run.job.ask("chain").result(PATIENCE_S)
    np.testing.assert_allclose(view.symbols.arrays()["emissions"], found["emissionprob"])
    assert view.curves.isHidden()
    hand.until(lambda: len(view.series.arrays()["state"]) == 200)


def test_many_rows_are_looked_at_in_part_and_tables_have_their_own_view(hand: Hand) -> None:
    view = load(hand, chain_of_the_textbook(MOST_ROWS + 500), valid=0.0, test=0.0)
    assert len(view._rows[0]) == MOST_ROWS
    assert view.sentence.text() == f"The first {MOST_ROWS:,} of {MOST_ROWS + 500:,} training rows."
    hand.load(blobs())
    hand.until(lambda: hand.panel.points.isVisible() and not view.isVisible())
