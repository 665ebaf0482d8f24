"""Bases beside scipy, and the exact way from a mixture to a standard normal."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from genstudio.nets.flows.base import GaussianMixture, StandardNormal
from genstudio.nets.flows.gaussianization import Gaussianization


def mixture(dimension: int = 2, components: int = 5) -> GaussianMixture:
    torch.manual_seed(0)
    made = GaussianMixture(dimension, components).double()
    with torch.no_grad():
        made.logits.copy_(torch.linspace(-1, 1, components))
        made.means.mul_(2.0)
        made.log_scales.add_(0.5 * torch.randn(components, dimension))
    return made


def parts(base: GaussianMixture) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with torch.no_grad():
        return base.logits.softmax(0).numpy(), base.means.numpy(), base.log_scales.exp().numpy()


def test_the_standard_normal_is_that_of_scipy() -> None:
    z = torch.randn(20, 3, dtype=torch.float64)
    expected = stats.norm.logpdf(z.numpy()).sum(axis=1)
    np.testing.assert_allclose(StandardNormal(3).log_prob(z).numpy(), expected, atol=1e-12)


def test_the_mixture_is_that_of_scipy() -> None:
    base = mixture()
    z = 3 * torch.randn(20, 2, dtype=torch.float64)
    expected = sum(
        weight * stats.norm.pdf(z.numpy(), mean, scale).prod(axis=1)
        for weight, mean, scale in zip(*parts(base), strict=True)
    )
    np.testing.assert_allclose(base.log_prob(z).detach().numpy(), np.log(expected), atol=1e-10)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0])
def test_samples_of_the_mixture_scatter_as_it_says(temperature: float) -> None:
    base = mixture()
    weights, means, scales = parts(base)
    with torch.no_grad():
        x = base.sample(40_000, torch.Generator().manual_seed(0), temperature).numpy()
    mean = weights @ means
    variance = weights @ ((temperature * scales) ** 2 + means**2) - mean**2
    np.testing.assert_allclose(x.mean(axis=0), mean, atol=0.06)
    np.testing.assert_allclose(x.var(axis=0), variance, rtol=0.05)
    assert base.sample(0, torch.Generator(), 1.0).shape == (0, 2)


class TestGaussianization:
    @pytest.mark.parametrize("dimension", [1, 2, 4])
    def test_there_and_back(self, dimension: int) -> None:
        way = mixture(dimension).gaussianization()
        z = 2.5 * np.random.default_rng(0).normal(size=(300, dimension))
        x = way.inverse(z)
        np.testing.assert_allclose(way.forward(x), z, atol=1e-7)
        assert way.inverse(z[:0]).shape == (0, dimension)

    def test_what_it_makes_is_a_standard_normal(self) -> None:
        base = mixture(3)
        with torch.no_grad():
            z = base.gaussianization().forward(base.sample(5000, torch.Generator().manual_seed(1), 1.0).numpy())
        for column in (*z.T, z.sum(axis=1) / np.sqrt(3)):
            assert stats.kstest(column, "norm").pvalue > 1e-3

    def test_one_component_is_an_affine_map(self) -> None:
        way = Gaussianization(np.ones(1), np.array([[2.0, -1.0]]), np.array([[0.5, 3.0]]))
        x = np.random.default_rng(0).normal(size=(50, 2)) * 10
        np.testing.assert_allclose(way.forward(x), (x - [2.0, -1.0]) / [0.5, 3.0], atol=1e-9)

    def test_what_is_far_out_stays_finite(self) -> None:
        way = mixture().gaussianization()
        z = way.forward(np.array([[40.0, -35.0], [-60.0, 0.0]]))
        assert np.isfinite(z).all()
        assert np.abs(z).max() > 10
