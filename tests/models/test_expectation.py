from __future__ import annotations

import numpy as np
import pytest

from genstudio.models import _expectation
from genstudio.models._expectation import Rows
from genstudio.models._gaussians import Mixture

SHAPES = ("full", "tied", "diag", "spherical")


def mixture(shape: str, width: float = 1.0) -> Mixture:
    rng = np.random.default_rng(1)
    factor = rng.normal(size=(3, 2, 2)) * 0.3 + np.eye(2)
    covariances = factor @ np.swapaxes(factor, 1, 2) * width**2
    spreads = {
        "full": covariances, "tied": np.tile(covariances[0], (3, 1, 1)),
        "diag": np.diagonal(covariances, axis1=1, axis2=2), "spherical": np.repeat(covariances[:, :1, 0], 2, axis=1),
    }[shape]
    return Mixture.of(shape, np.array([0.2, 0.3, 0.5]), rng.normal(size=(3, 2)) * 2 + 50, spreads)  # type: ignore[arg-type]


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def x(clouds) -> np.ndarray:
    return clouds(9000, 2) * [1.0, 3.0] + 50


def both_ways(rows: Rows, current: Mixture, monkeypatch: pytest.MonkeyPatch):
    """The E step by features and by deviations."""
    assert rows.expandable(current)
    fast = rows.expect(current)
    monkeypatch.setattr(_expectation, "EXPANSION_LIMIT", 0.0)
    return fast, rows.expect(current)


def test_both_ways_of_the_e_step_agree(shape: str, x: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, current = Rows(x, shape in ("diag", "spherical")), mixture(shape)
    fast, exact = both_ways(rows, current, monkeypatch)
    assert fast[0] == pytest.approx(exact[0], rel=1e-12)
    assert fast[0] == pytest.approx(current.log_prob(x).mean(), rel=1e-12)
    for found in (fast[1], exact[1]):
        learned = rows.maximize(found, shape, 1e-6)  # type: ignore[arg-type]
        resp = current.responsibilities(x)
        means = resp.T @ x / resp.sum(axis=0)[:, None]
        np.testing.assert_allclose(learned.means, means, rtol=1e-10)
        np.testing.assert_allclose(learned.weights, resp.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(
        rows.maximize(fast[1], shape, 0.0).spreads, rows.maximize(exact[1], shape, 0.0).spreads,  # type: ignore[arg-type]
        rtol=1e-9, atol=1e-9,
    )


def test_features_that_do_not_fit_are_formed_anew(shape: str, x: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, current = Rows(x, shape in ("diag", "spherical")), mixture(shape)
    kept = rows.expect(current)
    monkeypatch.setattr(_expectation, "FEATURES_BYTES", 0)
    anew = Rows(x, rows.diagonal).expect(current)
    assert kept[0] == anew[0]
    np.testing.assert_array_equal(kept[1].second, anew[1].second)


@pytest.mark.parametrize(("width", "expected"), [(1.0, True), (1e-1, True), (1e-4, False), (1e-8, False)])
def test_tiny_components_are_not_expanded(width: float, expected: bool, shape: str, x: np.ndarray) -> None:
    rows = Rows(x, shape in ("diag", "spherical"))
    assert rows.expandable(mixture(shape, width)) is expected


def test_statistics_give_back_a_known_mixture() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(50, 2)) - 40, rng.normal(size=(150, 2)) * 2 + 40])
    means, covariances = np.array([[-40.0, -40.0], [40.0, 40.0]]), np.tile(np.eye(2) * 9, (2, 1, 1))
    apart = Mixture.of("full", np.array([0.5, 0.5]), means, covariances)
    rows = Rows(x, diagonal=False)
    learned = rows.maximize(rows.expect(apart)[1], "full", 0.5)
    np.testing.assert_allclose(learned.weights, [0.25, 0.75])
    np.testing.assert_allclose(learned.means, [x[:50].mean(axis=0), x[50:].mean(axis=0)])
    np.testing.assert_allclose(learned.covariances[0], np.cov(x[:50].T, bias=True) + 0.5 * np.eye(2))
    np.testing.assert_allclose(learned.covariances[1], np.cov(x[50:].T, bias=True) + 0.5 * np.eye(2))
