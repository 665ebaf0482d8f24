"""The gap to a truth that is known, as it is shown while a run learns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QLabel

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.runs.run import Run
from genstudio.training.events import Preview, Progress
from genstudio.ui import metrics
from genstudio.ui.learning_curves import LearningCurves
from genstudio.ui.run_words import figures
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from genstudio.ui.truth_gap import MOST_POINTS, NAME, Gap, can_measure
from tests.ui.desk import Desk


def moons(scaling: str = "none"):  # type: ignore[no-untyped-def]
    kind = source("two_moons")
    return prepare(kind().load(kind.Settings(samples=200), 0), PreparationSettings(scaling=scaling), 0)


def tell(model: SessionModel, run: Run, step: int, gap: float, n: int = 100) -> None:
    found = {"gap": np.array(gap), "stderr": np.array(0.012), "n": np.array(n), "bound": np.array(False)}
    model.advanced.emit(run, [Preview(NAME, step, found)])


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    found = make_run("gmm", {}, moons())
    found.take(Progress(1, None, {"train": -2.0}))
    return found


@pytest.mark.parametrize(
    ("gap", "words"),
    [(Gap(1, 0.01234, 0.0011, 9, bound=False), "gap to the truth 0.0123 ± 0.0011 nats"),
     (Gap(1, 0.2, 0.05, 9, bound=True), "gap to the truth at most 0.200 ± 0.050 nats"),
     (Gap(1, np.inf, np.nan, 9, bound=False), "gap to the truth ∞ nats")],
)
def test_words_have_the_digits_that_are_certain(gap: Gap, words: str) -> None:
    assert gap.words == words
    assert ("only a bound" in gap.meaning) == gap.bound


def test_gaps_are_kept_by_step_and_the_newest_of_a_step_counts(model: SessionModel, run: Run) -> None:
    for step, value in ((1, 3.0), (5, 2.0), (9, 1.0), (9, 0.5)):
        tell(model, run, step, value)
    kept = model.truth_gap
    assert [(gap.step, gap.value) for gap in kept.of(run)] == [(1, 3.0), (5, 2.0), (9, 0.5)]
    assert [kept.at(run, step).value for step in (0, 1, 7, 9, 50)] == [3.0, 3.0, 2.0, 0.5, 0.5]
    assert kept.at(run, None) == kept.of(run)[-1]


def test_very_many_gaps_are_thinned(model: SessionModel, run: Run) -> None:
    for step in range(MOST_POINTS + 10):
        tell(model, run, step, 1.0)
    steps = [gap.step for gap in model.truth_gap.of(run)]
    assert MOST_POINTS // 2 <= len(steps) <= MOST_POINTS
    assert (steps[0], steps[-1]) == (0, MOST_POINTS + 9)


def test_only_a_known_truth_and_a_likelihood_give_a_gap(make_run: Callable[..., Run], run: Run) -> None:
    assert can_measure(run)
    assert can_measure(make_run("vae", {}, moons()))
    assert not can_measure(make_run("gmm", {}, replace(moons(), truth=None)))


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_the_floor_is_in_the_units_of_the_figures(make_run: Callable[..., Run], scaling: str) -> None:
    data = moons(scaling)
    assert data.truth is not None
    run = make_run("gmm", {}, data)
    entropy = metrics.entropy_of(run)
    assert entropy is not None
    # Whatever the scaling, the truth itself, as a model, would reach minus that.
    rows = data.preparation.to_data(data.train)
    told = data.truth.log_prob(rows) - data.preparation.log_det(rows)
    run.take(Progress(1, None, {"train": float(told.mean())}))
    assert entropy == pytest.approx(-told.mean(), abs=0.2)
    assert float(figures(run)[1]) == pytest.approx(-entropy - told.mean(), abs=1e-3)


def test_the_gap_is_a_curve_of_its_own(
    model: SessionModel, theme: Theme, run: Run, show_alone: Callable[..., LearningCurves]
) -> None:
    curves = show_alone(LearningCurves(model, theme), 700, 220)
    model.add_run(run)
    for step, value in ((1, 3.0), (5, 2.0)):
        tell(model, run, step, value)
    label, choice = curves.findChild(QLabel, "curves.gap"), curves.findChild(QComboBox, "curves.group")
    assert label.isVisible()
    assert label.text() == "gap to the truth 2.000 ± 0.012 nats", "beside the loss"
    assert [choice.itemText(i) for i in range(choice.count())] == ["Loss", "Gap to the truth"]
    choice.setCurrentText("Gap to the truth")
    choice.activated.emit(1)
    key = f"{run.key}.gap"
    assert curves.curves.arrays()[key].tolist() == [[1, 3.0], [5, 2.0]]
    assert curves.curves.item.getAxis("left").labelText == "nats per row"
    tell(model, run, 9, 1.0)
    tell(model, run, 9, 0.5, n=5000)
    assert curves.curves.arrays()[key].tolist() == [[1, 3.0], [5, 2.0], [9, 0.5]]
    tell(model, run, 12, np.inf)
    assert curves.curves.arrays()[key][-1].tolist() == [9, 0.5], "what is infinite has no place"


def test_a_run_that_learns_tells_its_gap_while_somebody_looks(desk: Desk) -> None:
    desk.window.show_panel("live")
    run = desk.train()
    # At rest there is time for more draws than between two steps.
    desk.until(lambda: any(gap.step == run.history.step and gap.n > 1000 for gap in desk.model.truth_gap.of(run)))
    gap = desk.model.truth_gap.at(run, None)
    assert gap is not None
    assert 0 < gap.value < 1
    for name in ("live.gap", "curves.gap"):
        assert desk.find(name, QLabel).text() == gap.words
