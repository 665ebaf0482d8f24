"""Bases beside scipy, and the exact way from a mixture to a standard normal."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from genstudio.nets.flows.base import GaussianMixture, StandardNormal
from genstudio.nets.flows.gaussianization import Gaussianization


def mixture(dimension: int = 2, components: int = 5, n_classes: int = 0) -> GaussianMixture:
    torch.manual_seed(0)
    made = GaussianMixture(dimension, components, n_classes).double()
    with torch.no_grad():
        made.logits.copy_(torch.linspace(-1, 1, components))
        made.means.mul_(2.0)
        made.below.add_(0.7 * torch.randn(made.below.shape))
        made.log_diagonal.add_(0.5 * torch.randn(components, dimension))
        if made.of_class is not None:
            made.of_class.normal_(0.0, 2.0)
    return made


def none(count: int) -> Tensor:
    return torch.zeros(count, 0, dtype=torch.float64)


def parts(base: GaussianMixture) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and covariances."""
    with torch.no_grad():
        lower = (base.below.tril(-1) + torch.diag_embed(base.log_diagonal.exp())).numpy()
        return base.logits.softmax(0).numpy(), base.means.numpy(), np.linalg.inv(lower.transpose(0, 2, 1) @ lower)


def test_the_standard_normal_is_that_of_scipy() -> None:
    z = torch.randn(20, 3, dtype=torch.float64)
    expected = stats.norm.logpdf(z.numpy()).sum(axis=1)
    np.testing.assert_allclose(StandardNormal(3).log_prob(z, none(20)).numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("dimension", [1, 2, 4])
def test_the_mixture_is_that_of_scipy(dimension: int) -> None:
    base = mixture(dimension)
    z = 3 * torch.randn(20, dimension, dtype=torch.float64)
    expected = sum(
        weight * stats.multivariate_normal(mean, covariance).pdf(z.numpy())
        for weight, mean, covariance in zip(*parts(base), strict=True)
    )
    np.testing.assert_allclose(base.log_prob(z, none(20)).detach().numpy(), np.log(expected), atol=1e-9)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0])
def test_samples_of_the_mixture_scatter_as_it_says(temperature: float) -> None:
    base = mixture()
    weights, means, covariances = parts(base)
    with torch.no_grad():
        x = base.sample(none(40_000), torch.Generator().manual_seed(0), temperature).numpy()
    mean = weights @ means
    apart = means - mean
    expected = np.tensordot(weights, temperature**2 * covariances + apart[:, :, None] * apart[:, None], 1)
    np.testing.assert_allclose(x.mean(axis=0), mean, atol=0.06)
    np.testing.assert_allclose(np.cov(x.T), expected, atol=0.05 * np.diag(expected).max())
    assert base.sample(none(0), torch.Generator(), 1.0).shape == (0, 2)


def test_classes_have_weights_of_their_own() -> None:
    base, z = mixture(n_classes=3), 3 * torch.randn(6, 2, dtype=torch.float64)
    of_each = torch.stack([base.log_prob(z, one.expand(6, -1)) for one in torch.eye(3, dtype=torch.float64)])
    assert (of_each.std(0) > 1e-3).all()
    unknown = base.log_prob(z, torch.zeros(6, 3, dtype=torch.float64))
    torch.testing.assert_close(unknown, mixture().log_prob(z, none(6)))


class TestGaussianization:
    @pytest.mark.parametrize("n_classes", [0, 2])
    @pytest.mark.parametrize("dimension", [1, 2, 4])
    def test_there_and_back(self, dimension: int, n_classes: int) -> None:
        given = torch.eye(n_classes).double()[torch.arange(300) % n_classes] if n_classes else none(300)
        way = mixture(dimension, n_classes=n_classes).gaussianization(given)
        z = 2.5 * np.random.default_rng(0).normal(size=(300, dimension))
        np.testing.assert_allclose(way.forward(way.inverse(z)), z, atol=1e-7)

    def test_what_it_makes_is_a_standard_normal(self) -> None:
        base = mixture(3)
        with torch.no_grad():
            x = base.sample(none(5000), torch.Generator().manual_seed(1), 1.0).numpy()
            z = base.gaussianization(none(5000)).forward(x)
        for column in (*z.T, z.sum(axis=1) / np.sqrt(3)):
            assert stats.kstest(column, "norm").pvalue > 1e-3

    def test_volumes_change_as_densities_do(self) -> None:
        base, step = mixture(2), 1e-5
        x = base.sample(none(30), torch.Generator().manual_seed(1), 1.0).detach().numpy()
        way = base.gaussianization(none(30))
        columns = [(way.forward(x + step * e) - way.forward(x - step * e)) / (2 * step) for e in np.eye(2)]
        expected = stats.norm.logpdf(way.forward(x)).sum(axis=1) + np.linalg.slogdet(np.stack(columns, axis=2))[1]
        found = base.log_prob(torch.from_numpy(x), none(30)).detach().numpy()
        np.testing.assert_allclose(found, expected, atol=1e-5)

    def test_one_component_is_an_affine_map(self) -> None:
        factor = np.array([[[2.0, 0.0], [0.7, 0.3]]])
        way = Gaussianization(np.zeros((50, 1)), np.array([[2.0, -1.0]]), factor)
        x = np.random.default_rng(0).normal(size=(50, 2)) * 3
        np.testing.assert_allclose(way.forward(x), (x - [2.0, -1.0]) @ factor[0].T, atol=1e-8)

    def test_what_is_far_out_stays_finite(self) -> None:
        z = mixture().gaussianization(none(2)).forward(np.array([[40.0, -35.0], [-60.0, 0.0]]))
        assert np.isfinite(z).all()
        assert np.abs(z).max() > 10

    def test_no_points_are_no_trouble(self) -> None:
        assert mixture().gaussianization(none(0)).inverse(np.zeros((0, 2))).shape == (0, 2)
