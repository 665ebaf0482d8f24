"""How far a model is from a truth that is known, and where."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from genstudio.data.densities.mixture import GaussianMixture
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.source import source
from genstudio.data.table import Table, points_table
from genstudio.errors import TrainingError
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.question import Answer, Subject, answer
from genstudio.runs.questions.truth import FEWEST
from genstudio.settings import Settings
from genstudio.training.budget import Budget
from tests.steered import Steerable

BOUNDS = (-4.0, 4.0, -4.0, 4.0)
ROUND = GaussianMixture(np.ones(1), np.zeros((1, 2)), np.ones(1))


def asked(subject: Subject, name: str, **arguments: Any) -> Answer:
    return answer(name, subject, arguments, unwatched)


def by_hand(means: Any, covariances: Any, scaling: str = "none", truth: Any = ROUND) -> Subject:
    """A mixture with given components, data units, of data from a round Gaussian."""
    table = points_table("round", ROUND.sample(400, 0)[0])
    data = replace(prepare(table, PreparationSettings(scaling=scaling), 0), truth=truth)
    family = model("gmm")
    learner = family(family.Settings(n_components=len(means)))
    for _ in learner.fit(data, learner.live_settings(), 0, Budget(steps=1)):
        pass
    fitted = Fitted(learner, data.preparation)
    fitted.set_parameters(np.full(len(means), 1 / len(means)), np.array(means, float), np.array(covariances, float))
    return Subject(fitted, data)


def learned(table: Table, scaling: str = "none") -> Subject:
    """One Gaussian, as it learns a table."""
    data = prepare(table, PreparationSettings(scaling=scaling), 0)
    family = model("gmm")
    learner = family(family.Settings(n_components=1))
    for _ in learner.fit(data, learner.live_settings(), 0):
        pass
    return Subject(Fitted(learner, data.preparation), data)


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_the_gap_is_the_divergence_whatever_the_scaling(scaling: str) -> None:
    scale = 1.5
    known = 2 * (math.log(scale) + 0.5 / scale**2 - 0.5)
    found = asked(by_hand([[0, 0]], [np.eye(2) * scale**2], scaling), "truth_gap", n=20_000)
    assert found["n"] == 20_000
    assert not found["bound"]
    assert abs(found["gap"] - known) < 5 * found["stderr"]
    assert 0 < found["stderr"] < 0.02


def test_the_truth_itself_has_no_gap_and_errs_nowhere() -> None:
    subject = by_hand([[0, 0]], [np.eye(2)])
    found = asked(subject, "truth_gap", n=1000)
    assert abs(found["gap"]) < 1e-9
    assert found["stderr"] < 1e-9
    ratio = asked(subject, "log_ratio_grid", bounds=BOUNDS, shape=(16, 16))["log_ratio"]
    np.testing.assert_allclose(ratio[np.isfinite(ratio)], 0.0, atol=1e-6)


def test_draws_are_the_same_ones_whenever_and_however_many_are_asked_for() -> None:
    subject = by_hand([[0.5, 0]], [np.eye(2)])
    again = by_hand([[0.5, 0]], [np.eye(2)])
    assert asked(subject, "truth_gap", n=700)["gap"] == asked(again, "truth_gap", n=700)["gap"]
    # With the unit Gaussian moved by m, a draw's loss is m² / 2 - m x: the mean of a prefix follows from the whole.
    whole, part = (asked(subject, "truth_gap", n=n) for n in (2 * FEWEST, FEWEST))
    rest = 2 * whole["gap"] - part["gap"]
    assert abs(rest - 0.125) < 5 * 0.5 / math.sqrt(FEWEST)
    assert rest != part["gap"]


def test_without_time_a_few_draws_are_scored_all_the_same() -> None:
    found = asked(by_hand([[0, 0]], [np.eye(2)]), "truth_gap", n=100_000, seconds=0.0)
    assert found["n"] == FEWEST


def test_a_draw_that_the_model_takes_for_impossible_makes_the_gap_infinite() -> None:
    # A logit scaling has no place for what lies beyond all rows that it has seen.
    found = asked(learned(points_table("round", ROUND.sample(100, 0)[0], truth=ROUND), "logit"), "truth_gap")
    assert found["gap"] == math.inf
    assert np.isnan(found["stderr"])


def test_where_the_truth_has_nothing_in_sight_nothing_is_typical() -> None:
    kind = source("checkerboard")
    subject = learned(kind().load(kind.Settings(samples=300), 0))
    found = asked(subject, "log_ratio_grid", bounds=(50, 60, 50, 60), shape=(4, 4))
    assert found["typical"] == 0
    assert np.isnan(found["log_ratio"]).all()


def test_errors_have_their_sign_and_place() -> None:
    # The model misses the left half and makes up a second cloud on the right.
    subject = by_hand([[0, 0], [3, 0]], [np.eye(2), np.eye(2) * 0.1])
    found = asked(subject, "log_ratio_grid", bounds=BOUNDS, shape=(40, 20))
    assert found["log_ratio"].shape == (20, 40)
    at_centre, at_right = found["log_ratio"][10, 20], found["log_ratio"][10, 35]
    assert at_centre == pytest.approx(math.log(0.5), abs=0.05)
    assert at_right > 3
    assert np.isnan(found["log_ratio"][0, 0]), "sixteen nats below the peak"


def test_what_alone_is_zero_is_infinitely_wrong() -> None:
    kind = source("checkerboard")
    subject = learned(kind().load(kind.Settings(samples=300), 0))
    found = asked(subject, "log_ratio_grid", bounds=BOUNDS, shape=(32, 32))
    assert np.isposinf(found["log_ratio"]).mean() == pytest.approx(0.5, abs=0.05), "between the squares"
    assert 0.3 < found["typical"] < 2, "within them one Gaussian is not that wrong"
    assert np.isfinite(asked(subject, "truth_gap")["gap"])


@pytest.mark.parametrize(("seconds", "shape"), [(0.0, (10, 16)), (1e9, (40, 64))])
def test_a_map_that_would_take_too_long_is_coarser(seconds: float, shape: tuple[int, int]) -> None:
    subject = by_hand([[0, 0]], [np.eye(2)])
    for question, name in (("log_ratio_grid", "log_ratio"), ("density_grid", "log_prob")):
        found = asked(subject, question, bounds=BOUNDS, shape=(64, 40), seconds=seconds, steps=4)
        assert found[name].shape == shape
        assert found["steps"] == 0


def test_a_model_that_solves_in_steps_takes_few_for_a_look_and_its_own_for_figures() -> None:
    data = replace(by_hand([[0, 0]], [np.eye(2)]).items(), truth=ROUND)
    subject = Subject(Fitted(Steerable(Settings()), data.preparation), data)
    for steps, taken in ((0, 8), (4, 4)):
        found = asked(subject, "log_ratio_grid", bounds=BOUNDS, shape=(6, 6), steps=steps)
        assert found["steps"] == steps
        # Its log-density is off by one over its steps.
        np.testing.assert_allclose(found["log_ratio"][2:4, 2:4], 1 / taken, rtol=1e-6)
        assert found["typical"] == pytest.approx(1 / taken)
        grid = asked(subject, "density_grid", bounds=BOUNDS, shape=(6, 6), steps=steps)
        assert grid["steps"] == steps
    assert asked(subject, "truth_gap")["gap"] == pytest.approx(-1 / 8)


def test_a_model_that_knows_a_bound_gives_bounds() -> None:
    data = replace(by_hand([[0, 0]], [np.eye(2)]).items(), truth=ROUND)
    family = model("vae")
    learner = family(family.Settings(max_epochs=20, hidden_features=(16,)))
    for _ in learner.fit(data, learner.live_settings(), 0, Budget(batch_size=100)):
        pass
    subject = Subject(Fitted(learner, data.preparation), data)
    few, many = (asked(subject, "truth_gap", n=1000, k=k) for k in (1, 64))
    assert many["bound"]
    # More draws lift the bound, and lower what the gap is at most.
    assert many["gap"] < few["gap"] + 3 * few["stderr"]
    assert many["gap"] > -3 * many["stderr"]
    assert asked(subject, "log_ratio_grid", bounds=BOUNDS, shape=(8, 8))["bound"]


@pytest.mark.parametrize("name", ["truth_gap", "log_ratio_grid"])
def test_why_not(name: str) -> None:
    arguments = {} if name == "truth_gap" else {"bounds": BOUNDS, "shape": (4, 4)}
    unknown = by_hand([[0, 0]], [np.eye(2)], truth=None)
    with pytest.raises(TrainingError, match="not known"):
        asked(unknown, name, **arguments)
    known = by_hand([[0, 0]], [np.eye(2)])
    with pytest.raises(TrainingError, match="not at hand"):
        asked(Subject(known.fitted, None), name, **arguments)


def test_a_map_needs_two_columns() -> None:
    table = points_table("line", np.random.default_rng(0).normal(size=(50, 1)))
    data = replace(prepare(table, PreparationSettings(), 0), truth=ROUND)
    with pytest.raises(TrainingError, match="two columns"):
        asked(Subject(Fitted(model("gmm")(model("gmm").Settings()), data.preparation), data), "log_ratio_grid",
              bounds=BOUNDS, shape=(4, 4))
