"""The Evaluate panel: real figures of real runs, side by side, copied and exported."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sklearn.mixture import GaussianMixture

from genstudio.evaluation.likelihood import BIC
from genstudio.runs.figures import figure_text, side_by_side
from genstudio.runs.remarks import Judged, remarks
from genstudio.ui.panels import evaluate
from genstudio.ui.panels.evaluate import EvaluatePanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import Hand, blobs
from tests.ui.panels.sequences_hand import two_levels

ROLE = Qt.ItemDataRole


@pytest.fixture
def panel(show_alone: Callable[..., EvaluatePanel], theme: Theme, model: SessionModel) -> EvaluatePanel:
    return show_alone(EvaluatePanel(model, theme), 900, 520)


@pytest.fixture
def hand(panel: EvaluatePanel, model: SessionModel, qtbot: QtBot) -> Hand:
    found = Hand(panel, model, qtbot)
    found.load(blobs())
    return found


def measured(hand: Hand, **settings: object):
    run = hand.train(**({"n_components": 3} | settings))
    hand.until(lambda: run.figures)
    return run


def cell(hand: Hand, title: str, column: int, role: int = ROLE.DisplayRole) -> object:
    figures = hand.panel.figures
    row = [row.info.title for row in figures.rows].index(title)
    return figures.data(figures.index(row, column), role)


def headers(hand: Hand) -> list[str]:
    figures = hand.panel.figures
    return [figures.headerData(i, Qt.Orientation.Horizontal) for i in range(figures.columnCount())]


def test_a_run_that_ends_is_measured_once_by_itself(hand: Hand) -> None:
    run = measured(hand)
    x = run.data.preparation.to_data(run.data.train)
    expected = GaussianMixture(3, random_state=run.recipe.seed).fit(x)
    assert run.figures["bic"]["value"] == pytest.approx(expected.bic(x), rel=1e-9)
    assert run.figures["aic"]["value"] == pytest.approx(expected.aic(x), rel=1e-9)
    scores = expected.score_samples(run.data.preparation.to_data(run.data.test))
    found = run.figures["log_likelihood"]
    assert found["value"] == pytest.approx(scores.mean(), rel=1e-9)
    assert found["stderr"] == pytest.approx(scores.std(ddof=1) / np.sqrt(len(scores)), rel=1e-9)
    assert found["n"] == len(scores) == 60
    assert headers(hand) == ["Metric", run.name, "Truth", "Unit", "Better", "n"]
    assert cell(hand, "Log-likelihood", 1) == figure_text(found)
    assert "±" in str(cell(hand, "Log-likelihood", 1))
    assert [cell(hand, "Log-likelihood", i) for i in (3, 4, 5)] == ["nats per item", "↑ higher", "60"]
    first = run.figures
    hand.panel.hide()
    hand.panel.show()
    hand.model.show_run(None)
    hand.model.show_run(run)
    assert run.figures is first


def test_metrics_that_do_not_suit_say_why(hand: Hand) -> None:
    measured(hand)
    notes = hand.find("evaluate.notes").toPlainText()
    assert "KL to the truth cannot be measured. The true density of these data is not known." in notes
    assert "the rows held out for the test" in notes
    assert cell(hand, "KL to the truth", 1) == "–"
    assert "true density" in str(cell(hand, "KL to the truth", 1, ROLE.ToolTipRole))


def test_figures_of_rows_that_were_learned_from_carry_a_caveat(hand: Hand) -> None:
    hand.load(blobs(), valid=0, test=0)
    run = measured(hand)
    assert "flatters" in run.figures["log_likelihood"]["note"]
    assert "flatters" in hand.find("evaluate.notes").toPlainText()
    assert "flatters" in str(cell(hand, "Log-likelihood", 1, ROLE.ToolTipRole))


def test_runs_stand_side_by_side_and_the_best_is_marked(hand: Hand) -> None:
    good = measured(hand, n_components=3)
    poor = measured(hand, n_components=1)
    hand.model.compare_run(good, True)
    assert headers(hand)[1:3] == [poor.name, good.name]
    assert cell(hand, "Log-likelihood", 2) == "★ " + figure_text(good.figures["log_likelihood"])
    assert not str(cell(hand, "Log-likelihood", 1)).startswith("★")
    assert cell(hand, "BIC", 2, ROLE.FontRole).bold()
    hand.model.rename_run(good, "<b>good</b>")
    assert headers(hand)[2] == "<b>good</b>"
    hand.model.compare_run(good, False)
    assert "★" not in str(cell(hand, "Log-likelihood", 1))


def test_runs_of_other_data_are_not_called_better(hand: Hand) -> None:
    first = measured(hand)
    hand.load(blobs(), test=0.3)
    measured(hand)
    hand.model.compare_run(first, True)
    assert "learned from different data" in hand.find("evaluate.notes").toPlainText()
    assert all(row.best is None for row in hand.panel.figures.rows)


def test_figures_are_forgotten_when_the_model_changes(hand: Hand) -> None:
    run = measured(hand)
    parameters = run.job.ask("parameters").result(PATIENCE_S)
    hand.model.edit_components(
        tuple(parameters[name] for name in ("weights", "means", "covariances")), finished=True
    )
    edited = hand.model.current
    hand.until(lambda: edited.history.step > 0)
    assert edited is not run
    assert run.figures
    assert not edited.figures
    hand.click("evaluate.measure")
    hand.until(lambda: edited.figures)
    assert edited.figures["bic"]["value"] == pytest.approx(run.figures["bic"]["value"], rel=1e-9)
    hand.model.edit_components(
        (parameters["weights"], parameters["means"] + 1, parameters["covariances"]), finished=True
    )
    hand.until(lambda: not edited.figures)
    assert hand.find("evaluate.empty").isVisible()
    assert "changed since" in hand.find("evaluate.empty").text()


def test_many_rows_are_measured_only_when_asked(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "AUTOMATIC_ROWS", 100)
    run = hand.train(n_components=2)
    hand.until(lambda: hand.find("evaluate.measure").isEnabled())
    assert not run.figures
    assert "Press Measure" in hand.find("evaluate.empty").text()
    hand.click("evaluate.measure")
    hand.until(lambda: run.figures)


def test_measuring_shows_its_progress_and_can_be_cancelled(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, go_on = threading.Event(), threading.Event()
    price = BIC.price

    def slow_price(self: BIC, n: int) -> float:
        reached.set()
        go_on.wait(PATIENCE_S)
        return price(self, n)

    monkeypatch.setattr(BIC, "price", slow_price)
    run = hand.train(n_components=2)
    hand.until(reached.is_set)
    hand.until(lambda: hand.find("evaluate.told").text() == "Measuring BIC…")
    assert 0 < hand.find("evaluate.progress").value() < 1000
    assert not hand.find("evaluate.measure").isEnabled()
    assert hand.find("evaluate.empty").text() == evaluate.MEASURING
    hand.click("evaluate.cancel")
    go_on.set()
    assert hand.find("evaluate.measure").isEnabled()
    run.job.ask("likelihoods").result(PATIENCE_S)
    assert not run.figures
    monkeypatch.setattr(BIC, "price", price)
    hand.click("evaluate.measure")
    hand.until(lambda: run.figures)


def test_a_run_that_learns_is_measured_only_when_paused(hand: Hand) -> None:
    hand.model.slow_down(0.05)
    hand.model.edit_settings(n_components=3, tol=0.0, max_iter=100_000)
    hand.model.train()
    run = hand.model.current
    hand.until(lambda: run.history.step > 0)
    assert not hand.find("evaluate.measure").isEnabled()
    assert hand.find("evaluate.empty").text() == "Pause or stop the run to measure it."
    hand.model.play_or_pause()
    hand.until(lambda: hand.find("evaluate.measure").isEnabled())
    hand.click("evaluate.measure")
    hand.until(lambda: run.figures)
    hand.model.play_or_pause()
    hand.until(lambda: not run.figures)
    hand.model.stop()
    hand.until(lambda: run.figures)


def test_figures_are_copied_and_exported(hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = measured(hand)
    hand.model.rename_run(run, "=risky")
    hand.panel.findChild(QAction, "evaluate.copy.text").trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["Metric", "Unit", "Better", "Truth", "=risky"]
    assert lines[1].split("\t")[-1] == figure_text(run.figures["log_likelihood"])
    hand.panel.findChild(QAction, "evaluate.copy.csv").trigger()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert float(rows[0]["'=risky"]) == run.figures["log_likelihood"]["value"]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "figures"), ""))
    hand.click("evaluate.export")
    hand.until(lambda: "Saved the figures as figures.csv" in hand.said())
    with (tmp_path / "figures.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == rows


def test_a_model_without_figures_yet_has_an_empty_state(hand: Hand) -> None:
    assert "Train a model first" in hand.find("evaluate.reason").text()
    hand.load(blobs(10), valid=0, test=0)
    hand.train(n_components=50)
    assert "failed before it had learned" in hand.find("evaluate.reason").text()


def test_nothing_is_clipped_or_nameless_when_narrow(hand: Hand) -> None:
    measured(hand)
    hand.panel.resize(640, 400)
    for name in ("measure", "cancel", "copy", "export"):
        widget = hand.find(f"evaluate.{name}")
        assert widget.width() >= widget.minimumSizeHint().width(), name
        assert widget.accessibleName()
        assert widget.toolTip()


@pytest.mark.parametrize(("value", "stderr", "text"), [
    (-1.23456, 0.0123, "−1.235 ± 0.012"), (1234.5, 20.0, "1234 ± 20"), (0.5, None, "0.5"), (-np.inf, None, "−∞"),
    (np.inf, None, "∞"), (np.nan, None, "–"), (None, None, "–"), (2.0, 0.0, "2"),
])
def test_values_are_written_to_the_digits_that_are_certain(
    value: float | None, stderr: float | None, text: str
) -> None:
    assert figure_text({"value": value, "stderr": stderr}) == text


def test_the_best_needs_two_and_a_direction() -> None:
    high, low = ({"log_likelihood": {"value": v, "stderr": None, "n": 1}} for v in (-1.0, -2.0))
    assert [row.best for row in side_by_side([high, low], comparable=True)] == [0]
    assert [row.best for row in side_by_side([low], comparable=True)] == [None]
    assert [row.best for row in side_by_side([low, {}], comparable=True)] == [None]


def test_remarks_that_hold_for_all_name_nobody() -> None:
    reasons = {"auroc": "No labels.", "bic": "No labels."}
    one, other = Judged("one", {}, reasons), Judged("other", {}, {})
    sentence = "AUROC, BIC cannot be measured. No labels."
    assert remarks([one, one], comparable=True) == (sentence,)
    assert remarks([one, other], comparable=True) == (f"one: {sentence}",)


def test_what_was_measured_stands_before_what_could_not_be() -> None:
    figure = {"value": 1.0, "stderr": None, "n": 1}
    rows = side_by_side([{"fid": figure, "elbo": figure}], comparable=True, also=("log_likelihood", "bic"))
    assert [row.info.key for row in rows] == ["elbo", "fid", "log_likelihood", "bic"]


def test_sequences_are_measured_as_a_whole(hand: Hand) -> None:
    hand.load(two_levels(400))
    hand.model.choose_model("hmm")
    hand.until(lambda: not hand.model.loading)
    run = measured(hand, n_components=2, n_iter=3, n_init=1)
    data = run.data
    steps = run.job.ask("step_log_prob", x=data.preparation.to_data(data.test), lengths=data.lengths[2])
    expected = steps.result(PATIENCE_S)["step_log_prob"]
    assert str(cell(hand, "Log-likelihood", 1)).startswith(f"{expected.mean():.1f}".replace("-", "−"))
    assert run.figures["log_likelihood"]["value"] == pytest.approx(expected.mean())
    notes = hand.find("evaluate.notes").toPlainText()
    assert "blocks of" in notes
    assert "independent of each other" in notes
    assert "has no likelihood" not in notes
