"""Conditional densities: of a Gaussian in closed form, of mixtures by integration, of slices of a known density."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import kstest, norm

from genstudio.applications.conditional import SHARES, Conditional, Query, conditional, draw
from genstudio.applications.line_integral import TOLERANCE, integrated
from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import DataError, TrainingError
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from tests.evaluation.gaussian import Gaussian, GaussianModel, SamplesOnly, at_hand, trained

TRUTH = Gaussian(np.array([1.0, -2.0, 3.0]), np.array([[2.0, 0.9, -0.4], [0.9, 1.0, 0.3], [-0.4, 0.3, 1.5]]))


def dataset(x: np.ndarray, scaling: str = "standard") -> Dataset:
    return prepare(points_table("points", x), PreparationSettings(scaling=scaling, valid=0, test=0), 0)  # type: ignore[arg-type]


def learned(key: str, data: Dataset, **settings: Any) -> Fitted:
    found = model(key)(model(key).Settings(**settings))
    for _ in found.fit(data, found.live_settings(), seed=0):
        pass
    return Fitted(found, data.preparation)


def query(fitted: Fitted, given: dict[int, float], asked: int, known: np.ndarray | None = None) -> Query:
    near = fitted.sample(500, seed=0)[0][:, asked] if known is None else known
    return Query(tuple(given), np.array(list(given.values())), asked, near)


def closed_form(given: dict[int, float], asked: int) -> Any:
    """What a coordinate of the Gaussian is, given others."""
    columns = list(given)
    if not columns:
        return norm(TRUTH.mean[asked], np.sqrt(TRUTH.covariance[asked, asked]))
    slope = np.linalg.solve(TRUTH.covariance[np.ix_(columns, columns)], TRUTH.covariance[columns, asked])
    mean = TRUTH.mean[asked] + slope @ (np.array(list(given.values())) - TRUTH.mean[columns])
    return norm(mean, np.sqrt(TRUTH.covariance[asked, asked] - slope @ TRUTH.covariance[columns, asked]))


def agrees(found: Conditional, expected: Any, rel: float) -> None:
    assert found.mean == pytest.approx(expected.mean(), abs=rel)
    assert found.quantiles == pytest.approx(expected.ppf(SHARES), abs=10 * rel)
    assert found.density == pytest.approx(expected.pdf(found.x), abs=10 * rel)
    assert np.all(np.diff(found.x) > 0)


@pytest.fixture
def bell() -> Fitted:
    """A mixture of one component, set to the truth."""
    data = dataset(TRUTH.sample(200, 0)[0])
    fitted = learned("gmm", data, n_components=1)
    fitted.set_parameters(np.ones(1), TRUTH.mean[None], TRUTH.covariance[None])
    return fitted


CLOUDS = {
    "two blobs": lambda rng, n: np.concatenate([rng.normal(-3, 0.5, (n, 3)), rng.normal(2, 1.0, (n, 3))]),
    "a band": lambda rng, n: rng.normal(size=(2 * n, 1)) * [1.0, 2.0, -1.0] + 0.2 * rng.normal(size=(2 * n, 3)),
}
MODELS = [("gmm", {"n_components": 4}), ("gmm", {"n_components": 3, "covariance_type": "diag"}), ("kde", {})]


@pytest.mark.parametrize("given", [{}, {0: 2.0}, {2: 1.0, 0: 0.5}, {0: 14.0}])
def test_a_gaussian_in_closed_form(bell: Fitted, given: dict[int, float]) -> None:
    found = conditional(bell, query(bell, given, 1))
    agrees(found, closed_form(given, 1), 1e-9)
    assert (found.error, found.evaluations) == (0, 0)


@pytest.mark.parametrize("given", [{0: 2.0, 2: 1.0}, {2: 5.0, 0: -1.0}])
def test_a_slice_of_a_known_density_is_the_same(given: dict[int, float]) -> None:
    # A model that knows its density and nothing more.
    fitted = at_hand(TRUTH, dataset(TRUTH.sample(200, 0)[0], "none"))
    found = conditional(fitted, query(fitted, given, 1, TRUTH.sample(500, 1)[0][:, 1]))
    agrees(found, closed_form(given, 1), 1e-4)
    assert 0 < found.error < TOLERANCE
    assert 100 < found.evaluations < 2000


@pytest.mark.parametrize("scaling", ["standard", "logit"])
@pytest.mark.parametrize(("key", "settings"), MODELS)
@pytest.mark.parametrize("cloud", CLOUDS)
def test_mixtures_agree_with_brute_force(key: str, settings: dict[str, Any], cloud: str, scaling: str) -> None:
    x = CLOUDS[cloud](np.random.default_rng(0), 150)
    fitted = learned(key, dataset(x, scaling), **settings)
    given = {0: float(x[7, 0]), 2: float(x[7, 2])}
    found = conditional(fitted, query(fitted, given, 1))
    line = np.linspace(found.x[0], found.x[-1], 20_001)
    points = np.column_stack([np.full_like(line, given[0]), line, np.full_like(line, given[2])])
    joint = np.exp(fitted.log_prob(points))
    joint /= np.trapezoid(joint, line)
    assert np.interp(found.x, line, joint) == pytest.approx(found.density, abs=2e-3 * joint.max())
    assert found.mean == pytest.approx(np.trapezoid(joint * line, line), abs=1e-3 * np.ptp(line))
    below = np.cumsum(joint) * (line[1] - line[0])
    assert np.interp(found.quantiles, line, below) == pytest.approx(SHARES, abs=1e-3)


@pytest.mark.parametrize(("key", "settings"), MODELS)
def test_what_is_neither_given_nor_asked_is_integrated_out(key: str, settings: dict[str, Any]) -> None:
    x = CLOUDS["a band"](np.random.default_rng(0), 100)
    fitted = learned(key, dataset(x), **settings)
    found = conditional(fitted, query(fitted, {0: 0.4}, 1))
    expected = fitted.marginal_log_prob(np.column_stack([np.full(len(found.x), 0.4), found.x]), (0, 1))
    expected = expected - fitted.marginal_log_prob(np.array([[0.4]]), (0,))
    assert found.density == pytest.approx(np.exp(expected), rel=1e-6)


@pytest.mark.parametrize("given", [{}, {0: 2.0, 2: 1.0}])
def test_draws_follow_the_density(bell: Fitted, given: dict[int, float]) -> None:
    found = draw(bell, query(bell, given, 1), 2000, seed=3)
    assert kstest(found, closed_form(given, 1).cdf).pvalue > 1e-3
    assert np.array_equal(found, draw(bell, query(bell, given, 1), 2000, seed=3))
    assert not np.array_equal(found, draw(bell, query(bell, given, 1), 2000, seed=4))


def test_draws_of_a_slice_follow_it() -> None:
    fitted = at_hand(TRUTH, dataset(TRUTH.sample(200, 0)[0], "none"))
    found = draw(fitted, query(fitted, {0: 2.0, 2: 1.0}, 1, TRUTH.sample(100, 1)[0][:, 1]), 2000, seed=3)
    assert kstest(found, closed_form({0: 2.0, 2: 1.0}, 1).cdf).pvalue > 1e-3


def test_a_slice_needs_all_other_columns() -> None:
    fitted = at_hand(TRUTH, dataset(TRUTH.sample(200, 0)[0], "none"))
    with pytest.raises(DataError, match=r"cannot integrate columns out.*Fix .*, too"):
        conditional(fitted, query(fitted, {0: 2.0}, 1))


def test_no_density_at_all_is_said() -> None:
    class Nowhere(GaussianModel):
        def log_prob(self, x: np.ndarray) -> np.ndarray:
            return np.full(len(x), -np.inf)

    data = dataset(TRUTH.sample(200, 0)[0])
    found = trained(data)
    fitted = Fitted(Nowhere(found.model.settings), data.preparation)
    with pytest.raises(DataError, match="no density at all"):
        conditional(fitted, query(found, {0: 2.0, 2: 1.0}, 1))


def test_who_cannot_says_so() -> None:
    data = dataset(np.random.default_rng(0).normal(size=(50, 2)))
    with pytest.raises(TrainingError, match="cannot state a likelihood"):
        conditional(trained(data, SamplesOnly), Query((0,), np.zeros(1), 1, np.arange(3.0)))
    sharp = learned("kde", data, kernel="tophat")
    with pytest.raises(TrainingError, match="Choose the gaussian kernel"):
        conditional(sharp, Query((0,), np.zeros(1), 1, np.arange(3.0)))


def test_values_beyond_a_logit_scaling_are_refused() -> None:
    fitted = learned("gmm", dataset(np.random.default_rng(0).normal(size=(50, 2)), "logit"), n_components=1)
    with pytest.raises(TrainingError, match="no place for these values"):
        conditional(fitted, Query((0,), np.array([99.0]), 1, np.arange(3.0)))


LINES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], np.ndarray]] = {
    "narrow beside wide": (
        lambda x: np.logaddexp(norm.logpdf(x, 2, 0.004), norm.logpdf(x, -1, 1.0)), np.linspace(-4, 4, 100)
    ),
    "a box": (lambda x: np.where((x > 0.2) & (x < 0.7), 0.0, -np.inf), np.linspace(-1, 1, 100)),
    "beyond what is known": (lambda x: norm.logpdf(x, 9, 1), np.linspace(0, 1, 100)),
    "all values equal": (lambda x: norm.logpdf(x, 5, 0.1), np.full(100, 5.0)),
    "very unlikely": (lambda x: norm.logpdf(x, 0, 1) - 5000, np.linspace(-2, 2, 100)),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_are_integrated_where_their_mass_is(name: str) -> None:
    log_prob, known = LINES[name]
    line = integrated(log_prob, known)
    assert line.below[[0, -1]] == pytest.approx([0, 1], abs=1e-6)
    top = log_prob(line.x).max()
    fine = np.linspace(line.places[0], line.places[-1], 2_000_001)
    values = np.exp(log_prob(fine) - top)
    whole = np.trapezoid(values, fine)
    found = np.exp(log_prob(line.x) - top) / line.density if name != "a box" else np.array([whole])
    error = np.abs(found[np.isfinite(found)] / whole - 1).max()
    assert error < max(2e-5, 2 * line.error)
    assert line.mean == pytest.approx(np.trapezoid(values * fine, fine) / whole, abs=2e-3)


def test_a_jump_costs_accuracy_and_it_is_told() -> None:
    log_prob, known = LINES["a box"]
    line = integrated(log_prob, known)
    inside = line.density[line.density > 0]
    assert abs(inside[0] * 0.5 - 1) < max(line.error, TOLERANCE)
