"""The parts of plots over time that know no Qt: extremes, runs of states, lanes, what is prepared and said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.errors import DataError
from genstudio.ui.plots.lanes import Lane, lane_at, lay_out
from genstudio.ui.plots.prepared_series import MOST_COLUMNS, prepare_series
from genstudio.ui.plots.pyramid import Pyramid, rows_a_block
from genstudio.ui.plots.series_picture import SeriesPicture, make_band, make_draws, merged
from genstudio.ui.plots.series_strokes import joined
from genstudio.ui.plots.series_words import readout
from genstudio.ui.plots.state_runs import StateRuns


def noise(count: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=count)


@pytest.mark.parametrize("most", [7, 100, 999, 5000])
@pytest.mark.parametrize(("first", "last"), [(0, 5003), (1234, 5003), (17, 18), (100, 1000), (16, 48)])
def test_an_outline_holds_the_extremes_of_each_block(first: int, last: int, most: int) -> None:
    values = noise(5003)
    values[600:700] = np.nan
    found = Pyramid(values).outline(first, last, most)
    assert found.rows == rows_a_block(last - first, most)
    assert len(found.starts) <= most + 1
    assert (found.starts % found.rows == 0).all()
    for start, low, high in zip(found.starts, found.lows, found.highs, strict=True):
        block = values[start:start + found.rows]
        known = block[~np.isnan(block)]
        expected = (known.min(), known.max()) if len(known) else (np.nan, np.nan)
        np.testing.assert_equal((low, high), expected)
    assert found.starts[0] <= first
    assert found.starts[-1] + found.rows >= last


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(np.nan)), max_size=200))
def test_the_extremes_of_all_values_are_known(values: list[float]) -> None:
    pyramid = Pyramid(np.array(values))
    known = [value for value in values if not np.isnan(value)]
    expected = (min(known), max(known)) if known else (np.nan, np.nan)
    np.testing.assert_equal((pyramid.low, pyramid.high), expected)


def test_blocks_stay_where_they_are_while_the_view_moves() -> None:
    pyramid = Pyramid(noise(100_000))
    here, there = (pyramid.outline(first, first + 50_000, 500) for first in (1000, 1111))
    shared, a, b = np.intersect1d(here.starts, there.starts, return_indices=True)
    assert len(shared) > 300
    assert (here.highs[a] == there.highs[b]).all()


@pytest.mark.parametrize("kinds", [1, 3, 200])
@pytest.mark.parametrize("most", [10, 130, 20_000])
def test_runs_hold_the_commonest_state_of_each_block(kinds: int, most: int) -> None:
    states = np.repeat(np.random.default_rng(1).integers(-1, kinds, 500), 20)[:9_990]
    rows, found = StateRuns(states).runs(40, 9_990, most)
    assert len(rows) == len(found) + 1
    assert (np.diff(found) != 0).all()
    assert (rows[-1], rows[0] <= 40) == (9_990, True)
    block = rows_a_block(9_950, most)
    each = np.repeat(found, np.diff(rows))
    for start in range(int(rows[0]), 9_990, block):
        counts = np.bincount(states[start:start + block] + 1)
        assert counts[each[start - rows[0]] + 1] == counts.max()


def test_few_states_are_shown_as_they_are() -> None:
    rows, states = StateRuns([2, 2, -1, 0, 0, 0]).runs(0, 6, 100)
    assert rows.tolist() == [0, 2, 3, 6]
    assert states.tolist() == [2, -1, 0]
    assert len(StateRuns(np.empty(0, np.int64)).runs(0, 0, 100)[1]) == 0


@pytest.mark.parametrize("states", [[0.5, 1.0], [[0, 1]], ["a"]])
def test_states_are_whole_numbers(states: Any) -> None:
    with pytest.raises(DataError, match="strip"):
        StateRuns(states)


@pytest.mark.parametrize(("times", "words"), [
    ([0.0, 2.0, 1.0], "backwards"), ([0.0, np.nan, 1.0], "missing"), ([0.0, 1.0], "2 times for 3 rows"),
    (["a", "b", "c"], "not real numbers"),
])
def test_times_that_cannot_be_an_axis_are_refused_in_words(times: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        prepare_series(np.zeros((3, 1)), ["x"], times)


@pytest.mark.parametrize("values", [np.array([["a"]]), np.zeros((3, 2)), np.zeros((3, 1, 1))])
def test_values_that_are_no_columns_of_these_names_are_refused(values: Any) -> None:
    with pytest.raises(DataError):
        prepare_series(values, ["x"])


def test_rows_are_found_by_their_times() -> None:
    series = prepare_series(np.zeros((5, 1)), ["x"], [0.0, 1.0, 1.0, 4.0, 10.0], lengths=[2, 3])
    assert [series.row_at(time) for time in (-9.0, 0.4, 0.6, 3.0, 8.0, 99.0)] == [0, 0, 1, 3, 4, 4]
    assert series.rows_between(0.5, 3.0) == (0, 4)
    assert series.edges(np.array([0, 1, 3, 5])).tolist() == [-0.5, 0.5, 2.5, 10.5]
    assert (series.step, series.starts.tolist()) == (1.0, [2])


def test_infinite_values_are_gaps_and_more_columns_than_can_be_read_are_left_out() -> None:
    series = prepare_series(np.full((4, 30), np.inf), [f"c{i}" for i in range(30)])
    assert (len(series.columns), len(series.names)) == (MOST_COLUMNS, 30)
    assert np.isnan(series.columns[0].values).all()
    lanes = SeriesPicture(series).lanes(400.0)
    assert [lane.name for lane in lanes] == [f"c{i}" for i in range(MOST_COLUMNS)]


@pytest.mark.parametrize("height", [60.0, 400.0, 1000.0])
@pytest.mark.parametrize("ends", [(0.0, 1.0), (-3.2, 900.0), (5.0, 5.0), (np.nan, np.nan), (-1e-9, 1e9)])
def test_lanes_share_the_height_and_hold_their_values(height: float, ends: tuple[float, float]) -> None:
    lanes = lay_out("abc", [ends] * 3, height)
    edges = [edge for lane in lanes for edge in (lane.top, lane.bottom)]
    assert edges == sorted(edges)
    assert (edges[0] >= 0, edges[-1] <= height) == (True, True)
    for lane in lanes:
        heights = lane.heights(np.array([lane.low, lane.high]))
        np.testing.assert_allclose(heights, [lane.bottom, lane.top])
        assert np.isnan(ends[0]) or lane.low <= ends[0] <= ends[1] <= lane.high
        ticks, step = lane.ticks
        assert step > 0
        assert ((ticks >= lane.low) & (ticks <= lane.high)).all()


def test_a_lane_tells_the_value_at_a_height() -> None:
    lane = Lane("x", 10.0, 110.0, -1.0, 1.0)
    assert lane.value_at(float(lane.heights(np.array([0.25]))[0])) == pytest.approx(0.25)


def test_bands_and_draws_widen_what_is_seen() -> None:
    picture = SeriesPicture(prepare_series(np.zeros((3, 2)), ["a", "b"]))
    assert picture.extent == (0.0, 2.0)
    picture.bands = [make_band([3, 4], [-5, -6], [0, 0], [5, 6], 1)]
    picture.draws = make_draws([1, 9], np.full((4, 2, 2), 20.0))
    assert picture.extent == (0.0, 9.0)
    first, second = picture.lanes(300.0)
    assert first.high >= 20 > first.low > -5
    assert second.low <= -6
    assert picture.arrays("step")["b time, low, middle, high"].shape == (2, 4)
    assert picture.arrays("step")["a draws"].shape == (2, 4)


def test_bands_and_draws_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="as many"):
        make_band([1, 2], [1], [1, 2], [1, 2], 0)
    with pytest.raises(DataError, match="2 times"):
        make_draws([1, 2], np.zeros((4, 3, 1)))


def test_intervals_that_fall_on_one_pixel_are_one() -> None:
    assert merged([(5, 6), (0, 1), (1.5, 2), (5.5, 9)], 1.0) == [(0, 2), (5, 9)]


def test_a_row_is_read_out_in_words() -> None:
    series = prepare_series([[1.25, 1.0], [np.nan, 0.0]], ["level", "sign"], levels={"sign": ("low", "high")})
    assert readout("step 0", series, 0, 0, "calm") == "step 0   level 1.25   sign high   state calm"
    assert readout("step 1", series, 1, 0, "") == "step 1   level –   sign low"
    many = prepare_series(np.zeros((2, 6)), list("abcdef"))
    assert readout("step 0", many, 0, 2, "") == "step 0   c 0"


def test_strokes_meet_their_neighbours_and_leave_gaps_open() -> None:
    nan = np.nan
    x = np.array([0.2, 0.7, 1.5, 2.5, 3.5, 4.5])
    tops, bottoms = np.array([5.0, 3.0, 9.0, nan, 1.0, 0.0]), np.array([6.0, 4.0, 10.0, nan, 2.0, 0.5])
    columns, highest, lowest = joined(x, tops, bottoms)
    assert columns.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_equal(highest, [3.0, 6.0, nan, 1.0, 0.0])
    np.testing.assert_equal(lowest, [6.0, 10.0, nan, 2.0, 1.0])


@pytest.mark.parametrize("most", [3, 40, 500])
def test_shares_of_symbols_add_up_in_each_block(most: int) -> None:
    codes = np.random.default_rng(2).integers(-1, 4, 777)
    edges, shares = StateRuns(codes).shares(100, 700, most)
    assert shares.shape == (len(edges) - 1, 4)
    for first, last, share in zip(edges[:-1], edges[1:], shares, strict=True):
        counts = np.bincount(codes[first:last] + 1, minlength=5)
        np.testing.assert_allclose(share, counts[1:] / counts.sum())


def test_columns_of_codes_have_a_row_for_each_word() -> None:
    series = prepare_series([[0.0], [2.0], [np.nan]], ["letter"], levels={"letter": ("a", "b", "c")})
    (lane,) = SeriesPicture(series).lanes(300.0)
    assert (lane.low, lane.high) == (-0.5, 2.5)
    assert series.symbols[0].states.tolist() == [0, 2, -1]


def test_the_lane_at_a_height_is_found() -> None:
    lanes = lay_out("ab", [(0.0, 1.0)] * 2, 200.0)
    assert [lane_at(lanes, height) for height in (0.0, 90.0, 110.0, 999.0)] == [0, 0, 1, 1]
