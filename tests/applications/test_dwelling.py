from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.dwelling import (
    MOST_BARS,
    dwell_times,
    geometric_between,
    geometric_law,
    mean_stay,
    shares,
    stays_of,
)

PATH = np.array([0, 0, 1, 1, 1, 0, 0, 2, 2])
LENGTHS = np.array([6, 3])


def test_stays_end_with_their_sequence() -> None:
    stays = stays_of(PATH, LENGTHS)
    np.testing.assert_array_equal(stays.state, [0, 1, 0, 0, 2])
    np.testing.assert_array_equal(stays.start, [0, 2, 5, 6, 7])
    np.testing.assert_array_equal(stays.steps, [2, 3, 1, 1, 2])
    np.testing.assert_array_equal(stays.cut, [False, False, True, False, True])
    np.testing.assert_array_equal(stays.whole(0), [2, 1])
    assert stays.cut_off(0) == 1
    assert (len(stays.whole(2)), stays.cut_off(2)) == (0, 1)


def test_no_rows_have_no_stays() -> None:
    stays = stays_of(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert len(stays.state) == 0
    assert dwell_times(stays, 0).stays == 0


def test_the_law_is_a_distribution_with_its_mean() -> None:
    steps = np.arange(1, 2_000)
    law = geometric_law(0.9, steps)
    assert law.sum() == pytest.approx(1)
    assert (steps * law).sum() == pytest.approx(mean_stay(0.9)) == pytest.approx(10)
    assert geometric_between(0.9, np.array([3]), np.array([6]))[0] == pytest.approx(law[2:5].sum())
    assert geometric_law(0.0, np.array([1, 2])).tolist() == [1.0, 0.0]
    assert mean_stay(1.0) == np.inf


def test_a_chain_follows_its_own_law() -> None:
    stay, random = 0.8, np.random.default_rng(0)
    path = np.cumsum(random.random(200_000) > stay) % 2
    found = dwell_times(stays_of(path, np.array([len(path)])), 0, stay)
    assert found.mean == pytest.approx(found.expected, rel=0.02)
    assert found.counts.sum() == found.stays
    many = found.law > 50
    # Counts scatter by their root.
    assert (np.abs(found.counts - found.law)[many] < 4.5 * np.sqrt(found.law[many])).all()


def test_long_stays_share_bars_of_whole_lengths() -> None:
    path = np.repeat([0, 1, 0, 1], [1_000, 10, 400, 10])
    found = dwell_times(stays_of(path, np.array([len(path)])), 0, 0.99)
    assert len(found.counts) <= MOST_BARS
    assert found.counts.sum() == 2
    widths = np.diff(found.edges)
    assert (widths == widths[0]).all()
    assert widths[0] == round(widths[0])


def test_without_a_chain_the_law_is_not_known() -> None:
    found = dwell_times(stays_of(PATH, LENGTHS), 0)
    assert np.isnan(found.law).all()
    assert np.isnan(found.expected)
    np.testing.assert_array_equal(found.counts, [1, 1])


def test_shares_count_states_that_never_come() -> None:
    np.testing.assert_allclose(shares(PATH, 4), [4 / 9, 3 / 9, 2 / 9, 0])
