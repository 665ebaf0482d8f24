"""Principal components agree with the definition, whatever the scales."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data import projection
from genstudio.data.projection import project
from genstudio.errors import Cancelled, DataError


def correlated(n: int = 400) -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.normal(size=(n, 3)) @ rng.normal(size=(3, 5)) + rng.normal(size=(n, 5)) * 0.1 + 7.0


@pytest.mark.parametrize("standardise", [True, False])
def test_components_are_the_eigenvectors_of_the_covariance(standardise: bool) -> None:
    x = correlated()
    found = project(x, 5, standardise=standardise)
    z = (x - x.mean(axis=0)) / (x.std(axis=0) if standardise else 1.0)
    values, vectors = np.linalg.eigh(np.cov(z.T, bias=True))
    np.testing.assert_allclose(found.explained, values[::-1] / values.sum(), atol=1e-12)
    np.testing.assert_allclose(np.abs(found.directions @ vectors[:, ::-1]), np.eye(5), atol=1e-7)
    np.testing.assert_allclose(np.var(found.points, axis=0) / np.var(found.points, axis=0).sum(), found.explained)


def test_few_rows_of_many_columns() -> None:
    found = project(np.random.default_rng(0).normal(size=(6, 50)), 2)
    assert found.points.shape == (6, 2)
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("size", [1e200, 1e-200])
def test_scales_far_apart_stay_finite(size: float) -> None:
    x = correlated()
    found = project(x * np.array([size, 1, 1, 1, 1]), 2)
    np.testing.assert_allclose(found.explained, project(x, 2).explained, rtol=1e-9)
    assert np.isfinite(found.points).all()


def test_constant_columns_have_no_weight() -> None:
    x = correlated()
    x[:, 2] = 5.0
    np.testing.assert_allclose(project(x, 2).directions[:, 2], 0.0, atol=1e-12)


def test_signs_do_not_depend_on_the_order_of_rows() -> None:
    x = correlated()
    np.testing.assert_allclose(project(x).directions, project(x[::-1]).directions, atol=1e-9)


def test_many_rows_and_columns_are_looked_at_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "MOST_FITTED", 100)
    monkeypatch.setattr(projection, "MOST_COLUMNS", 3)
    found = project(correlated(400), 2)
    assert found.fitted == 100
    assert found.columns.tolist() == [0, 2, 4]
    assert found.points.shape == (400, 2)


@pytest.mark.parametrize("x", [np.zeros((1, 3)), np.zeros((9, 1)), np.full((9, 3), 2.5)])
def test_nothing_to_see_is_a_sentence(x: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"\."):
        project(x)


def test_can_be_cancelled() -> None:
    def watch(fraction: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        project(correlated(), watch=watch)
