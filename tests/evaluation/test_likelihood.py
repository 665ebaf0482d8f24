from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from genstudio.data.preparation import PreparationSettings
from genstudio.data.table import points_table
from genstudio.errors import DataError
from genstudio.evaluation import items
from genstudio.evaluation.likelihood import DRAWS, KLToTruth
from genstudio.evaluation.metric import evaluate
from genstudio.models.fitted import Fitted
from tests.evaluation.gaussian import Gaussian, at_hand, prepared, trained

TRUTH = Gaussian(np.array([1.0, -2.0]), np.array([[2.0, 0.6], [0.6, 0.5]]))
OTHER = Gaussian(np.array([0.5, -1.5]), np.array([[1.5, 0.2], [0.2, 0.9]]))
TABLE = points_table("bell", TRUTH.sample(4000, seed=3)[0], truth=TRUTH)
SETTINGS = PreparationSettings()


class Bounded(Gaussian):
    """No density right of 4: what a kernel of bounded support does."""

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        return np.where(x[:, 0] > 4, -np.inf, super().log_prob(x))


def test_the_truth_itself_reaches_its_entropy() -> None:
    data = prepared(TABLE)
    figures = evaluate(at_hand(TRUTH, data), items.from_dataset(data))
    found = figures["log_likelihood"]
    assert found.stderr is not None
    assert abs(found.value + TRUTH.entropy) < 4 * found.stderr
    assert found.ideal == -TRUTH.entropy
    # Half of a chi-squared with two degrees of freedom has variance 1.
    assert found.stderr == pytest.approx(1 / math.sqrt(found.n), rel=0.15)
    assert found.n == 800
    assert (figures["kl_to_truth"].value, figures["kl_to_truth"].stderr) == (0, 0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_kl_agrees_with_its_closed_form(seed: int) -> None:
    data = prepared(TABLE)
    found = evaluate(at_hand(OTHER, data), items.from_dataset(data), ["kl_to_truth"], seed)["kl_to_truth"]
    assert found.stderr is not None
    assert abs(found.value - TRUTH.kl(OTHER)) < 4 * found.stderr
    assert found.stderr < 0.1 * found.value
    assert (found.n, found.ideal) == (DRAWS, 0.0)


def test_kl_draws_points_that_the_same_seed_did_not_train_on() -> None:
    drawn: list[np.ndarray] = []

    class Watched(Gaussian):
        def log_prob(self, x: np.ndarray) -> np.ndarray:
            drawn.append(x)
            return super().log_prob(x)

    data = dataclasses.replace(prepared(TABLE), truth=Watched(TRUTH.mean, TRUTH.covariance))
    KLToTruth().measure(at_hand(OTHER, data), items.from_dataset(data), seed=3)
    assert not np.isin(TRUTH.sample(4000, seed=3)[0], drawn[0]).any()


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_figures_are_the_same_in_data_units_under_any_affine_scaling(scaling: str) -> None:
    plain, scaled = (prepared(TABLE, scaling=name) for name in ("none", scaling))
    keys = ["log_likelihood", "bits_per_dim", "kl_to_truth", "bic", "aic"]
    expected, found = (evaluate(trained(data), items.from_dataset(data), keys) for data in (plain, scaled))
    assert list(expected) == list(found) == keys
    for key, figure in expected.items():
        assert found[key].value == pytest.approx(figure.value, rel=1e-9)


def test_bits_per_dim_under_logit_are_those_of_the_density_in_data_units() -> None:
    data = prepared(TABLE, scaling="logit")
    fitted, judged = trained(data), items.from_dataset(data)
    found = evaluate(fitted, judged)
    assert found["bits_per_dim"].value == pytest.approx(-found["log_likelihood"].value / (2 * math.log(2)))
    # The density integrates to 1 in data units only if the logit's log-determinant is in it.
    low, span = data.preparation.scaling.low, data.preparation.scaling.span
    axes = [low[i] + span[i] * (np.arange(400) + 0.5) / 400 for i in range(2)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    assert np.exp(fitted.log_prob(grid)).sum() * span.prod() / 400**2 == pytest.approx(1, abs=1e-3)
    assert found["log_likelihood"].value == pytest.approx(fitted.log_prob(judged.x).mean())


def test_bits_per_dim_of_a_known_entropy() -> None:
    data = prepared(TABLE)
    found = evaluate(at_hand(TRUTH, data), items.from_dataset(data), ["bits_per_dim"])["bits_per_dim"]
    assert found.ideal == pytest.approx(TRUTH.entropy / (2 * math.log(2)))
    assert found.stderr is not None
    assert abs(found.value - found.ideal) < 4 * found.stderr


@pytest.mark.parametrize("part", [None, "train", "valid"])
def test_criteria_are_scikit_learns_of_the_training_rows_whatever_is_evaluated(part: items.Part | None) -> None:
    data = prepared(TABLE)
    figures = evaluate(trained(data), items.from_dataset(data, part), ["bic", "aic"])
    # The regularisation of scikit-learn would differ from the closed form in the seventh digit.
    mixture = GaussianMixture(1, reg_covar=0).fit(data.train)
    assert figures["bic"].value == pytest.approx(mixture.bic(data.train), rel=1e-9)
    assert figures["aic"].value == pytest.approx(mixture.aic(data.train), rel=1e-9)
    assert {(figure.n, figure.stderr) for figure in figures.values()} == {(len(data.train), None)}


def test_rows_without_density_are_told_not_hidden() -> None:
    data = prepared(TABLE)
    fitted, judged = at_hand(Bounded(TRUTH.mean, TRUTH.covariance), data), items.from_dataset(data)
    figures = evaluate(fitted, judged)
    outside = judged.x[:, 0] > 4
    assert outside.any()
    found = figures["log_likelihood"]
    assert (found.value, found.stderr, found.n) == (-math.inf, None, len(judged.x))
    assert found.note.startswith(f"The model gives {outside.sum()} of 800 points no density at all.")
    assert f"{fitted.log_prob(judged.x[~outside]).mean():.4g}" in found.note
    assert figures["bits_per_dim"].value == math.inf
    assert figures["kl_to_truth"].value == math.inf
    assert "of 20,000 points" in figures["kl_to_truth"].note
    assert figures["bic"].value == math.inf
    assert "no density at all" in figures["bic"].note


def test_no_row_with_any_density() -> None:
    table = points_table("far", np.full((3, 2), 9.0))
    data = prepared(TABLE)
    judged = items.from_raw(table, data.preparation, SETTINGS)
    found = evaluate(at_hand(Bounded(TRUTH.mean, TRUTH.covariance), data), judged, ["log_likelihood"])["log_likelihood"]
    assert (found.value, found.n) == (-math.inf, 3)
    assert found.note == "The model gives 3 of 3 points no density at all."


def test_a_single_row_has_no_standard_error() -> None:
    data = prepared(TABLE)
    judged = items.from_raw(points_table("one", np.array([[1.0, -2.0]])), data.preparation, SETTINGS)
    found = evaluate(at_hand(TRUTH, data), judged, ["log_likelihood"])["log_likelihood"]
    assert (found.value, found.stderr, found.n) == (pytest.approx(TRUTH.log_prob(judged.x)[0]), None, 1)


def test_training_rows_are_said_to_flatter() -> None:
    data = prepared(TABLE, valid=0, test=0)
    judged = items.from_dataset(data)
    assert judged.part == "train"
    assert "flatters" in evaluate(trained(data), judged)["log_likelihood"].note


def test_criteria_need_the_training_rows(no_density: Fitted) -> None:
    data = prepared(TABLE)
    judged = items.from_raw(TABLE, data.preparation, SETTINGS)
    with pytest.raises(DataError, match=r"`bic` cannot be measured: .* not at hand"):
        evaluate(trained(data), judged, ["bic"])
    with pytest.raises(DataError, match="Sampler has no number of free parameters"):
        evaluate(no_density, items.from_dataset(data), ["aic"])


@pytest.mark.parametrize("key", ["log_likelihood", "bits_per_dim", "kl_to_truth"])
def test_a_model_without_density_is_refused_in_a_sentence(no_density: Fitted, key: str) -> None:
    with pytest.raises(DataError, match="Sampler does not know its density"):
        evaluate(no_density, items.from_dataset(prepared(TABLE)), [key])


def test_kl_needs_a_truth() -> None:
    data = prepared(dataclasses.replace(TABLE, truth=None))
    judged = items.from_dataset(data)
    with pytest.raises(DataError, match="true density of these data is not known"):
        evaluate(trained(data), judged, ["kl_to_truth"])
    with pytest.raises(DataError, match="true density"):
        KLToTruth().measure(trained(data), judged, seed=0)
