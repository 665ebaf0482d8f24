from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from genstudio.applications.agreement import agreement, agreement_sentence


@pytest.mark.parametrize("seed", range(5))
def test_the_matching_is_the_best_of_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    states, labels = random.integers(4, size=200), random.integers(-1, 4, size=200)
    found = agreement(states, labels, 4, 4)
    assert found is not None
    known = labels >= 0
    best = max((np.array(order)[states[known]] == labels[known]).mean() for order in permutations(range(4)))
    assert found.share == pytest.approx(best)
    assert (found.label[states[known]] == labels[known]).mean() == pytest.approx(best)
    assert found.rows == known.sum()


def test_states_that_are_left_over_have_no_label() -> None:
    states, labels = np.array([0, 0, 1, 1, 2, 2]), np.array([1, 1, 0, 0, 0, -1])
    found = agreement(states, labels, 3, 2)
    assert found is not None
    np.testing.assert_array_equal(found.label, [1, 0, -1])
    assert found.share == pytest.approx(4 / 5)
    assert found.largest == pytest.approx(3 / 5)
    sentence = agreement_sentence(found, ["1", "2", "3"], ["calm", "wild"])
    assert "80.0%" in sentence
    assert "1 = wild, 2 = calm)" in sentence


def test_states_that_never_come_are_matched_with_nothing() -> None:
    found = agreement(np.array([2, 2, 0]), np.array([1, 1, 2]), 4, 3)
    assert found is not None
    np.testing.assert_array_equal(found.label, [2, -1, 1, -1])
    assert found.share == 1.0
    assert "(1 = c, 3 = b)" in agreement_sentence(found, ["1", "2", "3", "4"], ["a", "b", "c"])


def test_without_labels_there_is_nothing_to_agree_with() -> None:
    assert agreement(np.array([0, 1]), np.array([-1, -1]), 2, 2) is None
