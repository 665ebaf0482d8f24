"""The Chain panel: matrices typed into real cells, states dragged, sequences drawn at once, all of it taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from genstudio.data.source import source
from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.chain_hand import textbook
from genstudio.runs.job import Status
from genstudio.ui.panels.chain import ChainPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import Hand, blobs
from tests.ui.plots.mouse import drag

ROLE = Qt.ItemDataRole
HTML = "<b>x</b>"


@pytest.fixture
def panel(show_alone: Callable[..., ChainPanel], theme: Theme, model: SessionModel) -> ChainPanel:
    return show_alone(ChainPanel(model, theme), 1100, 720)


@pytest.fixture
def hand(panel: ChainPanel, model: SessionModel, qtbot: QtBot) -> Hand:
    found = Hand(panel, model, qtbot)
    found.load(blobs(60))
    return found


@pytest.fixture
def book(hand: Hand) -> Hand:
    """The textbook's chain by hand."""
    hand.click("chain.textbook")
    settled(hand)
    return hand


def load(hand: Hand, table: Table, **preparation: Any) -> None:
    """Take sequences, and the model of them."""
    hand.load(table, **preparation)
    hand.model.choose_model("hmm")
    hand.until(lambda: hand.model.loading is None)


def settled(hand: Hand) -> None:
    """Wait until the shown chain can be edited."""
    hand.until(lambda: hand.model.current is not None and hand.model.current.status.ended)
    hand.until(lambda: hand.find("chain.add").isEnabled() and not hand.panel._awaited)
    # What suits new data may still be looked for, and no other chain is begun meanwhile.
    hand.until(lambda: hand.model.loading is None)


def chain(hand: Hand) -> dict[str, Any]:
    """What the model itself holds."""
    return hand.model.current.job.ask("chain").result(PATIENCE_S)


def type_turn(hand: Hand, row: int, column: int, text: str) -> None:
    tables = hand.panel.tables
    hand.type_cell(tables.turn_table, tables.turns.index(row, column), text)


def type_number(hand: Hand, row: int, title: str, text: str) -> None:
    tables = hand.panel.tables
    column = [field.title for field in tables.numbers.fields].index(title)
    hand.type_cell(tables.number_table, tables.numbers.index(row, column), text)


def shown(hand: Hand, row: int, column: int, role: int = ROLE.DisplayRole) -> Any:
    turns = hand.panel.tables.turns
    return turns.data(turns.index(row, column), role)


def test_without_a_run_it_says_what_to_do(hand: Hand) -> None:
    assert hand.find("chain.empty").isVisible()
    assert "Nothing needs to be fitted" in hand.find("chain.empty").text()
    assert not hand.find("chain.transitions").isVisible()
    assert not hand.find("chain.train_from").isEnabled()


def test_the_textbook_stands_in_the_recipe_and_its_sequence_is_drawn_at_once(book: Hand) -> None:
    run = book.model.current
    assert run.by_hand
    assert run.history.step == 0
    settings = run.recipe.model.settings
    for name, array in textbook().items():
        assert settings[name] == array.tolist(), name
        np.testing.assert_allclose(chain(book)[name], array, atol=1e-12)
    assert settings["n_iter"] == 0
    assert run.recipe.data.source == "textbook_chain"
    stage = book.panel.view.stage
    book.until(lambda: len(stage.samples.arrays().get("samples", ())) == 200)
    assert len(book.panel.view.path.curve.xData) == 200
    np.testing.assert_allclose(stage.components.arrays()["mean"], textbook()["means"], atol=1e-12)
    assert [shown(book, 0, k) for k in range(3)] == ["0.6", "0.3", "0.1"]
    assert shown(book, 1, 0) == "0.7"


def test_typed_probabilities_keep_rows_whole_and_are_taken_back(book: Hand) -> None:
    type_turn(book, 0, 0, "0,2")
    settled(book)
    assert chain(book)["startprob"] == pytest.approx([0.2, 0.6, 0.2], rel=1e-12)
    type_turn(book, 2, 1, ".9")
    type_turn(book, 2, 2, "0.08")
    settled(book)
    assert chain(book)["transmat"][1] == pytest.approx([0.02, 0.9, 0.08], rel=1e-12)
    assert book.model.current.recipe.model.settings["startprob"] == pytest.approx([0.2, 0.6, 0.2])
    while book.model.undo.canUndo() and book.model.undo.undoText() == "Edit chain":
        book.model.undo.undo()
    settled(book)
    book.until(lambda: shown(book, 0, 0) == "0.6")
    for name, array in textbook().items():
        np.testing.assert_allclose(chain(book)[name], array, atol=1e-12)
    book.model.undo.redo()
    book.until(lambda: shown(book, 0, 0) == "0.2")


def test_a_locked_probability_stays(book: Hand) -> None:
    tables = book.panel.tables
    tables.turn_table.setCurrentIndex(tables.turns.index(1, 1))
    book.click("chain.lock")
    assert not shown(book, 1, 1, ROLE.DecorationRole).isNull()
    type_turn(book, 1, 0, "0.75")
    settled(book)
    assert chain(book)["transmat"][0] == pytest.approx([0.75, 0.2, 0.05], rel=1e-12)
    type_turn(book, 1, 0, "0.9")
    assert "leaves 0.8 here" in book.find("chain.problem").text()
    tables.turn_table.setCurrentIndex(tables.turns.index(1, 1))
    book.qtbot.keyClick(tables.turn_table, Qt.Key.Key_L)
    assert shown(book, 1, 1, ROLE.DecorationRole) is None


@pytest.mark.parametrize(("place", "text", "sentence"), [
    ((1, 0), "1.5", "must be at least 0 and at most 1"),
    ((1, 0), "half", "must be a number"),
    ((0, 2), "", "must be a number"),
    ("var x", "0", "must be above 0"),
    ("cov", "2", "not positive definite"),
    ("mean x", "1e400", "too large"),
])
def test_what_cannot_be_used_is_marked_in_its_place(
    book: Hand, place: tuple[int, int] | str, text: str, sentence: str
) -> None:
    count, problem = book.model.undo.count(), book.find("chain.problem")
    if isinstance(place, str):
        type_number(book, 0, place, text)
    else:
        type_turn(book, *place, text)
        assert shown(book, *place) == text
        assert sentence in shown(book, *place, ROLE.ToolTipRole)
    assert sentence in problem.text()
    assert problem.property("role") == "problem"
    assert book.model.undo.count() == count
    np.testing.assert_allclose(chain(book)["transmat"], textbook()["transmat"], atol=1e-12)
    if isinstance(place, str):
        type_number(book, 0, place, "0.5")
    else:
        type_turn(book, *place, "0.5")
    assert problem.property("role") == "muted"
    settled(book)


def test_typed_numbers_move_the_plot_and_the_likelihood(book: Hand) -> None:
    before = book.model.current.history.last("train")
    type_number(book, 1, "mean y", "-30")
    settled(book)
    assert chain(book)["means"][1].tolist() == pytest.approx([3, -30])
    assert book.panel.view.stage.components.arrays()["mean"][1] == pytest.approx([3, -30])
    after = book.model.current.history.last("train")
    assert after < before
    assert f"{after:.4f}".replace("-", "−") in book.find("chain.likelihood").text()


def test_the_sequence_is_drawn_again_by_the_same_seed_whatever_is_changed(book: Hand) -> None:
    stage = book.panel.view.stage

    def drawn() -> Any:
        return stage.samples.arrays()["samples"]

    def order(points: Any) -> Any:
        return points[np.lexsort(points.T)]

    book.until(lambda: len(stage.samples.arrays().get("samples", ())) == 200)
    first = order(drawn())
    type_number(book, 0, "mean x", "50")
    book.until(lambda: not np.array_equal(order(drawn()), first))
    book.model.undo.undo()
    book.until(lambda: np.allclose(order(drawn()), first))
    book.click("chain.again")
    assert book.panel.view.seed == 1
    book.until(lambda: not np.allclose(order(drawn()), first))
    book.retype("chain.n", "50")
    book.until(lambda: len(drawn()) == 50)
    book.click("chain.time")
    book.until(lambda: book.panel.view.series.isVisible() and len(book.panel.view.series.arrays()["x"]) == 50)


def test_states_are_added_and_removed_and_all_of_it_is_taken_back(book: Hand) -> None:
    for name, expected in (("add", 4), ("add", 5), ("remove", 4)):
        book.panel.tables.choose(0)
        book.click(f"chain.{name}")
        settled(book)
        assert book.panel.tables.turns.columnCount() == expected
        assert len(chain(book)["startprob"]) == expected
    assert len(book.model.session.runs) == 1, "the run by hand takes up all of it"
    while book.model.undo.canUndo() and book.model.undo.undoText() == "Edit chain":
        book.model.undo.undo()
    book.until(lambda: book.panel.tables.turns.columnCount() == 3)
    np.testing.assert_allclose(chain(book)["transmat"], textbook()["transmat"], atol=1e-12)


def test_a_dragged_state_is_a_change_that_can_be_taken_back(book: Hand) -> None:
    stage = book.panel.view.stage
    book.until(lambda: stage.components.editable and len(stage.samples.arrays().get("samples", ())) == 200)
    handle = stage.components.handles(2)[0]
    book.until(lambda: handle.pos().x() == pytest.approx(5))
    drag(stage, (5.0, 10.0), (3.0, 8.0))
    settled(book)
    book.until(lambda: not np.allclose(chain(book)["means"][2], [5, 10]))
    assert chain(book)["means"][2] == pytest.approx([3, 8], abs=0.3)
    assert book.model.undo.undoText() == "Edit chain"
    book.model.undo.undo()
    book.until(lambda: np.allclose(chain(book)["means"][2], [5, 10]))


def test_the_graph_and_the_table_point_at_each_other(book: Hand) -> None:
    graph, tables = book.panel.graph, book.panel.tables
    np.testing.assert_allclose(graph.arrays()["transmat"], textbook()["transmat"])
    place = QPoint(*map(round, graph.centre_of(1)))
    ground = shown(book, 2, 2, ROLE.BackgroundRole)
    QTest.mouseMove(graph, place - QPoint(200, 200))
    QTest.mouseMove(graph, place)
    book.until(lambda: graph.highlighted == 1)
    assert shown(book, 2, 2, ROLE.BackgroundRole) != ground
    assert "lasts 2 steps" in graph.toolTip()
    QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=place)
    assert tables.turn_table.currentIndex().row() == 2
    tables.turn_table.setCurrentIndex(tables.turns.index(3, 0))
    assert graph.highlighted == 2


def test_transitions_are_forbidden_and_allowed_by_dragging_from_state_to_state(book: Hand) -> None:
    graph = book.panel.graph
    first, last = (QPoint(*map(round, graph.centre_of(state))) for state in (0, 2))

    def dragged() -> None:
        QTest.mousePress(graph, Qt.MouseButton.LeftButton, pos=first)
        QTest.mouseMove(graph, (first + last) / 2)
        QTest.mouseRelease(graph, Qt.MouseButton.LeftButton, pos=last)
        settled(book)

    dragged()
    assert chain(book)["transmat"][0] == pytest.approx([7 / 9, 2 / 9, 0])
    dragged()
    assert chain(book)["transmat"][0] == pytest.approx([14 / 27, 4 / 27, 1 / 3])
    book.model.undo.undo()
    book.model.undo.undo()
    book.until(lambda: np.allclose(chain(book)["transmat"], textbook()["transmat"]))


def test_states_spread_over_the_rows_of_a_table_taken_as_one_sequence(hand: Hand) -> None:
    hand.click("chain.by_hand")
    settled(hand)
    run = hand.model.current
    assert run.data.kind == "sequences"
    assert run.recipe.data.preparation.kind == "sequences"
    assert run.data is hand.model.data
    hand.until(lambda: hand.model.loading is None)
    assert hand.model.recipe.model.name == "hmm"
    assert hand.model.recipe.model.settings["n_iter"] > 0, "what is pressed Train for learns"
    assert len(chain(hand)["startprob"]) == 3
    hand.model.undo.undo()
    hand.until(lambda: hand.model.loading is None and hand.model.data.kind == "table")


def test_training_goes_on_from_what_was_typed_and_zeros_stay(book: Hand) -> None:
    book.until(lambda: book.model.loading is None)
    edited = book.model.recipe
    type_turn(book, 1, 2, "0")
    settled(book)
    begun = chain(book)
    book.click("chain.train_from")
    run = book.model.current
    book.until(lambda: run.status.ended)
    assert run.status is Status.DONE, run.message
    assert run.history.step > 0
    assert not run.by_hand
    np.testing.assert_allclose(run.recipe.model.settings["transmat"], begun["transmat"])
    assert chain(book)["transmat"][0, 2] == 0
    assert book.model.recipe == edited
    settled(book)
    type_turn(book, 0, 0, "0.5")
    settled(book)
    assert book.model.current.name == f"{run.name} by hand"
    assert not run.by_hand, "the trained run is left as it is"


def test_many_columns_two_at_a_time_with_names_as_they_are(hand: Hand) -> None:
    load(hand, blobs(200, (HTML, "b", "c", "d"), columns=4), kind="sequences")
    hand.train(n_components=2, covariance_type="full")
    settled(hand)
    titles = [field.title for field in hand.panel.tables.numbers.fields]
    assert titles == [f"mean {HTML}", "mean b", f"var {HTML}", "var b", "cov"]
    hand.panel.view.choice.choose_pair(1, 3)
    assert [field.title for field in hand.panel.tables.numbers.fields][:2] == ["mean b", "mean d"]
    type_number(hand, 0, "mean d", "4")
    settled(hand)
    assert chain(hand)["means"][0, 3] == pytest.approx(4)


def test_symbols_have_probabilities_of_their_own(hand: Hand) -> None:
    codes = np.random.default_rng(0).integers(3, size=200).astype(float)
    table = Table("letters", (Column("letter", ColumnType.CATEGORY, codes, ("a", "b", "<i>c</i>")),))
    load(hand, table, kind="sequences", columns=("letter",), scaling="none")
    hand.train(n_components=2, emission="categorical")
    settled(hand)
    tables = hand.panel.tables
    assert hand.find("chain.symbols").isVisible()
    assert not hand.find("chain.emissions").isVisible()
    assert [tables.symbols.headerData(i, Qt.Orientation.Horizontal) for i in range(3)] == ["a", "b", "<i>c</i>"]
    hand.type_cell(tables.symbol_table, tables.symbols.index(1, 2), "0.25")
    settled(hand)
    row = chain(hand)["emissionprob"][1]
    assert row[2] == pytest.approx(0.25)
    assert row.sum() == pytest.approx(1)
    hand.until(lambda: len(hand.panel.view.series.arrays().get("letter", ())) == 200)


def test_a_run_of_another_model_leaves_room_to_begin(hand: Hand) -> None:
    hand.train(n_components=2)
    assert hand.find("chain.empty").isVisible()
    hand.click("chain.textbook")
    settled(hand)
    assert hand.find("chain.transitions").isVisible()


def test_the_textbook_again_is_another_run_over_the_same_sequence(book: Hand) -> None:
    first = book.model.current
    type_number(book, 2, "mean y", "1000")
    settled(book)
    book.click("chain.textbook")
    book.until(lambda: book.model.current is not first)
    settled(book)
    assert book.model.current.data is first.data
    np.testing.assert_allclose(chain(book)["means"], textbook()["means"], atol=1e-12)


def test_states_far_from_the_data_are_in_sight(hand: Hand) -> None:
    kind = source("regimes")
    load(hand, kind().load(kind.Settings(samples=60, sequences=4), 1))
    for separate in (0.0, 1e4):
        hand.click("chain.by_hand")
        settled(hand)
        type_number(hand, 0, "mean x", str(separate))
        settled(hand)
    first = hand.model.session.runs[0]
    hand.model.show_run(first)
    settled(hand)
    hand.model.show_run(hand.model.session.runs[1])
    hand.until(lambda: hand.panel.view.stage.bounds()[1] > 1e4)
