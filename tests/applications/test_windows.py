from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.windows import flagged_intervals, window_scores


def slowly(values: np.ndarray, lengths: np.ndarray, window: int, gaps: np.ndarray) -> np.ndarray:
    """Window by window, as the definition says."""
    scores, begin = np.empty(len(values)), 0
    for length in lengths:
        for row in range(begin, begin + length):
            part = slice(max(begin, row - window // 2), min(begin + length, row + (window - 1) // 2 + 1))
            kept = values[part][~gaps[part]]
            scores[row] = -kept.mean() if len(kept) else np.nan
        begin += length
    return scores


@pytest.mark.parametrize("window", [1, 2, 3, 7, 100])
def test_windows_stay_within_their_sequence_and_leave_gaps_out(window: int) -> None:
    random = np.random.default_rng(window)
    lengths = np.array([40, 1, 25])
    values, gaps = random.normal(size=66) * 3 - 1e4, random.random(66) < 0.2
    gaps[10:20] = True
    values[gaps] = 0.0
    np.testing.assert_allclose(
        window_scores(values, lengths, window, gaps), slowly(values, lengths, window, gaps), rtol=1e-12
    )


def test_a_window_of_one_is_the_step_itself() -> None:
    values = np.array([-1.0, -3.0, -2.0])
    np.testing.assert_allclose(window_scores(values, np.array([3]), 1), [1, 3, 2])


def test_what_has_no_density_is_infinitely_strange() -> None:
    values = np.array([-1.0, -np.inf, -1.0, -1.0, -1.0])
    np.testing.assert_array_equal(window_scores(values, np.array([5]), 3), [np.inf, np.inf, np.inf, 1, 1])


def test_flagged_rows_make_intervals() -> None:
    scores = np.array([0.0, 5, 6, 5, 0, 0, 7, np.nan, 8, 9, np.inf])
    found = flagged_intervals(scores, np.array([9, 2]), 1.0)
    np.testing.assert_array_equal(found.start, [1, 6, 8, 9])
    np.testing.assert_array_equal(found.end, [4, 7, 9, 11])
    np.testing.assert_array_equal(found.sequence, [0, 0, 0, 1])
    np.testing.assert_array_equal(found.peak, [2, 6, 8, 10])
    np.testing.assert_array_equal(found.highest, [6, 7, 8, np.inf])
    np.testing.assert_allclose(found.mean, [16 / 3, 7, 8, np.inf])
    np.testing.assert_array_equal(found.rows, [3, 1, 1, 2])


@pytest.mark.parametrize(("join", "starts"), [(0, [1, 6, 8, 9]), (1, [1, 6, 9]), (2, [1, 9])])
def test_near_neighbours_are_one_interval_but_never_across_sequences(join: int, starts: list[int]) -> None:
    scores = np.array([0.0, 5, 6, 5, 0, 0, 7, np.nan, 8, 9, 3])
    found = flagged_intervals(scores, np.array([9, 2]), 1.0, join)
    np.testing.assert_array_equal(found.start, starts)


def test_nothing_flagged_has_no_intervals() -> None:
    assert len(flagged_intervals(np.zeros(5), np.array([5]), 1.0)) == 0
    assert len(flagged_intervals(np.zeros(0), np.zeros(0, np.int64), 1.0)) == 0
