from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from genstudio.applications.interpolation import (
    along,
    between,
    class_means,
    grid_axes,
    manifold_axis,
    principal_directions,
    way,
)

RNG = np.random.default_rng(3)
A, B, C = RNG.normal(size=(3, 16))
SHARES = np.linspace(0, 1, 9)


@pytest.mark.parametrize("how", ["linear", "spherical"])
@pytest.mark.parametrize(("a", "b"), [(A, B), (A, A), (A, -A), (A, 3 * A), (A, np.zeros(16)), (A[:1], B[:1])])
def test_ways_begin_and_end_exactly(how: str, a: np.ndarray, b: np.ndarray) -> None:
    found = between(a, b, SHARES, how)
    np.testing.assert_array_equal(found[0], a)
    np.testing.assert_array_equal(found[-1], b)
    assert np.isfinite(found).all()


def test_spherical_ways_follow_the_great_circle_evenly() -> None:
    b = B * np.linalg.norm(A) / np.linalg.norm(B)
    found = between(A, b, SHARES, "spherical")
    radius = np.linalg.norm(A)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), radius, rtol=1e-12)
    steps = np.arccos(np.sum(found[1:] * found[:-1], axis=1) / radius**2)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-9)
    # Nothing leaves the plane of the two ends.
    assert np.linalg.matrix_rank(np.vstack([A, b, found]), tol=1e-9) == 2


@pytest.mark.parametrize("angle", [0.3, 2.0, 3.1, 3.14])
def test_spherical_ways_never_leave_the_lengths_of_their_ends(angle: float) -> None:
    a, b = np.array([0.4, 0.0]), 2.5 * np.array([np.cos(angle), np.sin(angle)])
    lengths = np.linalg.norm(between(a, b, SHARES, "spherical"), axis=1)
    np.testing.assert_allclose(lengths, 0.4 + SHARES * 2.1, rtol=1e-9)


def test_linear_ways_are_straight() -> None:
    np.testing.assert_allclose(between(A, B, np.array([0.25]), "linear")[0], 0.75 * A + 0.25 * B)


@pytest.mark.parametrize("how", ["linear", "spherical"])
def test_closed_ways_lead_back_without_stopping(how: str) -> None:
    points = np.stack([A, B, C])
    open_way, closed = way(points, 5, how), way(points, 5, how, closed=True)
    assert len(open_way) == 2 * 5 + 1
    assert len(closed) == 3 * 5
    for place, station in enumerate(points):
        np.testing.assert_array_equal(closed[5 * place], station)
    np.testing.assert_array_equal(open_way[-1], C)
    # From the last point the loop goes on to the first, a step as long as the others of that stretch.
    np.testing.assert_allclose(between(C, A, np.array([0.8]), how)[0], closed[-1])


@pytest.mark.parametrize("how", ["linear", "spherical"])
@pytest.mark.parametrize("closed", [False, True])
def test_places_along_a_way_are_its_points(how: str, closed: bool) -> None:
    points = np.stack([A, B, C])
    found, legs = way(points, 4, how, closed), 3 if closed else 2
    for place, point in enumerate(found):
        np.testing.assert_allclose(along(points, place / (4 * legs), how, closed), point, atol=1e-12)
    np.testing.assert_array_equal(along(points, 1.0, how, closed), A if closed else C)
    np.testing.assert_array_equal(along(points, -1.0, how, closed), A)
    np.testing.assert_array_equal(along(points, 2.0, how, closed), A if closed else C)


def test_a_manifold_divides_the_prior_evenly() -> None:
    shares = norm.cdf(manifold_axis(15))
    np.testing.assert_allclose(np.diff(shares), 0.9 / 14)
    assert manifold_axis(15)[7] == pytest.approx(0.0, abs=1e-12)
    first, second = grid_axes(15)
    np.testing.assert_array_equal(second, first[::-1])


def test_a_grid_over_bounds_fills_them_with_even_cells() -> None:
    first, second = grid_axes(4, (-2.0, 2.0, 0.0, 8.0))
    np.testing.assert_allclose(first, [-1.5, -0.5, 0.5, 1.5])
    np.testing.assert_allclose(second, [7.0, 5.0, 3.0, 1.0])


def test_principal_directions_are_those_of_the_covariance() -> None:
    z = RNG.normal(size=(500, 3)) * [3.0, 1.0, 0.1] + 5.0
    mean, rows, deviations = principal_directions(z)
    values, vectors = np.linalg.eigh(np.cov(z.T))
    np.testing.assert_allclose(mean, z.mean(axis=0))
    np.testing.assert_allclose(deviations**2, values[::-1])
    np.testing.assert_allclose(np.abs(np.sum(rows * vectors.T[::-1], axis=1)), 1.0)


def test_classes_without_items_have_no_middle() -> None:
    means, counts = class_means(np.array([[1.0], [3.0], [9.0]]), np.array([0, 0, -1]), 2)
    assert means[0, 0] == 2.0
    assert np.isnan(means[1, 0])
    assert counts.tolist() == [2, 0]
