"""The What if? panel: real models, sliders, typed numbers, a dragged line, rows of the data, and draws in a file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QSlider
from pytestqt.qtbot import QtBot

from genstudio.data.pictures import Pictures
from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.recipe import TrainingRecipe
from genstudio.runs.run import Run
from genstudio.ui.panels.what_if import WhatIfPanel, figures_text, how_found
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import Hand, blobs
from tests.ui.plots.mouse import LEFT, drag, pixel

NAMES = ("width", "height", "weight")


@pytest.fixture
def panel(show_alone: Callable[..., WhatIfPanel], theme: Theme, model: SessionModel) -> WhatIfPanel:
    return show_alone(WhatIfPanel(model, theme), 1000, 700)


@pytest.fixture
def hand(panel: WhatIfPanel, model: SessionModel, qtbot: QtBot) -> Hand:
    return Hand(panel, model, qtbot)


def trained(hand: Hand, columns: int = 2, key: str = "gmm", **settings: Any) -> Run:
    hand.load(blobs(columns=columns, names=NAMES[:columns]))
    hand.model.choose_model(key)
    run = hand.train(**({"n_components": 3} if key == "gmm" else {}), **settings)
    hand.until(lambda: hand.panel.state.known)
    return run


def expected(hand: Hand, run: Run) -> dict[str, np.ndarray]:
    return run.job.ask("conditional", **hand.panel.state.question()).result(PATIENCE_S)


def shown(hand: Hand, name: str = "conditional") -> np.ndarray:
    return hand.panel.curve.arrays().get(name, np.empty((0, 2)))


def is_answered(hand: Hand, run: Run) -> bool:
    """Whether the curve and the figures are those of what is asked now."""
    answer = expected(hand, run)
    curve = np.column_stack([answer["x"], answer["density"]])
    figures = figures_text(float(answer["mean"]), answer["quantiles"])
    return shown(hand).shape == curve.shape and np.allclose(shown(hand), curve) and figures == hand.panel.figures.text()


def test_it_begins_at_the_median_with_all_but_the_last_fixed(hand: Hand) -> None:
    run = trained(hand)
    assert run.data is not None
    x = run.data.preparation.to_data(run.data.train)
    assert hand.panel.state.question() == {"columns": [0], "values": [np.median(x[:, 0])], "asked": 1}
    hand.until(lambda: is_answered(hand, run))
    assert hand.panel.sentence.text().startswith("Exact")
    # The marginal lies behind it, and the joint density above.
    marginal = run.job.ask("conditional", columns=[], values=[], asked=1).result(PATIENCE_S)
    hand.until(lambda: np.array_equal(shown(hand, "marginal"), np.column_stack([marginal["x"], marginal["density"]])))
    hand.until(lambda: "log_density" in hand.panel.joint.stage.arrays())


def test_dragging_the_line_asks_at_once(hand: Hand, qtbot: QtBot) -> None:
    run = trained(hand)
    stage = hand.panel.joint.stage
    hand.until(lambda: "log_density" in stage.arrays())
    x0, x1, y0, y1 = stage.bounds()
    start, end = float(hand.panel.state.values[0]), x0 + 0.7 * (x1 - x0)
    drag(stage, (start, y0 + 0.95 * (y1 - y0)), (end, y0 + 0.95 * (y1 - y0)))
    hand.until(lambda: abs(hand.panel.state.values[0] - end) < 0.05 * (x1 - x0))
    assert hand.panel.joint.line.value() == pytest.approx(hand.panel.state.values[0], rel=1e-5)
    assert stage.bounds() == (x0, x1, y0, y1)
    hand.until(lambda: is_answered(hand, run))


def test_asking_about_the_other_column_turns_the_line(hand: Hand) -> None:
    run = trained(hand)
    hand.click("what_if.asked.1")
    assert hand.panel.state.question()["columns"] == [1]
    assert hand.panel.joint.line.angle == 0
    assert hand.panel.joint.line.value() == hand.panel.state.values[1]
    hand.until(lambda: is_answered(hand, run))
    assert not hand.find("what_if.number.1").isEnabled()


def test_values_are_typed_and_slid(hand: Hand, qtbot: QtBot) -> None:
    run = trained(hand)
    hand.retype("what_if.number.1", "4,25")
    assert hand.panel.state.values[0] == 4.25
    hand.until(lambda: is_answered(hand, run))
    hand.retype("what_if.number.1", "much")
    assert hand.find("what_if.number.1").property("problem")
    assert hand.panel.state.values[0] == 4.25
    slider = hand.find("what_if.slider.1")
    assert isinstance(slider, QSlider)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert hand.panel.state.values[0] < hand.panel.state.low[0]
    assert not hand.find("what_if.number.1").property("problem")
    hand.until(lambda: is_answered(hand, run))


def test_columns_that_are_not_fixed_are_integrated_out(hand: Hand) -> None:
    run = trained(hand, columns=3)
    assert not hand.panel.joint.isVisible()
    hand.until(lambda: is_answered(hand, run))
    hand.click("what_if.fixed.1")
    assert hand.panel.state.question()["columns"] == [1]
    assert not hand.find("what_if.fixed.3").isEnabled()
    hand.until(lambda: is_answered(hand, run))
    answer = expected(hand, run)
    fixed = float(hand.panel.state.values[1])
    points = np.column_stack([np.full(len(answer["x"]), fixed), answer["x"]])
    joint = run.job.ask("marginal_log_prob", x=points, columns=[1, 2]).result(PATIENCE_S)["log_prob"]
    alone = run.job.ask("marginal_log_prob", x=np.array([[fixed]]), columns=[1]).result(PATIENCE_S)["log_prob"]
    assert answer["density"] == pytest.approx(np.exp(joint - alone), rel=1e-6)


def test_models_without_a_formula_are_sliced_and_it_is_said(hand: Hand) -> None:
    hand.model.edit_training(TrainingRecipe(steps=3, precision="float32"))
    run = trained(hand, columns=3, key="flow", hidden_features=(8,))
    hand.until(lambda: hand.panel.sentence.text().startswith("A slice"))
    assert not hand.find("what_if.fixed.1").isEnabled()
    hand.until(lambda: is_answered(hand, run))
    answer = expected(hand, run)
    assert hand.panel.sentence.text() == how_found(int(answer["evaluations"]), float(answer["error"]))
    assert "marginal" not in hand.panel.curve.arrays()
    area = np.trapezoid(answer["density"], answer["x"])
    assert area == pytest.approx(1, abs=0.01)


def test_rows_of_the_data_are_taken_by_number_and_by_click(hand: Hand, qtbot: QtBot) -> None:
    run = trained(hand)
    assert run.data is not None
    row = int(run.data.rows[2][3])
    hand.retype("what_if.row", str(row + 1))
    held_out = run.data.preparation.to_data(run.data.test)[3]
    hand.until(lambda: np.allclose(hand.panel.state.values, held_out))
    hand.until(lambda: is_answered(hand, run))
    hand.click("what_if.random_row")
    hand.until(lambda: not np.allclose(hand.panel.state.values, held_out))
    stage = hand.panel.joint.stage
    hand.until(lambda: len(hand.panel.joint.points) > 10)
    lonely = hand.panel.joint.points[hand.panel.joint.points[:, 0].argmax()]
    qtbot.mouseClick(stage.graph.viewport(), LEFT, pos=pixel(stage, *lonely))
    hand.until(lambda: np.allclose(hand.panel.state.values, lonely))
    hand.retype("what_if.row", "100000")
    hand.until(lambda: "no row 100000" in hand.said())


def test_a_click_beside_all_rows_puts_the_line_there(hand: Hand, qtbot: QtBot) -> None:
    trained(hand)
    stage = hand.panel.joint.stage
    hand.until(lambda: len(hand.panel.joint.points) > 10)
    x0, x1, _, y1 = stage.bounds()
    qtbot.mouseClick(stage.graph.viewport(), LEFT, pos=pixel(stage, x1, y1) + QPoint(-9, 9))
    hand.until(lambda: abs(hand.panel.state.values[0] - x1) < 0.03 * (x1 - x0))


def test_draws_are_marked_and_saved_with_what_is_fixed(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained(hand, columns=3)
    hand.find("what_if.draws").setValue(400)
    hand.click("what_if.draw")
    hand.until(lambda: len(shown(hand, "draws")) == 150)
    first = shown(hand, "draws")
    hand.click("what_if.draw")
    hand.until(lambda: not np.array_equal(shown(hand, "draws"), first))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "draws"), "CSV (*.csv)"))
    hand.click("what_if.export")
    hand.until(lambda: "Saved 400 draws as draws.csv" in hand.said())
    with (tmp_path / "draws.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(NAMES)
    assert {float(row["width"]) for row in rows} == {float(hand.panel.state.values[0])}
    drawn = np.array([float(row["weight"]) for row in rows])
    answer = expected(hand, run)
    assert drawn.mean() == pytest.approx(float(answer["mean"]), abs=5 * drawn.std() / 20)
    # Another question has other draws.
    hand.retype("what_if.number.1", "2")
    assert not len(shown(hand, "draws"))


def test_words_are_chosen(hand: Hand) -> None:
    rng = np.random.default_rng(0)
    kind = rng.integers(2, size=200).astype(float)
    table = Table("birds", (
        Column("kind", ColumnType.CATEGORY, kind, ("gull", "tern")),
        Column("span", ColumnType.NUMBER, 10 * kind + rng.normal(size=200)),
    ))
    hand.load(table, columns=("kind", "span"))
    run = hand.train(n_components=2)
    hand.until(lambda: hand.panel.state.known)
    for code, word in enumerate(("gull", "tern")):
        box = hand.find("what_if.words.1")
        box.setCurrentIndex(code)
        box.activated.emit(code)
        hand.until(lambda: is_answered(hand, run))
        assert float(expected(hand, run)["mean"]) == pytest.approx(10 * code, abs=0.5)
        assert f"kind = {word}" in hand.panel.state.in_words()


def test_it_follows_a_model_that_learns_and_another_run(hand: Hand) -> None:
    first = trained(hand)
    hand.retype("what_if.number.1", "1.5")
    hand.until(lambda: is_answered(hand, first))
    second = hand.train(n_components=1)
    hand.until(lambda: hand.panel.state.known and is_answered(hand, second))
    # The same columns: the question stands.
    assert hand.panel.state.values[0] == 1.5
    hand.model.show_run(first)
    hand.until(lambda: hand.panel.state.known and is_answered(hand, first))


def test_why_not(hand: Hand) -> None:
    hand.load(blobs(columns=1))
    assert "Train a model first" in hand.find("what_if.reason").text()
    hand.train(n_components=2)
    hand.until(lambda: "two columns or more" in hand.find("what_if.reason").text())
    hand.load(Pictures("spots", np.random.default_rng(0).integers(0, 256, (60, 8, 8, 1), np.uint8)))
    hand.model.choose_model("vae")
    hand.model.edit_training(TrainingRecipe(steps=2, precision="float32"))
    hand.train(hidden_features=(8,), channels=(4,), warmup=0)
    hand.until(lambda: "does not know its density" in hand.find("what_if.reason").text())


def test_a_kernel_that_has_no_conditionals_says_why(hand: Hand) -> None:
    trained(hand, key="kde", kernel="tophat")
    hand.until(lambda: "gaussian kernel" in hand.panel.sentence.text())
    assert not len(shown(hand))


def test_everything_has_a_name_and_room_in_both_themes(hand: Hand, theme: Theme) -> None:
    trained(hand, columns=3)
    hand.panel.resize(720, 420)
    for name in ("row", "take_row", "random_row", "draws", "draw", "export", "number.1", "slider.1", "asked.1"):
        widget = hand.find(f"what_if.{name}")
        assert widget.accessibleName(), name
        assert widget.toolTip(), name
    number = hand.find("what_if.number.1")
    assert number.mapTo(hand.panel, QPoint(number.width(), 0)).x() <= hand.panel.rows.mapTo(
        hand.panel, QPoint(hand.panel.rows.width(), 0)).x()
    theme.set_mode("light")
    hand.until(lambda: bool(hand.panel.curve.arrays()))


@pytest.mark.parametrize(
    ("mean", "quantiles", "said"),
    [
        (0.5, [-1.0, 0.0, 0.25, 1.0, 2.0], "mean 0.50     median 0.25     50 % from 0.00 to 1.00     90 % from −1.00"),
        (3700.2, [3100.0, 3400.0, 3685.0, 3900.0, 4300.0], "mean 3,700     median 3,685"),
        (1e-5, [0.0, 1e-5, 2e-5, 3e-5, 4e-5], "mean 0.0000100"),
    ],
)
def test_figures_have_the_digits_that_say_something(mean: float, quantiles: list[float], said: str) -> None:
    assert figures_text(mean, np.array(quantiles)).startswith(said)
