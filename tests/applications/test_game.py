"""What a game looks like in a plane: cells of a grid, where noise is drawn, and arrows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from genstudio.applications.game import (
    OUTERMOST,
    arrow_scale,
    cell_areas,
    cell_opacity,
    drawn_arrows,
    holding_cell,
    home_view,
    latent_nodes,
    mistaken,
    noise_places,
    noise_rings,
)

VIEW = (0.0, 10.0, -2.0, 2.0)


def test_every_cell_holds_the_same_share_of_the_prior() -> None:
    nodes = latent_nodes(8)
    shares = np.diff(norm.cdf(nodes[0, :, 0]))
    assert nodes.shape == (9, 9, 2)
    np.testing.assert_allclose(shares, (1 - 2 * OUTERMOST) / 8)
    np.testing.assert_allclose(nodes[:, 0, 1], nodes[0, :, 0])


def test_areas_do_not_hang_on_the_way_round() -> None:
    square = np.array([[[0.0, 0.0], [2.0, 0.0]], [[0.0, 3.0], [2.0, 3.0]]])
    slanted = square @ np.array([[1.0, 0.0], [5.0, 1.0]])
    for nodes in (square, square[::-1], square[:, ::-1], slanted):
        np.testing.assert_allclose(cell_areas(nodes), [[6.0]])


def test_denser_cells_are_fuller() -> None:
    along = np.array([0.0, 1.0, 1.1, 4.0])
    nodes = np.stack(np.meshgrid(along, np.array([0.0, 1.0])), axis=-1)
    thick, full, thin = cell_opacity(nodes)[0]
    assert full == 1.0
    assert full > thick > thin > 0


def test_a_cell_without_extent_is_full_and_no_grid_has_no_cells() -> None:
    nodes = np.zeros((2, 3, 2))
    nodes[:, 2, 0], nodes[1, :, 1] = 1.0, 1.0
    assert cell_opacity(nodes)[0].tolist()[0] == 1.0
    assert cell_opacity(np.zeros((3, 3, 2))).tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert cell_opacity(np.empty((0, 0, 2))).size == 0


def test_the_cell_that_holds_a_place_is_found_also_where_the_grid_is_folded() -> None:
    nodes = latent_nodes(6)
    row, column = holding_cell(nodes, np.array([0.1, -0.6])) or (-1, -1)
    (x0, y0), (x1, y1) = nodes[row, column], nodes[row + 1, column + 1]
    assert x0 <= 0.1 <= x1
    assert y0 <= -0.6 <= y1
    assert holding_cell(nodes, np.array([9.0, 0.0])) is None
    # Folded over, two cells hold the place; the smaller is the denser.
    folded = np.stack(np.meshgrid([0.0, 1.0, 0.4], [0.0, 1.0]), axis=-1)
    assert holding_cell(folded, np.array([0.7, 0.5])) == (0, 1)
    assert holding_cell(folded, np.array([0.2, 0.5])) == (0, 0)
    assert holding_cell(np.empty((0, 0, 2)), np.zeros(2)) is None


def test_noise_fills_the_view() -> None:
    middle, deviations = noise_rings(VIEW)
    np.testing.assert_allclose(noise_places(np.zeros((1, 2)), VIEW)[0], middle)
    np.testing.assert_allclose(noise_places(np.ones((1, 2)), VIEW)[0], middle + deviations)
    assert (middle == [5.0, 0.0]).all()
    assert (3 * deviations < [5.0, 2.0]).all()
    assert (3.4 * deviations > [5.0, 2.0]).all()


def test_a_scale_stays_while_arrows_are_seen_and_do_not_fill_the_view() -> None:
    vectors = np.tile([0.0, 2.0], (20, 1))
    scale = arrow_scale(vectors, 4.0)
    assert 2.0 * scale == pytest.approx(0.08 * 4.0)
    assert arrow_scale(0.5 * vectors, 4.0, scale) == scale
    assert arrow_scale(0.1 * vectors, 4.0, scale) == pytest.approx(10 * scale)
    assert arrow_scale(9 * vectors, 4.0, scale) == pytest.approx(scale / 9)
    assert arrow_scale(0 * vectors, 4.0, scale) == scale
    assert arrow_scale(np.empty((0, 2)), 4.0) == 1.0


def test_only_arrows_that_would_cross_the_view_are_cut() -> None:
    drawn = drawn_arrows(np.array([[0.0, 0.1], [30.0, 40.0], [0.0, 0.0]]), 1.0, 1.0)
    np.testing.assert_allclose(drawn, [[0.0, 0.1], [0.108, 0.144], [0.0, 0.0]])


def test_wrong_verdicts_are_below_a_half_on_real_items_and_above_on_made_ones() -> None:
    verdicts = np.array([0.2, 0.5, 0.9])
    assert mistaken(verdicts, real=True).tolist() == [True, False, False]
    assert mistaken(verdicts, real=False).tolist() == [False, True, True]


def test_the_home_view_has_room_round_the_data_also_where_they_do_not_vary() -> None:
    x0, x1, y0, y1 = home_view(np.array([[1.0, 7.0], [3.0, 7.0]]))
    assert x0 < 1.0
    assert x1 > 3.0
    assert y0 < 7.0 < y1
