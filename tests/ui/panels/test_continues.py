"""Forecast & gaps: a real model of sequences, the line dragged, stretches hidden, and draws in files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.run import Run
from genstudio.ui.continue_forecast import ForecastView
from genstudio.ui.continue_gaps import GapsView
from genstudio.ui.continue_sampled import SampledView
from genstudio.ui.panels.continues import ContinuesPanel
from genstudio.ui.panels.samples import SamplesPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import Hand, blobs
from tests.ui.panels.sequences_hand import learned, two_levels
from tests.ui.plots.mouse import LEFT, drag, pixel


@pytest.fixture
def panel(show_alone: Callable[..., ContinuesPanel], theme: Theme, model: SessionModel) -> ContinuesPanel:
    return show_alone(ContinuesPanel(model, theme), 1000, 640)


@pytest.fixture
def hand(panel: ContinuesPanel, model: SessionModel, qtbot: QtBot) -> Hand:
    return Hand(panel, model, qtbot)


def forecast_of(hand: Hand) -> ForecastView:
    view = hand.panel.views["forecast"]
    assert isinstance(view, ForecastView)
    return view


def gaps_of(hand: Hand) -> GapsView:
    view = hand.panel.views["gaps"]
    assert isinstance(view, GapsView)
    return view


def sampled_of(hand: Hand) -> SampledView:
    view = hand.panel.views["sampled"]
    assert isinstance(view, SampledView)
    return view


def answered(hand: Hand, run: Run, question: str, arguments: dict[str, Any] | None) -> dict[str, np.ndarray]:
    assert arguments is not None
    return run.job.ask(question, **arguments).result(PATIENCE_S)


def middle(view: ForecastView | GapsView, name: str = "x") -> np.ndarray:
    """The line of what is expected of a column, with the rows that are certain beside it."""
    return view.plot.arrays().get(f"{name} time, middle, quantiles", np.empty((0, 7)))


class TestForecast:
    def test_it_begins_where_the_test_begins(self, hand: Hand) -> None:
        run = learned(hand, two_levels())
        view = forecast_of(hand)
        hand.until(lambda: len(middle(view)))
        assert run.data is not None
        assert run.data.lengths is not None
        first = int(run.data.lengths[0].sum() + run.data.lengths[1].sum())
        assert view.start == first
        assert view.line.value() == pytest.approx((first - 1) / 10)
        answer = answered(hand, run, "forecast", view.arguments())
        shown = middle(view)
        np.testing.assert_allclose(shown[1:, 1], answer["middle"][:, 0])
        np.testing.assert_allclose(shown[1:, 0], (first + np.arange(len(shown) - 1)) / 10)
        # From the last row that is known.
        assert view.sequence is not None
        assert shown[0, 1] == view.sequence.x[first - 1, 0]
        assert "held out for the test" in view.sentence.text()
        assert f"{answer['rmse'][0]:.3g}" in view.sentence.text()
        assert f"{answer['plain_rmse'][0]:.3g}" in view.sentence.text()

    def test_the_line_is_dragged_and_typed(self, hand: Hand) -> None:
        run = learned(hand, two_levels())
        view = forecast_of(hand)
        hand.until(lambda: len(middle(view)))
        y = np.mean(view.plot.bounds()[2:])
        drag(view.plot, (float(view.line.value()), y), (28.0, y))
        hand.until(lambda: abs(view.start - 281) <= 3)
        hand.until(lambda: abs(middle(view)[0, 0] - (view.start - 1) / 10) < 1e-9)
        assert view.line.value() == pytest.approx((view.start - 1) / 10)
        hand.retype("continues.forecast.start", "100")
        hand.until(lambda: middle(view)[0, 0] == 9.9)
        assert view.line.value() == 9.9
        answer = answered(hand, run, "forecast", view.arguments())
        np.testing.assert_allclose(middle(view)[1:, 1], answer["middle"][:, 0])
        assert "learned from" in view.sentence.text()
        hand.retype("continues.forecast.start", "100000")
        assert "400" in hand.find("continues.forecast.problem").text()
        assert view.start == 100

    def test_beyond_the_end_there_is_nothing_to_compare_with(self, hand: Hand) -> None:
        learned(hand, two_levels())
        view = forecast_of(hand)
        hand.until(lambda: len(middle(view)))
        hand.retype("continues.forecast.start", "400")
        hand.until(lambda: "nothing to compare" in view.sentence.text())
        times = middle(view)[:, 0]
        np.testing.assert_allclose(np.diff(times), 0.1)
        assert times[0] == pytest.approx(39.9)

    def test_one_row_at_a_time(self, hand: Hand) -> None:
        run = learned(hand, two_levels())
        view = forecast_of(hand)
        hand.until(lambda: len(middle(view)))
        hand.retype("continues.forecast.steps", "20")
        hand.find("continues.forecast_each").click()
        # Each row has a past of its own: no line from the last row that is known.
        hand.until(lambda: len(middle(view)) == 20)
        answer = answered(hand, run, "forecast", view.arguments())
        np.testing.assert_allclose(middle(view)[:, 1], answer["middle"][:, 0])
        assert "the row before" in view.sentence.text()

    def test_another_sequence_is_chosen(self, hand: Hand) -> None:
        run = learned(hand, two_levels(400, parts=5), preparation={"valid": 0.2, "test": 0.2})
        view = forecast_of(hand)
        hand.until(lambda: len(middle(view)))
        assert run.data is not None
        assert view.sequence is not None
        held_out = int(run.data.rows[2][0]) // 80
        assert hand.find("continues.sequence").currentIndex() == held_out
        assert view.sequence.key == f"part {held_out + 1}"
        # Held out as a whole: two thirds of it are known at first.
        assert view.start == 53
        other = (held_out + 1) % 5
        hand.find("continues.sequence").setCurrentIndex(other)
        hand.find("continues.sequence").activated.emit(other)
        assert view.sequence.key == f"part {other + 1}"
        hand.until(lambda: len(middle(view)) and middle(view)[0, 0] == pytest.approx(8.0 * other + 5.2))

    def test_all_draws_are_saved(self, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run = learned(hand, two_levels())
        view = forecast_of(hand)
        hand.until(lambda: len(middle(view)))
        hand.retype("continues.forecast.draws", "40")
        hand.retype("continues.forecast.steps", "6")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "f"), "CSV (*.csv)"))
        hand.click("continues.export")
        hand.until(lambda: "Saved 40 draws as f.csv" in hand.said())
        with (tmp_path / "f.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert list(rows[0]) == ["draw", "time in s", "x", "y"]
        answer = answered(hand, run, "forecast", view.export_arguments())
        saved = np.array([float(row["x"]) for row in rows]).reshape(40, 6)
        np.testing.assert_array_equal(saved, answer["draws"][:, :, 0])
        assert [float(row["time in s"]) for row in rows[:6]] == pytest.approx((view.start + np.arange(6)) / 10)
        view.export_to(tmp_path / "f.npz")
        hand.until(lambda: "f.npz" in hand.said())
        with np.load(tmp_path / "f.npz") as arrays:
            np.testing.assert_array_equal(arrays["draws"], answer["draws"])
            np.testing.assert_array_equal(arrays["truth"], answer["truth"])
        view.export_to(tmp_path / "f.xlsx")
        hand.until(lambda: "End it with .csv or .npz" in hand.said())


class TestGaps:
    def test_what_is_missing_is_filled_at_once(self, hand: Hand) -> None:
        table = two_levels()
        gap = table.column("x").values
        gap[100:120] = np.nan
        gap[300] = np.nan
        run = learned(hand, table)
        hand.click("continues.show_gaps")
        view = gaps_of(hand)
        hand.until(lambda: len(middle(view)))
        answer = answered(hand, run, "filled", view.arguments())
        assert answer["row"].tolist() == [*range(100, 120), 300]
        # Each gap reaches to the rows on either side of it.
        np.testing.assert_allclose(middle(view)[:, 0], np.array([*range(99, 121), 299, 300, 301]) / 10)
        np.testing.assert_allclose(middle(view)[1:21, 1], answer["middle"][:20, 0])
        assert view.sentence.text().startswith("21 rows with 21 missing values. What was there is not known")

    def test_a_stretch_is_hidden_by_dragging_moved_and_taken_away(self, hand: Hand, qtbot: QtBot) -> None:
        run = learned(hand, two_levels())
        hand.click("continues.show_gaps")
        view = gaps_of(hand)
        hand.until(lambda: "Nothing is missing" in view.sentence.text())
        y = np.mean(view.plot.bounds()[2:])
        drag(view.plot, (10.0, y), (14.0, y))
        hand.until(lambda: len(view.stretches) == 1 and len(middle(view)))
        (first, end), = view.stretches
        assert abs(first - 100) <= 3
        assert abs(end - 140) <= 3
        hand.until(lambda: len(middle(view)) == end - first + 2)
        answer = answered(hand, run, "filled", view.arguments())
        assert answer["n"].tolist() == [end - first] * 2
        hand.until(lambda: f"{answer['rmse'][0]:.3g}" in view.sentence.text())
        assert "a straight line" in view.sentence.text()
        view.marks[0].setRegion((20.0, 22.0))
        hand.until(lambda: len(middle(view)) and middle(view)[1, 0] == pytest.approx(20.0))
        drag(view.plot, (30.0, y), (32.0, y))
        hand.until(lambda: len(view.stretches) == 2)
        qtbot.mouseClick(view.plot.graph.viewport(), LEFT, pos=pixel(view.plot, 21.0, y))
        hand.until(lambda: len(view.stretches) == 1)
        hand.click("continues.gaps_clear")
        hand.until(lambda: "Nothing is missing" in view.sentence.text())
        assert not len(middle(view))

    def test_dragging_moves_the_view_while_marking_is_off(self, hand: Hand) -> None:
        learned(hand, two_levels())
        hand.click("continues.show_gaps")
        view = gaps_of(hand)
        hand.until(lambda: "Nothing is missing" in view.sentence.text())
        hand.click("continues.gaps_mark")
        view.plot.box.setXRange(10.0, 20.0, padding=0)
        drag(view.plot, (15.0, 0.5), (13.0, 0.5))
        assert not view.marks
        assert view.plot.visible_range()[0] > 10.5

    def test_filled_sequences_are_saved(self, hand: Hand, tmp_path: Path) -> None:
        run = learned(hand, two_levels())
        hand.click("continues.show_gaps")
        view = gaps_of(hand)
        view.add_mark(4.95, 6.95)
        hand.retype("continues.gaps.draws", "20")
        assert view.stretches == [(50, 70)]
        view.export_to(tmp_path / "g.csv")
        hand.until(lambda: "Saved 20 fillings" in hand.said())
        saved = np.genfromtxt(tmp_path / "g.csv", delimiter=",", names=True)
        answer = answered(hand, run, "imputed", view.export_arguments())
        assert view.sequence is not None
        np.testing.assert_array_equal(saved["x"].reshape(20, 400), answer["x"][:, :, 0])
        np.testing.assert_array_equal(saved["x"][:50], view.sequence.x[:50, 0])
        assert np.ptp(saved["x"].reshape(20, 400)[:, 60]) > 0


class TestSampled:
    def test_sampled_sequences_stand_under_real_ones(self, hand: Hand) -> None:
        run = learned(hand, two_levels(400, parts=5))
        hand.click("continues.show_sampled")
        view = sampled_of(hand)
        hand.until(lambda: "x" in view.plot.arrays() and "x" in view.real.arrays())
        answer = answered(hand, run, "sequences", view.arguments())
        np.testing.assert_array_equal(view.plot.arrays()["x"], answer["x"][:, 0])
        assert answer["lengths"].tolist() == [80] * 5
        assert len(view.real.arrays()["x"]) == 400
        # On the same axes.
        assert view.plot.picture.lanes(300.0) == view.real.picture.lanes(300.0)
        assert view.plot.visible_range() == view.real.visible_range()
        assert view.plot.picture.has_states
        assert view.real.picture.has_states
        assert f"({answer['real_figures'][0, 0]:.3g})" in view.sentence.text()

    def test_what_is_sampled_is_chosen(self, hand: Hand) -> None:
        run = learned(hand, two_levels())
        hand.click("continues.show_sampled")
        view = sampled_of(hand)
        hand.retype("continues.sampled.sequences", "3")
        hand.retype("continues.sampled.length", "50")
        hand.until(lambda: len(view.plot.arrays().get("x", ())) == 150)
        # One real sequence is cut into as many pieces.
        assert len(view.real.arrays()["x"]) == 150
        before = view.plot.arrays()["x"]
        hand.click("continues.sampled_again")
        hand.until(lambda: not np.array_equal(view.plot.arrays()["x"], before))
        hand.retype("continues.sampled.seed", "0")
        hand.until(lambda: np.array_equal(view.plot.arrays()["x"], before))
        hand.retype("continues.sampled.temperature", "0")
        hand.until(lambda: len(np.unique(view.plot.arrays()["x"])) <= 2)
        answer = answered(hand, run, "sequences", view.arguments())
        np.testing.assert_array_equal(view.plot.arrays()["x"], answer["x"][:, 0])

    def test_sampled_sequences_are_saved(self, hand: Hand, tmp_path: Path) -> None:
        run = learned(hand, two_levels())
        hand.click("continues.show_sampled")
        view = sampled_of(hand)
        hand.retype("continues.sampled.sequences", "2")
        hand.retype("continues.sampled.length", "30")
        view.export_to(tmp_path / "s.csv")
        hand.until(lambda: "Saved 2 sequences of 60 rows" in hand.said())
        saved = np.genfromtxt(tmp_path / "s.csv", delimiter=",", names=True)
        answer = answered(hand, run, "sequences", view.arguments())
        np.testing.assert_array_equal(saved["y"], answer["x"][:, 1])
        np.testing.assert_array_equal(saved["state"], answer["state"] + 1)
        assert saved["step"].tolist() == [*range(1, 31)] * 2


def test_symbols_have_no_bands_but_draws(hand: Hand) -> None:
    rng = np.random.default_rng(0)
    codes = (np.arange(300) + (rng.random(300) < 0.05).cumsum()) % 3.0
    table = Table("words", (Column("letter", ColumnType.CATEGORY, codes, ("a", "b", "c")),))
    learned(hand, table, preparation={"kind": "sequences"}, n_components=3, emission="categorical")
    view = forecast_of(hand)
    hand.until(lambda: "of symbols wrong" in view.sentence.text())
    assert np.isnan(middle(view, "letter")[1:, 2:]).all()
    assert np.isin(view.plot.arrays()["letter draws"], (0, 1, 2)).all()
    hand.click("continues.show_gaps")
    gaps_of(hand).add_mark(9.5, 14.5)
    gaps_of(hand).ask()
    hand.until(lambda: "the nearest value" in gaps_of(hand).sentence.text())
    hand.click("continues.show_sampled")
    hand.until(lambda: "letter" in sampled_of(hand).plot.arrays())
    sampled = "".join("abc"[int(code)] for code in sampled_of(hand).plot.arrays()["letter"][:20])
    hand.until(lambda: sampled_of(hand).sentence.text().startswith(f"Sampled: {sampled}"))
    real = "".join("abc"[int(code)] for code in codes[:20])
    assert f"\nReal: {real}" in sampled_of(hand).sentence.text()


def test_why_not(hand: Hand) -> None:
    assert "Train a model first" in hand.find("continues.reason").text()
    hand.load(blobs())
    hand.train(n_components=2)
    hand.until(lambda: "cannot go on with sequences" in hand.find("continues.reason").text())


def test_samples_of_sequences_are_shown_here(
    hand: Hand, show_alone: Callable[..., SamplesPanel], theme: Theme, model: SessionModel
) -> None:
    learned(hand, two_levels())
    samples = show_alone(SamplesPanel(model, theme))
    reason = samples.findChild(QLabel, "samples.reason")
    assert reason is not None
    assert "sampled sequences are shown under Forecast & gaps" in reason.text()


def test_without_the_data_there_are_still_samples(hand: Hand) -> None:
    run = learned(hand, two_levels())
    hand.until(lambda: len(middle(forecast_of(hand))))
    run.raw = None
    other = learned(hand, two_levels(seed=1))
    hand.until(lambda: forecast_of(hand).run is other and len(middle(forecast_of(hand))))
    hand.model.show_run(run)
    hand.until(lambda: "not at hand" in forecast_of(hand).plot.hint.text())
    forecast_of(hand).export()
    assert "nothing to export" in hand.said()
    hand.click("continues.show_sampled")
    hand.until(lambda: "x" in sampled_of(hand).plot.arrays())
    assert not sampled_of(hand).real.isVisible()


def test_it_follows_a_chain_that_is_changed(hand: Hand) -> None:
    run = learned(hand, two_levels())
    view = forecast_of(hand)
    hand.until(lambda: len(middle(view)))
    chain = dict(run.job.ask("chain").result(PATIENCE_S))
    chain["means"] = chain["means"] + 1000.0
    # What stands for a while is asked again whenever the model changes.
    hand.until(lambda: not view.settling)
    run.job.ask("set_chain", **chain).result(PATIENCE_S)
    hand.until(lambda: middle(view)[-1, 1] > 900)


def test_everything_has_a_name_in_both_themes(hand: Hand, theme: Theme) -> None:
    learned(hand, two_levels(400, parts=5))
    hand.panel.resize(720, 420)
    for view, names in (
        ("forecast", ("forecast.start", "forecast.steps", "forecast.draws", "forecast.seed", "forecast_each")),
        ("gaps", ("gaps.draws", "gaps.seed", "gaps_mark", "gaps_clear")),
        ("sampled", ("sampled.sequences", "sampled.length", "sampled.seed", "sampled.temperature", "sampled_again")),
    ):
        hand.click(f"continues.show_{view}")
        for name in (*names, f"show_{view}", "sequence", "export"):
            widget = hand.find(f"continues.{name}")
            assert widget.accessibleName() or widget.text(), name
            assert widget.toolTip(), name
    gaps_of(hand).add_mark(1.0, 2.0)
    theme.set_mode("light")
    QTest.keyClick(forecast_of(hand).plot, Qt.Key.Key_Plus)
