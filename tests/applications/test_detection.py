from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics

from genstudio.applications.detection import CURVE_POINTS, rank
from genstudio.errors import DataError

INF = math.inf
FEW = settings(max_examples=30, deadline=None)  # scikit-learn takes milliseconds a call, a busy machine more
SCORES = hnp.arrays(np.float64, 40, elements=st.integers(-4, 4).map(float) | st.floats(-100, 100))
LABELS = hnp.arrays(np.int64, 40, elements=st.integers(0, 1))


def overlapping(n: int, seed: int, share: float = 0.2, step: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores that overlap, one unit apart; rounded to `step` so that many tie."""
    random = np.random.default_rng(seed)
    labels = (random.random(n) < share).astype(np.int64)
    scores = random.standard_normal(n) + labels
    return (np.round(scores / step) * step if step else scores), labels


@FEW
@given(SCORES, LABELS)
def test_areas_are_scikit_learns(scores: np.ndarray, labels: np.ndarray) -> None:
    assume(0 < labels.sum() < len(labels))
    ranking = rank(scores, labels, anomalous=1)
    assert ranking.auroc == pytest.approx(metrics.roc_auc_score(labels, scores), abs=1e-12)
    expected = metrics.average_precision_score(labels, scores)
    assert ranking.average_precision == pytest.approx(expected, abs=1e-12)


@FEW
@given(SCORES, LABELS, st.floats(-100, 100))
def test_confusion_is_scikit_learns(scores: np.ndarray, labels: np.ndarray, value: float) -> None:
    assume(0 < labels.sum() < len(labels))
    found = rank(scores, labels, anomalous=1).confusion(value)
    predicted = (scores > value).astype(int)
    assert [found.tn, found.fp, found.fn, found.tp] == metrics.confusion_matrix(labels, predicted).ravel().tolist()
    expected = metrics.precision_recall_fscore_support(labels, predicted, average="binary", zero_division=0)
    assert (found.precision, found.recall, found.f1) == pytest.approx(expected[:3])
    assert found.accuracy == pytest.approx(metrics.accuracy_score(labels, predicted))


@FEW
@given(SCORES, LABELS)
def test_curves_pass_through_scikit_learns_points(scores: np.ndarray, labels: np.ndarray) -> None:
    assume(0 < labels.sum() < len(labels))
    ranking = rank(scores, labels, anomalous=1)
    np.testing.assert_allclose(np.array(ranking.roc()), metrics.roc_curve(labels, scores, drop_intermediate=False)[:2])
    precision, recall, _ = metrics.precision_recall_curve(labels, scores)
    np.testing.assert_allclose(np.array(ranking.precision_recall()), [recall[::-1], precision[::-1]])


@FEW
@given(SCORES, LABELS)
def test_best_f1_is_reached_at_its_threshold_and_nowhere_surpassed(scores: np.ndarray, labels: np.ndarray) -> None:
    assume(0 < labels.sum() < len(labels))
    ranking = rank(scores, labels, anomalous=1)
    best, value = ranking.best_f1()
    assert metrics.f1_score(labels, scores > value) == pytest.approx(best)
    assert ranking.confusion(value).f1 == pytest.approx(best)
    assert max(metrics.f1_score(labels, scores >= score) for score in set(scores[:9].tolist())) <= best + 1e-12


def test_infinite_scores_rank_highest_and_are_always_flagged() -> None:
    scores, labels = np.array([INF, INF, 3.0, 2.0, 1.0, -INF]), np.array([1, 0, 1, 0, 0, 0])
    ranking = rank(scores, labels, anomalous=1)
    finite = np.array([9.0, 9.0, 3.0, 2.0, 1.0, 0.0])
    assert ranking.auroc == pytest.approx(metrics.roc_auc_score(labels, finite))
    assert ranking.average_precision == pytest.approx(metrics.average_precision_score(labels, finite))
    assert (ranking.confusion(1e6).tp, ranking.confusion(1e6).fp) == (1, 1)
    assert ranking.best_f1() == (0.8, 2.5)


def test_the_best_threshold_below_an_infinite_score_is_finite() -> None:
    ranking = rank(np.array([INF, 2.0, 1.0]), np.array([1, 0, 0]), anomalous=1)
    assert ranking.best_f1() == (1.0, 2.0)
    lowest = rank(np.array([INF, 2.0, -INF]), np.array([1, 1, 0]), anomalous=1)
    assert lowest.best_f1() == (1.0, math.nextafter(2.0, 0.0))


@FEW
@given(SCORES, LABELS)
def test_delong_is_the_variance_over_all_pairs(scores: np.ndarray, labels: np.ndarray) -> None:
    assume(2 <= labels.sum() <= len(labels) - 2)
    anomalous, normal = scores[labels == 1], scores[labels == 0]
    wins = np.heaviside(anomalous[:, None] - normal, 0.5)
    variance = wins.mean(axis=1).var(ddof=1) / len(anomalous) + wins.mean(axis=0).var(ddof=1) / len(normal)
    assert rank(scores, labels, anomalous=1).auroc_stderr() == pytest.approx(math.sqrt(variance), abs=1e-9)


def test_hanley_and_mcneil_for_a_class_of_one() -> None:
    # AUROC 0.75 of one against four: A(1-A) + 3 (2A²/(1+A) - A²), over four pairs.
    ranking = rank(np.array([3.5, 4.0, 3.0, 2.0, 1.0]), np.array([1, 0, 0, 0, 0]), anomalous=1)
    variance = (0.75 * 0.25 + 3 * (2 * 0.75**2 / 1.75 - 0.75**2)) / 4
    assert (ranking.auroc, ranking.auroc_stderr()) == (0.75, pytest.approx(math.sqrt(variance)))


def test_rows_without_label_or_score_are_left_out_and_counted() -> None:
    ranking = rank(np.array([1.0, 2.0, math.nan, 4.0, 0.0]), np.array([0, 1, 1, -1, 2]), anomalous=1)
    assert (ranking.n, ranking.n_anomalous, ranking.n_normal, ranking.left_out) == (3, 1, 2, 2)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 0, 0], "All 3 labelled rows are normal.*Add rows labelled anomalous"),
        ([1, 1, -1], "All 2 labelled rows are anomalous.*Add rows labelled normal"),
        ([-1, -1, -1], "No row has both a label and a score"),
        ([], "No row has both a label and a score"),
    ],
)
def test_a_single_class_is_a_sentence(labels: list[int], message: str) -> None:
    with pytest.raises(DataError, match=message):
        rank(np.arange(float(len(labels))), np.array(labels, np.int64), anomalous=1)


@pytest.mark.parametrize("labels", [[1, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1]])
def test_a_class_of_one_still_has_its_figures(labels: list[int]) -> None:
    ranking = rank(np.array([3.0, 5.0, 1.0, 2.0, 0.0, 4.0]), np.array(labels), anomalous=1)
    assert 0 < ranking.auroc < 1
    assert ranking.auroc_stderr() > 0
    assert ranking.average_precision_stderr(0) is None


@pytest.mark.parametrize(("step", "share"), [(0.0, 0.2), (0.5, 0.2), (0.0, 0.6)])
def test_standard_errors_are_the_spread_over_repetitions(step: float, share: float) -> None:
    rankings = [rank(*overlapping(200, seed, share, step), anomalous=1) for seed in range(300)]
    areas = np.array([[ranking.auroc, ranking.average_precision] for ranking in rankings])
    errors = np.array([[ranking.auroc_stderr(), ranking.average_precision_stderr(0)] for ranking in rankings])
    # 300 repetitions know a spread to some 4 %; the bootstrap of an average precision is a little off besides.
    np.testing.assert_allclose(np.sqrt((errors**2).mean(axis=0)), areas.std(axis=0, ddof=1), rtol=0.15)


def test_the_same_seed_gives_the_same_standard_error() -> None:
    ranking = rank(*overlapping(500, 0), anomalous=1)
    assert ranking.average_precision_stderr(1) == ranking.average_precision_stderr(1)
    assert ranking.average_precision_stderr(1) != ranking.average_precision_stderr(2)


def test_long_curves_are_thinned_but_areas_exact() -> None:
    scores, labels = overlapping(100_000, 0)
    ranking = rank(scores, labels, anomalous=1)
    assert ranking.auroc == pytest.approx(metrics.roc_auc_score(labels, scores), abs=1e-12)
    for x, _ in (ranking.roc(), ranking.precision_recall()):
        assert 1000 < len(x) <= CURVE_POINTS
        assert (np.diff(x) >= 0).all()
        assert (x[0], x[-1]) == (0, 1)
    fpr, tpr = ranking.roc()
    assert np.trapezoid(tpr, fpr) == pytest.approx(ranking.auroc, abs=1e-4)
    assert ranking.average_precision_stderr(0) == pytest.approx(
        rank(scores[:25_000], labels[:25_000], 1).average_precision_stderr(0) / 2, rel=0.25
    )
