from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from genstudio.applications import histogram as module
from genstudio.applications.histogram import histogram, score_limits

INF = math.inf
QUICK = settings(max_examples=60, deadline=None)


def test_counts_are_numpys() -> None:
    scores = np.random.default_rng(0).gamma(2.0, size=5000)
    ours = histogram(scores, bins=37)
    counts, edges = np.histogram(scores, bins=37, range=score_limits(scores))
    np.testing.assert_array_equal(ours.counts[0], counts)
    np.testing.assert_allclose(ours.edges, edges)


def test_labels_are_stacked_and_the_unlabelled_kept_apart() -> None:
    scores = np.array([0.0, 1.0, 2.0, 3.0, 3.0, 4.0])
    found = histogram(scores, bins=2, labels=np.array([0, 2, -1, 0, 2, 2]), limits=(0, 4))
    assert found.codes == (-1, 0, 2)
    assert found.counts.tolist() == [[0, 1], [1, 1], [1, 2]]


@QUICK
@given(
    hnp.arrays(np.float64, st.integers(0, 50), elements=st.floats(allow_nan=True, allow_infinity=True)),
    st.integers(1, 30),
)
def test_every_score_is_counted_once(scores: np.ndarray, bins: int) -> None:
    found = histogram(scores, bins=bins, labels=np.zeros(len(scores), np.int64))
    assert np.isfinite(found.edges).all()
    assert (np.diff(found.edges) > 0).all()
    assert found.counts.sum() + found.below + found.beyond + found.unscored == len(scores)


@pytest.mark.parametrize("scores", [[], [3.0], [3.0, 4.0], [7.0] * 9, [1e300, 1e300], [1.0, math.nextafter(1.0, 2)]])
def test_few_and_constant_scores(scores: list[float]) -> None:
    found = histogram(np.array(scores, float), bins=10)
    assert found.counts.sum() == len(scores)
    assert (np.diff(found.edges) > 0).all()


def test_infinite_scores_are_counted_beside_the_bins() -> None:
    found = histogram(np.array([-INF, 1.0, 2.0, INF, INF, math.nan]), bins=4)
    assert (found.below, found.beyond, found.unscored, found.counts.sum()) == (1, 2, 1, 2)
    assert found.edges.tolist() == [1.0, 1.25, 1.5, 1.75, 2.0]


def test_a_row_absurdly_far_out_does_not_press_the_others_into_one_bin() -> None:
    scores = np.append(np.random.default_rng(0).exponential(size=10_000), 1e9)
    found = histogram(scores, bins=50)
    assert found.beyond == 1
    assert found.edges[-1] < 60
    assert (found.counts[0] > 0).sum() > 5


def test_ordinary_tails_are_shown_to_their_end() -> None:
    scores = np.random.default_rng(1).exponential(size=100_000)
    assert score_limits(scores) == (scores.min(), scores.max())


def test_pieces_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, labels = np.random.default_rng(2).normal(size=1000), np.arange(1000) % 3
    whole = histogram(scores, labels=labels)
    monkeypatch.setattr(module, "CHUNK", 7)
    np.testing.assert_array_equal(histogram(scores, labels=labels).counts, whole.counts)
