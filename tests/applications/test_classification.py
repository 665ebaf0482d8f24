from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics

from genstudio.applications.classification import (
    Classified,
    Share,
    confusion,
    doubtful_first,
    margins,
    share_right,
    told_classes,
)

TRUE = np.array([0, 0, 1, 1, 2, -1])
TOLD = np.array([0, 1, 1, 1, 0, 2])


def test_confusion_and_accuracy_are_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    true, told = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    np.testing.assert_array_equal(confusion(true, told, 4), metrics.confusion_matrix(true, told, labels=range(4)))
    assert share_right(true, told).value == pytest.approx(metrics.accuracy_score(true, told))


def test_what_has_no_label_is_not_counted() -> None:
    assert share_right(TRUE, TOLD) == Share(3, 5)
    assert confusion(TRUE, TOLD, 3).tolist() == [[1, 1, 0], [0, 2, 0], [1, 0, 0]]


@pytest.mark.parametrize(("right", "n", "stderr"), [(3, 4, math.sqrt(3 / 4 / 4 / 4)), (4, 4, None), (0, 4, None)])
def test_the_standard_error_is_binomial(right: int, n: int, stderr: float | None) -> None:
    assert Share(right, n).stderr == (None if stderr is None else pytest.approx(stderr))


def test_of_no_sequence_there_is_no_share() -> None:
    assert math.isnan(Share(0, 0).value)
    assert Share(0, 0).stderr is None


def test_the_most_probable_class_is_told_with_its_lead() -> None:
    scores = np.array([[-1.0, -3.0, -np.inf], [-5.0, -np.inf, -np.inf], [-np.inf] * 3])
    assert told_classes(scores).tolist() == [0, 0, -1]
    assert margins(scores).tolist() == [2.0, np.inf, 0.0]


def test_errors_come_first_and_the_most_certain_of_them_on_top() -> None:
    true, told = np.array([0, 0, 0, 1, -1]), np.array([0, 1, 1, 1, 1])
    assert doubtful_first(true, told, np.array([5.0, 1.0, 9.0, 0.5, 2.0])).tolist() == [2, 1, 3, 4, 0]


def test_parts_are_judged_apart_by_any_classifier() -> None:
    scores = np.log(np.eye(2)[[0, 1, 1, 0]] * 0.8 + 0.1)
    found = Classified(
        ("a", "b"), scores, told_classes(scores), np.array([0, 0, 1, 1]), np.array([0, 0, 2, 2]),
        np.array([0, 1, 0, 1]), np.array([0, 5, 9, 12]), np.array([5, 4, 3, 2]),
    )
    assert [found.share(part) for part in range(3)] == [Share(1, 2), Share(0, 0), Share(1, 2)]
    assert found.share(2, told=np.array([1, 1, 1, 1])) == Share(2, 2)
    assert found.matrix(0).tolist() == [[1, 1], [0, 0]]
    assert found.listed(2).tolist() == [3, 2]
    assert found.listed(0, (0, 1)).tolist() == [1]
    assert found.listed(0, (0, 1), told=np.ones(4, int)).tolist() == [1, 0]
