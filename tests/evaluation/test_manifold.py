"""Precision, recall, density and coverage against loops over all pairs, known sets, closed forms, and repetition."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import Cancelled, DataError
from genstudio.evaluation.items import from_dataset
from genstudio.evaluation.manifold import (
    FEWEST,
    LEAST,
    MOST,
    PARTS,
    Estimate,
    coverage,
    density,
    precision,
    recall,
)
from genstudio.evaluation.metric import evaluate, unsuitable
from tests.evaluation.gaussian import Gaussian, SamplesOnly, at_hand, prepared, trained
from tests.evaluation.test_frechet import SPOTS, painter

KEYS = ["precision", "recall", "density", "coverage"]
FIGURES: list[Callable[..., Estimate]] = [precision, recall, density, coverage]
RNG = np.random.default_rng(3)


def by_pairs(real: np.ndarray, made: np.ndarray, k: int) -> list[float]:
    """As they are defined, pair by pair."""

    def reach(x: np.ndarray) -> list[float]:
        return [sorted(np.linalg.norm(x - x[i], axis=1))[k] for i in range(len(x))]  # the nearest is itself

    def inside(ball: np.ndarray, radius: float, point: np.ndarray) -> bool:
        return bool(np.linalg.norm(ball - point) <= radius)

    around_real, around_made = list(zip(real, reach(real), strict=True)), list(zip(made, reach(made), strict=True))
    return [
        float(np.mean([any(inside(*ball, y) for ball in around_real) for y in made])),
        float(np.mean([any(inside(*ball, x) for ball in around_made) for x in real])),
        float(np.sum([[inside(*ball, y) for ball in around_real] for y in made]) / k / len(made)),
        float(np.mean([any(inside(*ball, y) for y in made) for ball in around_real])),
    ]


def blobs(n: int, centres: list[float], rng: np.random.Generator, d: int = 2) -> np.ndarray:
    return np.asarray(rng.normal(size=(n, d)) + np.resize(centres, n)[:, None])


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("d", [1, 2, 40])
def test_they_are_what_all_pairs_give(k: int, d: int) -> None:
    real, made = RNG.normal(size=(60, d)), 0.8 * RNG.normal(size=(70, d)) + 0.3
    found = [figure(real, made, k).value for figure in FIGURES]
    assert found == pytest.approx(by_pairs(real, made, k))


def test_errors_are_those_of_a_mean_of_parts() -> None:
    real, made = RNG.normal(size=(240, 2)), RNG.normal(size=(200, 2)) * 1.3
    parts = [np.random.default_rng(0).permutation(len(x)) % PARTS for x in (real, made)]
    found = [by_pairs(real[parts[0] == part], made[parts[1] == part], 3) for part in range(PARTS)]
    expected = np.std(found, axis=0, ddof=1) / np.sqrt(PARTS)
    assert [figure(real, made, 3).stderr for figure in FIGURES] == pytest.approx(list(expected))


def test_of_few_items_no_error_is_known() -> None:
    least = PARTS * LEAST * 3
    x = RNG.normal(size=(least, 2))
    assert precision(x, x).stderr is not None
    assert precision(x, x[1:]).stderr is None
    assert recall(x[1:], x).value > 0.9


def test_identical_sets() -> None:
    x = RNG.normal(size=(200, 3))
    assert precision(x, x).value == recall(x, x).value == coverage(x, x).value == 1
    # Each item lies in its own ball and in as many others as there are balls that it is a neighbour in.
    assert density(x, x, 5).value == pytest.approx(6 / 5)


def test_items_that_are_all_alike() -> None:
    x = np.ones((50, 4))
    assert [figure(x, x).value for figure in FIGURES[:2]] == [1, 1]
    assert [figure(x, x + 1).value for figure in FIGURES] == [0, 0, 0, 0]


def test_disjoint_sets() -> None:
    x = RNG.normal(size=(200, 2))
    assert [figure(x, x + 100) for figure in FIGURES] == [Estimate(0, 0)] * 4


def test_a_dropped_mode_is_missed_by_recall_and_coverage_alone() -> None:
    real, made = blobs(1000, [0, 20, 40, 60], RNG), blobs(1000, [0, 20, 40], RNG)
    good, diverse = precision(real, made), recall(real, made)
    assert good.value > 0.95
    assert diverse.value == pytest.approx(0.75, abs=0.03)
    assert coverage(real, made).value == pytest.approx(0.75, abs=0.03)
    assert density(real, made).value == pytest.approx(1, abs=0.1)
    assert precision(made, real).value == diverse.value


def test_an_invented_mode_is_missed_by_precision_and_density_alone() -> None:
    real, made = blobs(900, [0, 20, 40], RNG), blobs(900, [0, 20, 60], RNG)
    assert precision(real, made).value == pytest.approx(2 / 3, abs=0.03)
    assert density(real, made).value == pytest.approx(2 / 3, abs=0.1)


@pytest.mark.parametrize(("n", "m", "k"), [(200, 200, 5), (150, 300, 3)])
def test_density_and_coverage_of_the_same_distribution_in_closed_form(n: int, m: int, k: int) -> None:
    rng = np.random.default_rng(7)
    found = [(rng.normal(size=(n, 2)), rng.normal(size=(m, 2))) for _ in range(40)]
    expected = 1 - prod((n - i) / (n + m - i) for i in range(1, k + 1))
    values = np.array([coverage(*pair, k).value for pair in found])
    assert values.mean() == pytest.approx(expected, abs=4 * values.std() / np.sqrt(len(values)))
    values = np.array([density(*pair, k).value for pair in found]) * n / (n - 1)
    assert values.mean() == pytest.approx(n / (n - 1), abs=4 * values.std() / np.sqrt(len(values)))


@pytest.mark.parametrize("figure", FIGURES)
def test_errors_are_about_those_of_repetition(figure: Callable[..., Estimate]) -> None:
    rng = np.random.default_rng(8)
    found = [figure(rng.normal(size=(200, 2)), 0.8 * rng.normal(size=(200, 2)) + 0.5) for _ in range(60)]
    values, errors = (np.array([getattr(one, name) for one in found]) for name in ("value", "stderr"))
    assert 0.6 * values.std() < np.sqrt((errors**2).mean()) < 2.0 * values.std()


TRUTH = Gaussian(np.array([3.0, -50.0]), np.array([[1.0, 40.0], [40.0, 2500.0]]))
DATA = prepared(points_table("rows", TRUTH.sample(3000, 0)[0]), test=0.2)
JUDGED = from_dataset(DATA)


def test_as_metrics_they_tell_good_models_from_bad() -> None:
    good = evaluate(at_hand(TRUTH, DATA), JUDGED, KEYS)
    narrow = evaluate(at_hand(Gaussian(TRUTH.mean, TRUTH.covariance / 25), DATA), JUDGED, KEYS)
    assert list(good) == KEYS
    for figure in good.values():
        assert figure.n == len(JUDGED.x) == 600
        assert figure.ideal is not None
        assert figure.stderr is not None
        assert abs(figure.value - figure.ideal) < 6 * figure.stderr
        assert "values, each column in its own deviations" in figure.note
    assert narrow["precision"].value >= good["precision"].value
    assert narrow["recall"].value < 0.4
    assert narrow["coverage"].value < 0.5
    assert narrow["density"].value > 1.1


def test_the_unit_of_a_column_changes_nothing() -> None:
    class Stretched(Gaussian):
        def sample(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
            return TRUTH.sample(n, seed)[0] * np.array([1e4, 1.0]), np.zeros(n, np.int64)

    def figures(truth: Gaussian) -> dict[str, float]:
        data = prepared(points_table("rows", truth.sample(800, 0)[0]), test=0.2)
        return {key: one.value for key, one in evaluate(at_hand(truth, data), from_dataset(data), KEYS).items()}

    assert figures(Stretched(TRUTH.mean, TRUTH.covariance)) == pytest.approx(figures(TRUTH))


def test_neighbours_can_be_chosen() -> None:
    usual = evaluate(trained(DATA), JUDGED, KEYS)
    three, twenty = (evaluate(trained(DATA), JUDGED, KEYS, neighbours=k) for k in (3, 20))
    assert [usual[key] == three[key] for key in KEYS] == [True, True, False, False]
    assert twenty["recall"].value > three["recall"].value
    assert "20 nearest" in twenty["recall"].note


def test_samples_are_drawn_once_for_all_of_them() -> None:
    drawn: list[int] = []

    class Counting(Gaussian):
        def sample(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
            drawn.append(n)
            return super().sample(n, seed)

    evaluate(at_hand(Counting(TRUTH.mean, TRUTH.covariance), DATA), JUDGED, KEYS)
    assert drawn == [600]
    small = prepare(points_table("rows", TRUTH.sample(MOST + 500, 1)[0]), PreparationSettings(valid=0, test=0), 0)
    figure = evaluate(at_hand(TRUTH, small), from_dataset(small), ["coverage"])["coverage"]
    assert figure.n == MOST
    assert figure.ideal is None
    assert "flatters" in figure.note


@pytest.mark.parametrize("features", ["mobilenet", "pca", "raw"])
def test_of_pictures_by_the_same_features_as_the_distance(features: str) -> None:
    found = evaluate(painter(), from_dataset(SPOTS), [*KEYS, "fid"], features=features)
    assert list(found) == ["fid", *KEYS]
    words = found["fid"].note.removeprefix("By ").split(":")[0]
    for key in KEYS:
        assert words in found[key].note
        assert found[key].n == 80
    dark = evaluate(painter(0.3), from_dataset(SPOTS), KEYS, features=features)
    assert dark["coverage"].value < found["coverage"].value
    assert dark["recall"].value < found["recall"].value


def test_they_tell_how_far_they_are_and_can_be_cancelled() -> None:
    told: list[float] = []
    evaluate(painter(), from_dataset(SPOTS), KEYS, watch=lambda share, _: told.append(share), features="raw")
    assert told == sorted(told)
    assert len(set(told)) > 8

    def stop(share: float, doing: str) -> None:
        if share > 0.21:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(painter(), from_dataset(SPOTS), KEYS, watch=stop, features="raw")


def test_where_they_cannot_be_measured() -> None:
    few = prepare(points_table("few", RNG.normal(size=(FEWEST - 1, 2))), PreparationSettings(valid=0, test=0), 0)
    assert "40 items or more" in unsuitable(trained(few), from_dataset(few))["recall"]
    assert "cannot invent samples" in unsuitable(trained(DATA, SamplesOnly), JUDGED)["precision"]
    with pytest.raises(DataError, match="601 items or more"):
        evaluate(trained(DATA), JUDGED, ["density"], neighbours=300)
