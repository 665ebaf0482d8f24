"""Mixtures against plain sums, however many components they have."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import logsumexp

from genstudio.data.densities.mixture import GaussianMixture, SmearedMixture

Floats = NDArray[np.float64]


def random_mixture(count: int) -> GaussianMixture:
    rng = np.random.default_rng(count)
    return GaussianMixture(
        rng.dirichlet(np.ones(count)), rng.uniform(-3, 3, (count, 2)), rng.uniform(0.02, 1.5, count)
    )


def plain_log_prob(mixture: GaussianMixture, x: Floats) -> Floats:
    squares = ((x[:, None] - mixture.means) ** 2).sum(axis=2)
    terms = np.log(mixture.weights) - np.log(2 * np.pi * mixture.stds**2) - squares / (2 * mixture.stds**2)
    return np.asarray(logsumexp(terms, axis=1))


@pytest.mark.parametrize("count", [1, 7, 33, 400])
@pytest.mark.parametrize("reach", [1.0, 5.0, 1e4])
def test_tiles_change_nothing(count: int, reach: float) -> None:
    mixture = random_mixture(count)
    x = np.random.default_rng(1).normal(scale=reach, size=(3000, 2))
    np.testing.assert_allclose(mixture.log_prob(x), plain_log_prob(mixture, x), rtol=1e-9, atol=1e-8)


def test_all_points_in_one_place() -> None:
    mixture = random_mixture(50)
    x = np.full((1000, 2), 0.25)
    np.testing.assert_allclose(mixture.log_prob(x), plain_log_prob(mixture, x), atol=1e-8)


def test_entropy_of_one_gaussian_is_the_formula() -> None:
    mixture = GaussianMixture(np.ones(1), np.array([[3.0, -4.0]]), np.array([0.01]))
    assert mixture.entropy == pytest.approx(np.log(2 * np.pi * np.e * 1e-4), abs=1e-6)


def test_entropy_sees_a_needle_in_a_haystack() -> None:
    stds = np.array([5.0, 0.01])
    mixture = GaussianMixture(np.array([0.5, 0.5]), np.array([[0.0, 0.0], [1.0, 1.0]]), stds)
    # The needle is so dense and the haystack so thin that they hardly share a point.
    apart = np.log(2) + float(np.log(2 * np.pi * np.e * stds**2).mean())
    assert mixture.entropy == pytest.approx(apart, abs=1e-3)


def test_smearing_is_a_mixture_of_all_shifts() -> None:
    rng = np.random.default_rng(5)
    weights, means, shifts = np.full(60, 1 / 60), rng.uniform(-2, 2, (60, 2)), rng.uniform(-0.2, 0.2, (4, 2))
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    smeared = SmearedMixture(weights, means, np.full(60, 0.15), shifts, shares)
    spread = GaussianMixture(
        np.outer(weights, shares).ravel(), (means[:, None] + shifts).reshape(-1, 2), np.full(240, 0.15)
    )
    x = np.concatenate([rng.normal(scale=2, size=(2000, 2)), rng.normal(scale=200, size=(20, 2))])
    np.testing.assert_allclose(smeared.log_prob(x), plain_log_prob(spread, x), rtol=1e-9, atol=1e-8)
