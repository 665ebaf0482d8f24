"""The pinwheel's change of variables: all roots, folds included."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import logsumexp

from genstudio.data.densities.pinwheel import Pinwheel

Floats = NDArray[np.float64]


def turned(x: Floats, angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return x @ np.array([[cos, sin], [-sin, cos]])


def test_straight_arms_are_a_mixture_of_gaussians() -> None:
    wheel = Pinwheel(arms=3, radial_std=0.3, tangential_std=0.1, rate=0.0)
    x = np.random.default_rng(0).normal(scale=2, size=(500, 2))
    stds = np.array([0.3, 0.1])
    terms = []
    for arm in range(3):
        gaps = (turned(x, -2 * np.pi * arm / 3) / 2 - [1, 0]) / stds
        terms.append(-(gaps**2).sum(axis=1) / 2 - np.log(2 * np.pi * stds.prod() * 4 * 3))
    expected = logsumexp(terms, axis=0)
    near = expected > -60
    np.testing.assert_allclose(wheel.log_prob(x)[near], expected[near], atol=1e-9)


@pytest.mark.parametrize("rate", [0.0, 0.25])
def test_points_far_out_are_as_unlikely_as_their_distance(rate: float) -> None:
    distances = np.array([10.0, 100.0, 1e4, 1e8])
    x = np.column_stack([distances, 0.1 * distances])
    log_prob = Pinwheel(3, 0.3, 0.1, rate).log_prob(x)
    assert np.isfinite(log_prob).all()
    assert (np.diff(log_prob) < 0).all()


@pytest.mark.parametrize("arms", [2, 5, 12])
def test_turning_by_one_arm_changes_nothing(arms: int) -> None:
    wheel = Pinwheel(arms, 0.3, 0.1, 0.25)
    x, _ = wheel.sample(500, seed=0)
    np.testing.assert_allclose(wheel.log_prob(turned(x, 2 * np.pi / arms)), wheel.log_prob(x), atol=1e-8)


def test_every_fold_is_summed() -> None:
    """Beyond a fold three roots belong to one arm; the dense inverse map counts them one by one."""
    wheel = Pinwheel(2, 0.4, 0.15, 0.4)
    # Far out along an arm and across it: where the winding outruns the arm's own width.
    along, across = 2.0, np.linspace(0.05, 0.6, 12)
    f = np.column_stack([np.full_like(across, along), across])
    angle = 0.4 * np.exp(along)
    x = 2 * turned(f, angle)
    np.testing.assert_allclose(wheel.log_prob(x), dense_log_prob(wheel, x), atol=5e-5)


def dense_log_prob(wheel: Pinwheel, x: Floats) -> Floats:
    """The sum over all roots, each bracketed on a grid of a hundred thousand angles."""
    return np.array([_dense_at(wheel, *point) for point in x])


def _dense_at(wheel: Pinwheel, x: float, y: float) -> float:
    radius, angle = np.hypot(x, y) / 2, np.arctan2(y, x)
    psi = np.linspace(-np.pi, np.pi, 100_001)
    step = 2 * np.pi / wheel.arms
    height = (psi + wheel.rate * np.exp(radius * np.cos(psi)) - angle) / step
    left = np.flatnonzero(np.floor(height[1:]) != np.floor(height[:-1]))
    target = np.maximum(np.floor(height[left]), np.floor(height[left + 1]))
    root = psi[left] + (target - height[left]) / (height[left + 1] - height[left]) * (psi[1] - psi[0])
    slope = 1 - radius * np.sin(root) * wheel.rate * np.exp(radius * np.cos(root))
    gaps = np.array([(radius * np.cos(root) - 1) / wheel.radial_std, radius * np.sin(root) / wheel.tangential_std])
    constant = np.log(2 * np.pi * wheel.radial_std * wheel.tangential_std * 4 * wheel.arms)
    return float(logsumexp(-(gaps**2).sum(axis=0) / 2 - np.log(np.abs(slope))) - constant)
