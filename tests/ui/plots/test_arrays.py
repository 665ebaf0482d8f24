"""The parts of the plots that know no Qt: gate, bins, levels, ranges, growing columns, ellipses, mosaic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.errors import DataError
from genstudio.ui.plots import binning, covariances, gate, levels, ranges
from genstudio.ui.plots.growing import GrowingColumns
from genstudio.ui.plots.mosaic import draw_mosaic

BAD = [
    np.array(["1", "2"]), np.array([1, None], dtype=object), np.array(["2020-01-01"], dtype="datetime64[D]"),
    np.array([1 + 2j]), np.array([b"1"]), [[1.0], [2.0]],
]


@pytest.mark.parametrize("values", BAD, ids=lambda v: str(np.asarray(v).dtype))
def test_the_gate_refuses_what_cannot_be_drawn(values: Any) -> None:
    with pytest.raises(DataError, match="weights"):
        gate.column(values, "weights")


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", ">f8"])
def test_the_gate_makes_float64_of_numbers(dtype: str) -> None:
    assert gate.column(np.array([0, 1], dtype=dtype), "x").dtype == np.dtype("float64")


def test_the_gate_leaves_out_what_is_not_finite() -> None:
    x, y = gate.columns([1, np.nan, 3, 1e200], [1, 2, np.inf, 4], "loss")
    assert x.tolist() == [1.0]
    assert y.tolist() == [1.0]
    points, good = gate.points([[0, 1], [np.nan, 1], [1e300, 0]], "data")
    assert points.tolist() == [[0, 1]]
    assert good.tolist() == [True, False, False]


@pytest.mark.parametrize("shape", [(3,), (3, 3), (2, 2, 2)])
def test_the_gate_wants_pairs(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="shape"):
        gate.points(np.zeros(shape), "data")


def test_the_gate_says_which_lengths_differ() -> None:
    with pytest.raises(DataError, match="2 values along x but 3 along y"):
        gate.columns([1, 2], [1, 2, 3], "loss")


def test_counts_agree_with_numpy() -> None:
    x = np.random.default_rng(0).normal(size=(5000, 2)).astype(np.float32)
    found = binning.counts(x, (-2.0, 2.0, -1.0, 1.0), (10, 20))
    expected, _, _ = np.histogram2d(x[:, 1], x[:, 0], bins=(10, 20), range=((-1, 1), (-2, 2)))
    # Rounding to float32 may move a point across an edge.
    assert np.abs(found - expected).sum() <= 4
    assert found.shape == (10, 20)


@pytest.mark.parametrize("count", [0, 1, 4999, 5000, 5001, 123_456])
def test_thinning_keeps_at_most_the_limit(count: int) -> None:
    kept = len(np.arange(count)[binning.thinned(count, 5000)])
    assert kept <= 5000
    assert kept >= min(count, 2500)


def test_extents() -> None:
    assert binning.extent(np.empty((0, 2))) is None
    assert binning.extent(np.array([[1.0, 2.0]])) == pytest.approx((0.95, 1.05, 1.9, 2.1))
    assert binning.unite(None, (0, 1, 0, 1)) == (0, 1, 0, 1)
    assert binning.unite((0, 1, 0, 1), (-1, 0.5, 0, 2)) == (-1, 1, 0, 2)


def gaussian_grid(n: int = 161) -> tuple[Any, Any, Any]:
    axis = np.linspace(-5, 5, n)
    x, y = np.meshgrid(axis, axis)
    return axis, axis, -(x**2 + y**2) / 2 - np.log(2 * np.pi)


def test_levels_enclose_the_mass_that_they_say() -> None:
    xs, _, z = gaussian_grid()
    cell = (xs[1] - xs[0]) ** 2
    masses = (0.25, 0.5, 0.9)
    for level, mass in zip(levels.enclosing_levels(z, masses), reversed(masses), strict=True):
        assert np.exp(z[z >= level]).sum() * cell == pytest.approx(mass, abs=0.01)


@pytest.mark.parametrize("z", [np.zeros((4, 4)), np.full((4, 4), np.nan)])
def test_flat_or_empty_densities_have_no_levels(z: Any) -> None:
    assert levels.enclosing_levels(z) == []


def test_contours_of_a_gaussian_are_circles() -> None:
    xs, ys, z = gaussian_grid()
    x, y = levels.contour_lines(xs, ys, z, [-0.5 - np.log(2 * np.pi), -2.0 - np.log(2 * np.pi)])
    radius = np.hypot(x, y)
    radius = radius[np.isfinite(radius)]
    assert np.abs(np.where(radius < 1.5, radius - 1, radius - 2)).max() < 0.01
    assert np.isnan(x).sum() >= 2


def test_contours_pass_round_where_nothing_is_known() -> None:
    xs, ys, z = gaussian_grid()
    z[np.hypot(*np.meshgrid(xs, ys)) > 3] = np.nan
    x, _ = levels.contour_lines(xs, ys, z, [-2.0 - np.log(2 * np.pi)])
    assert len(x) > 10
    assert levels.contour_lines(xs, ys, z, []) [0].size == 0


def test_shades_keep_the_order_and_bear_zero_density() -> None:
    found = levels.shades(np.array([[np.nan, -10.0], [-1.0, 0.0]]))
    assert found[0, 0] == 0
    assert found[1, 1] == 1
    assert np.all(np.diff(found.ravel()) > 0)
    assert levels.shades(np.full((2, 2), np.nan)).max() == 0


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_ranges_hold_the_data(low: float, span: float) -> None:
    left, right = ranges.rounded_range(low, low + span)
    assert left <= low <= low + span <= right
    assert left < right


def test_ranges_rest_while_the_data_fit() -> None:
    shown = ranges.rounded_range(0.0, 100.0)
    assert ranges.steady_range(3.0, 95.0, shown) == shown
    assert ranges.steady_range(0.0, 200.0, shown) != shown
    assert ranges.steady_range(0.0, 10.0, shown) != shown


@pytest.mark.parametrize(("step", "nice"), [(0.9, 1.0), (1.0, 1.0), (1.1, 2.0), (3, 5.0), (6, 10.0), (0.03, 0.05)])
def test_nice_steps(step: float, nice: float) -> None:
    assert ranges.nice_step(step) == pytest.approx(nice)


def test_columns_grow_without_copying_each_time() -> None:
    columns, homes = GrowingColumns(), set()
    for place in range(5000):
        columns.extend(np.array([place]), np.array([-place]))
        homes.add(columns.x.__array_interface__["data"][0])
    assert columns.x.tolist() == list(range(5000))
    assert columns.y[-1] == -4999
    assert len(homes) <= 6


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(0, 3.1), st.integers(0, 1), st.floats(-6, 6), st.floats(-6, 6))
def test_dragged_axes_give_a_covariance(a: float, b: float, turn: float, axis: int, x: float, y: float) -> None:
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    axes = covariances.axes_of(rotation @ np.diag([a**2, b**2]) @ rotation.T)
    other = np.linalg.norm(axes[1 - axis])
    found = covariances.dragged_axes(axes, axis, np.array([x, y]))
    spread = covariances.covariance_of(found)
    assert np.all(np.linalg.eigvalsh(spread) > 0)
    assert found[0] @ found[1] == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(found[1 - axis]) == pytest.approx(other)


def test_axes_and_covariances_are_inverse() -> None:
    spread = np.array([[2.0, 0.5], [0.5, 1.0]])
    assert covariances.covariance_of(covariances.axes_of(spread)) == pytest.approx(spread)


def test_outlines_lie_at_their_distance() -> None:
    spread, mean = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([3.0, -1.0])
    away = covariances.outline(mean, covariances.axes_of(spread), 2) - mean
    assert np.einsum("ni,ij,nj->n", away, np.linalg.inv(spread), away) == pytest.approx(np.full(len(away), 4.0))


def test_a_mosaic_shows_every_pair() -> None:
    rng = np.random.default_rng(0)
    values, ground = rng.normal(size=(500, 3)), np.array([10.0, 20, 30])
    picture = draw_mosaic(values, np.full((500, 3), 200.0), ground, cell=40, dot=2)
    assert picture.shape == (120, 120, 3)
    cells = picture.reshape(3, 40, 3, 40, 3).transpose(0, 2, 1, 3, 4)
    assert all((cells[row, column] != ground).any() for row in range(3) for column in range(3))


def test_a_mosaic_puts_a_rising_line_from_lower_left_to_upper_right() -> None:
    line = np.linspace(0, 1, 200)
    picture = draw_mosaic(np.column_stack([line, line]), np.full((200, 3), 255.0), np.zeros(3), cell=50, dot=2)
    lower = picture[50:98, :48, 0].astype(float)
    rows, columns = np.nonzero(lower)
    assert np.corrcoef(rows, columns)[0, 1] < -0.99


def test_a_mosaic_bears_constant_columns() -> None:
    assert draw_mosaic(np.ones((5, 2)), np.full((5, 3), 9.0), np.zeros(3), cell=30, dot=2).shape == (60, 60, 3)
