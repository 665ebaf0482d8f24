"""Uniform regions: their area, and what lies outside."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.densities.region import Checkerboard, PerforatedDisc


def test_customary_board_has_eight_squares_of_side_two() -> None:
    board = Checkerboard(squares=4, width=8.0)
    assert board.entropy == pytest.approx(np.log(32))
    x = np.array([[-3.0, -3.0], [-1.0, -3.0], [1.0, 1.0], [5.0, 1.0], [-4.5, -4.5]])
    np.testing.assert_array_equal(board.holds(x), [True, False, True, False, False])
    np.testing.assert_array_equal(board.log_prob(x)[[1, 3, 4]], -np.inf)


def test_odd_boards_have_one_dark_square_more() -> None:
    assert Checkerboard(squares=3, width=3.0).area == pytest.approx(5)


@pytest.mark.parametrize("holes", range(1, 14))
def test_holes_stay_apart_and_inside(holes: int) -> None:
    disc = PerforatedDisc(radius=2.0, holes=holes, hole_size=0.95)
    gaps = np.linalg.norm(disc.centres[:, None] - disc.centres, axis=2)[~np.eye(holes, dtype=bool)]
    assert (gaps > 2 * disc.hole_radius).all()
    assert (np.linalg.norm(disc.centres, axis=1) + disc.hole_radius < disc.radius).all()


def test_holes_are_empty() -> None:
    disc = PerforatedDisc(radius=3.0, holes=7, hole_size=0.75)
    x = np.concatenate([disc.centres, [[3.1, 0.0], [0.0, 2.9]]])
    np.testing.assert_array_equal(np.isfinite(disc.log_prob(x)), [False] * 8 + [True])


def test_points_carry_the_nearest_hole() -> None:
    disc = PerforatedDisc(radius=3.0, holes=5, hole_size=0.5)
    points, nearest = disc.sample(400, seed=0)
    distances = np.linalg.norm(points[:, None] - disc.centres, axis=2)
    np.testing.assert_array_equal(nearest, distances.argmin(axis=1))
