"""The States panel, used as a person uses it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QFileDialog, QLabel, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from genstudio.runs.archive import open_session, save_session
from genstudio.runs.run import Run
from genstudio.runs.snapshot import ask_state, snapshot
from genstudio.ui.panels.states import ROWS_WHILE_TRAINING, StatesPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels import mixture_hand
from tests.ui.panels.series_hand import KEYS, LENGTHS, waves


class Hand(mixture_hand.Hand):
    """A person at the States panel."""

    panel: StatesPanel

    def learned(self, rows: int = sum(LENGTHS)) -> Run:
        """Train on all rows, and wait until their states are shown."""
        self.until(lambda: self.model.loading is None)
        run = self.train()
        self.shown(rows)
        return run

    def shown(self, rows: int) -> None:
        self.until(lambda: self.panel.reading is not None and self.panel.reading.seen == rows)

    def name(self, k: int, name: str) -> None:
        self.type_cell(self.panel.view.table, self.panel.view.states.index(k, 0), name)

    def cell(self, k: int, column: int) -> str:
        states = self.panel.view.states
        return str(states.data(states.index(k, column)))


@pytest.fixture
def hand(show_alone: Callable[..., StatesPanel], qtbot: QtBot, theme: Theme, of_levels: SessionModel) -> Hand:
    found = Hand(show_alone(StatesPanel(of_levels, theme), 1000, 720), of_levels, qtbot)
    found.load(waves(), valid=0.0, test=0.0)
    of_levels.choose_model("two_levels")
    return found


def path() -> np.ndarray:
    return (waves().columns[0].values > 0).astype(np.int64)


def test_path_posteriors_and_steps_stand_under_the_series(hand: Hand) -> None:
    hand.learned()
    view = hand.panel.view
    np.testing.assert_array_equal(view.series.arrays()["x"], waves().columns[0].values)
    np.testing.assert_array_equal(view.series.arrays()["state"], path())
    posterior = 1 / (1 + np.exp(-waves().columns[0].values))
    np.testing.assert_allclose(view.posteriors.arrays()["posterior"][:, 1], posterior, atol=1e-9)
    hand.click("states.view.steps")
    assert view.steps.isVisible()
    assert not view.posteriors.isVisible()
    np.testing.assert_array_equal(view.steps.arrays()["state"], path())
    assert "200 rows" in hand.find("states.said").whole_text()


def test_all_move_along_time_together(hand: Hand) -> None:
    hand.learned()
    view = hand.panel.view
    for key, plot in (("posteriors", view.posteriors), ("steps", view.steps)):
        hand.click(f"states.view.{key}")
        view.series.box.setXRange(50.0, 80.0, padding=0.0)
        assert plot.bounds()[:2] == pytest.approx((50.0, 80.0), abs=0.5)
        plot.box.setXRange(20.0, 100.0, padding=0.0)
        assert view.series.visible_range() == pytest.approx((20.0, 100.0), abs=0.5)


def test_the_table_tells_shares_stays_and_labels(hand: Hand) -> None:
    hand.learned()
    reading = hand.panel.reading
    assert reading is not None
    assert hand.cell(1, 1) == f"{path().mean():.1%}"
    assert hand.cell(0, 2) == f"{reading.dwelling[0].stays:,}"
    assert [hand.cell(k, 4) for k in (0, 1)] == ["10.0", "4.0"]
    assert [hand.cell(k, 5) for k in (0, 1)] == ["low", "high"]
    matched = (path() == waves().columns[1].values).mean()
    assert f"{matched:.1%} of 200 rows" in hand.find("states.agreement").text()


def test_dwell_times_are_of_the_selected_state(hand: Hand) -> None:
    hand.learned()
    reading, view = hand.panel.reading, hand.panel.view
    assert reading is not None
    for k in (1, 0):
        view.table.selectRow(k)
        found = view.dwelling.arrays()
        np.testing.assert_array_equal(found["stays"], reading.dwelling[k].counts)
        np.testing.assert_array_equal(found["law"], reading.dwelling[k].law)
        assert f"in state {k + 1}" in view.dwelling.graph.accessibleName()
        assert f"mean {reading.dwelling[k].mean:.3g} steps" in view.dwelling.graph.accessibleName()


@pytest.mark.parametrize("place", [0, 2])
def test_one_sequence_is_looked_at_alone(hand: Hand, place: int) -> None:
    hand.learned()
    source = hand.panel.source.sequences
    assert [source.itemText(i) for i in range(source.count())] == ["All 3 sequences", *KEYS]
    source.setCurrentIndex(place + 1)
    source.activated.emit(place + 1)
    hand.shown(LENGTHS[place])
    first = sum(LENGTHS[:place])
    series = hand.panel.view.series.arrays()
    np.testing.assert_array_equal(series["state"], path()[first:first + LENGTHS[place]])
    np.testing.assert_array_equal(series["time in s"], np.arange(LENGTHS[place]) / 4)
    source.setCurrentIndex(0)
    source.activated.emit(0)
    hand.shown(sum(LENGTHS))


def test_a_name_is_shown_everywhere_and_taken_back(hand: Hand) -> None:
    run = hand.learned()
    hand.name(1, "upper <i>level</i>")
    assert run.marks.words(2) == ("1", "upper <i>level</i>")
    assert hand.cell(1, 0) == "upper <i>level</i>"
    assert "= high" in hand.find("states.agreement").text()
    assert "upper" in hand.find("states.agreement").text()
    assert hand.find("states.agreement").textFormat() == Qt.TextFormat.PlainText
    assert hand.panel.view.series.picture.words == ("1", "upper <i>level</i>")
    hand.model.undo.undo()
    assert hand.cell(1, 0) == "2"
    hand.model.undo.redo()
    hand.name(1, "2")
    assert run.marks.names == {}


def test_a_colour_is_chosen_and_given_back(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    run = hand.learned()
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor("#ff0080"))
    hand.panel.view.table.selectRow(1)
    assert not hand.find("states.own_colour").isVisible()
    hand.click("states.colour")
    assert run.marks.colours == {1: "#ff0080"}
    assert hand.panel.view.colours[1].name() == "#ff0080"
    hand.click("states.own_colour")
    assert run.marks.colours == {}
    hand.model.undo.undo()
    assert run.marks.colours == {1: "#ff0080"}
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor())
    hand.click("states.colour")
    assert run.marks.colours == {1: "#ff0080"}


def test_names_and_colours_are_saved_with_the_run(hand: Hand, tmp_path: Path) -> None:
    run = hand.learned()
    hand.name(0, "lower")
    asked = ask_state(run)
    asked.result(PATIENCE_S)
    save_session(tmp_path / "run.genstudio", [snapshot(run, asked)], 0)
    opened = open_session(tmp_path / "run.genstudio").runs[0]
    assert opened.marks == run.marks
    opened.job.close()


def test_the_labelling_is_exported(hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.learned()
    hand.name(0, "lower")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), "CSV (*.csv)"))
    hand.click("states.export")
    hand.until(hand.find("states.export").isEnabled)
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["sequence", "time in s", "state", "posterior_lower", "posterior_2"]
    assert [row["state"] for row in rows] == [("lower", "2")[state] for state in path()]
    assert [row["sequence"] for row in rows] == [key for key, n in zip(KEYS, LENGTHS, strict=True) for _ in range(n)]
    assert "Saved the states of 200 rows as out.csv" in hand.said()
    hand.panel.export_to(tmp_path / "nowhere" / "out.npz")
    hand.until(hand.find("states.export").isEnabled)
    assert "nowhere" in hand.said()


def test_the_first_rows_are_shown_while_a_model_learns(hand: Hand) -> None:
    n = ROWS_WHILE_TRAINING + 500
    hand.load(waves((n,)), valid=0.0, test=0.0)
    hand.model.choose_model("two_levels")
    hand.until(lambda: hand.model.loading is None)
    hand.model.edit_settings(steps=100_000)
    hand.model.slow_down(0.05)
    hand.model.train()
    hand.shown(ROWS_WHILE_TRAINING)
    assert f"The first {ROWS_WHILE_TRAINING:,} of {n:,} rows" in hand.find("states.said").whole_text()
    states = hand.panel.view.series.arrays()["state"]
    assert (states[ROWS_WHILE_TRAINING:] == -1).all()
    hand.model.stop()
    hand.shown(n)


def test_another_part_and_another_run_are_turned_to(hand: Hand) -> None:
    first = hand.learned()
    hand.load(waves((200,)), valid=0.1, test=0.2)
    hand.model.choose_model("two_levels")
    hand.learned(140)
    parts = hand.panel.source.parts
    assert [parts.itemData(i) for i in range(parts.count())] == ["train", "valid", "test"]
    parts.setCurrentIndex(2)
    parts.activated.emit(2)
    hand.shown(40)
    assert not hand.panel.source.sequences.isVisible()
    hand.model.show_run(first)
    hand.shown(200)


def test_without_a_run_a_sentence_says_what_to_do(hand: Hand) -> None:
    assert "Train a model first" in hand.find("states.reason").text()
    hand.panel.export()
    assert "No states are known yet" in hand.said()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_nothing_is_clipped_in_a_narrow_window(hand: Hand, theme: Theme, mode: str) -> None:
    hand.learned()
    theme.set_mode(mode)
    hand.panel.resize(640, 520)
    assert (hand.panel.width(), hand.panel.height()) == (640, 520)
    hand.qtbot.waitExposed(hand.panel)
    for widget in hand.panel.findChildren(QWidget):
        if widget.isVisible() and widget.objectName().startswith("states.") and not isinstance(widget, QSplitter):
            place = widget.mapTo(hand.panel, QPoint())
            assert 0 <= place.x() <= 640 - widget.width(), widget.objectName()
    assert not hand.panel.grab().isNull()


def test_everything_that_is_used_has_a_name(hand: Hand) -> None:
    hand.learned()
    for name in ("part", "sequence", "view.steps", "view.posteriors", "colour", "export", "table"):
        assert hand.find(f"states.{name}").accessibleName(), name
    for label in hand.panel.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or "<b>bob" not in label.text()
    QTest.mouseMove(hand.panel.view.posteriors.graph.viewport(), QPoint(200, 40))
