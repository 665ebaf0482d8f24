"""What the other numbers of a mixture do when one is typed."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import DataError, RecipeError
from genstudio.runs import components
from genstudio.runs.recipe import ModelRecipe, Recipe

WEIGHTS = np.array([0.5, 0.3, 0.2])
MEANS = np.array([[0.0, 1.0], [4.0, 2.0], [-3.0, 5.0]])
COVARIANCES = np.array([[[1.0, 0.3], [0.3, 2.0]], [[4.0, -1.0], [-1.0, 1.0]], [[0.5, 0.0], [0.0, 0.5]]])
MIXTURE = (WEIGHTS, MEANS, COVARIANCES)


def moments(parameters: components.Parameters) -> tuple[np.ndarray, np.ndarray]:
    weights, means, covariances = parameters
    mean = weights @ means
    apart = means - mean
    return mean, np.einsum("k,kij->ij", weights, covariances + apart[:, :, None] * apart[:, None, :])


@pytest.mark.parametrize(("k", "weight", "typed", "expected"), [
    (0, 0.2, (), [0.2, 0.48, 0.32]),
    (1, 0.3, (0,), [0.5, 0.3, 0.2]),
    (1, 0.1, (0,), [0.5, 0.1, 0.4]),
    (2, 0.9, (0, 1), [0.0625, 0.0375, 0.9]),  # no room for what was typed before
    (0, 1.0, (), [1.0, 0.0, 0.0]),
])
def test_others_share_what_a_weight_leaves(
    k: int, weight: float, typed: tuple[int, ...], expected: list[float]
) -> None:
    found, _, _ = components.with_weight(MIXTURE, k, weight, typed)
    assert found == pytest.approx(expected)
    assert WEIGHTS.tolist() == [0.5, 0.3, 0.2]


def test_weights_of_nothing_share_alike() -> None:
    whole = components.with_weight(MIXTURE, 0, 1.0)
    assert components.with_weight(whole, 0, 0.5)[0] == pytest.approx([0.5, 0.25, 0.25])


def test_a_deviation_keeps_correlations_and_a_correlation_keeps_deviations() -> None:
    _, _, wider = components.with_deviation(MIXTURE, 1, 0, 10.0)
    assert components.deviations(wider)[1] == pytest.approx([10.0, 1.0])
    assert components.correlation(wider[1], 0, 1) == pytest.approx(-0.5)
    _, _, turned = components.with_correlation(MIXTURE, 1, 0, 1, 0.9)
    assert components.deviations(turned)[1] == pytest.approx([2.0, 1.0])
    assert components.correlation(turned[1], 1, 0) == pytest.approx(0.9)
    np.testing.assert_array_equal(turned[[0, 2]], COVARIANCES[[0, 2]])


def test_correlations_that_contradict_each_other_are_refused() -> None:
    identity = (np.ones(1), np.zeros((1, 3)), np.eye(3)[None])
    first = components.with_correlation(identity, 0, 0, 1, 0.9)
    with pytest.raises(RecipeError, match="component 1 has no valid covariance"):
        components.with_correlation(first, 0, 1, 2, 0.9)


def test_a_new_component_lies_in_the_middle() -> None:
    mean, spread = moments(MIXTURE)
    weights, means, covariances = components.added(MIXTURE)
    assert weights.sum() == pytest.approx(1)
    assert weights[-1] == pytest.approx(0.25)
    assert means[-1] == pytest.approx(mean)
    assert covariances[-1] == pytest.approx(spread / 4)


def test_a_copy_shares_the_weight_and_lies_beside() -> None:
    weights, means, covariances = components.duplicated(MIXTURE, 1)
    assert weights == pytest.approx([0.5, 0.15, 0.2, 0.15])
    np.testing.assert_array_equal(covariances[3], COVARIANCES[1])
    apart = means[3] - MEANS[1]
    distance = np.sqrt(apart @ np.linalg.solve(COVARIANCES[1], apart))
    assert distance == pytest.approx(components.COPY_DEVIATIONS)


def test_the_others_share_the_weight_of_a_removed_one() -> None:
    weights, means, _ = components.removed(MIXTURE, 0)
    assert weights == pytest.approx([0.6, 0.4])
    np.testing.assert_array_equal(means, MEANS[1:])
    only = tuple(array[:1] for array in MIXTURE)
    with pytest.raises(RecipeError, match="at least one component"):
        components.removed(only, 0)


@pytest.mark.parametrize(("x", "sentence"), [
    (np.array([[1.0, 2.0]]), "two rows"), (np.array([[1e200, 0.0], [0.0, 1e200]]), "too large"),
])
def test_data_that_a_mixture_cannot_be_spread_over_are_refused(x: np.ndarray, sentence: str) -> None:
    data = prepare(points_table("odd", x), PreparationSettings(valid=0, test=0), 0)
    with pytest.raises(DataError, match=sentence):
        components.started_by_hand(Recipe(model=ModelRecipe(name="gmm", settings={"n_components": 2})), data)
