"""Quadrature against integrals known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from genstudio.data.densities.quadrature import Scales, integrate_plane, panels, surprise

Floats = NDArray[np.float64]


def test_panels_are_exact_for_polynomials() -> None:
    nodes, weights = panels(np.array([-1.0, 0.5, 2.0]), order=4)
    assert weights @ nodes**7 == pytest.approx((2**8 - 1) / 8, rel=1e-13)


def test_surprise_is_zero_where_nothing_is() -> None:
    values = surprise(np.array([-np.inf, -1e4, 0.0, np.log(2)]))
    assert values == pytest.approx([0, 0, 0, -2 * np.log(2)])


@pytest.mark.parametrize("std", [1.0, 1e-2, 1e-4])
def test_finds_a_feature_that_the_first_cells_step_over(std: float) -> None:
    place = np.array([0.123, -0.456])

    def bump(x: Floats) -> Floats:
        return np.exp(-((x - place) ** 2).sum(axis=1) / (2 * std**2)) / (2 * np.pi * std**2)

    edges = np.linspace(-10, 10, 5)
    mass = integrate_plane(bump, edges, edges, Scales(place[None], np.array([std])))
    assert mass == pytest.approx(1, abs=1e-8)


def test_halves_cells_at_a_jump_that_no_edge_follows() -> None:
    def disc(x: Floats) -> Floats:
        return (np.hypot(x[:, 0], x[:, 1]) < 1).astype(float)

    edges = np.linspace(-2, 2, 5)
    area = integrate_plane(disc, edges, edges, Scales(np.zeros((1, 2)), np.ones(1)), tolerance=1e-7)
    assert area == pytest.approx(np.pi, abs=2e-3)


def test_thinning_keeps_places_of_every_size() -> None:
    places = np.random.default_rng(0).random((500, 2))
    thinned = Scales(places, np.repeat([0.5, 0.1], 250)).thinned()
    assert set(thinned.sizes) == {0.5, 0.1}
    assert len(thinned.places) < 20
