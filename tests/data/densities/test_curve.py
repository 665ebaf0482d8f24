"""Blurred curves against dense sums along the curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp

from genstudio.data.densities.curve import Arc, BlurredCurve

Floats = NDArray[np.float64]
Kernel = Callable[[Floats], Floats]


def half_circle(t: Floats) -> Floats:
    return np.column_stack([np.cos(t), np.sin(t)])


def spiral(t: Floats) -> Floats:
    return np.column_stack([-t * np.cos(t), t * np.sin(t)]) / 3


def gaussian(std: float) -> Kernel:
    return lambda gap: -(gap**2) / (2 * std**2) - np.log(2 * np.pi * std**2) / 2


def box_and_gaussian(std: float, width: float) -> Kernel:
    def kernel(gap: Floats) -> Floats:
        # Taken on the left, where the difference of two tails keeps its digits.
        left = -np.abs(gap)
        upper, lower = log_ndtr((left + width / 2) / std), log_ndtr((left - width / 2) / std)
        return np.asarray(upper + np.log1p(-np.exp(lower - upper)) - np.log(width))

    return kernel


def dense_log_prob(arc: Arc, kernel: Kernel, x: Floats) -> Floats:
    """The integral along the arc by the midpoint rule in the uniform number that the parameter comes from."""
    u = (np.arange(20_000) + 0.5) / 20_000
    places = arc.position(arc.parameter(u))
    terms = kernel(x[:, None, 0] - places[:, 0]) + kernel(x[:, None, 1] - places[:, 1])
    return np.asarray(logsumexp(terms, axis=1) - np.log(len(u)))


@pytest.mark.parametrize("std", [0.02, 0.1, 0.7])
def test_half_circle_is_the_integral_along_it(std: float) -> None:
    arc = Arc(half_circle, 0, np.pi)
    x = np.random.default_rng(0).normal(scale=1.2, size=(120, 2))
    found, expected = BlurredCurve([arc], std).log_prob(x), dense_log_prob(arc, gaussian(std), x)
    near = expected > -40
    np.testing.assert_allclose(found[near], expected[near], atol=1e-5)
    np.testing.assert_allclose(found, expected, rtol=2e-3)


@pytest.mark.parametrize("std", [0.05, 0.1, 0.3])
def test_jittered_spiral_is_the_integral_along_it(std: float) -> None:
    arc, jitter = Arc(spiral, 0, 3 * np.pi, power=2), 5 / 3 * std
    x, _ = BlurredCurve([arc], std, jitter).sample(120, seed=0)
    expected = dense_log_prob(arc, box_and_gaussian(std, jitter), x)
    np.testing.assert_allclose(BlurredCurve([arc], std, jitter).log_prob(x), expected, atol=1e-4)


def test_shares_weigh_the_arcs() -> None:
    near, far = Arc(half_circle, 0, np.pi, share=3), Arc(lambda t: half_circle(t) + 100, 0, np.pi, share=1)
    curve = BlurredCurve([near, far], 0.1)
    x = half_circle(np.array([0.5, 1.5]))
    np.testing.assert_allclose(curve.log_prob(x) - curve.log_prob(x + 100), np.log(3), atol=1e-9)
    assert np.bincount(curve.sample(8000, seed=0)[1]) / 8000 == pytest.approx([0.75, 0.25], abs=0.02)
