from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.data.table import points_table
from genstudio.errors import DataError, RecipeError
from genstudio.runs.chain_edits import check_chain
from genstudio.runs.chain_hand import (
    by_hand,
    given_chain,
    hand_run,
    moved,
    started_by_hand,
    starting_chain,
    textbook,
    textbook_by_hand,
    trained_from,
)
from genstudio.runs.recipe import Recipe, parse_recipe, to_toml
from genstudio.runs.run import Run, new_run
from tests.patience import PATIENCE_S
from tests.runs.learners import until

PARTS = ("train", "valid")


@pytest.fixture(params=["none", "standard", "minmax"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    kind = source("textbook_chain")
    raw = kind().load(kind.Settings(samples=300), 5)
    settings = PreparationSettings(scaling=request.param, valid=0.2, test=0.0)
    data = prepare(raw, settings, 0)
    found = new_run(textbook_by_hand(Recipe(), data), data)
    yield found
    found.job.close()


def test_the_textbook_is_in_the_recipe_to_the_last_digit() -> None:
    kind = source("textbook_chain")
    data = prepare(kind().load(kind.Settings(samples=50), 0), PreparationSettings(scaling="none"), 0)
    settings = textbook_by_hand(Recipe(), data).model.settings
    assert settings["startprob"] == [0.6, 0.3, 0.1]
    assert settings["transmat"] == [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.3, 0.3, 0.4]]
    assert settings["means"] == [[0, 0], [3, -3], [5, 10]]
    assert settings["covars"] == [[[1, 0], [0, 1]]] * 3
    assert settings["n_iter"] == 0


def test_recipes_carry_chains_through_any_affine_scaling_and_through_toml(run: Run) -> None:
    recipe = parse_recipe(to_toml(by_hand(run.recipe, run.preparation, textbook())))
    back = given_chain(recipe, run.preparation)
    assert back is not None
    assert set(back) == set(textbook())
    for name, array in textbook().items():
        np.testing.assert_allclose(back[name], array, atol=1e-9, err_msg=name)


def test_a_run_by_hand_has_just_this_chain_and_carrying_out_its_recipe_gives_the_same(run: Run) -> None:
    made = hand_run(run, textbook())
    assert run.data is not None
    trained = new_run(made.recipe, run.data)
    try:
        assert made.by_hand
        assert made.status.ended
        asked = made.job.ask("set_chain", **textbook())
        trained.job.start()
        until(lambda: trained.pull() is not None and trained.status.ended)
        judged = asked.result(PATIENCE_S)
        for name, array in trained.job.ask("chain").result(PATIENCE_S).items():
            np.testing.assert_allclose(array, textbook()[name], atol=1e-9, err_msg=name)
        for part in PARTS:
            assert trained.history.last(part) == pytest.approx(float(judged[part]), rel=1e-9)
    finally:
        made.job.close()
        trained.job.close()


def test_training_from_a_chain_keeps_what_is_zero(run: Run) -> None:
    chain = textbook()
    chain["transmat"] = np.array([[0.9, 0.1, 0.0], [0.0, 0.9, 0.1], [0.1, 0.0, 0.9]])
    assert run.data is not None
    trained = new_run(trained_from(run, chain), run.data)
    try:
        trained.job.start()
        until(lambda: trained.pull() is not None and trained.status.ended)
        found = trained.job.ask("chain").result(PATIENCE_S)
        assert trained.history.step > 0
        np.testing.assert_array_equal(found["transmat"] == 0, chain["transmat"] == 0)
        assert not np.allclose(found["means"], chain["means"])
    finally:
        trained.job.close()


def test_states_are_spread_over_the_data() -> None:
    x = np.random.default_rng(0).normal(size=(500, 2)) * [10.0, 0.1] + [100.0, 0.0]
    chain = starting_chain(x, 4)
    check_chain(chain)
    assert np.ptp(chain["means"][:, 0]) > 10
    data = prepare(points_table("rows", x), PreparationSettings(kind="sequences", missing="drop"), 0)
    recipe = started_by_hand(Recipe(), data)
    assert recipe.model.name == "hmm"
    assert recipe.model.settings["n_components"] == 3
    assert given_chain(recipe, data.preparation) is not None


def test_what_has_no_two_columns_has_no_textbook() -> None:
    x = np.random.default_rng(0).normal(size=(50, 3))
    data = prepare(points_table("rows", x), PreparationSettings(kind="sequences"), 0)
    with pytest.raises(DataError, match="other than two columns"):
        textbook_by_hand(Recipe(), data)


def test_a_chain_that_is_none_never_gets_into_a_recipe(run: Run) -> None:
    with pytest.raises(RecipeError, match="no distribution"):
        by_hand(run.recipe, run.preparation, {**textbook(), "startprob": np.ones(3)})


def test_other_columns_follow_a_dragged_ellipse() -> None:
    rng = np.random.default_rng(1)
    covars = np.array([np.cov(rng.normal(size=(3, 20))) for _ in range(2)])
    chain = {"startprob": np.array([0.5, 0.5]), "transmat": np.full((2, 2), 0.5), "means": rng.normal(size=(2, 3)),
             "covars": covars}
    found = moved(chain, 1, np.array([7.0, 8.0]), np.diag([4.0, 9.0]), (0, 2))
    assert found["means"][1].tolist() == [7.0, chain["means"][1, 1], 8.0]
    np.testing.assert_allclose(found["covars"][1][np.ix_([0, 2], [0, 2])], np.diag([4.0, 9.0]), atol=1e-12)
    check_chain(found)
    np.testing.assert_array_equal(found["covars"][0], covars[0])
