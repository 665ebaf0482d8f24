from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import RecipeError
from genstudio.runs.hand import (
    Parameters,
    by_hand,
    check_mixture,
    given_parameters,
    hand_run,
    moved,
    starting_parameters,
)
from genstudio.runs.recipe import Recipe, parse_recipe, to_toml
from genstudio.runs.run import Run, new_run
from tests.patience import PATIENCE_S
from tests.runs.learners import until

POINTS = np.random.default_rng(3).normal(size=(200, 3)) * [1.0, 10.0, 0.1] + [0.0, 5.0, -2.0]


@pytest.fixture(params=["none", "standard", "minmax"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    settings = PreparationSettings(scaling=request.param, valid=0.0, test=0.0)
    recipe = Recipe()
    found = new_run(recipe, prepare(points_table("points", POINTS), settings, 0))
    yield found
    found.job.close()


def mixture(k: int = 3) -> Parameters:
    return starting_parameters(POINTS, k)


def test_recipes_carry_parameters_through_any_affine_scaling(run: Run) -> None:
    given = mixture()
    back = given_parameters(by_hand(run.recipe, run.preparation, *given), run.preparation)
    assert back is not None
    for found, wanted in zip(back, given, strict=True):
        assert found == pytest.approx(wanted, rel=1e-9)


def test_such_a_recipe_can_be_written_and_read(run: Run) -> None:
    recipe = by_hand(run.recipe, run.preparation, *mixture())
    assert parse_recipe(to_toml(recipe)).model == recipe.model


def test_a_run_by_hand_has_just_these_parameters_and_training_its_recipe_gives_the_same(run: Run) -> None:
    made = hand_run(run, mixture())
    assert run.data is not None
    trained = new_run(made.recipe, run.data)
    try:
        assert made.by_hand
        assert made.status.ended
        told = made.job.ask("parameters").result(PATIENCE_S)
        assert told["means"] == pytest.approx(mixture()[1])
        trained.job.start()
        until(lambda: trained.job.status.ended)
        ours, theirs = made.job.ask("likelihoods").result(PATIENCE_S), trained.job.ask("likelihoods").result(PATIENCE_S)
        assert float(ours["train"]) == pytest.approx(float(theirs["train"]), rel=1e-9)
    finally:
        made.job.close()
        trained.job.close()


def test_no_parameters_no_hand(run: Run) -> None:
    assert given_parameters(run.recipe, run.preparation) is None


def test_logit_has_no_ellipses() -> None:
    data = prepare(points_table("points", POINTS), PreparationSettings(scaling="logit"), 0)
    with pytest.raises(RecipeError, match="no ellipses"):
        by_hand(Recipe(), data.preparation, *mixture())


def test_moving_in_a_plane_leaves_the_covariance_positive_definite() -> None:
    weights, means, covariances = mixture()
    mean, covariance = np.array([7.0, -1.0]), np.array([[2.0, 0.5], [0.5, 0.3]])
    after = moved((weights, means, covariances), 1, mean, covariance, (0, 2))
    assert after[1][1, [0, 2]] == pytest.approx(mean)
    assert after[2][1][np.ix_([0, 2], [0, 2])] == pytest.approx(covariance)
    assert np.linalg.eigvalsh(after[2][1]).min() > 0
    assert after[1][1, 1] == means[1, 1]
    assert after[1][[0, 2]].tolist() == means[[0, 2]].tolist()
    assert means[1, 0] != 7.0, "the former parameters are left alone"


def test_moving_nothing_changes_nothing() -> None:
    given = mixture()
    after = moved(given, 0, given[1][0, :2], given[2][0][:2, :2], (0, 1))
    for found, wanted in zip(after, given, strict=True):
        assert found == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(("weights", "covariances", "said"), [
    ([-0.1, 1.1], [np.eye(2)] * 2, "weights"),
    ([0.0, 0.0], [np.eye(2)] * 2, "weights"),
    ([np.nan, 1.0], [np.eye(2)] * 2, "weights"),
    ([0.5, 0.5], [np.eye(2), -np.eye(2)], "component 2"),
    ([0.5, 0.5], [np.ones((2, 2)) * np.inf, np.eye(2)], "component 1"),
])
def test_what_is_no_mixture_is_said(weights: list[float], covariances: list[np.ndarray], said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        check_mixture(np.array(weights), np.array(covariances))


@pytest.mark.parametrize("k", [1, 2, 5])
def test_a_mixture_to_begin_with(k: int) -> None:
    weights, means, covariances = starting_parameters(POINTS, k)
    check_mixture(weights, covariances)
    assert weights.sum() == pytest.approx(1.0)
    assert means.mean(axis=0) == pytest.approx(POINTS.mean(axis=0))
