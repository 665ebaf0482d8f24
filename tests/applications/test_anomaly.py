from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from genstudio.applications.anomaly import (
    ScoreDistribution,
    contribution_shares,
    excess,
    explained,
    flagged,
    strangest,
)
from genstudio.errors import DataError, SettingsError

INF = math.inf
QUICK = settings(max_examples=60, deadline=None)
NAN = math.nan
FINITE = st.floats(-1e6, 1e6)
FINITE_SCORES = hnp.arrays(np.float64, st.integers(1, 60), elements=FINITE | st.integers(-3, 3).map(float))
ANY_SCORES = hnp.arrays(np.float64, st.integers(0, 60), elements=FINITE | st.sampled_from([INF, -INF, NAN, 0.0]))
PERCENT = st.floats(0, 100)


def test_the_textbooks_bottom_percent_is_flagged() -> None:
    log_prob = np.random.default_rng(42).standard_normal(1050) * 3 - 5
    threshold = ScoreDistribution.of(-log_prob).by_percent(1.0)
    assert threshold.value == -np.percentile(log_prob, 1)
    np.testing.assert_array_equal(threshold.flags(-log_prob), log_prob < np.percentile(log_prob, 1))
    assert (threshold.flagged, threshold.total) == (11, 1050)


@QUICK
@given(FINITE_SCORES, PERCENT)
def test_value_is_the_percentile_of_the_log_likelihoods(scores: np.ndarray, percent: float) -> None:
    assert ScoreDistribution.of(scores).value_at(percent) == -np.percentile(-scores, percent)


@QUICK
@given(FINITE_SCORES, st.floats(0, 1))
def test_value_survives_the_way_over_percent(scores: np.ndarray, share: float) -> None:
    distribution = ScoreDistribution.of(scores)
    value = float(scores.min() + share * (scores.max() - scores.min()))
    # A gap of the data is crossed at the precision of a percentile.
    assert distribution.value_at(distribution.percent_at(value)) == pytest.approx(value, rel=1e-9, abs=1e-6)


@QUICK
@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=60, unique=True), PERCENT)
def test_percent_survives_the_way_over_value(scores: list[int], percent: float) -> None:
    distribution = ScoreDistribution.of(np.array(scores, float))
    assert distribution.percent_at(distribution.value_at(percent)) == pytest.approx(percent, abs=1e-6)


@QUICK
@given(ANY_SCORES, PERCENT, PERCENT)
def test_a_higher_percent_flags_no_fewer(scores: np.ndarray, one: float, other: float) -> None:
    distribution = ScoreDistribution.of(scores)
    low, high = sorted((one, other))
    assert distribution.by_percent(low).flagged <= distribution.by_percent(high).flagged


@QUICK
@given(ANY_SCORES, FINITE, FINITE)
def test_a_higher_value_flags_no_more(scores: np.ndarray, one: float, other: float) -> None:
    distribution = ScoreDistribution.of(scores)
    low, high = sorted((one, other))
    assert distribution.by_value(low).flagged >= distribution.by_value(high).flagged
    assert distribution.by_value(low).percent >= distribution.by_value(high).percent


@QUICK
@given(ANY_SCORES, PERCENT, FINITE)
def test_the_count_is_of_the_flags_and_percent_stays_in_range(scores: np.ndarray, percent: float, value: float) -> None:
    distribution = ScoreDistribution.of(scores)
    for threshold in (distribution.by_percent(percent), distribution.by_value(value)):
        flags = threshold.flags(scores)
        assert threshold.flagged == flags.sum()
        assert flags[scores == INF].all()
        assert not flags[np.isnan(scores)].any()
        assert math.isfinite(threshold.value)
        assert 0 <= threshold.percent <= 100
        assert threshold.total + distribution.unscored == len(scores)


@pytest.mark.parametrize(
    ("scores", "percent", "value", "count"),
    [
        ([], 1, 0.0, 0),
        ([2.0], 1, 2.0, 0),
        ([1.0, 2.0], 0, 2.0, 0),
        ([1.0, 2.0], 50, 1.5, 1),
        ([5.0] * 100, 10, 5.0, 0),
        ([1.0, 2.0, 3.0, INF], 1, 3.0, 1),
        ([1.0, 2.0, 3.0, INF], 100, 1.0, 3),
        ([INF, INF, INF], 1, 0.0, 3),
        ([-INF, 1.0, 2.0], 100, 1.0, 1),
        ([NAN, 1.0, 2.0], 50, 1.5, 1),
        ([NAN], 1, 0.0, 0),
    ],
)
def test_few_equal_and_infinite_scores(scores: list[float], percent: float, value: float, count: int) -> None:
    threshold = ScoreDistribution.of(np.array(scores, float)).by_percent(percent)
    assert (threshold.value, threshold.flagged) == (value, count)


@pytest.mark.parametrize(("value", "percent", "count"), [(2.0, 0.0, 0), (1.0, 50.0, 1), (0.5, 100.0, 3), (9.0, 0.0, 0)])
def test_a_dragged_value_tells_its_percent(value: float, percent: float, count: int) -> None:
    threshold = ScoreDistribution.of(np.array([1.0, 1.0, 2.0])).by_value(value)
    assert (threshold.percent, threshold.flagged) == (percent, count)


def test_a_threshold_judges_other_rows() -> None:
    threshold = ScoreDistribution.of(np.arange(100.0)).by_percent(1)
    np.testing.assert_array_equal(threshold.flags(np.array([-INF, 0.0, 98.5, INF, NAN])), [0, 0, 1, 1, 0])


@pytest.mark.parametrize("percent", [-0.1, 100.1, NAN, INF])
def test_a_percent_beyond_its_range_is_refused(percent: float) -> None:
    with pytest.raises(SettingsError, match="Choose 0 to 100 %"):
        ScoreDistribution.of(np.arange(3.0)).by_percent(percent)


@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_a_value_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(SettingsError, match="finite"):
        ScoreDistribution.of(np.arange(3.0)).by_value(value)


@QUICK
@given(ANY_SCORES, st.integers(0, 70))
def test_the_strangest_are_the_head_of_a_stable_sort(scores: np.ndarray, k: int) -> None:
    scored = [i for i in range(len(scores)) if not math.isnan(scores[i])]
    assert strangest(scores, k).tolist() == sorted(scored, key=lambda i: -scores[i])[:k]


def test_flagged_rows_come_strangest_first() -> None:
    scores = np.array([1.0, 7.0, INF, 3.0, NAN, 7.0])
    threshold = ScoreDistribution.of(scores).by_value(2.0)
    assert flagged(scores, threshold).tolist() == [2, 1, 5, 3]


@pytest.mark.parametrize(
    ("score", "contributions", "shares", "reason"),
    [
        (12.0, [9.1, 0.9, 0.0], [0.91, 0.09, 0.0], "bill is surprising given the others: 9.1 nats"),
        (9.0, [6.0, -3.0, 4.0], [0.6, 0.0, 0.4], "bill (6.0 nats) and mass (4.0 nats) are surprising given the others"),
        (2.0, [-1.0, -2.0, 0.0], [0, 0, 0], "no column stands out on its own"),
        (2.0, [NAN, 1.0, 0.0], [0, 1, 0], "wing is surprising given the others: 1.0 nats"),
        (INF, [0.0, 0.0, 0.0], [0, 0, 0], "the model expects no such row at all"),
        (INF, [3.0, INF, 1.0], [0, 1, 0], "wing is surprising given the others: no such value is expected at all"),
        (1e308, [1e308, 1e308, 1e-300], [0.5, 0.5, 0.0], None),
    ],
)
def test_a_row_is_explained(score: float, contributions: list[float], shares: list[float], reason: str | None) -> None:
    rows = explained(np.array([score]), np.array([contributions]), np.array([41]), ["bill", "wing", "mass"])
    assert (rows[0].row, rows[0].score) == (41, score)
    np.testing.assert_allclose(rows[0].shares, shares)
    assert reason is None or rows[0].reason == reason


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_unit_of_a_column_does_not_make_it_strange(scale: float) -> None:
    deviation = np.array([800.0, 0.01 * scale])

    def contributions(z: np.ndarray) -> np.ndarray:
        """-log N(x; 0, deviation²) of each column, x = z · deviation."""
        return z**2 / 2 + np.log(deviation * math.sqrt(2 * math.pi))

    reference = contributions(np.random.default_rng(0).standard_normal((4001, 2)))
    odd = excess(contributions(np.array([[0.5, 4.0]])), reference)
    row = explained(np.array([9.0]), odd, np.array([0]), ["mass", "width"])[0]
    # The median of a chi-squared with one degree of freedom is 0.455.
    assert row.contributions.tolist() == pytest.approx([0.125 - 0.227, 8.0 - 0.227], abs=0.03)
    assert row.reason == "width is surprising given the others: 7.8 nats"


def test_the_usual_is_taken_over_finite_values() -> None:
    reference = np.array([[1.0, INF], [INF, INF], [3.0, NAN]])
    assert excess(np.array([[5.0, INF]]), reference).tolist() == [[3.0, INF]]


def test_a_single_column_is_not_compared_with_others() -> None:
    assert explained(np.array([3.0]), np.array([[3.0]]), np.array([0]), ["x"])[0].reason == "x is surprising: 3.0 nats"


def test_a_model_that_cannot_say_why_still_lists_rows() -> None:
    rows = explained(np.array([3.0, 2.0]), None, np.array([7, 9]), ["x", "y"])
    assert [(row.row, row.score, row.reason) for row in rows] == [(7, 3.0, ""), (9, 2.0, "")]


@QUICK
@given(hnp.arrays(np.float64, (5, 3), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_shares_sum_to_one_or_nothing(contributions: np.ndarray) -> None:
    shares = contribution_shares(contributions)
    assert ((shares >= 0) & (shares <= 1)).all()
    sums = shares.sum(axis=1)
    assert (np.isclose(sums, 1) | (sums == 0)).all()


def test_contributions_of_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match="do not belong to 2 rows of 1 columns"):
        explained(np.zeros(2), np.zeros((3, 1)), np.arange(2), ["x"])
