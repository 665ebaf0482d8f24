"""The Samples panel: drawn, drawn again, listed, copied, and read back from real files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from genstudio.data.table import Column, ColumnType, Table
from genstudio.models.registry import models
from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.runs.sampled import sampled_table
from genstudio.ui.panels.samples import LIVE_SAMPLES, SamplesPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.steered import Steerable
from tests.ui.panels.mixture_hand import Hand, blobs


@pytest.fixture
def panel(show_alone: Callable[..., SamplesPanel], theme: Theme, model: SessionModel) -> SamplesPanel:
    return show_alone(SamplesPanel(model, theme), 900, 560)


@pytest.fixture
def hand(panel: SamplesPanel, model: SessionModel, qtbot: QtBot) -> Hand:
    found = Hand(panel, model, qtbot)
    found.load(blobs())
    return found


def listed(hand: Hand) -> int:
    return hand.panel.rows.samples.rows.rowCount()


def drawn_by(run: Run, n: int, seed: int) -> np.ndarray:
    return run.job.ask("sample", n=n, seed=seed).result(PATIENCE_S)["x"]


def trained(hand: Hand, **settings: object) -> Run:
    run = hand.train(**({"n_components": 3} | settings))
    hand.until(lambda: listed(hand) == 1000)
    return run


def test_without_a_run_it_says_what_to_do(hand: Hand) -> None:
    assert "Train a model first" in hand.find("samples.reason").text()


def test_samples_are_those_of_the_model(hand: Hand) -> None:
    run = trained(hand)
    expected = drawn_by(run, 1000, 0)
    stage = hand.panel.rows.stage
    np.testing.assert_allclose(np.sort(stage.arrays()["samples"], axis=0), np.sort(expected, axis=0), rtol=1e-12)
    rows = hand.panel.rows.samples.rows
    titles = [rows.headerData(i, Qt.Orientation.Horizontal) for i in range(rows.columnCount())]
    assert titles == ["x", "y", "component"]
    assert rows.data(rows.index(0, 0)) == f"{expected[0, 0]:.6g}"
    assert {rows.data(rows.index(i, 2)) for i in range(1000)} == {"1", "2", "3"}
    assert hand.find("samples.shown").text() == "1,000 samples"


def test_number_and_seed_are_typed_and_another_seed_is_a_click(hand: Hand) -> None:
    run = trained(hand)
    hand.retype("samples.n", "12")
    hand.until(lambda: listed(hand) == 12)
    hand.retype("samples.seed", "7")
    hand.until(lambda: np.array_equal(hand.panel.page.x, drawn_by(run, 12, 7)))
    hand.click("samples.next")
    assert hand.panel.wish.seed == 8
    hand.until(lambda: np.array_equal(hand.panel.page.x, drawn_by(run, 12, 8)))


@pytest.mark.parametrize(("name", "text"), [("n", "0"), ("n", "many"), ("n", "1e9"), ("seed", "-1"), ("seed", "1.5")])
def test_what_cannot_be_drawn_is_marked(hand: Hand, name: str, text: str) -> None:
    trained(hand)
    hand.retype(f"samples.{name}", text)
    assert hand.find("samples.problem").text()
    assert hand.find(f"samples.{name}").property("problem") is True
    assert (hand.panel.wish.n, hand.panel.wish.seed) == (1000, 0)
    hand.retype(f"samples.{name}", "3")
    assert not hand.find("samples.problem").text()
    assert not hand.find(f"samples.{name}").property("problem")


def test_a_million_samples_are_drawn_in_the_background(hand: Hand) -> None:
    run = trained(hand)
    hand.retype("samples.n", "1000000")
    hand.until(lambda: len(hand.panel.page.x) == 1_000_000)
    assert hand.find("samples.shown").text() == "1,000,000 samples"
    assert "first 10,000" in hand.find("samples.shown").toolTip()
    np.testing.assert_array_equal(hand.panel.page.x[-5:], drawn_by(run, 1_000_000, 0)[-5:])


def test_samples_follow_the_learning_and_are_fewer_meanwhile(hand: Hand) -> None:
    hand.load(blobs(1000))
    hand.retype("samples.n", "20000")
    hand.model.slow_down(0.02)
    hand.model.edit_settings(n_components=3, tol=0.0, max_iter=100_000, init_params="random")
    hand.model.train()
    hand.until(lambda: len(hand.panel.page.x) == LIVE_SAMPLES)
    first = hand.panel.page.x
    hand.until(lambda: not np.array_equal(hand.panel.page.x, first))
    assert hand.model.current.status is Status.TRAINING
    assert hand.find("samples.shown").text() == f"{LIVE_SAMPLES:,} of 20,000"
    hand.model.stop()
    hand.until(lambda: len(hand.panel.page.x) == 20_000)


def test_another_runs_samples_take_the_place_of_the_former_ones(hand: Hand) -> None:
    first = trained(hand)
    second = trained(hand, n_components=1)
    hand.until(lambda: np.array_equal(hand.panel.page.x, drawn_by(second, 1000, 0)))
    hand.model.show_run(first)
    assert listed(hand) == 0
    hand.until(lambda: np.array_equal(hand.panel.page.x, drawn_by(first, 1000, 0)))


@pytest.mark.parametrize(("kind", "name"), [("CSV (*.csv)", "draw"), ("NumPy (*.npz)", "draw.npz")])
def test_exported_samples_read_back(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    run = trained(hand)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), kind))
    hand.click("samples.export")
    hand.until(lambda: "Saved 1,000 samples" in hand.said())
    expected = drawn_by(run, 1000, 0)
    if name.endswith(".npz"):
        with np.load(tmp_path / name, allow_pickle=False) as found:
            np.testing.assert_array_equal(found["x"], expected)
            assert found["columns"].tolist() == ["x", "y"]
    else:
        found = np.genfromtxt(tmp_path / "draw.csv", delimiter=",", names=True)
        np.testing.assert_array_equal(np.column_stack([found["x"], found["y"]]), expected)
    hand.until(lambda: hand.find("samples.export").isEnabled())


def test_a_file_that_cannot_be_written_gives_a_sentence(hand: Hand, tmp_path: Path) -> None:
    trained(hand)
    hand.panel.exporting.export_to(tmp_path / "nowhere" / "draw.csv")
    assert not hand.find("samples.export").isEnabled()
    hand.until(lambda: "nowhere" in hand.said())
    assert hand.find("samples.export").isEnabled()


def test_rows_are_copied_for_a_spreadsheet(hand: Hand) -> None:
    trained(hand)
    hand.click("samples.copy")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "x\ty\tcomponent"
    assert len(lines) == 1001
    hand.panel.rows.samples.table.selectRow(2)
    hand.click("samples.copy")
    assert QGuiApplication.clipboard().text().splitlines() == [lines[0], lines[3]]


def test_one_column_is_shown_as_a_histogram_and_four_in_pairs(hand: Hand) -> None:
    hand.load(blobs(columns=1))
    trained(hand)
    assert hand.panel.rows.line.isVisible()
    assert hand.panel.rows.line.arrays()["height"].sum() > 0
    hand.load(blobs(names=("<b>a</b>", "b", "c", "d"), columns=4))
    run = trained(hand)
    assert hand.panel.rows.stage.isVisible()
    hand.panel.rows.choice.choose_pair(2, 3)
    expected = drawn_by(run, 1000, 0)[:, [2, 3]]
    np.testing.assert_allclose(
        np.sort(hand.panel.rows.stage.arrays()["samples"], axis=0), np.sort(expected, axis=0), rtol=1e-12
    )


def test_categories_are_words_and_flags_yes_or_no() -> None:
    words, flag = ("red", "<b>blue</b>"), Column("sound", ColumnType.FLAG, np.array([0.0, 1.0, 1.0, 0.0]))
    colour = Column("colour", ColumnType.CATEGORY, np.array([0.0, 1.0, 0.0, 1.0]), words)
    preparation_of = Table("t", (colour, flag, Column("x", ColumnType.NUMBER, np.arange(4.0))))

    class Prepared:
        columns = preparation_of.columns

    x = np.array([[-3.0, 0.4, 1.5], [0.6, 0.6, 2.5], [9.0, -1.0, np.pi]])
    found = sampled_table(Prepared(), x, np.array([-1, -1, -1]))
    assert found.names == ("colour", "sound", "x")
    assert [words[int(code)] for code in found.column("colour").values] == ["red", words[1], words[1]]
    assert found.column("sound").values.tolist() == [0, 1, 0]
    assert found.column("x").values.tolist() == x[:, 2].tolist()


@pytest.fixture
def steered(monkeypatch: pytest.MonkeyPatch, hand: Hand) -> Run:
    """A run of a model that is asked in several ways."""
    monkeypatch.setitem(models(), "steerable", Steerable)
    hand.model.set_models(models())
    hand.model.choose_model("steerable")
    run = hand.train()
    hand.until(lambda: radius(hand) == 8.0)
    return run


def radius(hand: Hand) -> float:
    """How far out the samples lie, which tells the steps they were drawn with; 0 where they differ."""
    found = np.round(np.linalg.norm(hand.panel.page.x, axis=1), 9)
    return float(found[0]) if len(found) and (found == found[0]).all() else 0.0


def test_choices_are_answered_at_once_and_kept_for_the_model(hand: Hand, steered: Run) -> None:
    hand.retype("samples.choice.steps", "25")
    hand.until(lambda: radius(hand) == 25.0)
    assert hand.panel.wish.choices == (("steps", 25),)
    assert hand.panel.page.item(0).wish == hand.panel.wish
    hand.click("samples.next")
    hand.until(lambda: hand.panel.page.wish.seed == 1)
    assert radius(hand) == 25.0
    hand.model.choose_model("gmm")
    trained(hand)
    assert not hand.panel.controls.steering.isVisible()
    assert hand.panel.wish.choices == ()
    hand.model.show_run(steered)
    hand.until(lambda: radius(hand) == 25.0)
    hand.click("samples.choice.steps.reset")
    hand.until(lambda: radius(hand) == 8.0)


def test_exported_samples_are_drawn_by_the_choices(hand: Hand, steered: Run, tmp_path: Path) -> None:
    hand.retype("samples.choice.steps", "3")
    hand.until(lambda: radius(hand) == 3.0)
    for name, count in (("shown.npz", 1000), ("many.npz", 20_000)):
        hand.retype("samples.n", str(count))
        hand.panel.exporting.export_to(tmp_path / name)
        hand.until(lambda: f"Saved {count:,} samples" in hand.said())  # noqa: B023
        with np.load(tmp_path / name, allow_pickle=False) as found:
            assert found["x"].shape == (count, 2)
            np.testing.assert_allclose(np.linalg.norm(found["x"], axis=1), 3.0)


def test_what_cannot_be_steered_offers_nothing_to_choose(hand: Hand) -> None:
    trained(hand)
    assert not hand.panel.controls.steering.isVisible()


def test_a_run_that_failed_early_gets_a_sentence(hand: Hand) -> None:
    hand.load(blobs(10), valid=0, test=0)
    hand.train(n_components=50)
    assert hand.model.current.status is Status.FAILED
    assert "failed before it had learned" in hand.find("samples.reason").text()


def test_nothing_is_clipped_or_nameless_when_narrow(hand: Hand) -> None:
    trained(hand)
    hand.panel.resize(640, 420)
    for name in ("n", "seed", "next", "export", "copy"):
        widget = hand.find(f"samples.{name}")
        assert widget.width() >= widget.minimumSizeHint().width(), name
        assert widget.accessibleName()
        assert widget.toolTip()
